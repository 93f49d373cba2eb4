using ActorMig.Edges;
using ActorMig.Simulation.Bench;

namespace ActorMig.Simulation.Tests;

public sealed class Scale
{
    private static readonly BenchOptions Options = new() { Seed = 3 };

    [Fact]
    public void A_cluster_becomes_quiet_and_what_is_left_over_its_threshold_could_be_helped_by_nobody()
    {
        var result = SimBench.Play(Options, 30, _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(BenchEnd.Quiet, result.End);
        Assert.Empty(result.Violations);
        Assert.Equal(300, result.Vms);
        Assert.InRange(result.Before.HostsOver, 2, 15);
        Assert.True(result.After.HostsOver < result.Before.HostsOver);
        Assert.Equal(0, result.CouldBeHelped);
        Assert.InRange(result.Moves, 1, 300);
        Assert.Equal(result.Moves, result.Series.Sum(r => r.Moves));
        Assert.Equal(result.Before.MeanBitPerSecond, result.After.MeanBitPerSecond, 1.0);
        Assert.True(result.Rounds - result.RoundsUntilQuiet >= Options.QuietRounds);

        // Three questions and their answers in each round but the first ones.
        Assert.InRange(result.MessagesPerHostAndRound, 4, 9);
    }

    [Fact]
    public void The_same_seed_has_the_same_fingerprint_and_another_one_has_not()
    {
        static string Play(ulong seed, int objectsFrom) => SimBench.Play(
            Options with { Seed = seed, ObjectsFromHosts = objectsFrom }, 10, _ => { }, TestContext.Current.CancellationToken).Fingerprint;
        Assert.Equal(Play(1, int.MaxValue), Play(1, int.MaxValue));
        Assert.Equal(Play(1, int.MaxValue), Play(1, 2));
        Assert.NotEqual(Play(1, int.MaxValue), Play(2, int.MaxValue));
    }

    [Fact]
    public void Who_stops_it_gets_what_is_known_so_far()
    {
        using var stop = new CancellationTokenSource();
        var result = SimBench.Play(Options, 20, p =>
        {
            if (p.Round == 4)
            {
                stop.Cancel();
            }
        }, stop.Token);
        Assert.Equal(BenchEnd.Stopped, result.End);
        Assert.Equal(3, result.Series.Count);
        Assert.InRange(result.Rounds, 3, 4);
        Assert.Null(result.CouldBeHelped);
        Assert.Empty(SimBench.Targets([result, result]));
    }

    [Fact]
    public void Targets_say_what_was_missed()
    {
        var small = SimBench.Play(Options, 10, _ => { }, TestContext.Current.CancellationToken);
        var large = small with { Hosts = 1_000, MessagesPerHostAndRound = small.MessagesPerHostAndRound * 1.31, ClockSeconds = 59 };
        Assert.Equal([false, true], SimBench.Targets([small, large]).Select(t => t.IsMet));
        var huge = small with { Hosts = 10_000, MessagesPerHostAndRound = small.MessagesPerHostAndRound * 1.29, ClockSeconds = 901, PeakBytes = 9L << 30 };
        Assert.Equal([true, false, false], SimBench.Targets([small, huge]).Select(t => t.IsMet));
    }

    [Fact]
    public void The_page_has_all_numbers_and_needs_nothing_else()
    {
        var result = SimBench.Play(Options, 10, _ => { }, TestContext.Current.CancellationToken);
        var page = BenchReport.Html(Options, [result, result with { Hosts = 100 }]);
        Assert.Contains(result.Fingerprint, page, StringComparison.Ordinal);
        Assert.Contains("PASS: messages per host and round from 10 to 100 hosts: 1.00 times", page, StringComparison.Ordinal);
        Assert.Equal(7, page.Split("<svg ").Length - 1);
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public void All_members_but_one_are_those_of_the_list_without_it()
    {
        Member[] all = [.. "abcde".Select(c => new Member(c.ToString(), "", ""))];
        for (var without = 0; without < all.Length; without++)
        {
            var expected = all.Where((_, i) => i != without).ToArray();
            var but = new AllButOne(all, without);
            Assert.Equal(expected, but);
            Assert.Equal(expected, Enumerable.Range(0, but.Count).Select(i => but[i]));
            Assert.Throws<ArgumentOutOfRangeException>(() => but[but.Count]);
            Assert.All(expected, m => Assert.Same(m, Member.Find(but, m.Host)));
            Assert.Null(Member.Find(but, all[without].Host));
        }
    }
}
