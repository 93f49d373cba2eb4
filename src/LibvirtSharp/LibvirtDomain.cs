using LibvirtSharp.Interop;

namespace LibvirtSharp;

/// <summary>A domain (<c>virDomain</c>): a reference to one by UUID, whether it runs or not. Thread-safe. All calls block.</summary>
public sealed unsafe class LibvirtDomain : IDisposable
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

    /// <summary>The name (<c>virDomainGetName</c>).</summary>
    public string Name { get; }

    /// <summary>True if it has a definition (<c>virDomainIsPersistent</c>).</summary>
    public bool IsPersistent => Native.Check(Libvirt.virDomainIsPersistent(_handle), nameof(Libvirt.virDomainIsPersistent)) == 1;

    /// <summary>Whether it starts with its host (<c>virDomainGetAutostart</c>, <c>virDomainSetAutostart</c>).</summary>
    public bool IsAutostart
    {
        get
        {
            Native.Check(Libvirt.virDomainGetAutostart(_handle, out var autostart), nameof(Libvirt.virDomainGetAutostart));
            return autostart != 0;
        }

        set => Native.Check(Libvirt.virDomainSetAutostart(_handle, value ? 1 : 0), nameof(Libvirt.virDomainSetAutostart));
    }

    /// <summary>State and reason (<c>virDomainGetState</c>). The reason's meaning follows from the state: <see cref="RunningReason"/> and its like.</summary>
    public (DomainState State, int Reason) GetState()
    {
        Native.Check(Libvirt.virDomainGetState(_handle, out var state, out var reason, 0), nameof(Libvirt.virDomainGetState));
        return ((DomainState)state, reason);
    }

    /// <summary>The domain's XML (<c>virDomainGetXMLDesc</c>).</summary>
    public string GetXml() => Native.TakeString(Libvirt.virDomainGetXMLDesc(_handle, 0), nameof(Libvirt.virDomainGetXMLDesc));

    /// <summary>An element of its metadata (<c>virDomainGetMetadata</c>).</summary>
    /// <param name="namespaceUri">The element's namespace.</param>
    /// <returns>The element as XML; null if there is none.</returns>
    public string? GetMetadata(string namespaceUri)
    {
        const int Element = 2;
        var text = Libvirt.virDomainGetMetadata(_handle, Element, namespaceUri, 0);
        if (text != 0)
        {
            return Native.TakeString(text, nameof(Libvirt.virDomainGetMetadata));
        }

        var error = Native.LastError(nameof(Libvirt.virDomainGetMetadata));
        return error.Code == LibvirtErrorCode.NoDomainMetadata ? null : throw error;
    }

    /// <summary>Starts a defined domain (<c>virDomainCreate</c>).</summary>
    public void Start() => Native.Check(Libvirt.virDomainCreate(_handle), nameof(Libvirt.virDomainCreate));

    /// <summary>Pauses its CPUs (<c>virDomainSuspend</c>).</summary>
    public void Suspend() => Native.Check(Libvirt.virDomainSuspend(_handle), nameof(Libvirt.virDomainSuspend));

    /// <summary>Lets its CPUs run (<c>virDomainResume</c>). After a post-copy that has switched this can make a guest run twice: libvirt does not refuse it.</summary>
    public void Resume() => Native.Check(Libvirt.virDomainResume(_handle), nameof(Libvirt.virDomainResume));

    /// <summary>Ends it at once (<c>virDomainDestroy</c>).</summary>
    public void Destroy() => Native.Check(Libvirt.virDomainDestroy(_handle), nameof(Libvirt.virDomainDestroy));

    /// <summary>Removes its definition (<c>virDomainUndefine</c>).</summary>
    public void Undefine() => Native.Check(Libvirt.virDomainUndefine(_handle), nameof(Libvirt.virDomainUndefine));

    /// <summary>The running job, or the one that completed last (<c>virDomainGetJobStats</c>).</summary>
    /// <param name="isCompleted">True for the one that completed last; its figures are kept for a second look.</param>
    /// <returns>Its type and its figures, such as <c>memory_remaining</c>, by libvirt's names.</returns>
    public (JobType Type, TypedParameters Figures) GetJobStatistics(bool isCompleted = false)
    {
        const uint Completed = 1;
        const uint KeepCompleted = 2;
        TypedParameter* parameters = null;
        Native.Check(
            Libvirt.virDomainGetJobStats(_handle, out var type, &parameters, out var count, isCompleted ? Completed | KeepCompleted : 0),
            nameof(Libvirt.virDomainGetJobStats));
        try
        {
            return ((JobType)type, Native.Read(parameters, count));
        }
        finally
        {
            Libvirt.virTypedParamsFree(parameters, count);
        }
    }

    /// <summary>Cancels the running job (<c>virDomainAbortJob</c>); refused in post-copy.</summary>
    public void AbortJob() => Native.Check(Libvirt.virDomainAbortJob(_handle), nameof(Libvirt.virDomainAbortJob));

    /// <summary>
    /// Migrates, daemon to daemon (<c>virDomainMigrateToURI3</c>). Blocks until it has ended; call it on a thread and a connection of its own.
    /// The migration goes on if this process dies.
    /// </summary>
    /// <param name="destinationUri">How this host's daemon reaches the destination's.</param>
    /// <param name="parameters">Parameters.</param>
    /// <param name="flags">Flags.</param>
    public void MigrateToUri(string destinationUri, MigrateParameters parameters, MigrateFlags flags)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        TypedParameter* native = null;
        int count = 0, capacity = 0;
        try
        {
            if (parameters.MigrateUri is { } uri)
            {
                Native.Check(Libvirt.virTypedParamsAddString(&native, &count, &capacity, "migrate_uri", uri), nameof(Libvirt.virTypedParamsAddString));
            }

            Add(&native, &count, &capacity, "bandwidth", parameters.BandwidthMiBPerSecond);
            Add(&native, &count, &capacity, "bandwidth.postcopy", parameters.PostcopyBandwidthMiBPerSecond);
            Native.Check(
                Libvirt.virDomainMigrateToURI3(_handle, destinationUri, native, (uint)count, (uint)flags), nameof(Libvirt.virDomainMigrateToURI3));
        }
        finally
        {
            Libvirt.virTypedParamsFree(native, count);
        }
    }

    /// <summary>Switches the running migration to post-copy (<c>virDomainMigrateStartPostCopy</c>); it fails until the job is really active.</summary>
    public void StartPostCopy() => Native.Check(Libvirt.virDomainMigrateStartPostCopy(_handle, 0), nameof(Libvirt.virDomainMigrateStartPostCopy));

    /// <summary>For how long pre-copy may stop the guest to converge, in milliseconds (<c>virDomainMigrateGetMaxDowntime</c>).</summary>
    public long GetMaxDowntime()
    {
        Native.Check(Libvirt.virDomainMigrateGetMaxDowntime(_handle, out var downtimeMs, 0), nameof(Libvirt.virDomainMigrateGetMaxDowntime));
        return (long)Math.Min(downtimeMs, long.MaxValue);
    }

    /// <summary>For how long pre-copy may stop the guest to converge (<c>virDomainMigrateSetMaxDowntime</c>); holds for the next migration, too.</summary>
    /// <param name="downtimeMs">Milliseconds.</param>
    public void SetMaxDowntime(long downtimeMs) =>
        Native.Check(Libvirt.virDomainMigrateSetMaxDowntime(_handle, (ulong)downtimeMs, 0), nameof(Libvirt.virDomainMigrateSetMaxDowntime));

    /// <summary>Gives the reference back (<c>virDomainFree</c>).</summary>
    public void Dispose() => _handle.Dispose();

    private static void Add(TypedParameter** native, int* count, int* capacity, string name, long? value)
    {
        if (value is > 0)
        {
            Native.Check(Libvirt.virTypedParamsAddULLong(native, count, capacity, name, (ulong)value.Value), nameof(Libvirt.virTypedParamsAddULLong));
        }
    }
}
