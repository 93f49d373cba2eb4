namespace ActorMig.HypervisorRows;

/// <summary>What breaks on one host.</summary>
public enum Fault
{
    /// <summary>kill -9 of libvirtd.</summary>
    KillDaemon,

    /// <summary>libvirtd starts again.</summary>
    StartDaemon,

    /// <summary>libvirtd does nothing any more, but lives: its links stay until the other end gives them up.</summary>
    HangDaemon,

    /// <summary>It goes on.</summary>
    ContinueDaemon,

    /// <summary>kill -9 of the guest's QEMU.</summary>
    KillProcess,

    /// <summary>The network between the two hosts is cut.</summary>
    CutLink,

    /// <summary>It is whole again.</summary>
    HealLink,

    /// <summary>The memory stream's connections are reset; the network is whole.</summary>
    BreakStream,
}
