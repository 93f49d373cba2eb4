using System.Runtime.InteropServices;
using LibvirtSharp.Interop;

namespace LibvirtSharp;

public sealed unsafe partial class LibvirtConnection
{
    /// <summary>Domains, active or only defined (<c>virConnectListAllDomains</c>). The caller disposes of them.</summary>
    /// <param name="filters">Which; all if none is named.</param>
    public IReadOnlyList<LibvirtDomain> ListDomains(DomainFilters filters = DomainFilters.None)
    {
        nint* array;
        var count = Native.Check(Libvirt.virConnectListAllDomains(_handle, &array, (uint)filters), nameof(Libvirt.virConnectListAllDomains));
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

    /// <summary>Finds an active domain (<c>virDomainLookupByID</c>).</summary>
    /// <param name="id">Its number on this host, which it has only while it is active.</param>
    /// <returns>The domain, which the caller disposes of; null if there is none.</returns>
    public LibvirtDomain? FindById(int id) => Found(Libvirt.virDomainLookupByID(_handle, id), nameof(Libvirt.virDomainLookupByID));

    /// <summary>Defines a domain, or changes its definition (<c>virDomainDefineXMLFlags</c>); it is not started.</summary>
    /// <param name="xml">The domain's XML.</param>
    /// <param name="flags">Flags.</param>
    /// <returns>The domain, which the caller disposes of.</returns>
    public LibvirtDomain Define(string xml, DefineFlags flags = DefineFlags.None) =>
        new(Native.Check(Libvirt.virDomainDefineXMLFlags(_handle, xml, (uint)flags), nameof(Libvirt.virDomainDefineXMLFlags)));

    /// <summary>Starts a transient domain (<c>virDomainCreateXML</c>): when it ends, nothing is left of it.</summary>
    /// <param name="xml">The domain's XML.</param>
    /// <param name="flags">Flags.</param>
    /// <returns>The domain, which the caller disposes of.</returns>
    public LibvirtDomain CreateTransient(string xml, CreateFlags flags = CreateFlags.None) =>
        new(Native.Check(Libvirt.virDomainCreateXML(_handle, xml, (uint)flags), nameof(Libvirt.virDomainCreateXML)));

    /// <summary>Statistics of all domains in one call (<c>virConnectGetAllDomainStats</c>).</summary>
    /// <param name="groups">Which; all that the driver has if none is named.</param>
    /// <param name="flags">Of which domains, and how: of the active ones without waiting for those that are busy, if nothing is said.</param>
    public IReadOnlyList<DomainStatistics> GetAllStatistics(
        StatisticsGroups groups = StatisticsGroups.None, StatisticsFlags flags = StatisticsFlags.Active | StatisticsFlags.NoWait)
    {
        StatsRecord** records;
        var count = Native.Check(
            Libvirt.virConnectGetAllDomainStats(_handle, (uint)groups, &records, (uint)flags), nameof(Libvirt.virConnectGetAllDomainStats));
        return Native.TakeStatistics(records, count);
    }

    /// <summary>Statistics of some domains in one call (<c>virDomainListGetStats</c>).</summary>
    /// <param name="domains">The domains, all of this connection. Those that are gone, or that <paramref name="flags"/> exclude, are left out.</param>
    /// <param name="groups">Which; all that the driver has if none is named.</param>
    /// <param name="flags">How: without waiting for those that are busy, if nothing is said.</param>
    public IReadOnlyList<DomainStatistics> GetStatistics(
        IEnumerable<LibvirtDomain> domains, StatisticsGroups groups = StatisticsGroups.None, StatisticsFlags flags = StatisticsFlags.NoWait)
    {
        ArgumentNullException.ThrowIfNull(domains);
        LibvirtDomain[] asked = [.. domains];
        if (asked.Length == 0)
        {
            return [];
        }

        // The array ends with a null, as libvirt wants it.
        var handles = new nint[asked.Length + 1];
        var held = 0;
        try
        {
            for (; held < asked.Length; held++)
            {
                var isAdded = false;
                asked[held].Handle.DangerousAddRef(ref isAdded);
                handles[held] = asked[held].Handle.DangerousGetHandle();
            }

            fixed (nint* array = handles)
            {
                StatsRecord** records;
                var count = Native.Check(
                    Libvirt.virDomainListGetStats(array, (uint)groups, &records, (uint)flags), nameof(Libvirt.virDomainListGetStats));
                return Native.TakeStatistics(records, count);
            }
        }
        finally
        {
            for (var i = 0; i < held; i++)
            {
                asked[i].Handle.DangerousRelease();
            }
        }
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
}
