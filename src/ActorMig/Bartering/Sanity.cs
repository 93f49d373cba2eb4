using ActorMig.Migrations;
using ActorMig.PreFlight;
using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>
/// Whether what a peer says can be meant: numbers that are none, VMs without memory, names without letters. It is looked at before anything is promised,
/// because a promise is computed from it.
/// </summary>
internal static class Sanity
{
    private const int VmsMax = 10_000;
    private const int NeedsMax = 1_000;
    private const int NeedCharsMax = 65_536;
    private const int NameCharsMax = 1_000;
    private const int TiesMax = 1_000;
    private const int LegsMax = LegOrder.LegsMax;

    /// <summary>What is wrong with an offer, in words; null if nothing is.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="from">Who makes it. A barter has the name of its offerer, so that none can take the name of another's, which is to come yet.</param>
    public static string? WhyNot(Offer offer, string from) =>
        !BarterIds.IsOf(offer.Barter, from) ? "its barter has not a name of its offerer's"
        : !IsRate(offer.LoadBitPerSecond) ? $"its load is {offer.LoadBitPerSecond}"
        : offer.Vms.Count > VmsMax ? $"it describes {offer.Vms.Count} VMs, and {VmsMax} is the most"
        : offer.Vms.Any(v => v is null) ? "a VM that it describes is none"
        : !Enum.IsDefined(offer.Kind) ? "its kind is unknown"
        : !IsSane(offer.Use) ? "what it says of its CPUs and memory cannot be meant"
        : offer.LeaseMs < 0 ? $"its lease is {offer.LeaseMs} ms"
        : offer.Reason.Length > NeedCharsMax ? $"its reason has {offer.Reason.Length} characters"
        : offer.Policy?.Length > NameCharsMax ? $"the name of its policy has {offer.Policy.Length} characters"
        : !AreSane(offer.Groups) ? "what it says of rules cannot be meant"
        : offer.Vms.All(v => v.Uuid != offer.Give) ? "it does not describe the VM that it gives"
        : (offer.Kind == BarterKind.Exchange) != (offer.Exchange is not null) ? "it is an exchange in name or in substance only"
        : offer.Pair is { } pair && !IsSane(pair, from) ? "what it says of who talks to whom cannot be meant"
        : offer.Exchange is { } exchange && WhyNot(exchange, offer) is { } wrong ? wrong
        : offer.Vms.Select(v => WhyNot(v)).FirstOrDefault(why => why is not null);

    private static string? WhyNot(Exchange exchange, Offer offer) =>
        exchange.WhyNot() is { } wrong ? wrong
        : exchange.Gives[0] != offer.Give ? "the first VM that it gives is another one than it says"
        : exchange.Gives.Concat(exchange.Takes).Any(u => !IsName(u)) ? "a VM of it has no UUID"
        : exchange.Gives.Any(g => offer.Vms.All(v => v.Uuid != g)) ? "it does not describe every VM that it gives"
        : offer.Pair is null ? "it does not say with whom its VMs talk"
        : null;

    /// <summary>What is wrong with a grant, in words; null if nothing is.</summary>
    public static string? WhyNot(Grant grant)
    {
        if (grant.Legs.Count is 0 or > LegsMax || grant.Legs.Any(l => l is null) || grant.Legs.Where((l, i) => l.Number != i + 1).Any())
        {
            return $"its legs are not numbered from 1 to at most {LegsMax}";
        }

        return grant.LeaseMs < 0 ? $"its lease is {grant.LeaseMs} ms" : grant.Legs.Select(l => WhyNot(l.Vm)).FirstOrDefault(why => why is not null);
    }

    /// <summary>True if a plan can be meant, and is one between these two hosts: an actor gets its name, and it stands in the journal.</summary>
    public static bool IsSane(MigrationPlan plan, string from, string to) =>
        plan.From == from && plan.To == to && plan.Leg is > 0 and <= LegsMax && plan.Migration == BarterIds.Migration(plan.Barter, plan.Leg)
        && (BarterIds.IsOf(plan.Barter, from) || BarterIds.IsOf(plan.Barter, to)) && WhyNot(plan.Vm) is null;

