using ActorMig.Agent;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Lab;
using ActorMig.Migrations;

namespace ActorMig.LabTests;

/// <summary>What an owner does to a real guest with virsh while it is being moved: it stays what its owner made of it, and the agents go on.</summary>
public sealed class OwnerActions(LabFixture fixture)
{
    private const string Slow = LabCase.HeldOpen + "\nactormig.migration.unclear-timeout = 3s";

    [Fact]
    [Trait("kind", "matrix")]
    public async Task Ended_in_pre_copy_it_is_gone()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab, Slow);
        await one.BeginMoveAsync(one.H1, "vm1", "h2");
        await one.UntilAsync(() => one.Log.Of<ArrivalSeen>().Any(), "pre-copy has begun");
        one.H1.Virsh("destroy", "vm1");
        await one.UntilAsync(() => one.Log.Migrations() is [{ Settled: not null }], "the migration has an end");
        var settled = one.Log.Migrations()[0].Settled!;
        Assert.Empty(fixture.Lab.Where(one.Vm(1)));
        Assert.Contains(settled.Outcome, (LegOutcome[])[LegOutcome.Gone, LegOutcome.Failed]);
        await one.BootVm1AnewAsync();
        await one.CheckAtRestAsync();
    }

    [Fact]
    public async Task Paused_in_pre_copy_it_is_libvirt_that_lets_it_run_where_it_arrives()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab, Slow);

        // A guest that runs cannot be renamed: libvirt refuses it, so no barter meets that.
        Assert.NotEqual(0, one.H1.TryVirsh("domrename", "vm1", "vm9").Code);
        await one.BeginMoveAsync(one.H1, "vm1", "h2");
        await one.UntilAsync(() => one.Log.Of<ArrivalSeen>().Any(), "pre-copy has begun");
        one.H1.Virsh("suspend", "vm1");
        await one.UntilAsync(() => one.Log.Migrations() is [{ Settled: not null }], "the migration has an end");

        // libvirt takes such a pause for a help to converge, shows no owner's pause, and ends it when the migration ends: with virsh, too.
        Assert.Equal(LegOutcome.Completed, one.Log.Migrations()[0].Settled!.Outcome);
        Assert.Equal(("h2", "running (migrated)"), Assert.Single(fixture.Lab.Where(one.Vm(1))));
        await one.CheckAtRestAsync();
    }

    [Fact]
    public async Task Ended_in_post_copy_it_never_runs_again()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab, Slow);
        await one.BeginMoveAsync(one.H1, "vm1", "h2");
        await one.HoldPostCopyOpenAsync();
        await one.UntilAsync(
            () =>
            {
                // libvirt may obey only after the job, and call what it has done a failure.
                one.H2.TryVirsh("destroy", "vm1");
                return fixture.Lab.Where(one.Vm(1)).All(w => !w.State.StartsWith("running", StringComparison.Ordinal));
            },
            "its owner has ended it");
        await one.UntilAsync(() => one.Log.Migrations() is [{ Settled: not null }], "the migration has an end");

        // libvirt may let the migration end before it obeys; else the paused copy on the source is the operator's.
        Assert.Contains(one.Log.Migrations()[0].Settled!.Outcome, (LegOutcome[])[LegOutcome.Gone, LegOutcome.NeedsOperator, LegOutcome.Completed]);
        Assert.DoesNotContain(fixture.Lab.Where(one.Vm(1)), w => w.State.StartsWith("running", StringComparison.Ordinal));
        await one.UntilAsync(() => one.AreBartersOver(), "all barters end");
        if (one.Log.Migrations()[0].Settled is { Outcome: LegOutcome.NeedsOperator, Migration: var migration })
        {
            await ResolveAsync(one, migration);
        }

        await one.BootVm1AnewAsync();
        await one.CheckAtRestAsync();
    }

    /// <summary>A person sees both hosts, is refused what is not so, and says that the guest is lost; nothing is touched by that.</summary>
    private async Task ResolveAsync(LabCase one, string migration)
    {
        await one.UntilAsync(() => one.Log.Of<CaseOpened>().Any(c => c.Host == "h1"), "it is a case");
        Assert.Contains($"OPERATOR  {migration}: vm1 h1 -> h2 needs you", one.H1.Actormig(ExitCodes.Ok, "status"), StringComparison.Ordinal);
        var shown = one.H1.Actormig(ExitCodes.Ok, "migration", "resolve", migration);
        Assert.Matches(@"(?s)now  on h1: (paused|absent|shutoff).*on h2: (absent|shutoff).*--runs-on h2 \(refused\):.*--lost: .*plan [0-9a-f]{8}", shown);
        Assert.Contains("does not show vm1 running", one.H1.Actormig(ExitCodes.Refused, "migration", "resolve", migration, "--runs-on", "h2", "--yes"), StringComparison.Ordinal);
        Assert.Contains("Nothing was done.", one.H1.Actormig(ExitCodes.Ok, "migration", "resolve", migration, "--lost"), StringComparison.Ordinal);
        Assert.Contains("look at them anew", one.H1.Actormig(ExitCodes.Refused, "migration", "resolve", migration, "--lost", "--yes", "--plan", "00000000"), StringComparison.Ordinal);
        var before = fixture.Lab.Where(one.Vm(1));
        Assert.Contains($"{migration} is resolved by user 0: vm1 is lost.", one.H1.Actormig(ExitCodes.Ok, "migration", "resolve", migration, "--lost", "--yes"), StringComparison.Ordinal);
        Assert.Equal(before, fixture.Lab.Where(one.Vm(1)));
        Assert.Contains("needs-operator, then lost", one.H1.Actormig(ExitCodes.Ok, "migration", "list"), StringComparison.Ordinal);
        await one.UntilAsync(one.AreCasesClosed, "both hosts know it");
        Assert.All(one.Log.Of<CaseClosed>(), c => Assert.Equal(LegOutcome.Lost, c.Message.Outcome));
    }
}
