using System.Globalization;
using ActorMig.Policies;
using ActorMig.Rules;

namespace ActorMig.Simulation;

/// <summary>A guest as a campaign draws it.</summary>
internal sealed record PlannedGuest(
    string Name, string Host, long MemoryBytes, double BitPerSecond, double DirtyBytePerSecond, bool IsPersistent, bool IsAutostart, bool IsTagged,
    MigrationMode? Mode, string? Bridge = null, VmWish? Wish = null);

/// <summary>Something that a campaign has planned; the number names it, also when others are left out.</summary>
internal abstract record Planned(int Number, long AtMs);

/// <summary>Things that happen together at a time.</summary>
internal sealed record PlannedEvents(int Number, long AtMs, string Text, IReadOnlyList<WorldEvent> Events) : Planned(Number, AtMs)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number,4}  at {AtMs / 1000.0,9:0.0} s: {Text}");
}

/// <summary>
/// A fault: at a time, or, when it is aimed, a moment after the next event of a kind becomes durable anywhere, on the host that wrote it or on the other
/// side of that barter. It heals after a while.
/// </summary>
internal sealed record PlannedFault(
    int Number, long AtMs, FaultKind Kind, string? AimedAt, bool IsOtherSide, long DelayMs, string Host, string Peer, string Vm, long DurationMs, long Value)
    : Planned(Number, AtMs)
{
    public override string ToString() => AimedAt is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Number,4}  at {AtMs / 1000.0,9:0.0} s: {Words.Of(Kind)} ({Host}, {Peer}, {Vm}) for {Words.Duration(DurationMs)}")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{Number,4}  at {AtMs / 1000.0,9:0.0} s or later: {Words.Of(Kind)} {Words.Duration(DelayMs)} after the next {AimedAt}, on {(IsOtherSide ? "the other side" : "the side that wrote it")}, for {Words.Duration(DurationMs)}");
}

/// <summary>Everything that a campaign draws from one seed.</summary>
internal sealed record CampaignPlan(
    ulong Seed,
    IReadOnlyList<ActorMigOptions> Hosts,
    IReadOnlyList<PlannedGuest> Guests,
    int SnapshotEvery,
    NetworkSet Network,
    long DiskMs,
    IReadOnlyList<FaultKind> Off,
    IReadOnlyList<Planned> Events)
{
    /// <summary>The policies of all hosts, in the order in which they count.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [ThresholdPolicyActor.PolicyName];

    /// <summary>True if guests talk to each other, and agents count it.</summary>
    public bool HasTalks => Policies.Contains(AffinityPolicyActor.PolicyName);

    /// <summary>For so long loads change and things go wrong.</summary>
    public const long FaultsMs = (4 * 60 + 15) * 60_000L;

    /// <summary>Then everything is healed, and loads stand still for so long.</summary>
    public const long SteadyMs = 45 * 60_000L;

    /// <summary>Then loads are small for so long.</summary>
    public const long SmallMs = 75 * 60_000L;

    /// <summary>Only these events, all if null, and without these hosts and what is on them.</summary>
    public CampaignPlan Only(IReadOnlyCollection<int>? events, IReadOnlyCollection<string> withoutHosts) => this with
    {
        Events = [.. Events.Where(e => events is null || events.Contains(e.Number))],
        Hosts = [.. Hosts.Where(h => !withoutHosts.Contains(h.HostName))],
        Guests = [.. Guests.Where(g => !withoutHosts.Contains(g.Host))],
    };

    /// <summary>What was drawn, for people.</summary>
    public IEnumerable<string> Lines()
    {
        var first = Hosts[0];
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"seed {Seed}: {Hosts.Count} hosts of {Words.Memory(first.MemoryTotalBytes)} x {first.MemoryOvercommit}, {Guests.Count} VMs, {Events.OfType<PlannedFault>().Count()} faults, {Events.Count} events");
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"  rounds of {Words.Duration(first.RoundMs)}, hold {first.HoldRounds}, margin {first.Margin}, rest {first.CoolDownRounds} rounds, lease {Words.Duration(first.LeaseMs)}, answers in {Words.Duration(first.AnswerMs)}, unclear for {Words.Duration(first.Migration.UnclearMs)}");
        yield return $"  messages take up to {Words.Duration(Network.LatencyMaxMs)}, writes {Words.Duration(DiskMs)}, a snapshot every {SnapshotEvery} events; policies: {string.Join(", ", Policies)}; off: {(Off.Count == 0 ? "nothing" : string.Join(", ", Off.Select(Words.Of)))}";
        foreach (var host in Hosts)
        {
            yield return $"  {host.HostName} ({Words.Of(host.Mode)}): {string.Join(", ", Guests.Where(g => g.Host == host.HostName).Select(g => $"{g.Name} {Words.Memory(g.MemoryBytes)} {Words.Rate(g.BitPerSecond)}{(g.Mode is { } mode ? $" {Words.Of(mode)}" : "")}"))}";
        }

        foreach (var guest in Guests)
        {
            if (first.Rules.Of(guest.Name, guest.Wish) is { } rules)
            {
                yield return $"  {guest.Name}: {string.Join(", ", InWords(rules))}";
            }
        }

        foreach (var e in Events)
        {
            yield return e.ToString()!;
        }
    }

    private static IEnumerable<string> InWords(VmRules rules) =>
    [
        .. rules.Rules.Select(r => $"{Words.Of(r.Kind)} {(r.Hosts is { } hosts ? string.Join(" ", hosts) : r.Name)}"),
        .. rules.Priority == 0 ? Array.Empty<string>() : [FormattableString.Invariant($"priority {rules.Priority}")],
        .. (rules.NotDuring ?? []).Select(h => $"not during {h}"),
    ];
}
