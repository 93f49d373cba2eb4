namespace ActorMig.Simulation;

/// <summary>How far a simulated migration is, as the two daemons and the two QEMUs know together.</summary>
public enum SimMigrationPhase
{
    /// <summary>The daemons talk, and the destination starts a QEMU that waits.</summary>
    Preparing,

    /// <summary>The guest runs on the source while its memory is sent.</summary>
    PreCopy,

    /// <summary>The guest stands still, and the destination is not asked to let it run yet.</summary>
    Switching,

    /// <summary>The destination is asked to let it run, and has not done so yet.</summary>
    Finishing,

    /// <summary>It runs on the destination, and memory follows.</summary>
    PostCopy,

    /// <summary>All is there; the source is told so, and ends its process.</summary>
    Confirming,

    /// <summary>Post-copy that no daemon attends to any more.</summary>
    Unattended,
}
