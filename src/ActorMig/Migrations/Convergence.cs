namespace ActorMig.Migrations;

/// <summary>A pass of pre-copy as it was first seen: right at its beginning, when what is left is least for a while.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="AtMs">When, on the monotonic clock.</param>
/// <param name="RemainingBytes">What it has to send: all memory, or what was written during the pass before.</param>
/// <param name="BytePerSecond">How much the link carries.</param>
public sealed record PassSeen(long Number, long AtMs, long RemainingBytes, long BytePerSecond);

/// <summary>What a migration in pre-copy is to do now.</summary>
public enum Advice
{
    /// <summary>Send what is left once more.</summary>
    GoOn,

    /// <summary>Switch to post-copy.</summary>
    Switch,

    /// <summary>Let the last stop of the guest be longer.</summary>
    RaiseDowntime,

    /// <summary>Give up: it would never arrive.</summary>
    Abort,
}

/// <summary>An advice and why.</summary>
/// <param name="Advice">What to do.</param>
/// <param name="Reason">In words.</param>
/// <param name="DowntimeMs">How long the guest may stand still from now on, where that is raised.</param>
public sealed record ConvergenceAdvice(Advice Advice, string Reason, long DowntimeMs = 0);

/// <summary>
/// When to switch to post-copy, and whether pre-copy converges: decided from what was measured. A pass is judged at its beginning, which is a local minimum of
/// what is left (the idea is that of KubeVirt's VEP 248). Pure functions.
/// </summary>
public static class Convergence
{
    /// <summary>A pass that leaves more than this share of the least that was left before makes no headway.</summary>
    private const double Headway = 0.9;

    /// <summary>So many passes are let go by before one of them can count as a stall: the second is the first that sends only what was written.</summary>
    private const int FirstStall = 3;

    /// <summary>What to do at the beginning of a pass.</summary>
    /// <param name="mode">How the guest is migrated.</param>
    /// <param name="passes">The passes so far, in order; those that came too fast to be seen are missing.</param>
    /// <param name="elapsedMs">Since libvirt was called.</param>
    /// <param name="memoryBytes">The guest's memory.</param>
    /// <param name="downtimeMs">How long the switch may stop the guest now.</param>
    /// <param name="options">The limits.</param>
    public static ConvergenceAdvice Judge(
        MigrationMode mode, IReadOnlyList<PassSeen> passes, long elapsedMs, long memoryBytes, long downtimeMs, MigrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(passes);
        ArgumentNullException.ThrowIfNull(options);
        return mode switch
        {
            MigrationMode.Direct => new(Advice.Switch, "post-copy from the start"),
            MigrationMode.Hybrid => Hybrid(passes, elapsedMs, memoryBytes, options),
            _ => PreCopy(passes, elapsedMs, memoryBytes, downtimeMs, options),
        };
    }

    /// <summary>How long pre-copy may take: so much for each GiB, and for one at least.</summary>
    /// <param name="memoryBytes">The guest's memory.</param>
    /// <param name="options">The limits.</param>
    public static long TimeoutMs(long memoryBytes, MigrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return (long)(options.TimeoutPerGiBMs * Math.Max(1.0, (double)memoryBytes / (1L << 30)));
    }

    /// <summary>
    /// Why a hybrid migration switches at the beginning of a pass without another look: a look takes its time, and what is left after a short pass may be
    /// gone by then, so that the guest changes hosts by pre-copy, whose lost last call libvirt answers by starting the source again.
    /// </summary>
    /// <param name="mode">How the guest is migrated.</param>
    /// <param name="number">The pass that begins, from 1.</param>
    /// <param name="elapsedMs">Since libvirt was called.</param>
    /// <param name="options">The limits.</param>
    /// <returns>The reason in words; null if it is worth a look.</returns>
    public static string? SwitchesAtOnce(MigrationMode mode, long number, long elapsedMs, MigrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return mode != MigrationMode.Hybrid || number < 2 ? null
            : number > options.PassesMax ? $"{number - 1} of at most {options.PassesMax} passes are done"
            : elapsedMs < options.PassWorthMs ? $"a pass took less than {Words.Duration(options.PassWorthMs)}: another would win little"
            : null;
    }

    private static ConvergenceAdvice Hybrid(IReadOnlyList<PassSeen> passes, long elapsedMs, long memoryBytes, MigrationOptions options)
    {
        var timeoutMs = TimeoutMs(memoryBytes, options);
        if (elapsedMs > timeoutMs)
        {
            return new(Advice.Switch, $"pre-copy has taken {Words.Duration(elapsedMs)}, longer than {Words.Duration(timeoutMs)}");
        }

        if (passes is not [.., { Number: > 1 } now])
        {
            return new(Advice.GoOn, "the first pass");
        }

        if (SwitchesAtOnce(MigrationMode.Hybrid, now.Number, elapsedMs, options) is { } reason)
        {
            return new(Advice.Switch, reason);
        }

        if (now.BytePerSecond <= 0 || DirtyBytePerSecond(passes) is not { } dirty)
        {
            return new(Advice.Switch, "one pass is done, and what another would win is not known");
        }

        var (leftMs, share) = (now.RemainingBytes * 1_000 / now.BytePerSecond, dirty / now.BytePerSecond);
        return leftMs <= options.RestMs ? new(Advice.Switch, $"what is left takes {Words.Duration(leftMs)}")
            : share > options.PassShareMax ? new(Advice.Switch, $"the guest writes {Rate(dirty)} and the link carries {Rate(now.BytePerSecond)}: another pass would leave too much")
            : new(Advice.GoOn, $"another pass leaves {100 * share:0} % of {Words.Memory(now.RemainingBytes)}");
    }

    private static ConvergenceAdvice PreCopy(IReadOnlyList<PassSeen> passes, long elapsedMs, long memoryBytes, long downtimeMs, MigrationOptions options)
    {
        var timeoutMs = TimeoutMs(memoryBytes, options);
        if (elapsedMs > timeoutMs)
        {
            var why = DirtyBytePerSecond(passes) is { } dirty ? $": the guest writes {Rate(dirty)} and the link carries {Rate(passes[^1].BytePerSecond)}" : "";
            return new(
                Advice.Abort,
                $"pre-copy did not end in {Words.Duration(timeoutMs)}{why}; migrate it in mode hybrid, when it writes less, or with a longer actormig.migration.downtime-max or timeout-per-gib");
        }

        if (passes is not [.., { Number: >= FirstStall } now] || downtimeMs >= options.DowntimeMaxMs)
        {
            return new(Advice.GoOn, "it may still converge");
        }

        var best = passes.Take(passes.Count - 1).Where(p => p.Number > 1).Select(p => p.RemainingBytes).DefaultIfEmpty(long.MaxValue).Min();
        return now.RemainingBytes > Headway * best
            ? new(Advice.RaiseDowntime, $"pass {now.Number} has to send {Words.Memory(now.RemainingBytes)}, no less than before", Math.Min(options.DowntimeMaxMs, Math.Max(1, 2 * downtimeMs)))
            : new(Advice.GoOn, $"pass {now.Number} has less to send than those before");
    }

    /// <summary>What was written during the last whole pass; null where the one before was not seen.</summary>
    private static double? DirtyBytePerSecond(IReadOnlyList<PassSeen> passes) =>
        passes is [.., var before, { } now] && now.Number == before.Number + 1 && now.AtMs > before.AtMs
            ? now.RemainingBytes * 1_000.0 / (now.AtMs - before.AtMs)
            : null;

    private static string Rate(double bytePerSecond) => Words.Memory((long)bytePerSecond) + "/s";
}