    /// <summary>True if a digest can be meant, and is its sender's own.</summary>
    public static bool IsSane(Digest digest, string from) =>
        digest.Host == from && IsRate(digest.LoadBitPerSecond) && AreSane(digest.Groups) && IsSane(digest.Use) && (digest.Pair is not { } pair || IsSane(pair, from));

    private static bool AreSane(IReadOnlyList<RuleGroup>? groups) => groups is null
        || (groups.Count <= RuleJudge.GroupsMax && groups.All(g => g is { Name.Length: > 0 and <= VmRules.NameCharsMax, Count: > 0 } && Enum.IsDefined(g.Kind)));

    /// <summary>True if what a peer tells of who talks to whom can be meant, and is about its own VMs.</summary>
    private static bool IsSane(PairHalf half, string from) =>
        half.Host == from && half.Vms.Count <= VmsMax && half.Distances.Count <= VmsMax && half.Distances.All(d => IsName(d?.Host) && IsRate(d!.Ms))
        && half.Vms.All(v => v is not null && IsName(v.Uuid) && IsName(v.Name) && v.MemoryBytes > 0 && !(v.CopyBytes < 0) && v.Ties.Count <= TiesMax
            && v.Ties.All(t => IsName(t?.Uuid) && IsName(t!.Host) && IsRate(t.SentBitPerSecond) && IsRate(t.HeardBitPerSecond ?? 0)))
        && (half.Wanted is null || (IsName(half.Wanted.Peer) && half.Wanted.FreeBytes > 0 && IsRate(half.Wanted.BitPerSecond)))
        && half.Vms.Select(v => v.Uuid).Distinct(StringComparer.Ordinal).Count() == half.Vms.Count;

    private static bool IsName(string? name) => name?.Length is > 0 and <= NameCharsMax;

    /// <summary>What is wrong with a VM of a peer's, in words; null if nothing is.</summary>
    public static string? WhyNot(VmFacts vm) =>
        vm.Uuid.Length is 0 or > NameCharsMax || vm.Name.Length is 0 or > NameCharsMax ? "a VM of it has no UUID or no name, or a longer one than can be meant"
        : vm.MemoryBytes <= 0 ? $"its VM {vm.Name} has a memory of {vm.MemoryBytes} bytes"
        : !IsRate(vm.LoadBitPerSecond) ? $"its VM {vm.Name} has a load of {vm.LoadBitPerSecond}"
        : vm.Use is { } use && !(IsRate(use.Cpus) && use.MemoryBytes >= 0) ? $"its VM {vm.Name} takes {use.Cpus} CPUs and {use.MemoryBytes} bytes"
        : !IsRate(vm.DirtyBytePerSecond ?? 0) || vm.GapMs < 0 ? $"its VM {vm.Name} writes {vm.DirtyBytePerSecond} bytes a second and stands still for {vm.GapMs} ms"
        : vm.Moves < 0 || vm.CoolDownLeftMs < 0 ? $"its VM {vm.Name} has moved {vm.Moves} times and rests for {vm.CoolDownLeftMs} ms"
        : vm.Rules is { IsSane: false } ? $"its VM {vm.Name} has rules that cannot be meant"
        : vm.Needs is { } needs && !IsSane(needs) ? $"its VM {vm.Name} needs more than can be meant"
        : null;

    private static bool IsSane(VmNeeds needs) =>
        needs.Nics.Count <= NeedsMax && needs.Files.Count <= NeedsMax && needs.HugePagesBytes.Count <= NeedsMax && needs.HugePagesBytes.All(b => b > 0)
        && needs.Nics.All(n => n is { Kind.Length: <= NeedCharsMax, Name.Length: <= NeedCharsMax }) && needs.Files.All(d => d is { Length: <= NeedCharsMax })
        && (needs.Cpu?.Length ?? 0) <= NeedCharsMax && (needs.Machine?.Length ?? 0) <= NeedCharsMax;

    private static bool IsSane(HostUse? use) => use is null || (IsRate(use.UsedCpus) && use is { Cpus: >= 0, UsedMemoryBytes: >= 0, MemoryBytes: >= 0 }
        && (use.Spread is not { } spread || (IsRate(spread.BitPerSecond) && IsRate(spread.Cpus) && IsRate(spread.MemoryBytes))));

    private static bool IsRate(double bitPerSecond) => double.IsFinite(bitPerSecond) && bitPerSecond >= 0;
}
