using System.Threading.Channels;

namespace ActorMig.Cluster.Serf;

/// <summary>
/// Who the hosts of the cluster are, by serf: starts one and keeps it running, or uses one that runs. When serf is away, those who were known stay
/// known. Thread-safe.
/// </summary>
/// <remarks>
/// What happens at an end. An agent that is killed leaves its serf running, and its next start takes it over: for the others nothing has happened.
/// An agent that is told to stop ends its serf without a farewell: the others see that this host has failed, which is what it is to them
/// while no agent is there, and they go on trying it; a tag says that it was stopped. A host leaves only when a person says so, and then for good, until a person says otherwise.
/// </remarks>
public sealed partial class SerfMembership : IMembership, IAsyncDisposable
{
    /// <summary>The tag by which a host says at its end that its agent was told to stop, so that nobody takes it for a failure.</summary>
    public const string StoppedTag = "stopped";

    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(1);
    private readonly SerfOptions _options;
    private readonly SerfFiles _files;
    private readonly SerfLog _log;
    private readonly SerfJoiner _joiner;
    private readonly KnownMembers _known;
    private readonly Action<IReadOnlyList<SerfMember>> _changed;
    private readonly Action<string> _note;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _commands = new(1, 1);
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<string, double> _distances = new(StringComparer.Ordinal);
    private readonly Lock _knowing = new();
    private volatile IReadOnlyList<SerfMember> _now = [];
    private volatile IReadOnlyDictionary<string, string> _tags;
    private volatile SerfSession? _session;
    private volatile string _why = "it has not been started yet";
    private volatile bool _hasLeft;
    private volatile bool _isLeaving;
    private TaskCompletionSource _back = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    private SerfMembership(SerfOptions options, Action<IReadOnlyList<SerfMember>> changed, Action<string> note, TimeProvider time)
    {
        (_options, _changed, _note, _time, _tags) = (options, changed, note, time, options.Tags);
        _files = new SerfFiles(options);
        _log = new SerfLog(_files.Log, options.LogLinesMax, time);
        _joiner = new SerfJoiner(options, note);
        _known = new KnownMembers(_files.Known, options.MembersMax);
    }

    /// <summary>All members by name, this host among them while serf runs; those who have left as long as serf remembers them.</summary>
    public IReadOnlyList<SerfMember> Members => _now;

    /// <summary>True if a person has let this host leave.</summary>
    public bool HasLeft => _hasLeft;

    /// <summary>Begins. A host that a person has let leave stays alone.</summary>
    /// <param name="options">How.</param>
    /// <param name="changed">Is given all members, as <see cref="Members"/> says, when something may have changed, one call at a time; must not block.</param>
    /// <param name="note">Is told in words what is not as usual, and serf's own warnings; must not block.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SerfException">serf cannot be used: it is not there, its keys cannot be read, an address is taken, ...</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task<SerfMembership> StartAsync(
        SerfOptions options, Action<IReadOnlyList<SerfMember>> changed, Action<string> note, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (SerfOptions.WhyNot(options.Tags) is { } whyNot)
        {
            throw new SerfException(whyNot);
        }

        var membership = new SerfMembership(options, changed, note, time);
        try
        {
            membership._files.MakeFolder();
            membership._known.Read();
            membership._hasLeft = membership._files.HasLeft;
            if (membership._hasLeft)
            {
                note("This host has left the cluster (actormig cluster leave) and stays alone until `actormig cluster join`.");

                // One that runs is of an agent that was killed between the decision and the deed.
                await membership.EndSerfAsync().ConfigureAwait(false);
            }
            else
            {
                await membership.BeginAsync(cancellation).ConfigureAwait(false);
            }

            membership._running = Task.Run(membership.RunAsync, CancellationToken.None);
            return membership;
        }
        catch
        {
            await membership.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends, and with it the serf that it has started, so that the others see a host that has failed, not one that has left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        if (_session is { } session)
        {
            await SayStoppedAsync(session).ConfigureAwait(false);
            await session.DisposeAsync().ConfigureAwait(false);
        }

        await EndSerfAsync().ConfigureAwait(false);
        _stop.Dispose();
        _commands.Dispose();
    }

