using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using ActorMig.Agent.Why;
using ActorMig.Bartering;
using ActorMig.Directories;
using ActorMig.Hosts;
using ActorMig.Journal;

namespace ActorMig.Agent.Control;

/// <summary>Talks to the local agent.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _socket;

    /// <summary>How long the doctor is waited for: longer than it takes where a hundred hosts do not answer.</summary>
    public TimeSpan DoctorLimit { get; init; } = TimeSpan.FromMinutes(15);

    public ControlClient(string socket)
    {
        _socket = socket;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation).ConfigureAwait(false);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        })
        {
            BaseAddress = new Uri("http://agent"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public Task<HostStatus> StatusAsync(CancellationToken cancellation) => GetAsync("/v1/status", ControlJson.Default.HostStatus, cancellation);

    public Task<ActorsReply> ActorsAsync(CancellationToken cancellation) => GetAsync("/v1/actors", ControlJson.Default.ActorsReply, cancellation);

    public Task<BarterInfo> BarterAsync(string barter, CancellationToken cancellation) =>
        GetAsync("/v1/barters/" + Uri.EscapeDataString(barter), ControlJson.Default.BarterInfo, cancellation);

    public Task<MoveReply> MoveAsync(MoveRequest request, CancellationToken cancellation) => CallAsync(async () =>
    {
        using var response = await _http.PostAsJsonAsync("/v1/moves", request, ControlJson.Default.MoveRequest, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, ControlJson.Default.MoveReply, cancellation).ConfigureAwait(false);
    });

    public Task<MigrationsReply> MigrationsAsync(int last, bool areArrivals, CancellationToken cancellation) =>
        GetAsync(FormattableString.Invariant($"/v1/migrations?last={last}{(areArrivals ? "&arrivals=true" : "")}"), ControlJson.Default.MigrationsReply, cancellation);

    public Task<MigrationInfo> MigrationAsync(string migration, CancellationToken cancellation) =>
        GetAsync("/v1/migrations/" + Uri.EscapeDataString(migration), ControlJson.Default.MigrationInfo, cancellation);

    public async Task<DoctorReply> DoctorAsync(string? what, string? to, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(DoctorLimit);
        try
        {
            return await GetAsync($"/v1/doctor?what={Uri.EscapeDataString(what ?? "")}&to={Uri.EscapeDataString(to ?? "")}", ControlJson.Default.DoctorReply, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ControlException($"The agent at {_socket} has not answered for {Words.Span((long)DoctorLimit.TotalMilliseconds)}; does it still run, or stand still? Its log says more.", ExitCodes.NoAgent);
        }
    }

    public Task<AbortReply> AbortAsync(string migration, CancellationToken cancellation) => CallAsync(async () =>
    {
        using var response = await _http.PostAsync(new Uri($"/v1/migrations/{Uri.EscapeDataString(migration)}/abort", UriKind.Relative), null, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, ControlJson.Default.AbortReply, cancellation).ConfigureAwait(false);
    });

    public Task<ResolveReply> ResolveAsync(string migration, ResolveRequest request, CancellationToken cancellation) => CallAsync(async () =>
    {
        using var response = await _http.PostAsJsonAsync(
            $"/v1/migrations/{Uri.EscapeDataString(migration)}/resolve", request, ControlJson.Default.ResolveRequest, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, ControlJson.Default.ResolveReply, cancellation).ConfigureAwait(false);
    });

    public Task<AcceptLossReply> AcceptJournalLossAsync(CancellationToken cancellation) => CallAsync(async () =>
    {
        using var response = await _http.PostAsync(new Uri("/v1/journal/accepted-loss", UriKind.Relative), null, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, ControlJson.Default.AcceptLossReply, cancellation).ConfigureAwait(false);
    });

    public Task<VmLocated> WhereAsync(string vm, CancellationToken cancellation) =>
        GetAsync("/v1/vms/where?vm=" + Uri.EscapeDataString(vm), ControlJson.Default.VmLocated, cancellation);

    public Task<WhyReply> WhyAsync(string vm, CancellationToken cancellation) =>
        GetAsync("/v1/vms/why?vm=" + Uri.EscapeDataString(vm), ControlJson.Default.WhyReply, cancellation);

    public Task<BarterStory> StoryAsync(string barter, CancellationToken cancellation) =>
        GetAsync($"/v1/barters/{Uri.EscapeDataString(barter)}/story", ControlJson.Default.BarterStory, cancellation);

    public Task<HoldReply> SetBrakeAsync(BrakeRequest request, CancellationToken cancellation) => CallAsync(async () =>
    {
        using var response = await _http.PostAsJsonAsync("/v1/brake", request, ControlJson.Default.BrakeRequest, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, ControlJson.Default.HoldReply, cancellation).ConfigureAwait(false);
    });

    public Task<HoldReply> DrainAsync(DrainRequest request, CancellationToken cancellation) => CallAsync(async () =>
    {
        using var response = await _http.PostAsJsonAsync("/v1/drain", request, ControlJson.Default.DrainRequest, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, ControlJson.Default.HoldReply, cancellation).ConfigureAwait(false);
    });

    public Task<HoldReply> CancelDrainAsync(string host, CancellationToken cancellation) => CallAsync(async () =>
    {
        using var response = await _http.DeleteAsync(new Uri("/v1/drain?host=" + Uri.EscapeDataString(host), UriKind.Relative), cancellation).ConfigureAwait(false);
        return await ReadAsync(response, ControlJson.Default.HoldReply, cancellation).ConfigureAwait(false);
    });

    public Task<DrainReply> ShowDrainAsync(string host, CancellationToken cancellation) =>
        GetAsync("/v1/drain?host=" + Uri.EscapeDataString(host), ControlJson.Default.DrainReply, cancellation);

    public Task<ClusterReply> ClusterAsync(CancellationToken cancellation) => GetAsync("/v1/cluster", ControlJson.Default.ClusterReply, cancellation);

    public Task<CountersReply> CountersAsync(CancellationToken cancellation) => GetAsync("/v1/cluster/counters", ControlJson.Default.CountersReply, cancellation);

    public Task<ClusterAnswer> JoinAsync(JoinRequest request, CancellationToken cancellation) => CallAsync(async () =>
    {
        using var response = await _http.PostAsJsonAsync("/v1/cluster/join", request, ControlJson.Default.JoinRequest, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, ControlJson.Default.ClusterAnswer, cancellation).ConfigureAwait(false);
    });

    public Task<ClusterAnswer> LeaveAsync(CancellationToken cancellation) => CallAsync(async () =>
    {
        using var response = await _http.PostAsync(new Uri("/v1/cluster/leave", UriKind.Relative), null, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, ControlJson.Default.ClusterAnswer, cancellation).ConfigureAwait(false);
    });

    public Task<ClusterAnswer> ForgetAsync(ForgetRequest request, CancellationToken cancellation) => CallAsync(async () =>
    {
        using var response = await _http.PostAsJsonAsync("/v1/cluster/forget", request, ControlJson.Default.ForgetRequest, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, ControlJson.Default.ClusterAnswer, cancellation).ConfigureAwait(false);
    });

    public IAsyncEnumerable<JournalEntry> JournalAsync(int last, bool follow, CancellationToken cancellation) =>
        ReadJournalAsync(FormattableString.Invariant($"last={last}"), follow, cancellation);

    public IAsyncEnumerable<JournalEntry> JournalAsync(JournalPosition after, bool follow, CancellationToken cancellation) =>
        ReadJournalAsync($"after={after}", follow, cancellation);

    private async IAsyncEnumerable<JournalEntry> ReadJournalAsync(
        string begin, bool follow, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var uri = $"/v1/journal?{begin}&follow={(follow ? "true" : "false")}";
        using var response = await CallAsync(() => _http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellation)).ConfigureAwait(false);
        await CheckAsync(response, cancellation).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
        while (await CallAsync(() => reader.ReadLineAsync(cancellation).AsTask()).ConfigureAwait(false) is { } line)
        {
            yield return JsonSerializer.Deserialize(line, ControlJson.Default.JournalEntry)!;
        }

        if (follow)
        {
            throw BrokeOff("it ends");
        }
    }

    public void Dispose() => _http.Dispose();

    private Task<T> GetAsync<T>(string uri, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var response = await _http.GetAsync(uri, cancellation).ConfigureAwait(false);
            return await ReadAsync(response, type, cancellation).ConfigureAwait(false);
        });

    private async Task<T> ReadAsync<T>(
        HttpResponseMessage response, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        await CheckAsync(response, cancellation).ConfigureAwait(false);
        return (await response.Content.ReadFromJsonAsync(type, cancellation).ConfigureAwait(false))!;
    }

    /// <summary>A refusal (409) is an answer; what else is no success becomes a sentence.</summary>
    private async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.Conflict)
        {
            return;
        }

        if (response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests
            || (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.InternalServerError && response.Content.Headers.ContentType?.MediaType == "application/json"))
        {
            var error = await response.Content.ReadFromJsonAsync(ControlJson.Default.ErrorReply, cancellation).ConfigureAwait(false);
            throw new ControlException(error!.Error, response.StatusCode switch
            {
                HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests => ExitCodes.Refused,
                HttpStatusCode.BadRequest => ExitCodes.BadInput,
                HttpStatusCode.InternalServerError => ExitCodes.Failed,
                _ when error.IsOfJournal => ExitCodes.Journal,
                _ => ExitCodes.NoAgent,
            });
        }

        throw new ControlException(
            $"The agent at {_socket} answered with HTTP status {(int)response.StatusCode}; is it of the same version as this command? Its log says more.",
            ExitCodes.NoAgent);
    }

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException socket)
        {
            throw new ControlException(
                socket.SocketErrorCode == SocketError.AccessDenied
                    ? $"You may not use the socket {_socket}: become a member of its group, or root; to look only, name the observers' socket (actormig.observer-socket) with --socket."
                    : $"No agent answers at {_socket}: start it with `actormig agent --config FILE`, or name its socket with --socket.",
                ExitCodes.NoAgent);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw BrokeOff(e.Message);
        }
    }

    private ControlException BrokeOff(string why) =>
        new($"The agent at {_socket} broke off ({why}); does it still run? Its log says more.", ExitCodes.NoAgent);
}

/// <summary>A command cannot go on; the sentence says why.</summary>
internal sealed class ControlException(string message, int exitCode) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
