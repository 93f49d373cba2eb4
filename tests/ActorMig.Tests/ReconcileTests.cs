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
    [InlineData(Paused, StateReason.PostCopyFailed, DomainJob.Outgoing, Running, StateReason.PostCopyFailed, Verdict.ResumePostCopy)]
    [InlineData(Absent, StateReason.None, DomainJob.None, Running, StateReason.Migrated, Verdict.Completed)]
    [InlineData(Shutoff, StateReason.Migrated, DomainJob.None, Running, StateReason.Migrated, Verdict.CompletedUndefineSource)]
    [InlineData(Paused, StateReason.Migration, DomainJob.None, Running, StateReason.Migrated, Verdict.CompletedDestroyRemnant)]
    [InlineData(Paused, StateReason.PostCopy, DomainJob.None, Absent, StateReason.None, Verdict.NeedsOperator)]
    [InlineData(Shutoff, StateReason.Ended, DomainJob.None, Absent, StateReason.None, Verdict.Gone)]
    [InlineData(Shutoff, StateReason.Migrated, DomainJob.None, Paused, StateReason.User, Verdict.CompletedUndefineSource)] // done, then paused by its owner
    [InlineData(Absent, StateReason.None, DomainJob.None, Absent, StateReason.None, Verdict.NeedsOperator)]
    [InlineData(Running, StateReason.None, DomainJob.None, Running, StateReason.Migrated, Verdict.DoubleRun)]
    public void Both_states_known(DomainState source, StateReason reason, DomainJob job, DomainState there, StateReason thereReason, Verdict expected)
    {
        var destination = new ArrivalStands("m", 1, Look(there, thereReason, DomainJob.None), HasRun: there == Running, IsGapless: true);
        Assert.Equal(expected, Reconcile.Judge(Look(source, reason, job), destination, isSwitchIntended: true));
    }

    /// <summary>The rows in which the job, or who noticed first, decides.</summary>
    [Theory]
    [InlineData(Paused, StateReason.Migration, DomainJob.Outgoing, Paused, StateReason.Migration, Verdict.Running)] // it has converged and is about to run
    [InlineData(Paused, StateReason.PostCopy, DomainJob.Outgoing, Running, StateReason.PostCopyFailed, Verdict.Running)] // the destination noticed first
    [InlineData(Paused, StateReason.PostCopyFailed, DomainJob.Outgoing, Running, StateReason.PostCopy, Verdict.ResumePostCopy)] // the source did
    [InlineData(Paused, StateReason.PostCopyFailed, DomainJob.Outgoing, Paused, StateReason.PostCopyFailed, Verdict.ResumePostCopy)] // an I/O error besides
    [InlineData(Paused, StateReason.PostCopyFailed, DomainJob.Outgoing, Absent, StateReason.None, Verdict.Wait)] // the destination's process is gone
    [InlineData(Paused, StateReason.PostCopyFailed, DomainJob.Outgoing, Running, StateReason.Migrated, Verdict.Wait)] // one side has ended unattended
    [InlineData(Running, StateReason.None, DomainJob.Outgoing, Absent, StateReason.None, Verdict.Running)] // it has not begun to arrive
    [InlineData(Running, StateReason.None, DomainJob.None, Shutoff, StateReason.None, Verdict.Failed)] // a definition of its own is there
    [InlineData(Running, StateReason.None, DomainJob.None, Running, StateReason.PostCopyFailed, Verdict.DoubleRun)]
    [InlineData(Paused, StateReason.PostCopy, DomainJob.None, Running, StateReason.Migrated, Verdict.CompletedDestroyRemnant)]
    [InlineData(Paused, StateReason.PostCopy, DomainJob.None, Running, StateReason.PostCopy, Verdict.NeedsOperator)]
    [InlineData(Paused, StateReason.PostCopyFailed, DomainJob.None, Absent, StateReason.None, Verdict.NeedsOperator)]
    [InlineData(Paused, StateReason.PostCopyFailed, DomainJob.None, Shutoff, StateReason.Ended, Verdict.NeedsOperator)]
    [InlineData(Paused, StateReason.Migration, DomainJob.None, Paused, StateReason.Migration, Verdict.NeedsOperator)]
    [InlineData(Paused, StateReason.User, DomainJob.None, Absent, StateReason.None, Verdict.Failed)] // its owner paused it where it is
    [InlineData(Paused, StateReason.User, DomainJob.None, Paused, StateReason.Migration, Verdict.Wait)] // so it was, and libvirt's last call was lost: its copy there may run yet
    [InlineData(Paused, StateReason.User, DomainJob.None, Running, StateReason.PostCopyFailed, Verdict.NeedsOperator)]
    [InlineData(Absent, StateReason.None, DomainJob.None, Running, StateReason.PostCopy, Verdict.Wait)]
    [InlineData(Shutoff, StateReason.None, DomainJob.None, Running, StateReason.PostCopyFailed, Verdict.Wait)] // at risk: the source's process is gone
    [InlineData(Absent, StateReason.None, DomainJob.None, Paused, StateReason.User, Verdict.Completed)]
    [InlineData(Shutoff, StateReason.Migrated, DomainJob.None, Paused, StateReason.Migration, Verdict.Wait)]
    [InlineData(Absent, StateReason.None, DomainJob.None, Paused, StateReason.PostCopyFailed, Verdict.Wait)]
    [InlineData(Shutoff, StateReason.None, DomainJob.None, Absent, StateReason.None, Verdict.NeedsOperator)] // its QEMU crashed, or nobody knows
    [InlineData(Shutoff, StateReason.Migrated, DomainJob.None, Absent, StateReason.None, Verdict.NeedsOperator)]
    public void States_on_their_way(DomainState source, StateReason reason, DomainJob job, DomainState there, StateReason thereReason, Verdict expected) =>
        Both_states_known(source, reason, job, there, thereReason, expected);

    /// <summary>What was seen before decides where both show nothing any more.</summary>
    [Theory]
    [InlineData(Shutoff, Shutoff, true, false, Verdict.Gone)] // done, then ended by its owner: the definition there says that it had come
    [InlineData(Absent, Shutoff, true, false, Verdict.Gone)]
    [InlineData(Shutoff, Shutoff, false, false, Verdict.NeedsOperator)] // nobody saw it run there
    [InlineData(Absent, Absent, true, false, Verdict.NeedsOperator)]
    [InlineData(Absent, Absent, false, true, Verdict.Gone)] // its end was told on the source
    [InlineData(Shutoff, Absent, false, true, Verdict.Gone)]
    [InlineData(Paused, Absent, true, true, Verdict.NeedsOperator)] // a copy that is left is not gone
    [InlineData(Running, Absent, false, true, Verdict.Failed)] // an old end: it was booted again
    public void What_was_seen_before(DomainState source, DomainState there, bool hasRun, bool isEndSeen, Verdict expected)
    {
        var destination = new ArrivalStands("m", 1, Look(there, StateReason.None, DomainJob.None), hasRun, IsGapless: true);
        var reason = source switch
        {
            Shutoff => StateReason.Migrated,
            Paused => StateReason.PostCopy,
            _ => StateReason.None,
        };
        Assert.Equal(expected, Reconcile.Judge(Look(source, reason, DomainJob.None), destination, isSwitchIntended: true, isEndSeen));
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
    public void A_silent_destination_decides_nothing(DomainState source, Verdict expected)
    {
        foreach (var (reason, isIntended, isEndSeen) in from r in Enum.GetValues<StateReason>() from i in (bool[])[false, true] from e in (bool[])[false, true] select (r, i, e))
        {
            Assert.Equal(expected, Reconcile.Judge(Look(source, reason, DomainJob.None), null, isIntended, isEndSeen));
        }
    }

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
                    Assert.True(answers && state == Shutoff && (there == Running
                        || (there == Paused && thereReason == StateReason.User && destinationLook.Job == DomainJob.None && (hasRun || source.Reason == StateReason.Migrated))));
                    break;
                case Verdict.Completed:
                    Assert.True(answers && (there == Running || (there == Paused && destinationLook.Job == DomainJob.None)) && state == Absent);
                    break;
            }
        }
    }

    private static DomainLook Look(DomainState state, StateReason reason, DomainJob job) => new(state, reason, job, null, true, 1);
}
