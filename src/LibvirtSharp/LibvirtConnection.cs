using System.Runtime.InteropServices;
using LibvirtSharp.Interop;

namespace LibvirtSharp;

/// <summary>
/// A connection to a hypervisor (<c>virConnect</c>). Thread-safe: several threads may call at once. All calls block; a migration blocks for minutes
/// and one of the daemon's workers with it, so give it a connection of its own (a daemon serves five calls per connection at a time).
/// </summary>
public sealed unsafe class LibvirtConnection : IDisposable
{
    private const int LifecycleId = 0;
    private const int IterationId = 20;
    private const int JobCompletedId = 21;
    private readonly ConnectHandle _handle;
    private readonly List<int> _callbacks = [];
    private EventStream? _stream;

    private LibvirtConnection(ConnectHandle handle, string? uri)
    {
        _handle = handle;
        Uri = uri;
    }

    /// <summary>The URI with which it was opened; null for libvirt's default.</summary>
    public string? Uri { get; }

    /// <summary>True while the socket to the daemon lives (<c>virConnectIsAlive</c>).</summary>
    public bool IsAlive => !_handle.IsClosed && Libvirt.virConnectIsAlive(_handle) == 1;

    /// <summary>libvirt's version as major * 1,000,000 + minor * 1,000 + release (<c>virConnectGetLibVersion</c>).</summary>
    public long LibraryVersion
    {
        get
        {
            Native.Check(Libvirt.virConnectGetLibVersion(_handle, out var version), nameof(Libvirt.virConnectGetLibVersion));
            return (long)version;
        }
    }

    /// <summary>The machine's name (<c>virConnectGetHostname</c>).</summary>
    public string HostName => Native.TakeString(Libvirt.virConnectGetHostname(_handle), nameof(Libvirt.virConnectGetHostname));

    /// <summary>The machine's memory in bytes (<c>virNodeGetInfo</c>).</summary>
    public long NodeMemoryBytes
    {
        get
        {
            Native.Check(Libvirt.virNodeGetInfo(_handle, out var info), nameof(Libvirt.virNodeGetInfo));
            return (long)info.MemoryKiB * 1024;
        }
    }

    /// <summary>Opens a connection (<c>virConnectOpen</c>, <c>virConnectOpenReadOnly</c>).</summary>
    /// <param name="uri">Such as <c>qemu:///system</c>; null for libvirt's default.</param>
    /// <param name="isReadOnly">True to look only.</param>
    /// <exception cref="LibvirtException">It cannot be opened.</exception>
    public static LibvirtConnection Open(string? uri, bool isReadOnly = false)
    {
        LibvirtEventLoop.Ensure();
        return isReadOnly
            ? new LibvirtConnection(Native.Check(Libvirt.virConnectOpenReadOnly(uri), nameof(Libvirt.virConnectOpenReadOnly)), uri)
            : new LibvirtConnection(Native.Check(Libvirt.virConnectOpen(uri), nameof(Libvirt.virConnectOpen)), uri);
    }

    /// <summary>Has both sides send signs of life (<c>virConnectSetKeepAlive</c>): the peer counts as dead after interval * (count + 1) seconds.</summary>
    /// <param name="intervalSeconds">The interval.</param>
    /// <param name="count">How many may be missed.</param>
    /// <returns>False if the driver has no keepalive.</returns>
    public bool SetKeepAlive(int intervalSeconds, uint count) =>
        Native.Check(Libvirt.virConnectSetKeepAlive(_handle, intervalSeconds, count), nameof(Libvirt.virConnectSetKeepAlive)) == 0;

    /// <summary>What the hypervisor can do, as XML (<c>virConnectGetCapabilities</c>).</summary>
    public string GetCapabilities() => Native.TakeString(Libvirt.virConnectGetCapabilities(_handle), nameof(Libvirt.virConnectGetCapabilities));

    /// <summary>
    /// Subscribes to lifecycle, migration-iteration and job-completed events of all domains, and to the closing of the connection. Can be called once.
    /// The stream ends when the connection does, and when nobody reads for so long that events would have to be dropped: a stream has no holes.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called twice.</exception>
    public IAsyncEnumerable<LibvirtEvent> Subscribe()
    {
        if (_stream is not null)
        {
            throw new InvalidOperationException("This connection has its stream of events already.");
        }

        var stream = _stream = new EventStream();
        Register(LifecycleId, (nint)EventStream.Lifecycle);
        Register(IterationId, (nint)EventStream.Iteration);
        Register(JobCompletedId, (nint)EventStream.JobCompleted);
        Native.Check(
            Libvirt.virConnectRegisterCloseCallback(_handle, EventStream.Close, stream.Id, EventStream.Free),
            nameof(Libvirt.virConnectRegisterCloseCallback));
        return stream.Reader.ReadAllAsync();
    }

