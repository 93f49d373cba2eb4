using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Vms;

namespace ActorMig.Policies;

/// <summary>
/// Which load a policy with <see cref="ThresholdRules"/> looks at. Network is counted as paper B does, in bit/s whatever the host; what hosts have more or
/// less of is counted as a share of what each of them has.
/// </summary>
public abstract class LoadKind
{
    /// <summary>Traffic: paper B's.</summary>
    public static LoadKind Network { get; } = new NetworkLoad();

    /// <summary>CPU time against the host's CPUs.</summary>
    public static LoadKind Cpu { get; } = new CpuLoad();

    /// <summary>Memory that guests have touched against the host's memory.</summary>
    public static LoadKind Memory { get; } = new MemoryLoad();

    /// <summary>The load that a policy looks at; of one that is not known to look at another, traffic.</summary>
    /// <param name="policy">The policy.</param>
    public static LoadKind Of(string policy) => policy == Cpu.Policy ? Cpu : policy == Memory.Policy ? Memory : Network;

    /// <summary>The policy's name in configuration and journal.</summary>
    public abstract string Policy { get; }

    /// <summary>What an overload is held under.</summary>
    public abstract string Overload { get; }

    /// <summary>What goes back to its origin is held under this and the VM.</summary>
    public abstract string Remigrate { get; }

    /// <summary>The unit of a gain.</summary>
    public abstract string Unit { get; }

    /// <summary>True if a VM is only proposed where its memory has room. Paper B's rules leave that to the host that is asked.</summary>
    public abstract bool LooksForRoom { get; }

    /// <summary>What a VM takes; null if it is not known.</summary>
    /// <param name="vm">The VM.</param>
    public abstract double? Of(VmFacts vm);

    /// <summary>What a host carries, of how much; null if it is not known.</summary>
    /// <param name="bitPerSecond">Its traffic.</param>
    /// <param name="use">What else is taken of it.</param>
    public abstract Burden? Of(double bitPerSecond, HostUse? use);

    /// <summary>By how much it fluctuates, in what a host carries.</summary>
    /// <param name="spread">How a host's load fluctuates.</param>
    public abstract double Of(LoadSpread spread);

    /// <summary>What a move costs: in levels of a host, times seconds.</summary>
    /// <param name="vm">The VM that moves.</param>
    /// <param name="host">The host.</param>
    /// <param name="price">How it is copied.</param>
    public abstract double Cost(VmFacts vm, Burden host, MovePrice price);

    /// <summary>What is won, in words.</summary>
    /// <param name="level">By how much a level falls.</param>
    public virtual string Gain(double level) => (level * 100).ToString("0.0", CultureInfo.InvariantCulture) + " % " + Unit;

    /// <summary>A host's level in words.</summary>
    /// <param name="level">The level.</param>
    public abstract string Level(double level);

    /// <summary>What a VM takes, in words.</summary>
    /// <param name="amount">How much.</param>
    public abstract string Amount(double amount);

    private static string Percent(double level, string what) => (level * 100).ToString("0", CultureInfo.InvariantCulture) + " % of its " + what;

    private sealed class NetworkLoad : LoadKind
    {
        public override string Policy => ThresholdPolicyActor.PolicyName;

        public override string Overload => ThresholdRules.Overload;

        public override string Remigrate => "remigrate-";

        public override string Unit => "bit/s";

        public override bool LooksForRoom => false;

        public override double? Of(VmFacts vm) => vm.LoadBitPerSecond;

        public override Burden? Of(double bitPerSecond, HostUse? use) => new(bitPerSecond, 1);

        public override double Of(LoadSpread spread) => spread.BitPerSecond;

        /// <summary>The copy itself is traffic; and what the guest would have said while it stands still is not said.</summary>
        public override double Cost(VmFacts vm, Burden host, MovePrice price) =>
            8 * price.CopyBytes(vm) / host.Capacity;

        public override string Gain(double level) => Words.Rate(level);

        public override string Level(double level) => Words.Rate(level);

        public override string Amount(double amount) => Words.Rate(amount);
    }

    private sealed class CpuLoad : LoadKind
    {
        public override string Policy => "cpu";

        public override string Overload => "cpu-overload";

        public override string Remigrate => "cpu-remigrate-";

        public override string Unit => "of the CPUs";

        public override bool LooksForRoom => true;

        public override double? Of(VmFacts vm) => vm.Use?.Cpus;

        public override Burden? Of(double bitPerSecond, HostUse? use) => use is { Cpus: > 0 } ? new(use.UsedCpus, use.Cpus) : null;

        public override double Of(LoadSpread spread) => spread.Cpus;

        /// <summary>Sending and receiving take CPU time; and what the guest would have done while it stands still is not done.</summary>
        public override double Cost(VmFacts vm, Burden host, MovePrice price) =>
            ((MovePrice.StreamCpus * price.Seconds(vm)) + ((vm.Use?.Cpus ?? 0) * price.Gap(vm) / 1_000)) / host.Capacity;

        public override string Level(double level) => Percent(level, "CPUs");

        public override string Amount(double amount) => amount.ToString("0.00", CultureInfo.InvariantCulture) + " CPUs";
    }

    private sealed class MemoryLoad : LoadKind
    {
        public override string Policy => "memory";

        public override string Overload => "memory-overload";

        public override string Remigrate => "memory-remigrate-";

        public override string Unit => "of the memory";

        public override bool LooksForRoom => true;

        public override double? Of(VmFacts vm) => vm.Use?.MemoryBytes;

        public override Burden? Of(double bitPerSecond, HostUse? use) => use is { MemoryBytes: > 0 } ? new(use.UsedMemoryBytes, use.MemoryBytes) : null;

        public override double Of(LoadSpread spread) => spread.MemoryBytes;

        /// <summary>Its memory is held on both hosts meanwhile.</summary>
        public override double Cost(VmFacts vm, Burden host, MovePrice price) => vm.MemoryBytes * price.Seconds(vm) / host.Capacity;

        public override string Level(double level) => Percent(level, "memory");

        public override string Amount(double amount) => Words.Memory((long)amount);
    }
}

/// <summary>What a host carries.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Capacity">Of how much; 1 where levels are amounts.</param>
public readonly record struct Burden(double Amount, double Capacity)
{
    /// <summary>How full it is.</summary>
    public double Level => Amount / Capacity;

    /// <summary>How full it would be with so much more.</summary>
    /// <param name="more">How much more; below zero for less.</param>
    public double With(double more) => (Amount + more) / Capacity;
}
