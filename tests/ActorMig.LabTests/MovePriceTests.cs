using System.Globalization;
using ActorMig.Lab;
using ActorMig.Vms;

namespace ActorMig.LabTests;

/// <summary>What a move costs is known before it: how fast a guest writes to its memory, and for how long those stood still that were sent before.</summary>
public sealed class MovePriceTests(LabFixture fixture)
{
    [Fact]
    public async Task The_dirty_rate_of_a_guest_is_measured_and_gaps_are_remembered()
    {
        const double MiB = 1 << 20;
        await using var one = await LabCase.StartAsync(fixture.Lab, LabCase.Quick + "\nactormig.migration.dirty-rate-interval = 1s");
        VmFacts? Facts(string vm) => LabCase.StatusAsync(one.H1).GetAwaiter().GetResult().Barter.Vms.FirstOrDefault(v => v.Facts.Name == vm)?.Facts;
        await one.UntilAsync(() => Facts("vm1")?.DirtyBytePerSecond is not null && Facts("vm2")?.DirtyBytePerSecond is not null, "the dirty rates of both guests of h1 are measured");

        // A page that is hashed stands for 2 MiB, so some of it are enough to be seen, and what a guest does that rests is hardly ever.
        await one.UntilAsync(
            () =>
            {
                one.Vm(1).DirtyAsync(12, "rate").GetAwaiter().GetResult();
                return Facts("vm1")?.DirtyBytePerSecond >= 4 * MiB;
            },
            "vm1 is seen to write");
        Assert.True(Facts("vm1")!.DirtyBytePerSecond > Facts("vm2")!.DirtyBytePerSecond, string.Create(CultureInfo.InvariantCulture, $"{Facts("vm1")} beside {Facts("vm2")}"));
        await one.Vm(1).ClearAsync();

        Assert.Null(Facts("vm2")!.GapMs);
        var barter = await one.BeginMoveAsync(one.H1, "vm1", "h2");
        await one.UntilAsync(() => one.Log.Migrations().Any(m => m.Plan.Barter == barter && m.Settled is not null), "vm1 has left");
        var figures = one.Log.Migrations().Single(m => m.Plan.Barter == barter).Settled!.Figures!;
        await one.UntilAsync(() => Facts("vm2")?.GapMs is not null, "h1 remembers the gap");
        Assert.Equal(figures.DowntimeMs, Facts("vm2")!.GapMs);

        // Also by an agent that was restarted.
        await one.H1.StopAgentAsync();
        await one.RestartAsync(one.H1);
        await one.UntilAsync(() => Facts("vm2")?.GapMs == figures.DowntimeMs, "h1 still knows it");
        await one.CheckAtRestAsync();
    }
}
