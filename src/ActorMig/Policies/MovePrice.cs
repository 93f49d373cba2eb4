using System.Globalization;
using ActorMig.Vms;

namespace ActorMig.Policies;

/// <summary>
/// What a move costs, and whether it wins more within a time. Both are counted in what a policy looks at, times seconds: traffic that a copy adds to what it
/// takes off a link, CPU time that sending and receiving take, memory that is held on both hosts meanwhile. Pure functions.
/// </summary>
/// <param name="HorizonMs">Within so long it must have paid; 0: nothing is asked.</param>
/// <param name="BytePerSecond">How fast memory is copied.</param>
/// <param name="GapMs">For how long the guest stands still.</param>
public sealed record MovePrice(long HorizonMs, long BytePerSecond, long GapMs)
{
    /// <summary>What a link of 1 Gbit/s carries; taken where no limit is configured.</summary>
    public const long LinkMiBPerSecond = 110;

    /// <summary>What sending and receiving take of each host, in CPUs.</summary>
    public const double StreamCpus = 1;

    /// <summary>The price by an agent's options.</summary>
    /// <param name="options">The options.</param>
    public static MovePrice Of(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var share = options.Migration.PreCopyShareMiBPerSecond;
        return new MovePrice(options.HorizonMs, (share > 0 ? share : LinkMiBPerSecond) << 20, options.Migration.DowntimeMs);
    }

    /// <summary>
    /// The most that is copied: all memory, and once more what the guest writes during the pass that goes before the switch, which is at most all of it.
    /// How fast it writes is not measured before a move.
    /// </summary>
    /// <param name="vm">The VM.</param>
    public static double Bytes(VmFacts vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return vm.Mode == MigrationMode.Direct ? vm.MemoryBytes : 2.0 * vm.MemoryBytes;
    }

    /// <summary>How long the copying takes, in seconds.</summary>
    /// <param name="vm">The VM.</param>
    public double Seconds(VmFacts vm) => Bytes(vm) / BytePerSecond;

    /// <summary>Why it does not pay that so much goes from one host to another, in words; null if it does.</summary>
    /// <param name="kind">The load that is looked at.</param>
    /// <param name="giver">The host that it leaves.</param>
    /// <param name="taker">The host to which it goes.</param>
    /// <param name="amount">How much goes, less what comes back for it.</param>
    /// <param name="vms">The VMs that move.</param>
    public string? WhyNot(LoadKind kind, Burden giver, Burden taker, double amount, params ReadOnlySpan<VmFacts> vms)
    {
        var busier = giver.Level > taker.Level ? giver : taker;
        return WhyNot(kind, busier.Level - Math.Max(giver.With(-amount), taker.With(amount)), busier, vms);
    }

    /// <summary>Why moves do not pay, in words; null if they do.</summary>
    /// <param name="kind">The load that is looked at.</param>
    /// <param name="gain">By how much the busier host's level falls.</param>
    /// <param name="busier">The busier host.</param>
    /// <param name="vms">The VMs that move.</param>
    public string? WhyNot(LoadKind kind, double gain, Burden busier, params ReadOnlySpan<VmFacts> vms)
    {
        ArgumentNullException.ThrowIfNull(kind);
        if (HorizonMs == 0)
        {
            return null;
        }

        double cost = 0, bytes = 0;
        foreach (var vm in vms)
        {
            cost += kind.Cost(vm, busier, this);
            bytes += Bytes(vm);
        }

        var seconds = HorizonMs / 1_000.0;
        return gain * seconds > cost ? null : string.Create(CultureInfo.InvariantCulture,
            $"that does not pay within {Words.Span(HorizonMs)} (actormig.barter.horizon): it wins {kind.Gain(gain)}, and up to {Words.Memory((long)bytes)} are copied, which is worth it from {kind.Gain(cost / seconds)} on");
    }
}
