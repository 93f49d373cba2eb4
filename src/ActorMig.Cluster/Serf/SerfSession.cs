using System.Net.Sockets;

namespace ActorMig.Cluster.Serf;

/// <summary>A serf that runs and answers, from when it does until it does not any more.</summary>
/// <param name="Process">Its process; null if somebody else has started it.</param>
/// <param name="Client">How it is asked.</param>
internal sealed record SerfSession(SerfProcess? Process, SerfClient Client) : IAsyncDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);

    /// <summary>Ends when it does not answer any more, or has ended.</summary>
    public Task Ended { get; } = Process is null ? Client.Ended : Task.WhenAny(Process.Ended, Client.Ended);

    /// <summary>
    /// Begins one: with the serf that runs already, if this agent has started it with this configuration before it was killed, or is told to use it;
    /// else with a new one.
    /// </summary>
    /// <param name="options">How.</param>
    /// <param name="files">Its files.</param>
    /// <param name="log">What it writes.</param>
    /// <param name="changed">Is told when some member has changed; must not block.</param>
    /// <param name="note">Is told in words what is not as usual.</param>
    /// <param name="cancellation">Gives up; a process that was started meanwhile is ended.</param>
    /// <exception cref="SerfException">It cannot be begun.</exception>
    public static async Task<SerfSession> BeginAsync(
        SerfOptions options, SerfFiles files, SerfLog log, Action changed, Action<string> note, CancellationToken cancellation)
    {
        var endpoint = new SerfEndpoint(options.RpcAddress, files.ReadRpcKey(), options.AnswerTimeout, options.MessageBytesMax);
        if (options.UsesRunning)
        {
            return new SerfSession(null, await ConnectAsync(options, endpoint, changed, cancellation).ConfigureAwait(false));
        }

        var isSame = files.Write();
        if (SerfProcess.Find(files) is { } found)
        {
            if (isSame && await TryAsync(options, endpoint, changed, found, cancellation).ConfigureAwait(false) is { } client)
            {
                note($"The serf that was started before runs on (process {found.Id}), and is used.");
                log.SkipToEnd();
                return new SerfSession(found, client);
            }

            note($"The serf that was started before (process {found.Id}) {(isSame ? "does not answer" : "has another configuration")}, and is started anew.");
            await found.EndAsync().ConfigureAwait(false);
        }

        await CheckFreeAsync(endpoint, cancellation).ConfigureAwait(false);
        var process = SerfProcess.Start(options.Program, files);
        try
        {
            return new SerfSession(process, await WaitAsync(options, endpoint, changed, process, log, cancellation).ConfigureAwait(false));
        }
        catch
        {
            await process.EndAsync().ConfigureAwait(false);
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().ConfigureAwait(false);
        Process?.Dispose();
    }

    private static async Task<SerfClient?> TryAsync(
        SerfOptions options, SerfEndpoint endpoint, Action changed, SerfProcess found, CancellationToken cancellation)
    {
        try
        {
            return await WaitAsync(options, endpoint, changed, found, null, cancellation).ConfigureAwait(false);
        }
        catch (SerfException)
        {
            return null;
        }
    }

    /// <summary>Until it answers, has ended, or takes too long.</summary>
    private static async Task<SerfClient> WaitAsync(
        SerfOptions options, SerfEndpoint endpoint, Action changed, SerfProcess process, SerfLog? log, CancellationToken cancellation)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        soon.CancelAfter(options.StartTimeout);
        while (true)
        {
            try
            {
                return await ConnectAsync(options, endpoint, changed, soon.Token).ConfigureAwait(false);
            }
            catch (SerfException e)
            {
                if (process.Ended.IsCompleted)
                {
                    var words = log?.LastWords() ?? "";
                    var lacksRoute = words.StartsWith(SerfLog.Panic, StringComparison.Ordinal) && options.MdnsName.Length > 0;
                    if (lacksRoute)
                    {
                        words += ". With mdns serf needs IPv6 and a route for multicast here, such as a default route; else name hosts in join";
                    }

                    throw new SerfException($"serf cannot run: {process.End}; its last words: {words}", e)
                    {
                        IsTaken = words.Contains("address already in use", StringComparison.Ordinal),
                        MayPass = lacksRoute || words.Contains("cannot assign requested address", StringComparison.Ordinal),
                    };
                }

                await Task.WhenAny(process.Ended, Task.Delay(Retry, soon.Token)).ConfigureAwait(false);
                if (soon.IsCancellationRequested && !cancellation.IsCancellationRequested)
                {
                    throw new SerfException($"serf (process {process.Id}) does not answer {options.StartTimeout.TotalSeconds:0.#} s after its start: {e.Message}", e) { MayPass = true };
                }
            }
            catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
            {
                throw new SerfException($"serf (process {process.Id}) does not answer {options.StartTimeout.TotalSeconds:0.#} s after its start.", e) { MayPass = true };
            }
        }
    }

    /// <summary>Connects, and looks whether it is this host's.</summary>
    private static async Task<SerfClient> ConnectAsync(SerfOptions options, SerfEndpoint endpoint, Action changed, CancellationToken cancellation)
    {
        var client = await SerfClient.ConnectAsync(endpoint, changed, cancellation).ConfigureAwait(false);
        try
        {
            var name = await client.OwnNameAsync(cancellation).ConfigureAwait(false);
            return name == options.NodeName
                ? client
                : throw new SerfException(
                    $"The serf at {endpoint.Address} is called '{name}', and this host '{options.NodeName}'; give both one name (serf's is node_name in its configuration).");
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task CheckFreeAsync(SerfEndpoint endpoint, CancellationToken cancellation)
    {
        using var probe = new Socket(endpoint.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            soon.CancelAfter(endpoint.AnswerTimeout);
            await probe.ConnectAsync(endpoint.Address, soon.Token).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Somebody listens, and does not even accept.
        }

        throw new SerfException(
            $"Another process, which this agent has not started, listens at {endpoint.Address}; set membership.serf.rpc-address to a free port, or, if it is the serf that this host is to use, membership.serf.use-running to true.")
        {
            IsTaken = true,
        };
    }
}
