using System.Globalization;
using ActorMig.Actors.Tests;
using ActorMig.Tests;

namespace ActorMig.Simulation.Tests;

/// <summary>Random clusters, loads and faults: what must hold holds, fixed seeds and fresh ones, and one seed is one run.</summary>
public sealed class CampaignTests(ITestOutputHelper output)
{
    private const int SeedsAtATime = 20;
    private const int FreshSeeds = 40;

    [Theory]
    [MemberData(nameof(FixedSeeds))]
    public void Whatever_goes_wrong_what_must_hold_holds(int firstSeed) => Play((ulong)firstSeed, SeedsAtATime);

    /// <summary>Seeds that nobody has tried: other ones with every commit, the same ones wherever and whenever it is tested.</summary>
    [Fact]
    public void Fresh_seeds_hold_as_well()
    {
        var first = Repository.Commit() is { } commit ? ulong.Parse(commit[..8], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : (ulong)DateTime.UtcNow.Ticks;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The first fresh seed is {first}."));
        Play(first, FreshSeeds);
    }

    [Theory]
    [Trait("kind", "matrix")]
    [MemberData(nameof(ManySeeds))]
    public void For_many_seeds(int firstSeed) => Play((ulong)firstSeed, 100);

    [Fact]
    public void One_seed_is_one_run_and_jobs_change_nothing()
    {
        static List<string> Fingerprints(int jobs)
        {
            var prints = new List<string>();
            Campaign.Play(
                new CampaignOptions(7_000, 8, jobs),
                r =>
                {
                    prints.Add($"{r.Seed} {r.Fingerprint} {r.Steps}");
                    return true;
                },
                TestContext.Current.CancellationToken);
            return prints;
        }

        var one = Fingerprints(1);
        Assert.Equal(8, one.Distinct().Count());
        Assert.Equal(one, Fingerprints(2));
    }

    [Fact]
    public void What_is_drawn_is_as_hard_as_it_is_meant_to_be()
    {
        const int Seeds = 10;
        var summary = new CampaignSummary();
        Campaign.Play(
            new CampaignOptions(1, Seeds),
            r =>
            {
                summary.Add(r);
                return true;
            },
            TestContext.Current.CancellationToken);
        Assert.True(summary.VirtualMs >= Seeds * 6 * 3_600_000L);
        Assert.InRange(summary.Barters / (double)Seeds, 20, 500);
        Assert.InRange(summary.Faults / (double)Seeds, 10, 100);
    }

    [Fact]
    public void A_failing_plan_shrinks_to_what_makes_it_fail()
    {
        // Whoever pauses a guest of the first host breaks this rule.
        var plan = CampaignDraw.Of(3);
        var pause = plan.Events.OfType<PlannedEvents>().First().Number;
        var shrinker = new CampaignShrinker(plan, "test", (events, _) => events.Contains(pause) ? "test" : null, TestContext.Current.CancellationToken);
        var (left, without) = shrinker.Shrink();
        Assert.Equal([pause], left);
        Assert.Equal(plan.Hosts.Count - 1, without.Count);
        Assert.InRange(shrinker.Tries, 1, 100);
    }

    public static TheoryData<int> FixedSeeds() => [.. Enumerable.Range(0, 5).Select(n => 1 + (n * SeedsAtATime))];

    public static TheoryData<int> ManySeeds() => [.. Shard.Of(Enumerable.Range(1, 9).Select(n => 1 + (n * 100)))];

    private static void Play(ulong first, int seeds)
    {
        var failed = new List<string>();
        Campaign.Play(
            new CampaignOptions(first, seeds, Environment.ProcessorCount),
            r =>
            {
                if (r.Violation is not null)
                {
                    failed.Add($"actormig sim campaign --seed {r.Seed}: {r.Violation}");
                }

                return true;
            },
            TestContext.Current.CancellationToken);
        Assert.Empty(failed);
    }
}
