namespace ActorMig.Policies.Affinity;

/// <summary>
/// Two hosts and the VMs on them: all that must be known to compute exactly what an exchange between the two wins, because it changes nothing but the
/// traffic between the two and the way from either of them to third hosts. The one host tells its half, the other one its own.
/// </summary>
/// <param name="A">A host.</param>
/// <param name="B">The other one.</param>
/// <param name="VmsOfA">The VMs on A.</param>
/// <param name="VmsOfB">The VMs on B.</param>
/// <param name="Distance">How far A is from B; 1 in a cluster where all hosts are alike. Within a host it is 0.</param>
public sealed record PairProblem(PairHost A, PairHost B, IReadOnlyList<PairVm> VmsOfA, IReadOnlyList<PairVm> VmsOfB, double Distance = 1)
{
    /// <summary>The most VMs on both hosts together.</summary>
    public const int VmsMax = 20_000;

    /// <summary>The same pair, seen from the other host.</summary>
    public PairProblem Reversed() => new(B, A, [.. VmsOfB.Select(Reversed)], [.. VmsOfA.Select(Reversed)], Distance);

    /// <summary>What is wrong with it, in words; null if nothing is. Half of it comes from a peer.</summary>
    public string? WhyNot()
    {
        var vms = VmsOfA.Concat(VmsOfB);
        return A.Host == B.Host ? $"both hosts are {A.Host}"
            : VmsOfA.Count + VmsOfB.Count > VmsMax ? $"there are {VmsOfA.Count + VmsOfB.Count} VMs, and {VmsMax} is the most"
            : !IsRate(Distance) ? $"the distance is {Distance}"
            : vms.Select(v => v.Uuid).Distinct(StringComparer.Ordinal).Count() < VmsOfA.Count + VmsOfB.Count ? "a VM is there twice"
            : vms.Select(WhyNot).FirstOrDefault(why => why is not null);
    }

    private static string? WhyNot(PairVm vm) =>
        vm.Load.MemoryBytes <= 0 || !IsRate(vm.Load.Cpus) || !IsRate(vm.Load.LoadBitPerSecond) ? $"{vm.Uuid} takes {vm.Load}"
        : !IsRate(vm.PriceFactor) ? $"the price of {vm.Uuid} is {vm.PriceFactor}-fold"
        : vm.Ties.Any(t => !IsRate(t.BitPerSecond)) || vm.Far.Any(f => !IsRate(f.BitPerSecond) || !IsRate(f.DistanceFromA) || !IsRate(f.DistanceFromB))
            ? $"{vm.Uuid} has traffic that cannot be"
        : null;

    private static bool IsRate(double number) => double.IsFinite(number) && number >= 0;

    private static PairVm Reversed(PairVm vm) =>
        vm with { Far = [.. vm.Far.Select(f => f with { DistanceFromA = f.DistanceFromB, DistanceFromB = f.DistanceFromA })] };
}
