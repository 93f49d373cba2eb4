using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Tests;

/// <summary>The reconcile table, a case per row; the rows are those of the documentation's table.</summary>
public sealed class ReconcileTests
{
    private const DomainState Absent = DomainState.Absent;
    private const DomainState Running = DomainState.Running;
    private const DomainState Paused = DomainState.Paused;
    private const DomainState Shutoff = DomainState.Shutoff;

    [Theory]
    [InlineData(Running, StateReason.None, DomainJob.Outgoing, Paused, StateReason.Migration, Verdict.Running)]
    [InlineData(Running, StateReason.None, DomainJob.None, Absent, StateReason.None, Verdict.Failed)]
    [InlineData(Running, StateReason.None, DomainJob.None, Paused, StateReason.Migration, Verdict.Wait)]
    [InlineData(Paused, StateReason.PostCopy, DomainJob.Outgoing, Running, StateReason.PostCopy, Verdict.Running)]
    [InlineData(Paused, StateReason.PostCopyFailed, DomainJob.Outgoing, Running, StateReason.PostCopyFailed, Verdict.Wait)]
    [InlineData(Absent, StateReason.None, DomainJob.None, Running, StateReason.Migrated, Verdict.Completed)]
    [InlineData(Shutoff, StateReason.Migrated, DomainJob.None, Running, StateReason.Migrated, Verdict.CompletedUndefineSource)]
    [InlineData(Paused, StateReason.Migration, DomainJob.None, Running, StateReason.Migrated, Verdict.CompletedDestroyRemnant)]
    [InlineData(Paused, StateReason.PostCopy, DomainJob.None, Absent, StateReason.None, Verdict.NeedsOperator)]
    [InlineData(Shutoff, StateReason.Ended, DomainJob.None, Absent, StateReason.None, Verdict.Gone)]
    [InlineData(Shutoff, StateReason.Migrated, DomainJob.None, Paused, StateReason.User, Verdict.Completed)]
    [InlineData(Absent, StateReason.None, DomainJob.None, Absent, StateReason.None, Verdict.NeedsOperator)]
    [InlineData(Running, StateReason.None, DomainJob.None, Running, StateReason.Migrated, Verdict.DoubleRun)]
    public void Both_states_known(DomainState source, StateReason reason, DomainJob job, DomainState there, StateReason thereReason, Verdict expected)
    {
        var destination = new ArrivalStands("m", 1, Look(there, thereReason, DomainJob.None), HasRun: there == Running, IsGapless: true);
        Assert.Equal(expected, Reconcile.Judge(Look(source, reason, job), destination, isSwitchIntended: true));
    }

    [Theory]
    [InlineData(false, false, true, Verdict.ResumeSource)]
    [InlineData(true, false, true, Verdict.NeedsOperator)] // the switch was intended: no proof is enough
    [InlineData(false, true, true, Verdict.NeedsOperator)] // it ran there once
    [InlineData(false, false, false, Verdict.NeedsOperator)] // nobody was looking all the time
    public void A_paused_source_is_resumed_only_with_proof(bool isSwitchIntended, bool hasRun, bool isGapless, Verdict expected)
    {
        var destination = new ArrivalStands("m", 1, Look(Absent, StateReason.None, DomainJob.None), hasRun, isGapless);
        Assert.Equal(expected, Reconcile.Judge(Look(Paused, StateReason.Migration, DomainJob.None), destination, isSwitchIntended));
    }

    [Theory]
    [InlineData(Paused, Verdict.Wait)]
    [InlineData(Absent, Verdict.Wait)]
    [InlineData(Shutoff, Verdict.Wait)]
    [InlineData(Running, Verdict.Wait)]
    public void A_silent_destination_decides_nothing(DomainState source, Verdict expected) =>
        Assert.Equal(expected, Reconcile.Judge(Look(source, StateReason.None, DomainJob.None), null, isSwitchIntended: false));

    /// <summary>In all combinations of what can be seen: nothing is resumed or destroyed without what the rules demand.</summary>
    [Fact]
    public void Nothing_is_resumed_or_destroyed_against_the_rules()
    {
        var looks =
            from state in Enum.GetValues<DomainState>()
            from reason in Enum.GetValues<StateReason>()
            from job in Enum.GetValues<DomainJob>()
            select Look(state, reason, job);
        foreach (var (source, destinationLook) in from s in looks from d in looks select (s, d))
        {
            CheckAll(source, destinationLook);
        }
    }

    private static void CheckAll(DomainLook source, DomainLook destinationLook)
    {
        var (state, job) = (source.State, source.Job);
        var (there, thereReason) = (destinationLook.State, destinationLook.Reason);
        for (var bits = 0; bits < 16; bits++)
        {
            var (isIntended, hasRun, isGapless, answers) = ((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
            var destination = answers ? new ArrivalStands("m", 1, destinationLook, hasRun, isGapless) : null;
            switch (Reconcile.Judge(source, destination, isIntended))
            {
                case Verdict.ResumeSource:
                    Assert.True(answers && !isIntended && !hasRun && isGapless && there is Absent or Shutoff && state == Paused && job != DomainJob.Outgoing);
                    break;
                case Verdict.CompletedDestroyRemnant:
                    Assert.True(answers && there == Running && thereReason is not (StateReason.PostCopy or StateReason.PostCopyFailed) && state == Paused);
                    break;
                case Verdict.CompletedUndefineSource:
                    Assert.True(answers && there == Running && state == Shutoff);
                    break;
                case Verdict.Completed:
                    Assert.True(answers && there is Running or Paused && state is Absent or Shutoff);
                    break;
            }
        }
    }

    private static DomainLook Look(DomainState state, StateReason reason, DomainJob job) => new(state, reason, job, null, true, 1);
}
