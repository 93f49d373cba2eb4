using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Scenarios;

/// <summary>
/// What was decided and what became of it, in lines that stay the same as long as the decisions do: a time in seconds, the host, and words. Measured
/// numbers are left out; they stand in the rounds.
/// </summary>
internal sealed class DecisionLog
{
    /// <summary>Who speaks when something happens from outside.</summary>
    public const string World = "--";

    private static readonly SortedSet<string> BarterWords = new(Enum.GetValues<BarterKind>().Select(k => Words.Of(k)), StringComparer.Ordinal);

    private static readonly string Calm = Words.Of(Refusal.Calm);

    private readonly SortedDictionary<string, string> _lastRound = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, MigrationPlan> _plans = new(StringComparer.Ordinal);
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>A record of a host; a round says something only if it decides other than the one before.</summary>
    public void Take(long atMs, string host, Record record)
    {
        switch (record)
        {
            case RoundDecided e:
                var line = e.Peer is null ? e.Answer : $"{e.Answer} ({e.Peer})";
                if (!_lastRound.TryGetValue(host, out var last) || last != line)
                {
                    _lastRound[host] = line;

                    // An offer says it better; and that all is calm is no news at the beginning.
                    if (!BarterWords.Contains(e.Answer) && (last is not null || e.Answer != Calm))
                    {
                        Add(atMs, host, line);
                    }
                }

                break;
            case OfferDeclined e when e.By == host:
                Add(atMs, host, $"declines {e.Barter}: {Words.Of(e.Refusal)}{(e.Refusal == Refusal.PreFlight ? ": " + e.Reason : "")}");
                break;
            case MoveRefused e:
                Add(atMs, host, $"does not move {e.Vm} to {e.To}: {Words.Of(e.Refusal)}: {e.Reason}");
                break;
        }
    }

    /// <summary>An event in a host's journal.</summary>
    public void Take(long atMs, string host, object @event)
    {
        if (@event is MigrationOpened opened)
        {
            _plans[opened.Plan.Migration] = opened.Plan;
        }

        var line = @event switch
        {
            BarterOffered e => $"offers {e.Barter}: {e.What()} to {e.Peer} ({Words.Of(e.Kind)})",
            BarterGranted e => $"grants {e.Barter}: {string.Join(", then ", e.Legs.Select(l => $"{l.Vm.Name} to {l.To}"))}",
            BarterConfirmed e => $"confirms {e.Barter}",
            BarterEnded e => $"ends {e.Barter}: {Words.Of(e.Outcome)}{(e.Refusal is { } refusal ? $" ({Words.Of(refusal)})" : "")}",
            MigrationBroke e => $"finds out where {Vm(e.Migration)} is",
            AbortIntended e => $"aborts {e.Migration}: {Vm(e.Migration)}{Way(e.Migration)}",
            ResumeIntended e => $"tells the post-copy of {Vm(e.Migration)} to go on (try {e.Try})",
            DoubleRunSeen e => $"sees {Vm(e.Migration)} run on both hosts",
            RemedyIntended e => $"remedies {Vm(e.Migration)}: {Words.Of(e.Verb)}",
            MigrationSettled e => $"settles {e.Migration}: {Vm(e.Migration)}{Way(e.Migration)}: {Words.Of(e.Outcome)}{(e.Refusal is { } refusal ? $" ({Words.Of(refusal)})" : "")}",
            CaseOpened e => $"leaves {e.Plan.Migration} to an operator: {e.Plan.Vm.Name} {(e.IsArrival ? "from " + e.Plan.From : "to " + e.Plan.To)}{(e.HasRun ? ", where it has run" : "")}",
            CaseDecided e => $"is told about {e.Migration} by {e.Person}: {(e.Choice is { } choice ? Words.Of(choice) : "given up")}",
            BrakeSet e when e.By == host => e.IsFrozen ? "freezes the cluster" : "thaws the cluster",
            BrakeSet e => $"hears from {e.By} that the cluster is {(e.IsFrozen ? "frozen" : "thawed")}",
            BrakeOver => "finds the freeze over",
            DrainBegan => "is to be emptied",
            DrainEnded => "need not be empty any more",
            CaseClosed e => $"has {e.Migration} resolved by {e.Person}: {Words.Of(e.Outcome)}",
            _ => null,
        };
        if (line is not null)
        {
            Add(atMs, host, line);
        }
    }

    /// <summary>A line of its own.</summary>
    public void Add(long atMs, string host, string text) =>
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Clock(atMs),6} {host} {text}"));

    /// <summary>A time as minutes and seconds.</summary>
    public static string Clock(long atMs) => string.Create(CultureInfo.InvariantCulture, $"{atMs / 60_000}:{atMs / 1_000 % 60:00}");

    private string Vm(string migration) => _plans.TryGetValue(migration, out var plan) ? plan.Vm.Name : migration;

    private string Way(string migration) => _plans.TryGetValue(migration, out var plan) ? $" to {plan.To}" : "";
}
