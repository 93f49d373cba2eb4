using System.Globalization;
using ActorMig.Vms;

namespace ActorMig.Policies;

/// <summary>
/// What a move costs, and whether it wins more within a time. Both are counted in what a policy looks at, times seconds: traffic that a copy adds to what it
/// takes off a link, CPU time that sending and receiving take, memory that is held on both hosts meanwhile. Pure functions.
/// </summary>
/// <param name="HorizonMs">Within so long it must have paid; 0: nothing is asked.</param>
/// <param name="BytePerSecond">How fast memory is copied.</param>
/// <param name="GapMs">For how long a guest stands still of which nothing is known.</param>
public sealed record MovePrice(long HorizonMs, long BytePerSecond, long GapMs)
{
    /// <summary>What a link of 1 Gbit/s carries; taken where no limit is configured.</summary>
    public const long LinkMiBPerSecond = 110;

    /// <summary>So many times its memory a VM counts at most: pre-copy of one that writes faster than is copied ends only because it is slowed down.</summary>
    public const double CopiesMax = 10;

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
    /// How much is copied. Direct sends each page once; hybrid sends all memory and once more what the guest writes during that pass, which is at most all
    /// of it; in pre-copy each pass sends what was written during the one before. Of one of which it is not known how fast it writes all memory counts twice.
    /// </summary>
    /// <param name="vm">The VM.</param>
    /// <returns>Bytes.</returns>
    public double Bytes(VmFacts vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        var written = (vm.DirtyBytePerSecond ?? BytePerSecond) / BytePerSecond;
        return vm.MemoryBytes * vm.Mode switch
        {
            MigrationMode.Direct => 1,
            MigrationMode.PreCopy when vm.DirtyBytePerSecond is not null => written < 1 ? Math.Min(1 / (1 - written), CopiesMax) : CopiesMax,
            _ => 1 + Math.Min(1, written),
        };
    }

    /// <summary>What is copied, and what the guest cannot say while it stands still.</summary>
    /// <param name="vm">The VM.</param>
    /// <returns>Bytes.</returns>
    public double CopyBytes(VmFacts vm) => Bytes(vm) + (vm.LoadBitPerSecond * Gap(vm) / 8_000);

    /// <summary>For how long the guest is expected to stand still: as those did that were sent in its mode, or what is configured where there were none.</summary>
    /// <param name="vm">The VM.</param>
    /// <returns>Milliseconds.</returns>
    public long Gap(VmFacts vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return vm.GapMs ?? GapMs;
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
            $"that does not pay within {Words.Span(HorizonMs)} (actormig.barter.horizon): it wins {kind.Gain(gain)}, and up to {Words.Memory((long)bytes)} are copied{Written(vms)}, which is worth it from {kind.Gain(cost / seconds)} on");
    }

    private static string Written(ReadOnlySpan<VmFacts> vms)
    {
        double? sum = null;
        foreach (var vm in vms)
        {
            sum = vm.DirtyBytePerSecond is { } dirty ? (sum ?? 0) + dirty : sum;
        }

        return sum is { } written ? $" ({Words.Memory((long)written)} of it are written to each second)" : "";
    }
}
