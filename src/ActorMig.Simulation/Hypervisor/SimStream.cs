namespace ActorMig.Simulation;

/// <summary>How far QEMU's memory stream is. It goes from QEMU to QEMU, and needs no libvirt.</summary>
internal enum SimStream
{
    /// <summary>It is being set up; nothing was sent yet.</summary>
    Setup,

    /// <summary>Passes of pre-copy; the guest runs on the source.</summary>
    PreCopy,

    /// <summary>The CPUs are stopped on the source, which is where QEMU waits for libvirt before it sends the devices (<c>pause-before-switchover</c>).</summary>
    PreSwitchover,

    /// <summary>The destination has the devices and may run; the rest of the memory follows.</summary>
    PostCopy,

    /// <summary>It broke in post-copy (<c>postcopy-paused</c>); both processes wait.</summary>
    PostCopyPaused,

    /// <summary>All memory is there.</summary>
    Completed,

    /// <summary>It was given up before the switch.</summary>
    Failed,
}
