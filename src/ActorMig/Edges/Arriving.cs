namespace ActorMig.Edges;

/// <summary>Whether a domain is still on its way to this host, whoever moves it.</summary>
internal static class Arriving
{
    /// <summary>Reads what libvirt shows of it.</summary>
    /// <param name="state">Its state.</param>
    /// <param name="reason">Why.</param>
    /// <param name="job">The job on it.</param>
    public static bool Is(DomainState state, StateReason reason, DomainJob job) => (state, reason, job) switch
    {
        (_, _, DomainJob.Incoming) => true,
        (DomainState.Running, StateReason.PostCopyFailed, _) => true,

        // Without a job the reason is only what was last: a daemon that was killed while it switched lets the guest run on, and does not correct it.
        (DomainState.Running, StateReason.PostCopy, not DomainJob.None) => true,
        _ => false,
    };
}
