using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Scenarios;

/// <summary>Hears all that a world's agents write down, and keeps what a result is made of.</summary>
internal sealed class ScenarioRecorder
{
    private static readonly SortedDictionary<string, Refusal> RefusalsByWord =
        new(Enum.GetValues<Refusal>().ToDictionary(r => Words.Of(r)), StringComparer.Ordinal);

    private readonly SimWorld _world;
    private readonly List<ScenarioRound> _rounds = [];
    private readonly SortedDictionary<string, int> _openRound = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, ScenarioBarter> _barters = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, ScenarioMigration> _migrations = new(StringComparer.Ordinal);
    private readonly SortedSet<(string Host, string Barter)> _open = [];
    private readonly SortedDictionary<Refusal, (int Rounds, int Barters)> _refusals = [];
    private readonly List<ScenarioHappening> _events = [];

    public ScenarioRecorder(SimWorld world)
    {
        _world = world;
        world.Recorded = Take;
        world.Written = Take;
    }

    public DecisionLog Log { get; } = new();

    public IReadOnlyList<ScenarioRound> Rounds => _rounds;

    public IReadOnlyList<ScenarioBarter> Barters => [.. _barters.Values];

    public IReadOnlyList<ScenarioMigration> Migrations => [.. _migrations.Values];

    public IReadOnlyList<RefusalTally> Refusals => [.. _refusals.Select(r => new RefusalTally(r.Key, r.Value.Rounds, r.Value.Barters))];

    public IReadOnlyList<ScenarioHappening> Events => _events;

    /// <summary>Also told of each event, after it is kept.</summary>
    public Action<string, object>? Written { get; set; }

    private long NowMs => _world.Time.NowMs;

    /// <summary>Something happens from outside: traffic is in the charts, all else in the log.</summary>
    public void Happens(WorldEvent @event)
    {
        if (@event is not LoadSet)
        {
            var text = WorldEventText.Of(@event);
            _events.Add(new ScenarioHappening(NowMs, text));
            Log.Add(NowMs, DecisionLog.World, text);
        }
    }

    /// <summary>How it all stands at the end: where each VM runs or is paused, and what is not over.</summary>
    public void End(BetweenHosts? between)
    {
        foreach (var host in _world.Hosts.Values)
        {
            var domains = host.Hypervisor.Domains.OrderBy(d => d.Guest.Name, StringComparer.Ordinal)
                .Select(d => d.Runs ? d.Guest.Name : $"{d.Guest.Name} (paused)");
            var has = string.Join(", ", domains);
            Log.Add(NowMs, host.Options.HostName, $"has {(has.Length == 0 ? "nothing" : has)}");
        }

        foreach (var (host, barter) in _open)
        {
            Log.Add(NowMs, host, $"has not ended {barter}");
        }

        foreach (var migration in _migrations.Values.Where(m => m.Outcome is null))
        {
            Log.Add(NowMs, migration.From, $"has not settled {migration.Migration}");
        }

        if (between is not null)
        {
            Log.Add(NowMs, DecisionLog.World, $"between hosts: {between.InWords}");
        }
    }

    private void Take(string host, Record record)
    {
        switch (record)
        {
            case RoundMeasured e:
                _openRound[host] = _rounds.Count;
                _rounds.Add(new ScenarioRound(NowMs, host, e.Round, e.HostBitPerSecond, e.Vms, null, null, null));
                break;
            case RoundDecided e:
                if (_openRound.TryGetValue(host, out var index) && _rounds[index].Round == e.Round)
                {
                    _rounds[index] = _rounds[index] with { Answer = e.Answer, Peer = e.Peer, Reason = e.Reason };
                }

                if (RefusalsByWord.TryGetValue(e.Answer, out var refusal))
                {
                    Count(refusal, rounds: 1, barters: 0);
                }

                break;
            case OfferDeclined e when e.By == host:
                Count(e.Refusal, rounds: 0, barters: 1);
                break;
            case MoveRefused e:
                Count(e.Refusal, rounds: 0, barters: 1);
                break;
        }

        Log.Take(NowMs, host, record);
    }

    private void Take(string host, object @event)
    {
        switch (@event)
        {
            case BarterOffered e:
                _open.Add((host, e.Barter));
                _barters[e.Barter] = new ScenarioBarter(e.Barter, e.Kind, host, e.Peer, e.What(), NowMs, e.Reason, null, null, null, null, null);
                break;
            case BarterGranted e:
                _open.Add((host, e.Barter));
                if (_barters.TryGetValue(e.Barter, out var granted))
                {
                    _barters[e.Barter] = granted with { GrantReason = e.Reason };
                }

                break;
            case BarterEnded e:
                _open.Remove((host, e.Barter));
                End(host, e);
                break;
            case MigrationOpened e:
                _migrations[e.Plan.Migration] = new ScenarioMigration(
                    e.Plan.Migration, e.Plan.Vm.Name, e.Plan.From, e.Plan.To, NowMs, null, null, null, null);
                break;
            case MigrationSettled e when _migrations.TryGetValue(e.Migration, out var migration):
                _migrations[e.Migration] = migration with { EndedAtMs = NowMs, Outcome = e.Outcome, Reason = e.Reason, Figures = e.Figures };
                break;
        }

        Log.Take(NowMs, host, @event);
        Written?.Invoke(host, @event);
    }

    private void End(string host, BarterEnded e)
    {
        // What a peer declined, it has counted itself.
        if (e.Refusal is { } refusal && e.Outcome != BarterOutcome.Declined)
        {
            Count(refusal, rounds: 0, barters: 1);
        }

        if (_barters.TryGetValue(e.Barter, out var barter) && barter.From == host)
        {
            _barters[e.Barter] = barter with { EndedAtMs = NowMs, Outcome = e.Outcome, Refusal = e.Refusal, Reason = e.Reason };
        }
    }

    private void Count(Refusal refusal, int rounds, int barters)
    {
        var before = _refusals.TryGetValue(refusal, out var tally) ? tally : default;
        _refusals[refusal] = (before.Rounds + rounds, before.Barters + barters);
    }
}