    /// <summary>All domains, active or only defined (<c>virConnectListAllDomains</c>). The caller disposes of them.</summary>
    public IReadOnlyList<LibvirtDomain> ListDomains()
    {
        nint* array;
        var count = Native.Check(Libvirt.virConnectListAllDomains(_handle, &array, 0), nameof(Libvirt.virConnectListAllDomains));
        var domains = new LibvirtDomain[count];
        for (var i = 0; i < count; i++)
        {
            domains[i] = new LibvirtDomain(new DomainHandle(array[i]));
        }

        NativeMemory.Free(array);
        return domains;
    }

    /// <summary>Finds a domain (<c>virDomainLookupByUUIDString</c>).</summary>
    /// <param name="uuid">Its UUID.</param>
    /// <returns>The domain, which the caller disposes of; null if there is none.</returns>
    public LibvirtDomain? FindByUuid(string uuid) => Found(Libvirt.virDomainLookupByUUIDString(_handle, uuid), nameof(Libvirt.virDomainLookupByUUIDString));

    /// <summary>Finds a domain (<c>virDomainLookupByName</c>).</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The domain, which the caller disposes of; null if there is none.</returns>
    public LibvirtDomain? FindByName(string name) => Found(Libvirt.virDomainLookupByName(_handle, name), nameof(Libvirt.virDomainLookupByName));

    /// <summary>Defines a domain (<c>virDomainDefineXMLFlags</c>); it is not started.</summary>
    /// <param name="xml">The domain's XML.</param>
    public LibvirtDomain Define(string xml) => new(Native.Check(Libvirt.virDomainDefineXMLFlags(_handle, xml, 0), nameof(Libvirt.virDomainDefineXMLFlags)));

    /// <summary>Starts a transient domain (<c>virDomainCreateXML</c>).</summary>
    /// <param name="xml">The domain's XML.</param>
    public LibvirtDomain CreateTransient(string xml) => new(Native.Check(Libvirt.virDomainCreateXML(_handle, xml, 0), nameof(Libvirt.virDomainCreateXML)));

    /// <summary>Statistics of all active domains in one call (<c>virConnectGetAllDomainStats</c>), without waiting for domains that are busy.</summary>
    /// <param name="groups">Which (<c>virDomainStatsTypes</c>).</param>
    public IReadOnlyList<DomainStatistics> GetAllStatistics(StatisticsGroups groups)
    {
        const uint Active = 1;
        const uint NoWait = 1u << 29;
        StatsRecord** records;
        var count = Native.Check(
            Libvirt.virConnectGetAllDomainStats(_handle, (uint)groups, &records, Active | NoWait), nameof(Libvirt.virConnectGetAllDomainStats));
        try
        {
            var all = new DomainStatistics[count];
            for (var i = 0; i < count; i++)
            {
                all[i] = new DomainStatistics(
                    Native.UuidOf(records[i]->Domain), Native.NameOf(records[i]->Domain), Native.Read(records[i]->Parameters, records[i]->Count));
            }

            return all;
        }
        finally
        {
            Libvirt.virDomainStatsRecordListFree(records);
        }
    }

    /// <summary>Ends the event stream and gives the connection back (<c>virConnectClose</c>).</summary>
    public void Dispose()
    {
        if (_handle.IsClosed)
        {
            return;
        }

        if (_stream is not null)
        {
            foreach (var callback in _callbacks)
            {
                // A connection that is broken cannot be asked any more; its callbacks end with it.
                _ = Libvirt.virConnectDomainEventDeregisterAny(_handle, callback);
            }

            _ = Libvirt.virConnectUnregisterCloseCallback(_handle, EventStream.Close);
            _stream.Complete();
        }

        _handle.Dispose();
    }

    private static LibvirtDomain? Found(DomainHandle handle, string function)
    {
        if (!handle.IsInvalid)
        {
            return new LibvirtDomain(handle);
        }

        var error = Native.LastError(function);
        return error.Code == LibvirtErrorCode.NoDomain ? null : throw error;
    }

    private void Register(int eventId, nint callback) => _callbacks.Add(Native.Check(
        Libvirt.virConnectDomainEventRegisterAny(_handle, 0, eventId, callback, _stream!.Id, EventStream.Free),
        nameof(Libvirt.virConnectDomainEventRegisterAny)));
}
