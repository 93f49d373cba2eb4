namespace ActorMig.Cluster.Serf;

/// <summary>
/// What this system asks of a serf: over one connection for short questions, one for events, and a new one for each question that may take long.
/// Does not connect again: after <see cref="Ended"/> another one is needed, and all members are to be read anew. Thread-safe.
/// </summary>
internal sealed class SerfClient : IAsyncDisposable
{
    private const string MemberEvents = "member-join,member-leave,member-failed,member-update,member-reap";

    /// <summary>Of these a leave takes at most two seconds by serf's own limits, and then waits for its neighbours.</summary>
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(20);

    /// <summary>serf tries each address for at most ten seconds.</summary>
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(12);

    private readonly SerfEndpoint _endpoint;
    private readonly SerfConnection _asks;
    private readonly SerfConnection _events;

    private SerfClient(SerfEndpoint endpoint, SerfConnection asks, SerfConnection events)
    {
        (_endpoint, _asks, _events) = (endpoint, asks, events);
        Ended = Task.WhenAny(asks.Ended, events.Ended);
    }

    /// <summary>Ends when one of its connections does.</summary>
    public Task Ended { get; }

    /// <summary>Connects.</summary>
    /// <param name="endpoint">To whom.</param>
    /// <param name="changed">Is told when some member has changed; must not block.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SerfException">Nobody listens there, no serf, or one with another key.</exception>
    public static async Task<SerfClient> ConnectAsync(SerfEndpoint endpoint, Action changed, CancellationToken cancellation)
    {
        var asks = await SerfConnection.OpenAsync(endpoint, null, cancellation).ConfigureAwait(false);
        SerfConnection? events = null;
        try
        {
            events = await SerfConnection.OpenAsync(endpoint, _ => changed(), cancellation).ConfigureAwait(false);
            await events.AskAsync("stream", body => body.Map(1).Text("Type").Text(MemberEvents), Answer.Stream, cancellation).ConfigureAwait(false);
            return new SerfClient(endpoint, asks, events);
        }
        catch
        {
            await asks.DisposeAsync().ConfigureAwait(false);
            if (events is not null)
            {
                await events.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>All members that serf knows, this host among them.</summary>
    public async Task<IReadOnlyList<SerfMember>> MembersAsync(CancellationToken cancellation)
    {
        var answer = await _asks.AskAsync("members", null, Answer.Body, cancellation).ConfigureAwait(false);
        return [.. answer.Records("Members").Select(SerfMember.Of)];
    }

    /// <summary>Where a member is; null: not known.</summary>
    public async Task<SerfCoordinate?> CoordinateAsync(string node, CancellationToken cancellation)
    {
        var answer = await _asks.AskAsync("get-coordinate", body => body.Map(1).Text("Node").Text(node), Answer.Body, cancellation).ConfigureAwait(false);
        if (!answer.Flag("Ok"))
        {
            return null;
        }

        var at = answer.Record("Coord");
        return new SerfCoordinate(at.Numbers("Vec"), at.Number("Height"), at.Number("Adjustment"));
    }

    /// <summary>serf's own figures: texts by section and name.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> StatsAsync(CancellationToken cancellation)
    {
        var answer = await _asks.AskAsync("stats", null, Answer.Body, cancellation).ConfigureAwait(false);
        return answer.Names.ToDictionary(n => n, answer.Texts, StringComparer.Ordinal);
    }

    /// <summary>The name of this serf's own node.</summary>
    public async Task<string> OwnNameAsync(CancellationToken cancellation) =>
        (await StatsAsync(cancellation).ConfigureAwait(false)).GetValueOrDefault("agent")?.GetValueOrDefault("name") ?? "";

    /// <summary>Says other tags of this host; those that are not named any more go.</summary>
    public async Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, IReadOnlyCollection<string> remove, CancellationToken cancellation) =>
        await _asks.AskAsync(
            "tags", body => body.Map(2).Text("Tags").Texts(tags).Text("DeleteTags").Texts(remove), Answer.None, cancellation).ConfigureAwait(false);

    /// <summary>Declares that a member which has failed has left.</summary>
    public async Task ForceLeaveAsync(string node, CancellationToken cancellation) =>
        await _asks.AskAsync("force-leave", body => body.Map(2).Text("Node").Text(node).Text("Prune").Boolean(false), Answer.None, cancellation).ConfigureAwait(false);

    /// <summary>Joins the cluster of those at some addresses (with a port or without, or names); one of them is enough.</summary>
    /// <returns>How many answered.</returns>
    public async Task<int> JoinAsync(IReadOnlyCollection<string> addresses, CancellationToken cancellation)
    {
        await using var own = await SerfConnection.OpenAsync(_endpoint, null, cancellation).ConfigureAwait(false);
        var answer = await own.AskAsync(
            "join",
            body => body.Map(2).Text("Existing").Texts(addresses).Text("Replay").Boolean(false),
            Answer.BodyAlways,
            cancellation,
            addresses.Count * JoinTimeout).ConfigureAwait(false);
        return answer.Small("Num");
    }

    /// <summary>Tells the others that this host leaves. serf ends then.</summary>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        await using var own = await SerfConnection.OpenAsync(_endpoint, null, cancellation).ConfigureAwait(false);
        try
        {
            await own.AskAsync("leave", null, Answer.None, cancellation, LeaveTimeout).ConfigureAwait(false);
        }
        catch (SerfException) when (own.IsOver)
        {
            // It ends when it has left, and its answer may be lost with it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _asks.DisposeAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
    }
}
