using ActorMig.Migrations;

namespace ActorMig.Tests;

/// <summary>When pre-copy goes on, switches, lets the stop be longer or is given up: a case per row.</summary>
public sealed class ConvergenceTests
{
    private const long MiB = 1 << 20;
    private static readonly MigrationOptions s_options = new();

    /// <summary>A link of 100 MiB/s; pass 1 of 1,000 MiB took 10 s, and this is left for pass 2.</summary>
    [Theory]
    [InlineData(0, Advice.Switch, "what is left takes 0 ms")]
    [InlineData(9, Advice.Switch, "what is left takes 90 ms")]
    [InlineData(90, Advice.GoOn, "another pass leaves 9 % of 90 MiB")]
    [InlineData(100, Advice.GoOn, "another pass leaves 10 % of 100 MiB")]
    [InlineData(110, Advice.Switch, "the guest writes 11 MiB/s and the link carries 100 MiB/s: another pass would leave too much")]
    [InlineData(1_000, Advice.Switch, "the guest writes 100 MiB/s and the link carries 100 MiB/s: another pass would leave too much")]
    public void Hybrid_makes_another_pass_only_if_it_wins(long leftMiB, Advice advice, string reason)
    {
        var judged = Judge(MigrationMode.Hybrid, 10_000, (1, 0, 1_000), (2, 10_000, leftMiB));
        Assert.Null(Convergence.SwitchesAtOnce(MigrationMode.Hybrid, 2, 10_000, s_options));
        Assert.Equal((advice, reason), (judged.Advice, judged.Reason));
    }

    [Fact]
    public void Hybrid_makes_so_many_passes_at_most()
    {
        (long, long, long)[] passes = [(1, 0, 10_000), (2, 100_000, 900), (3, 109_000, 80), (4, 109_800, 20)];
        Assert.Equal([Advice.GoOn, Advice.GoOn, Advice.GoOn, Advice.Switch], Enumerable.Range(1, 4).Select(n => Judge(MigrationMode.Hybrid, 110_000, passes[..n]).Advice));
    }

    /// <summary>Whatever is left: a look would take longer than it.</summary>
    [Fact]
    public void Hybrid_switches_at_once_after_a_short_pass()
    {
        Assert.Equal("a pass took less than 10.0 s: another would win little", Convergence.SwitchesAtOnce(MigrationMode.Hybrid, 2, 9_999, s_options));
        Assert.Equal(Advice.Switch, Judge(MigrationMode.Hybrid, 9_999, (1, 0, 1_000), (2, 9_000, 100)).Advice);
        Assert.Null(Convergence.SwitchesAtOnce(MigrationMode.Hybrid, 1, 100, s_options));
        Assert.Null(Convergence.SwitchesAtOnce(MigrationMode.PreCopy, 2, 100, s_options));
    }

    /// <summary>A pass that was not seen to begin tells nothing of how much is written: then one pass is enough, as with virsh.</summary>
    [Fact]
    public void Hybrid_switches_when_it_does_not_know()
    {
        Assert.Equal(Advice.Switch, Judge(MigrationMode.Hybrid, 10_000, (2, 10_000, 100)).Advice);
        var unknownRate = new PassSeen[] { new(1, 0, 1_000, 0), new(2, 10_000, 100, 0) };
        Assert.Equal(Advice.Switch, Convergence.Judge(MigrationMode.Hybrid, unknownRate, 10_000, 0, 300, s_options).Advice);
    }

    [Fact]
    public void Hybrid_switches_after_its_time()
    {
        var timeoutMs = Convergence.TimeoutMs(1_000 * MiB, s_options);
        Assert.Equal(Advice.GoOn, Judge(MigrationMode.Hybrid, timeoutMs, (1, 0, 1_000)).Advice);
        Assert.Equal(Advice.Switch, Judge(MigrationMode.Hybrid, timeoutMs + 1, (1, 0, 1_000)).Advice);
    }

    [Fact]
    public void Direct_switches_at_once() => Assert.Equal(Advice.Switch, Judge(MigrationMode.Direct, 0).Advice);

    /// <summary>What each pass has to send, and what is said at the last of them.</summary>
    [Theory]
    [InlineData(new long[] { 1_000 }, Advice.GoOn)]
    [InlineData(new long[] { 1_000, 900 }, Advice.GoOn)] // the first that sends only what was written
    [InlineData(new long[] { 1_000, 400, 150 }, Advice.GoOn)]
    [InlineData(new long[] { 1_000, 400, 380 }, Advice.RaiseDowntime)]
    [InlineData(new long[] { 1_000, 400, 150, 300 }, Advice.RaiseDowntime)] // less than once, but not the least
    public void Pre_copy_lets_the_stop_be_longer_when_it_makes_no_headway(long[] leftMiB, Advice advice) => Assert.Equal(
        advice, Judge(MigrationMode.PreCopy, 20_000, [.. leftMiB.Select((left, i) => (i + 1L, i * 5_000L, left))]).Advice);

    [Fact]
    public void Pre_copy_doubles_the_stop_up_to_its_most()
    {
        var downtimes = new List<long>();
        PassSeen[] passes = [new(1, 0, 1_000 * MiB, 100 * MiB), new(2, 10_000, 500 * MiB, 100 * MiB), new(3, 15_000, 500 * MiB, 100 * MiB)];
        for (var downtimeMs = s_options.DowntimeMs; ;)
        {
            var judged = Convergence.Judge(MigrationMode.PreCopy, passes, 20_000, MiB, downtimeMs, s_options);
            if (judged.Advice != Advice.RaiseDowntime)
            {
                break;
            }

            downtimes.Add(downtimeMs = judged.DowntimeMs);
        }

        Assert.Equal([600, 1_200, 2_400], downtimes);
    }

    [Fact]
    public void Pre_copy_is_given_up_after_its_time_and_the_remedies_are_named()
    {
        var judged = Judge(MigrationMode.PreCopy, Convergence.TimeoutMs(4_096 * MiB, s_options) + 1, (1, 0, 1_000), (2, 10_000, 900));
        Assert.Equal(Advice.GoOn, Convergence.Judge(MigrationMode.PreCopy, [], 599_000, 4_096 * MiB, 300, s_options).Advice);
        Assert.Equal(Advice.Abort, judged.Advice);
        Assert.Contains("the guest writes 90 MiB/s and the link carries 100 MiB/s; migrate it in mode hybrid", judged.Reason, StringComparison.Ordinal);
    }

    private static ConvergenceAdvice Judge(MigrationMode mode, long elapsedMs, params (long Number, long AtMs, long LeftMiB)[] passes) => Convergence.Judge(
        mode, [.. passes.Select(p => new PassSeen(p.Number, p.AtMs, p.LeftMiB * MiB, 100 * MiB))], elapsedMs, 1_000 * MiB, s_options.DowntimeMs, s_options);
}
