using System.Diagnostics;
using ActorMig.Agent.Commands;
using ActorMig.Agent.Simulation;
using ActorMig.Bartering;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Agent.Tests;

/// <summary>The scenarios that are built in decide what their logs expect: they are the regression tests of bartering.</summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Names() => [.. ShippedScenarios.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shipped_scenario_decides_what_it_expects(string name)
    {
        var source = new ScenarioSource(name, null);
        var scenario = ScenarioReader.Read(source);
        var clock = Stopwatch.StartNew();
        var result = ScenarioRunner.Play(scenario, scenario.Seed, cancellation: TestContext.Current.CancellationToken);
        Assert.Empty(result.Violations);
        Assert.True(result.IsComplete);
        var expected = source.Text(ScenarioSource.DecisionsFile);
        Assert.True(expected is not null, $"{name} has no decisions.log; `actormig sim run` with --accept writes it.");
        Assert.Equal("", string.Join('\n', LineDifference.Of(expected.TrimEnd('\n').Split('\n'), result.Decisions)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.ElapsedMilliseconds} ms");

        // On an idle machine each takes a fraction of a second; this is for one that runs in a circle.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{name} took {clock.ElapsedMilliseconds} ms.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shipped_scenario_says_what_it_shows(string name)
    {
        var source = new ScenarioSource(name, null);
        var readme = source.Text(ScenarioSource.ReadmeFile);
        Assert.NotNull(readme);
        Assert.StartsWith("# ", readme, StringComparison.Ordinal);
        Assert.True(readme.Split('\n').Length > 2, $"{name}/README.md has no prose.");
        Assert.NotEqual(name, source.Title());
    }

    /// <summary>What today's code can answer has a scenario each, in which it is answered.</summary>
    [Fact]
    public void Every_reason_of_the_closed_list_has_a_scenario_or_is_known_to_have_none()
    {
        // Nothing says it yet: there are no rules of placement.
        Refusal[] without = [];
        foreach (var refusal in Enum.GetValues<Refusal>())
        {
            var word = Words.Of(refusal);
            var log = ShippedScenarios.Text("refusal-" + word, ScenarioSource.DecisionsFile);
            Assert.True(log is null == without.Contains(refusal), $"refusal-{word}: {(log is null ? "there is none" : "there is one now")}.");
            Assert.True(log is null || log.Contains(word, StringComparison.Ordinal), $"refusal-{word} does not come to be said.");
        }
    }

    /// <summary>A log may be accepted anew; what the scenario is there for must still come to pass in it.</summary>
    [Theory]
    [InlineData("reconcile-running", "vm1 to h2: completed")]
    [InlineData("reconcile-running-post-copy", "vm1 to h2: completed")]
    [InlineData("reconcile-silent-destination", "  6:00 -- heal h2 to h1\n  6:00 h1 settles h1-1-1.1: vm1 to h2: failed")]
    [InlineData("reconcile-double-run", "h1 sees vm1 run on both hosts", "needs-operator", "h1 has vm1 (paused)")]
    [InlineData("reconcile-failed", "vm1 to h2: failed")]
    [InlineData("reconcile-failed-aborted", "vm1 to h2: failed")]
    [InlineData("reconcile-failed-paused", "vm1 to h2: failed", "h1 has vm1 (paused)")]
    [InlineData("reconcile-post-copy-broken", "h1 tells the post-copy of vm1 to go on (try 1)", "vm1 to h2: completed")]
    [InlineData("reconcile-remnant", "h1 remedies vm1: destroy-remnant", "vm1 to h2: completed")]
    [InlineData("reconcile-unattended", "h1 remedies vm1: undefine", "vm1 to h2: completed")]
    [InlineData("reconcile-switch-intended", "vm1 to h2: failed")]
    [InlineData("reconcile-switched-and-lost", "vm1 to h2: needs-operator", "h1 has vm1 (paused)")]
    [InlineData("reconcile-left-silent", "  7:08 -- start-agent h2\n  7:08 h2 ends h1-1-1: settled\n  7:08 h1 settles h1-1-1.1: vm1 to h2: completed")]
    [InlineData("reconcile-half-a-guest", "vm1 to h2: needs-operator")]
    [InlineData("reconcile-half-a-guest-gone", "vm1 to h2: needs-operator", "h1 has vm1 (paused)")]
    [InlineData("reconcile-completed-paused", "vm1 to h2: completed", "h2 has vm1 (paused)")]
    [InlineData("reconcile-gone", "vm1 to h2: gone")]
    [InlineData("reconcile-gone-there", "vm1 to h2: gone")]
    [InlineData("reconcile-nowhere", "vm1 to h2: needs-operator")]
    [InlineData("crossing-offers", "h2 ends h2-1-1: withdrawn (busy)", "vm1 to h2: completed")]
    [InlineData("crossing-offers-budget", "h2 ends h2-1-1: withdrawn (busy)", "h2 declines h1-1-1: budget")]
    [InlineData("freeze", "  8:10 h1 frozen (h3)", " 10:10 h1 offers h1-2-1: vm1 to h3 (migrate)")]
    [InlineData("freeze-missed", "h3 hears from h1 that the cluster is frozen", "h3 frozen (h2)", " 10:33 h3 offers h3-2-1: vm2 to h2 (migrate)")]
    [InlineData("drain", "h1 offers h1-1-1: vm2 to h3 (drain)", "h1-1-4: vm6 to h3 (drain)", " 17:00 h2 offers h2-1-1: vm4 to h1 (migrate)")]
    [InlineData("drain-left-behind", "h1 ends h1-1-1: declined (busy)", "h1 has vm1, vm2, vm3 (paused)", "h2 has nothing")]
    [InlineData("swap-order-reversed", "grants h1-1-1: vm3 to h1, then vm1 to h2")]
    public void What_a_scenario_is_there_for_comes_to_pass(string name, params string[] words)
    {
        var log = ShippedScenarios.Text(name, ScenarioSource.DecisionsFile);
        Assert.NotNull(log);
        Assert.All(words, w => Assert.Contains(w, log, StringComparison.Ordinal));
    }

    [Fact]
    public void A_dry_run_a_threshold_not_reached_and_no_benefit_move_nothing()
    {
        foreach (var name in (string[])["complaint-dry-run", "complaint-little-load", "complaint-no-benefit", "complaint-worse", "complaint-fast-flapping"])
        {
            Assert.DoesNotContain("offers", ShippedScenarios.Text(name, ScenarioSource.DecisionsFile), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_papers_scenarios_stay_under_the_threshold_on_average_and_would_not_without_bartering()
    {
        foreach (var name in (string[])["paper-1", "paper-2", "paper-3"])
        {
            var scenario = ScenarioReader.Read(new ScenarioSource(name, null));
            Assert.Equal(100 * 60_000, scenario.DurationMs);
            var result = ScenarioRunner.Run(scenario, scenario.Seed, cancellation: TestContext.Current.CancellationToken);
            Assert.All(result.Hosts, h => Assert.True(h.MeanBitPerSecond <= 400e6, $"{name}: {h.Host} has {Words.Rate(h.MeanBitPerSecond)}."));
            var (with, without) = (result.Hosts.Max(h => h.OverloadedShare), result.WithoutBartering.Max(h => h.OverloadedShare));
            Assert.True(with < 0.15 && without > 0.4, $"{name}: overloaded for {with:P0} of the time, {without:P0} without bartering.");

            // The same load: what is moved is only carried elsewhere.
            Assert.Equal(result.Hosts.Sum(h => h.MeanBitPerSecond), result.WithoutBartering.Sum(h => h.MeanBitPerSecond), 10e6);
            Assert.True(result.Moves > 0);
        }
    }

    [Fact]
    public void Every_barter_of_a_scenario_has_its_reasons()
    {
        var scenario = ScenarioReader.Read(new ScenarioSource("complaint-unexplained", null));
        var result = ScenarioRunner.Play(scenario, scenario.Seed, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([BarterKind.Migrate, BarterKind.Remigrate], result.Barters.Select(b => b.Kind));
        Assert.Contains("over 400.0 Mbit/s", result.Barters[0].OfferReason, StringComparison.Ordinal);
        Assert.All(result.Barters, b => Assert.False(string.IsNullOrEmpty(b.GrantReason)));
        Assert.All(result.Rounds.Where(r => r.Answer is not null), r => Assert.False(string.IsNullOrEmpty(r.Reason)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_other_ones()
    {
        string Json(string? seed)
        {
            var output = new StringWriter();
            var command = new SimRunCommand(ScenarioSource.Find("lossy-network"), output, TextWriter.Null) { IsJson = true, Seed = seed is null ? null : ulong.Parse(seed, null) };
            command.Run(TestContext.Current.CancellationToken);
            return output.ToString();
        }

        Assert.Equal(Json(null), Json(null));
        Assert.NotEqual(Json(null), Json("2"));
    }

    [Fact]
    public void What_stops_a_run_leaves_what_is_known_so_far()
    {
        using var stop = new CancellationTokenSource();
        var scenario = ScenarioReader.Read(new ScenarioSource("paper-2", null));
        var result = ScenarioRunner.Run(scenario, 1, share =>
        {
            if (share > 0.1)
            {
                stop.Cancel();
            }
        }, stop.Token);
        Assert.False(result.IsComplete);
        Assert.InRange(result.DurationMs, 15 * 60_000, 25 * 60_000);
        Assert.Contains(result.Decisions, d => d.Contains("h1 offers h1-1-1: vm1 to h2 (swap)", StringComparison.Ordinal));
        Assert.NotEmpty(result.Rounds);
    }
}
