using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Bench;

/// <summary>Counts what happens in a world, and notices when it has become quiet.</summary>
internal sealed class BenchMeter
{
    private readonly SimWorld _world;
    private readonly SortedSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>Looked up and never enumerated.</summary>
    private readonly Dictionary<string, RoundDecided> _decided = new(StringComparer.Ordinal);

    public BenchMeter(SimWorld world)
    {
        _world = world;
        world.Written = Written;
        world.Recorded = Recorded;
    }

    /// <summary>Barters on which two hosts agreed.</summary>
    public long Barters { get; private set; }

    /// <summary>VMs that have arrived.</summary>
    public long Moves { get; private set; }

    /// <summary>Offers that were declined.</summary>
    public long Declined { get; private set; }

    /// <summary>Rounds that hosts have begun, of all hosts together.</summary>
    public long HostRounds { get; private set; }

    /// <summary>When the last barter ended on which two hosts had agreed.</summary>
    public long LastMs { get; private set; }

    /// <summary>True if a granter has not ended a barter yet.</summary>
    public bool IsAnyOpen => _open.Count > 0;

    /// <summary>What a host decided last; null if it has decided nothing.</summary>
    public RoundDecided? LastDecision(string host) => _decided.TryGetValue(host, out var decided) ? decided : null;

    private void Written(string host, object @event)
    {
        switch (@event)
        {
            case BarterGranted granted:
                _open.Add(Key(host, granted.Barter));
                Mark();
                break;
            case BarterConfirmed:
                Barters++;
                break;
            case BarterEnded ended when _open.Remove(Key(host, ended.Barter)):
                Mark();
                break;
            case MigrationSettled { Outcome: LegOutcome.Completed }:
                Moves++;
                break;
        }
    }

    private void Recorded(string host, Record record)
    {
        switch (record)
        {
            case RoundMeasured:
                HostRounds++;
                break;
            case RoundDecided decided:
                _decided[host] = decided;
                break;
            case OfferDeclined declined when declined.By == host:
                Declined++;
                break;
        }
    }

    /// <summary>The granter's own: the offerer ends the same barter, earlier.</summary>
    private static string Key(string host, string barter) => host + " " + barter;

    private void Mark() => LastMs = _world.Time.NowMs;
}
