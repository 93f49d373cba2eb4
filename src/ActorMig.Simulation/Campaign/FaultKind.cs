namespace ActorMig.Simulation;

/// <summary>What a campaign lets go wrong.</summary>
public enum FaultKind
{
    /// <summary>An agent is killed, and started again.</summary>
    AgentKilled,

    /// <summary>A host loses power, and has it again.</summary>
    PowerLost,

    /// <summary>A libvirtd is killed, and started again.</summary>
    LibvirtdKilled,

    /// <summary>A guest's QEMU crashes.</summary>
    QemuCrashed,

    /// <summary>The memory stream of a migration breaks.</summary>
    StreamBroken,

    /// <summary>Nothing passes from one host to another, in one direction.</summary>
    LinkCut,

    /// <summary>Nothing passes between two hosts.</summary>
    LinksCut,

    /// <summary>The network is slow, and loses and repeats messages.</summary>
    NetworkBad,

    /// <summary>The call that would end a migration is lost.</summary>
    FinishLost,

    /// <summary>A disk is slow.</summary>
    DiskSlow,

    /// <summary>A disk refuses writes.</summary>
    DiskFull,

    /// <summary>A disk has too little room left to begin anything.</summary>
    DiskTight,

    /// <summary>A journal is torn: the agent ends, starts with a fresh one, and a person accepts the loss.</summary>
    JournalTorn,

    /// <summary>A wall clock jumps.</summary>
    ClockJumped,

    /// <summary>An owner destroys a guest, and starts it again.</summary>
    OwnerDestroyed,

    /// <summary>An owner shuts a guest down, and starts it again.</summary>
    OwnerShutDown,

    /// <summary>An owner deletes a guest.</summary>
    OwnerDeleted,

    /// <summary>An owner pauses a guest, and resumes it.</summary>
    OwnerPaused,

    /// <summary>An owner migrates a guest by hand.</summary>
    OwnerMigrated,

    /// <summary>An owner aborts the job on a guest.</summary>
    OwnerAbortedJob,

    /// <summary>An agent gets other options while it runs.</summary>
    OptionsChanged,

    /// <summary>An agent's process stands still, and goes on: what has come meanwhile is old.</summary>
    AgentStopped,

    /// <summary>What one host says to another is late by most of a lease, or more.</summary>
    LinkLate,

    /// <summary>What one host says to another comes once more, maybe minutes later.</summary>
    LinkEchoing,
}
