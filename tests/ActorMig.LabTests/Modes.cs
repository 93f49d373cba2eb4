using ActorMig.Agent;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Lab;
using ActorMig.Migrations;

namespace ActorMig.LabTests;

/// <summary>The three ways to migrate on real libvirt, how a person ends one, and what the commands say of them.</summary>
public sealed class Modes(LabFixture fixture)
{
    [Fact]
    public async Task Direct_is_in_post_copy_before_a_pass_is_done()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab);
        var barter = await one.BeginMoveAsync(one.H1, "vm1", "h2", MigrationMode.Direct);
        await one.UntilAsync(() => one.Log.Migrations() is [{ Settled: not null }], "the migration has an end");
        var settled = one.Log.Migrations()[0].Settled!;
        Assert.Equal(LegOutcome.Completed, settled.Outcome);
        Assert.True(one.Log.Of<SwitchIntended>().Single().Message.Iterations <= 1);
        Assert.Single(one.Log.Of<PostCopyBegan>());
        Assert.True(settled.Figures!.Bytes > 0);
        await one.CheckAtRestAsync();

        // What an operator sees of it.
        var migration = BarterIds.Migration(barter, 1);
        var list = one.H1.Actormig(ExitCodes.Ok, "migration", "list");
        Assert.Matches(@"(?m)^MIGRATION +VM +TO +MODE +BEGAN +RESULT +TOTAL +DOWNTIME +BYTES +PASSES +ASKED FOR$", list);
        Assert.Matches($@"(?m)^{migration} +vm1 +h2 +direct .* completed ", list);
        Assert.Contains("1 completed; of these on average: total ", list, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^direct +h2 +1 +1 +[0-9.]+ m?s ", one.H1.Actormig(ExitCodes.Ok, "migration", "list", "--averages"));
        var shown = one.H1.Actormig(ExitCodes.Ok, "migration", "show", migration);
        Assert.Matches("(?s)preparing .*pre-copy .*switching .*post-copy .*ended.*result  completed: vm1 runs on h2.*figures total .* bytes", shown);
        Assert.Contains("completed: vm1 runs on h2", one.H1.Actormig(ExitCodes.Ok, "migration", "watch", migration), StringComparison.Ordinal);

        // And on the other side.
        Assert.Matches($@"(?m)^{migration} +vm1 +h1 +direct .* completed +[0-9.]+ m?s$", one.H2.Actormig(ExitCodes.Ok, "migration", "list", "--arrivals"));
        Assert.Matches("(?s)preparing .*pre-copy .*switching .*ended.*result  completed: ", one.H2.Actormig(ExitCodes.Ok, "migration", "show", migration));
        Assert.DoesNotContain(migration, one.H2.Actormig(ExitCodes.Ok, "migration", "list"), StringComparison.Ordinal);
        Assert.Contains("--arrivals", one.H1.Actormig(ExitCodes.BadInput, "migration", "list", "--arrivals", "--averages"), StringComparison.Ordinal);
        Assert.Contains("No migration m9 has left from h1", one.H1.Actormig(ExitCodes.Refused, "migration", "show", "m9"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pre_copy_alone_never_switches()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab);
        await one.BeginMoveAsync(one.H1, "vm1", "h2", MigrationMode.PreCopy);
        await one.UntilAsync(() => one.Log.Migrations() is [{ Settled: not null }], "the migration has an end");
        Assert.Equal(LegOutcome.Completed, one.Log.Migrations()[0].Settled!.Outcome);
        Assert.Empty(one.Log.Of<SwitchIntended>());
        Assert.Empty(one.Log.Of<PostCopyBegan>());
        await one.CheckAtRestAsync();
    }

    [Fact]
    public async Task A_person_aborts_it_in_pre_copy_and_cannot_in_post_copy()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab, LabCase.HeldOpen);
        var first = BarterIds.Migration(await one.BeginMoveAsync(one.H1, "vm1", "h2"), 1);
        await one.UntilAsync(() => one.Log.Of<ArrivalSeen>().Any(), "pre-copy has begun");
        Assert.Contains($"{first} is aborted; vm1 stays on h1.", one.H1.Actormig(ExitCodes.Ok, "migration", "abort", first), StringComparison.Ordinal);
        await one.UntilAsync(() => one.Log.Migrations() is [{ Settled: not null }], "the migration has an end");
        var settled = one.Log.Migrations()[0].Settled!;
        Assert.Equal(LegOutcome.Failed, settled.Outcome);
        Assert.Contains("user 0 wanted it aborted", settled.Reason, StringComparison.Ordinal);
        Assert.Equal("h1", Assert.Single(fixture.Lab.Where(one.Vm(1))).Host);
        var second = BarterIds.Migration(await one.BeginMoveAsync(one.H1, "vm1", "h2"), 1);
        await one.HoldPostCopyOpenAsync();
        Assert.Contains("neither host has all of its memory", one.H1.Actormig(ExitCodes.Refused, "migration", "abort", second), StringComparison.Ordinal);
        await one.UntilAsync(() => one.Log.Migrations() is [_, { Settled.Outcome: LegOutcome.Completed }], "the migration has completed");
        await one.CheckAtRestAsync();
    }
}
