using LibvirtSharp.Interop;

namespace LibvirtSharp;

/// <summary>
/// A domain (<c>virDomain</c>): a reference to one by UUID, whether it runs or not. Thread-safe. All calls block; what fails throws
/// <see cref="LibvirtException"/>, with <see cref="LibvirtErrorCode.NoDomain"/> once the domain is gone.
/// </summary>
public sealed unsafe partial class LibvirtDomain : IDisposable
{
    private readonly DomainHandle _handle;

    internal LibvirtDomain(DomainHandle handle)
    {
        _handle = handle;
        var isAdded = false;
        handle.DangerousAddRef(ref isAdded);
        try
        {
            Uuid = Native.UuidOf(handle.DangerousGetHandle());
            Name = Native.NameOf(handle.DangerousGetHandle());
        }
        finally
        {
            handle.DangerousRelease();
        }
    }

    /// <summary>The UUID (<c>virDomainGetUUIDString</c>).</summary>
    public string Uuid { get; }

    /// <summary>The name (<c>virDomainGetName</c>), as it was when this object was made.</summary>
    public string Name { get; }

    /// <summary>
    /// Its number on its host (<c>virDomainGetID</c>), as it was when this object was made or last used to start the domain; null if it was not active.
    /// </summary>
    public int? Id
    {
        get
        {
            var id = Libvirt.virDomainGetID(_handle);
            return id == uint.MaxValue ? null : (int)id;
        }
    }

    /// <summary>True if it is in memory, running or paused (<c>virDomainIsActive</c>).</summary>
    public bool IsActive => Native.Check(Libvirt.virDomainIsActive(_handle), nameof(Libvirt.virDomainIsActive)) == 1;

    /// <summary>True if it has a definition (<c>virDomainIsPersistent</c>).</summary>
    public bool IsPersistent => Native.Check(Libvirt.virDomainIsPersistent(_handle), nameof(Libvirt.virDomainIsPersistent)) == 1;

    /// <summary>True if its definition was changed while it ran, so that it will be another one at its next start (<c>virDomainIsUpdated</c>).</summary>
    public bool IsUpdated => Native.Check(Libvirt.virDomainIsUpdated(_handle), nameof(Libvirt.virDomainIsUpdated)) == 1;

    /// <summary>True if its memory is saved and its next start goes on from there (<c>virDomainHasManagedSaveImage</c>).</summary>
    public bool HasManagedSave =>
        Native.Check(Libvirt.virDomainHasManagedSaveImage(_handle, 0), nameof(Libvirt.virDomainHasManagedSaveImage)) == 1;

    /// <summary>How many snapshots it has (<c>virDomainSnapshotNum</c>).</summary>
    public int SnapshotCount => Native.Check(Libvirt.virDomainSnapshotNum(_handle, 0), nameof(Libvirt.virDomainSnapshotNum));

    /// <summary>How many checkpoints it has (<c>virDomainListAllCheckpoints</c>, since libvirt 5.6).</summary>
    public int CheckpointCount =>
        Native.Check(Libvirt.virDomainListAllCheckpoints(_handle, null, 0), nameof(Libvirt.virDomainListAllCheckpoints));

    /// <summary>
    /// Whether it starts with its host (<c>virDomainGetAutostart</c>, <c>virDomainSetAutostart</c>). A migration does not carry it along; a transient domain
    /// cannot have it (<see cref="LibvirtErrorCode.OperationInvalid"/>).
    /// </summary>
    public bool IsAutostart
    {
        get
        {
            Native.Check(Libvirt.virDomainGetAutostart(_handle, out var autostart), nameof(Libvirt.virDomainGetAutostart));
            return autostart != 0;
        }

        set => Native.Check(Libvirt.virDomainSetAutostart(_handle, value ? 1 : 0), nameof(Libvirt.virDomainSetAutostart));
    }

    internal DomainHandle Handle => _handle;

    /// <summary>State and reason (<c>virDomainGetState</c>).</summary>
    public DomainStatus GetState()
    {
        Native.Check(Libvirt.virDomainGetState(_handle, out var state, out var reason, 0), nameof(Libvirt.virDomainGetState));
        return new DomainStatus((DomainState)state, reason);
    }

    /// <summary>State, memory, CPUs and CPU time (<c>virDomainGetInfo</c>).</summary>
    public DomainInfo GetInfo()
    {
        Native.Check(Libvirt.virDomainGetInfo(_handle, out var info), nameof(Libvirt.virDomainGetInfo));
        return new DomainInfo(
            (DomainState)info.State, (long)info.MaxMemoryKiB * 1024, (long)info.MemoryKiB * 1024, info.Vcpus, (long)info.CpuTimeNs);
    }

    /// <summary>The domain's XML (<c>virDomainGetXMLDesc</c>).</summary>
    /// <param name="flags">Which.</param>
    public string GetXml(XmlFlags flags = XmlFlags.None) =>
        Native.TakeString(Libvirt.virDomainGetXMLDesc(_handle, (uint)flags), nameof(Libvirt.virDomainGetXMLDesc));

    /// <summary>Gives the reference back (<c>virDomainFree</c>). The domain itself lives on.</summary>
    public void Dispose() => _handle.Dispose();
}
