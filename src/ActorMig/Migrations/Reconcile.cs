using ActorMig.Edges;

namespace ActorMig.Migrations;

/// <summary>What follows from the states of both hosts.</summary>
public enum Verdict
{
    /// <summary>The migration runs: watch.</summary>
    Running,

    /// <summary>Look again: the states are on their way from one to another, or one is not known.</summary>
    Wait,

    /// <summary>The VM runs on the destination and has left the source.</summary>
    Completed,

    /// <summary>As completed, and a definition is left on the source that this attempt explains.</summary>
    CompletedUndefineSource,

    /// <summary>As completed, and a paused remnant is left on the source.</summary>
    CompletedDestroyRemnant,

    /// <summary>The VM runs on the source; nothing was moved.</summary>
    Failed,

    /// <summary>The source copy is paused, and there is proof that the destination never ran: resume it.</summary>
    ResumeSource,

    /// <summary>Post-copy broke, and both halves of the guest's memory are there: let it go on.</summary>
    ResumePostCopy,

    /// <summary>The owner ended the VM.</summary>
    Gone,

    /// <summary>Not decidable from here.</summary>
    NeedsOperator,

    /// <summary>The guest runs on both hosts: suspend the source copy at once, raise the alarm, touch nothing else.</summary>
    DoubleRun,
}

/// <summary>What an agent concludes from what libvirt shows on both hosts and from its journal: one pure table (rules S6, S7).</summary>
public static class Reconcile
{
    /// <summary>Reads the table.</summary>
    /// <param name="source">What the source's libvirt shows.</param>
    /// <param name="destination">What the destination's agent states; null if it does not answer.</param>
    /// <param name="isSwitchIntended">True if the journal has an intent to switch for this attempt.</param>
    /// <param name="isEndSeen">True if the source's libvirt has said that the guest shut down or was destroyed there.</param>
    public static Verdict Judge(DomainLook source, ArrivalStands? destination, bool isSwitchIntended, bool isEndSeen = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        var there = destination?.Look;
        var runsThere = there is { State: DomainState.Running };
        var isWholeThere = there is { IsWhole: true };

        // Where it has come to.
        var isPausedThere = there is { IsPausedByOwner: true };
        var hasComeThere = isPausedThere && (destination!.HasRun || source.Reason == StateReason.Migrated);
        var isGoneThere = there is { State: DomainState.Absent or DomainState.Shutoff };
        return (source.State, source.Job) switch
        {
            (DomainState.Running, DomainJob.Outgoing) => Verdict.Running,
            (DomainState.Running, _) when destination is null => Verdict.Wait,
            (DomainState.Running, _) when runsThere => Verdict.DoubleRun,
            (DomainState.Running, _) when there is { State: DomainState.Paused } => Verdict.Wait,
            (DomainState.Running, _) => Verdict.Failed,

            // Post-copy that runs, or that a broken link to libvirt hides: the streams may finish unattended.
            (DomainState.Paused, DomainJob.Outgoing) when source.Reason is StateReason.PostCopy or StateReason.Migration => Verdict.Running,
            (DomainState.Paused, DomainJob.Outgoing) when source.Reason == StateReason.PostCopyFailed && !isWholeThere && there is { State: DomainState.Running or DomainState.Paused } =>
                Verdict.ResumePostCopy,
            (DomainState.Paused, DomainJob.Outgoing) => Verdict.Wait,
            (DomainState.Paused, _) when destination is null => Verdict.Wait,
            (DomainState.Paused, _) when isWholeThere => Verdict.CompletedDestroyRemnant,
            (DomainState.Paused, _) when source.Reason == StateReason.User && there is { State: DomainState.Paused } => Verdict.Wait,
            (DomainState.Paused, _) when source.Reason == StateReason.User => runsThere ? Verdict.NeedsOperator : Verdict.Failed,

            // Stricter than it need be: a destination that still shows the guest, if only paused, may be about to let it run.
            (DomainState.Paused, _) when isGoneThere && !isSwitchIntended && destination is { HasRun: false, IsGapless: true } => Verdict.ResumeSource,
            (DomainState.Paused, _) => Verdict.NeedsOperator,

            (DomainState.Absent or DomainState.Shutoff, _) when destination is null => Verdict.Wait,
            (DomainState.Absent, _) when isWholeThere => Verdict.Completed,
            (DomainState.Shutoff, _) when isWholeThere => Verdict.CompletedUndefineSource,
            (DomainState.Absent or DomainState.Shutoff, _) when runsThere => Verdict.Wait,
            (DomainState.Absent, _) when isPausedThere => Verdict.Completed,
            (DomainState.Shutoff, _) when hasComeThere => Verdict.CompletedUndefineSource,
            (DomainState.Absent or DomainState.Shutoff, _) when there is { State: DomainState.Paused } => Verdict.Wait,
            (DomainState.Absent or DomainState.Shutoff, _) when isEndSeen || source.Reason == StateReason.Ended => Verdict.Gone,
            (DomainState.Absent or DomainState.Shutoff, _) when destination!.HasRun && there is { State: DomainState.Shutoff } => Verdict.Gone,
            _ => Verdict.NeedsOperator,
        };
    }
}
