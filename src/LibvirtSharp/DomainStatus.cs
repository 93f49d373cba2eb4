namespace LibvirtSharp;

/// <summary>State and reason (<c>virDomainGetState</c>). What the reason means follows from the state: one of the typed ones is not null.</summary>
/// <param name="State">What it does.</param>
/// <param name="Reason">Why, as libvirt's number.</param>
public readonly record struct DomainStatus(DomainState State, int Reason)
{
    /// <summary>The reason of <see cref="DomainState.None"/>.</summary>
    public NoStateReason? NoStateReason => State == DomainState.None ? (NoStateReason)Reason : null;

    /// <summary>Why it is <see cref="DomainState.Running"/>.</summary>
    public RunningReason? RunningReason => State == DomainState.Running ? (RunningReason)Reason : null;

    /// <summary>The reason of <see cref="DomainState.Blocked"/>.</summary>
    public BlockedReason? BlockedReason => State == DomainState.Blocked ? (BlockedReason)Reason : null;

    /// <summary>Why it is <see cref="DomainState.Paused"/>.</summary>
    public PausedReason? PausedReason => State == DomainState.Paused ? (PausedReason)Reason : null;

    /// <summary>Why it is in <see cref="DomainState.Shutdown"/>.</summary>
    public ShutdownReason? ShutdownReason => State == DomainState.Shutdown ? (ShutdownReason)Reason : null;

    /// <summary>Why it is <see cref="DomainState.Shutoff"/>.</summary>
    public ShutoffReason? ShutoffReason => State == DomainState.Shutoff ? (ShutoffReason)Reason : null;

    /// <summary>Why it is <see cref="DomainState.Crashed"/>.</summary>
    public CrashedReason? CrashedReason => State == DomainState.Crashed ? (CrashedReason)Reason : null;

    /// <summary>The reason of <see cref="DomainState.PmSuspended"/>.</summary>
    public PmSuspendedReason? PmSuspendedReason => State == DomainState.PmSuspended ? (PmSuspendedReason)Reason : null;
}
