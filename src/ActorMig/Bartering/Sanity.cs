using ActorMig.PreFlight;
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

    /// <summary>What is wrong with an offer, in words; null if nothing is.</summary>
    public static string? WhyNot(Offer offer) =>
        !IsRate(offer.LoadBitPerSecond) ? $"its load is {offer.LoadBitPerSecond}"
        : offer.Vms.Count > VmsMax ? $"it describes {offer.Vms.Count} VMs, and {VmsMax} is the most"
        : !Enum.IsDefined(offer.Kind) ? "its kind is unknown"
        : offer.LeaseMs < 0 ? $"its lease is {offer.LeaseMs} ms"
        : offer.Vms.All(v => v.Uuid != offer.Give) ? "it does not describe the VM that it gives"
        : offer.Vms.Select(WhyNot).FirstOrDefault(why => why is not null);

    /// <summary>What is wrong with a grant, in words; null if nothing is.</summary>
    public static string? WhyNot(Grant grant)
    {
        const int LegsMax = 2;
        if (grant.Legs.Count is 0 or > LegsMax || grant.Legs.Where((l, i) => l.Number != i + 1).Any())
        {
            return $"its legs are not numbered from 1 to at most {LegsMax}";
        }

        return grant.LeaseMs < 0 ? $"its lease is {grant.LeaseMs} ms" : grant.Legs.Select(l => WhyNot(l.Vm)).FirstOrDefault(why => why is not null);
    }

    /// <summary>True if a digest can be meant, and is its sender's own.</summary>
    public static bool IsSane(Digest digest, string from) => digest.Host == from && IsRate(digest.LoadBitPerSecond);

    /// <summary>What is wrong with a VM of a peer's, in words; null if nothing is.</summary>
    public static string? WhyNot(VmFacts vm) =>
        vm.Uuid.Length == 0 || vm.Name.Length == 0 ? "a VM of it has no UUID or no name"
        : vm.MemoryBytes <= 0 ? $"its VM {vm.Name} has a memory of {vm.MemoryBytes} bytes"
        : !IsRate(vm.LoadBitPerSecond) ? $"its VM {vm.Name} has a load of {vm.LoadBitPerSecond}"
        : vm.Moves < 0 || vm.CoolDownLeftMs < 0 ? $"its VM {vm.Name} has moved {vm.Moves} times and rests for {vm.CoolDownLeftMs} ms"
        : vm.Needs is { } needs && !IsSane(needs) ? $"its VM {vm.Name} needs more than can be meant"
        : null;

    private static bool IsSane(VmNeeds needs) =>
        needs.Nics.Count <= NeedsMax && needs.Files.Count <= NeedsMax && needs.HugePagesBytes.Count <= NeedsMax && needs.HugePagesBytes.All(b => b > 0)
        && needs.Nics.All(n => n is { Kind.Length: <= NeedCharsMax, Name.Length: <= NeedCharsMax }) && needs.Files.All(d => d is { Length: <= NeedCharsMax })
        && (needs.Cpu?.Length ?? 0) <= NeedCharsMax && (needs.Machine?.Length ?? 0) <= NeedCharsMax;

    private static bool IsRate(double bitPerSecond) => double.IsFinite(bitPerSecond) && bitPerSecond >= 0;
}