    /// <summary>Its next start begins without that tag. A serf that somebody else runs goes on, and its host stays alive.</summary>
    private async Task SayStoppedAsync(SerfSession session)
    {
        if (_options.UsesRunning || _hasLeft)
        {
            return;
        }

        using var soon = new CancellationTokenSource(EndTime, _time);
        try
        {
            await session.Client.SetTagsAsync(new Dictionary<string, string>(StringComparer.Ordinal) { [StoppedTag] = "1" }, [], soon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SerfException or OperationCanceledException)
        {
            // Then the others take it for a failure.
        }
    }

    /// <summary>Ends the serf that this agent or an earlier one has started, also if it does not answer any more.</summary>
    private async Task EndSerfAsync()
    {
        if (!_options.UsesRunning && SerfProcess.Find(_files) is { } process)
        {
            await process.EndAsync().ConfigureAwait(false);
        }
    }

    private async Task BeginAsync(CancellationToken cancellation)
    {
        _session = await SerfSession.BeginAsync(_options with { Tags = _tags }, _files, _log, () => _news.Writer.TryWrite(true), _note, cancellation).ConfigureAwait(false);
        _back.TrySetResult();
    }

    private async Task RunAsync()
    {
        var (wait, isDown) = (_options.RestartWait, false);
        while (!_stop.IsCancellationRequested)
        {
            var began = _time.GetTimestamp();
            try
            {
                if (_hasLeft)
                {
                    Publish([]);
                    await _news.Reader.ReadAsync(_stop.Token).ConfigureAwait(false);
                    continue;
                }

                if (_session is null)
                {
                    await BeginAsync(_stop.Token).ConfigureAwait(false);
                }

                if (isDown)
                {
                    isDown = false;
                    _note("serf runs again.");
                }

                await FollowAsync(_session!).ConfigureAwait(false);
                _why = await WhyAsync("it has closed the connection.").ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever fails with serf, it is tried again: without this loop nobody would hear of the cluster any more.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _why = await WhyAsync(e.Message).ConfigureAwait(false);
            }

            if (_isLeaving)
            {
                // serf may end before its last answer is read.
                await _commands.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                _commands.Release();
            }

            if (_session is { } over)
            {
                _session = null;
                await over.DisposeAsync().ConfigureAwait(false);
            }

            if (_hasLeft)
            {
                await EndSerfAsync().ConfigureAwait(false);
                lock (_knowing)
                {
                    _known.Clear();
                }

                continue;
            }

            wait = _time.GetElapsedTime(began) > _options.RestartWaitMax ? _options.RestartWait : wait;
            if (!isDown)
            {
                isDown = true;
                _note($"serf is away: {_why} It is {(_options.UsesRunning ? "tried" : "started")} again until it runs; who was known stays known.");
            }

            await Task.Delay(wait, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < _options.RestartWaitMax ? wait * 2 : _options.RestartWaitMax;
        }
    }

    /// <summary>Why it is away: its connections end before its process, which says more.</summary>
    private async Task<string> WhyAsync(string otherwise)
    {
        if (_session?.Process is not { } process)
        {
            return otherwise;
        }

        await Task.WhenAny(process.Ended, Task.Delay(EndTime, _time, _stop.Token)).ConfigureAwait(false);
        return process.Ended.IsCompleted ? $"{process.End}." : otherwise;
    }

    /// <summary>Until it does not answer any more.</summary>
    private async Task FollowAsync(SerfSession session)
    {
        var (refreshed, joined) = (long.MinValue, long.MinValue);
        var joining = Task.CompletedTask;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            while (!session.Ended.IsCompleted && !_hasLeft)
            {
                _news.Reader.TryRead(out _);
                var members = await session.Client.MembersAsync(over.Token).ConfigureAwait(false);
                await SayTagsAsync(session, members, over.Token).ConfigureAwait(false);
                if (IsDue(ref refreshed, _options.RefreshInterval))
                {
                    await MeasureAsync(session, members, over.Token).ConfigureAwait(false);
                }

                var missing = Publish(members);
                foreach (var line in session.Process is null ? [] : _log.Take())
                {
                    _note($"serf says: {line}");
                }

                if (joining.IsCompleted && IsDue(ref joined, _options.JoinInterval))
                {
                    joining = _joiner.TryAsync(session.Client, members, missing, over.Token);
                }

                var next = _options.RefreshInterval < _options.JoinInterval ? _options.RefreshInterval : _options.JoinInterval;
                await Task.WhenAny(_news.Reader.WaitToReadAsync(over.Token).AsTask(), Task.Delay(next, _time, over.Token), session.Ended).ConfigureAwait(false);
                over.Token.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await joining.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsDue(ref long last, TimeSpan interval)
    {
        if (last != long.MinValue && _time.GetElapsedTime(last) < interval)
        {
            return false;
        }

        last = _time.GetTimestamp();
        return true;
    }

    private async Task SayTagsAsync(SerfSession session, IReadOnlyList<SerfMember> members, CancellationToken cancellation)
    {
        var tags = _tags;
        if (members.FirstOrDefault(m => m.Name == _options.NodeName) is not { } own)
        {
            return;
        }

        // An agent that was killed while it ended has left its serf, and its farewell. What somebody else has added is none of our business.
        var wasStopped = own.Tags.ContainsKey(StoppedTag);
        if (wasStopped || !tags.All(t => own.Tags.GetValueOrDefault(t.Key) == t.Value))
        {
            await session.Client.SetTagsAsync(tags, wasStopped ? [StoppedTag] : [], cancellation).ConfigureAwait(false);
        }
    }

    private async Task MeasureAsync(SerfSession session, IReadOnlyList<SerfMember> members, CancellationToken cancellation)
    {
        _distances.Clear();
        if (await session.Client.CoordinateAsync(_options.NodeName, cancellation).ConfigureAwait(false) is not { } own)
        {
            return;
        }

        foreach (var member in members.Where(m => m.State == SerfMemberState.Alive && m.Name != _options.NodeName).Take(_options.MembersMax))
        {
            if (await session.Client.CoordinateAsync(member.Name, cancellation).ConfigureAwait(false) is { } at && own.DistanceMs(at) is { } distance)
            {
                _distances[member.Name] = distance;
            }
        }
    }

    /// <summary>Tells who the members are.</summary>
    /// <returns>Those whom serf does not know any more.</returns>
    private IReadOnlyList<SerfMember> Publish(IReadOnlyList<SerfMember> members)
    {
        IReadOnlyList<SerfMember> missing;
        lock (_knowing)
        {
            _now = _hasLeft ? [] : _known.Merge([.. members.Select(m => _distances.TryGetValue(m.Name, out var distance) ? m with { DistanceMs = distance } : m)]);
            missing = _known.Missing;
        }

        _changed(_now);
        return missing;
    }
}
