using LibvirtSharp.Interop;

namespace LibvirtSharp;

public sealed unsafe partial class LibvirtDomain
{
    /// <summary>Starts a defined domain (<c>virDomainCreateWithFlags</c>).</summary>
    /// <param name="flags">Flags.</param>
    /// <exception cref="LibvirtException"><see cref="LibvirtErrorCode.OperationInvalid"/>: it is active already.</exception>
    public void Start(CreateFlags flags = CreateFlags.None) =>
        Native.Check(Libvirt.virDomainCreateWithFlags(_handle, (uint)flags), nameof(Libvirt.virDomainCreateWithFlags));

    /// <summary>Pauses its CPUs (<c>virDomainSuspend</c>).</summary>
    /// <exception cref="LibvirtException"><see cref="LibvirtErrorCode.OperationInvalid"/>: it is not active.</exception>
    public void Suspend() => Native.Check(Libvirt.virDomainSuspend(_handle), nameof(Libvirt.virDomainSuspend));

    /// <summary>
    /// Lets its CPUs run (<c>virDomainResume</c>). After a post-copy that has switched this can make a guest run twice: libvirt 9.0 refuses it only while
    /// it knows of the migration's job.
    /// </summary>
    /// <exception cref="LibvirtException"><see cref="LibvirtErrorCode.OperationInvalid"/>: it runs already, or is not active.</exception>
    public void Resume() => Native.Check(Libvirt.virDomainResume(_handle), nameof(Libvirt.virDomainResume));

    /// <summary>Asks the guest to shut down (<c>virDomainShutdownFlags</c>). It returns at once, and the guest may ignore it.</summary>
    /// <param name="flags">By which ways.</param>
    public void Shutdown(ShutdownFlags flags = ShutdownFlags.Default) =>
        Native.Check(Libvirt.virDomainShutdownFlags(_handle, (uint)flags), nameof(Libvirt.virDomainShutdownFlags));

    /// <summary>
    /// Ends it without asking the guest (<c>virDomainDestroyFlags</c>); a definition stays. During a post-copy that is broken this loses the guest, on
    /// either side.
    /// </summary>
    /// <param name="flags">Flags.</param>
    /// <exception cref="LibvirtException"><see cref="LibvirtErrorCode.OperationInvalid"/>: it is not active.</exception>
    public void Destroy(DestroyFlags flags = DestroyFlags.Default) =>
        Native.Check(Libvirt.virDomainDestroyFlags(_handle, (uint)flags), nameof(Libvirt.virDomainDestroyFlags));

    /// <summary>Removes its definition (<c>virDomainUndefineFlags</c>); an active one becomes transient.</summary>
    /// <param name="flags">What goes with it.</param>
    /// <exception cref="LibvirtException">
    /// <see cref="LibvirtErrorCode.OperationInvalid"/>: it is transient, or has something that is not named (such as NVRAM or a managed save).
    /// </exception>
    public void Undefine(UndefineFlags flags = UndefineFlags.None) =>
        Native.Check(Libvirt.virDomainUndefineFlags(_handle, (uint)flags), nameof(Libvirt.virDomainUndefineFlags));

    /// <summary>
    /// Begins to measure how fast it writes to its memory (<c>virDomainStartDirtyRateCalc</c>, since libvirt 7.2). It returns at once; the result stands
    /// in <see cref="StatisticsGroups.DirtyRate"/> when the time is over.
    /// </summary>
    /// <param name="seconds">For how long, from 1 to 60.</param>
    /// <param name="mode">How.</param>
    /// <exception cref="LibvirtException"><see cref="LibvirtErrorCode.OperationInvalid"/>: it is not active.</exception>
    public void StartDirtyRateCalculation(int seconds, DirtyRateMode mode = DirtyRateMode.PageSampling) =>
        Native.Check(Libvirt.virDomainStartDirtyRateCalc(_handle, seconds, (uint)mode), nameof(Libvirt.virDomainStartDirtyRateCalc));
}
