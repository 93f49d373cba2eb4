using ActorMig.Actors.Tests;
using ActorMig.Bartering;
using ActorMig.Lab;
using ActorMig.Migrations;

namespace ActorMig.LabTests;

/// <summary>
/// kill -9 of either agent in each step of a barter and each phase of a migration, on real libvirt. The agent kills itself the moment an event is
/// durable and before anything follows from it; it is started again, and then everything that must hold is looked at.
/// </summary>
public sealed class Crashes(LabFixture fixture)
{
    [Theory]
    [InlineData("h2", "switch-intended")]
    public Task In_each_step_of_a_swap(string host, string dieAfter) => CrashInSwapAsync(host, dieAfter);

    /// <summary>All other events, on either side.</summary>
    [Theory]
    [Trait("kind", "matrix")]
    [MemberData(nameof(FurtherSteps))]
    public Task In_each_further_step_of_a_swap(string host, string dieAfter) => CrashInSwapAsync(host, dieAfter);

    public static TheoryData<string, string> FurtherSteps()
    {
        var data = new TheoryData<string, string>();
        (string, string)[] all =
        [
            ("h1", "barter-offered"), ("h2", "barter-granted"), ("h1", "barter-confirmed"), ("h1", "leg-began"), ("h1", "barter-ended"), ("h2", "barter-confirmation-heard"),
            ("h1", "leg-ended"), ("h1", "arrival-seen"), ("h2", "leg-began"),
            ("h1", "migration-opened"), ("h1", "arrival-opened"), ("h1", "arrival-expected"), ("h1", "arrival-ran"), ("h1", "arrival-settled"),
            ("h1", "vm-arrived"), ("h1", "vm-left"), ("h1", "charge-began"), ("h1", "charge-ended"), ("h1", "half-ended"),
            ("h2", "arrival-opened"), ("h2", "charge-began"), ("h2", "charge-ended"), ("h2", "half-ended"), ("h2", "leg-ended"), ("h2", "vm-arrived"),
            ("h2", "migration-prepared"), ("h2", "pre-copy-began"), ("h2", "migration-settled"), ("h2", "barter-ended"),
        ];
        foreach (var (host, dieAfter) in Shard.Of(all))
        {
            data.Add(host, dieAfter);
        }

        return data;
    }

    private async Task CrashInSwapAsync(string host, string dieAfter)
    {
        await using var one = await LabCase.StartAsync(fixture.Lab, testing: (host, "die-after-event = " + dieAfter));
        await one.LoadForSwapAsync();
        await one.RestartAfterDeathAsync(host == "h1" ? one.H1 : one.H2);
        await one.CheckAtRestAsync();
    }

    [Theory]
    [InlineData("h2", "arrival-ran")]
    public Task At_the_beginning_of_each_phase_of_a_migration(string host, string dieAfter) => CrashInMoveAsync(host, dieAfter);

    /// <summary>Where less can go wrong, or something like it is tried elsewhere.</summary>
    [Theory]
    [Trait("kind", "matrix")]
    [MemberData(nameof(FurtherPhases))]
    public Task At_the_beginning_of_each_further_phase(string host, string dieAfter) => CrashInMoveAsync(host, dieAfter);

    public static TheoryData<string, string> FurtherPhases()
    {
        var data = new TheoryData<string, string>();
        (string, string)[] all =
        [
            ("h1", "migration-prepared"), ("h1", "pre-copy-began"), ("h1", "switch-intended"), ("h1", "post-copy-began"), ("h1", "migration-settled"),
            ("h2", "arrival-expected"), ("h2", "arrival-seen"), ("h2", "arrival-settled"),
        ];
        foreach (var (host, dieAfter) in Shard.Of(all))
        {
            data.Add(host, dieAfter);
        }

        return data;
    }

    private async Task CrashInMoveAsync(string host, string dieAfter)
    {
        // An idle guest may have gone before post-copy is taken: what it writes keeps it.
        var isPostCopy = dieAfter == "post-copy-began";
        await using var one = await LabCase.StartAsync(fixture.Lab, isPostCopy ? LabCase.HeldOpen : LabCase.Quick, (host, "die-after-event = " + dieAfter));
        await one.BeginMoveAsync(one.H1, "vm1", "h2");
        if (isPostCopy)
        {
            await one.WriteInTheFirstPassAsync();
        }

        await one.RestartAfterDeathAsync(host == "h1" ? one.H1 : one.H2);
        await one.CheckAtRestAsync();
    }

    /// <summary>Kills at chance moments of a swap, now of one agent and now of the other, by a seed.</summary>
    [Theory]
    [Trait("kind", "matrix")]
    [MemberData(nameof(Seeds))]
    public async Task At_moments_that_a_seed_draws(int seed)
    {
        var random = new Random(seed);
        await using var one = await LabCase.StartAsync(fixture.Lab);
        await one.LoadForSwapAsync();
        await one.UntilAsync(() => one.Log.Of<BarterOffered>().Any(), "h1 offers a swap");
        for (var kill = 0; kill < 3; kill++)
        {
            // The moment is what is drawn: nothing is waited for.
            await Task.Delay(random.Next(0, 3_000));
            var host = random.Next(2) == 0 ? one.H1 : one.H2;
            host.KillAgent();
            await one.RestartAsync(host);
        }

        await one.CheckAtRestAsync();
    }

    public static TheoryData<int> Seeds() => [.. Shard.Of(Enumerable.Range(1, 40))];
}
