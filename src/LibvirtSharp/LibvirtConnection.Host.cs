using System.Runtime.InteropServices;
using LibvirtSharp.Interop;

namespace LibvirtSharp;

public sealed unsafe partial class LibvirtConnection
{
    /// <summary>The daemon's libvirt as major * 1,000,000 + minor * 1,000 + release (<c>virConnectGetLibVersion</c>).</summary>
    public long LibraryVersion
    {
        get
        {
            Native.Check(Libvirt.virConnectGetLibVersion(_handle, out var version), nameof(Libvirt.virConnectGetLibVersion));
            return (long)version;
        }
    }

    /// <summary>The hypervisor's version, such as QEMU's, counted as <see cref="LibraryVersion"/> (<c>virConnectGetVersion</c>); 0 if it is unknown.</summary>
    public long HypervisorVersion
    {
        get
        {
            Native.Check(Libvirt.virConnectGetVersion(_handle, out var version), nameof(Libvirt.virConnectGetVersion));
            return (long)version;
        }
    }

    /// <summary>The hypervisor, such as <c>QEMU</c> (<c>virConnectGetType</c>).</summary>
    public string HypervisorType
    {
        get
        {
            // libvirt keeps it, so it is not freed.
            var type = Libvirt.virConnectGetType(_handle);
            return type == 0 ? throw Native.LastError(nameof(Libvirt.virConnectGetType)) : Marshal.PtrToStringUTF8(type)!;
        }
    }

    /// <summary>The machine's name (<c>virConnectGetHostname</c>).</summary>
    public string HostName => Native.TakeString(Libvirt.virConnectGetHostname(_handle), nameof(Libvirt.virConnectGetHostname));

    /// <summary>The URI that libvirt itself uses, aliases and defaults resolved (<c>virConnectGetURI</c>).</summary>
    public string CanonicalUri => Native.TakeString(Libvirt.virConnectGetURI(_handle), nameof(Libvirt.virConnectGetURI));

    /// <summary>The machine's memory in bytes (<c>virNodeGetInfo</c>).</summary>
    public long NodeMemoryBytes => GetNodeInfo().MemoryBytes;

    /// <summary>What the machine is made of (<c>virNodeGetInfo</c>).</summary>
    public NodeInfo GetNodeInfo()
    {
        Native.Check(Libvirt.virNodeGetInfo(_handle, out var info), nameof(Libvirt.virNodeGetInfo));
        return new NodeInfo(
            Marshal.PtrToStringUTF8((nint)info.Model) ?? "",
            (long)info.MemoryKiB * 1024,
            (int)info.Cpus,
            (int)info.Mhz,
            (int)info.Nodes,
            (int)info.Sockets,
            (int)info.Cores,
            (int)info.Threads);
    }

    /// <summary>The machine's free memory in bytes, without what caches would give back (<c>virNodeGetFreeMemory</c>).</summary>
    public long GetFreeMemoryBytes()
    {
        var bytes = Libvirt.virNodeGetFreeMemory(_handle);

        // 0 says failure, and there is a reason then.
        return bytes == 0 && Libvirt.virGetLastError() is not null ? throw Native.LastError(nameof(Libvirt.virNodeGetFreeMemory)) : (long)bytes;
    }

    /// <summary>CPU times of the machine (<c>virNodeGetCPUStats</c>).</summary>
    /// <param name="cpu">Of this CPU; null: of all together.</param>
    public NodeCpuStatistics GetCpuStatistics(int? cpu = null)
    {
        var number = cpu ?? Constants.VIR_NODE_CPU_STATS_ALL_CPUS;
        var count = 0;
        Native.Check(Libvirt.virNodeGetCPUStats(_handle, number, null, ref count, 0), nameof(Libvirt.virNodeGetCPUStats));
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        if (count > 0)
        {
            fixed (NodeCpuStats* values = new NodeCpuStats[count])
            {
                Native.Check(Libvirt.virNodeGetCPUStats(_handle, number, values, ref count, 0), nameof(Libvirt.virNodeGetCPUStats));
                for (var i = 0; i < count; i++)
                {
                    found[Marshal.PtrToStringUTF8((nint)values[i].Field)!] = (long)values[i].Value;
                }
            }
        }

        return new NodeCpuStatistics(
            Value(Constants.VIR_NODE_CPU_STATS_KERNEL),
            Value(Constants.VIR_NODE_CPU_STATS_USER),
            Value(Constants.VIR_NODE_CPU_STATS_IDLE),
            Value(Constants.VIR_NODE_CPU_STATS_IOWAIT),
            Value(Constants.VIR_NODE_CPU_STATS_INTR),
            Value(Constants.VIR_NODE_CPU_STATS_UTILIZATION));

        long? Value(string name) => found.TryGetValue(name, out var value) ? value : null;
    }

    /// <summary>Which of the machine's CPUs are online, by their numbers (<c>virNodeGetCPUMap</c>).</summary>
    public IReadOnlyList<bool> GetCpuMap()
    {
        byte* map;
        var count = Native.Check(Libvirt.virNodeGetCPUMap(_handle, &map, out _, 0), nameof(Libvirt.virNodeGetCPUMap));
        var isOnline = new bool[count];
        for (var i = 0; i < count; i++)
        {
            isOnline[i] = (map[i / 8] & (1 << (i % 8))) != 0;
        }

        NativeMemory.Free(map);
        return isOnline;
    }

    /// <summary>Whether a network of libvirt's is active (<c>virNetworkLookupByName</c>, <c>virNetworkIsActive</c>).</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Null if there is no network of this name.</returns>
    public bool? IsNetworkActive(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var network = Libvirt.virNetworkLookupByName(_handle, name);
        if (!network.IsInvalid)
        {
            return Native.Check(Libvirt.virNetworkIsActive(network), nameof(Libvirt.virNetworkIsActive)) == 1;
        }

        var error = Native.LastError(nameof(Libvirt.virNetworkLookupByName));
        return error.Code == LibvirtErrorCode.NoNetwork ? null : throw error;
    }

    /// <summary>What the machine and its hypervisor can do, as XML (<c>virConnectGetCapabilities</c>).</summary>
    public string GetCapabilities() => Native.TakeString(Libvirt.virConnectGetCapabilities(_handle), nameof(Libvirt.virConnectGetCapabilities));

    /// <summary>
    /// What domains of a kind can have on this machine, as XML (<c>virConnectGetDomainCapabilities</c>). What is null, the driver chooses.
    /// </summary>
    /// <param name="emulator">The emulator's path.</param>
    /// <param name="architecture">The guest's architecture, such as <c>x86_64</c>.</param>
    /// <param name="machine">The machine type, such as <c>pc-q35-7.2</c>.</param>
    /// <param name="virtualization">Such as <c>kvm</c> or <c>qemu</c>.</param>
    public string GetDomainCapabilities(string? emulator = null, string? architecture = null, string? machine = null, string? virtualization = null) =>
        Native.TakeString(
            Libvirt.virConnectGetDomainCapabilities(_handle, emulator, architecture, machine, virtualization, 0),
            nameof(Libvirt.virConnectGetDomainCapabilities));

    /// <summary>
    /// Compares a CPU with the machine's own (<c>virConnectCompareCPU</c>). For guests <see cref="CompareHypervisorCpu"/> is the right question: it counts
    /// what the hypervisor adds and takes away.
    /// </summary>
    /// <param name="cpuXml">A <c>cpu</c> element, as in a host's capabilities or a domain.</param>
    /// <param name="flags">Flags.</param>
    /// <exception cref="LibvirtException">
    /// <see cref="LibvirtErrorCode.CpuIncompatible"/> with <see cref="CpuComparisonFlags.FailIncompatible"/>.
    /// </exception>
    public CpuComparison CompareCpu(string cpuXml, CpuComparisonFlags flags = CpuComparisonFlags.None) =>
        (CpuComparison)Native.Check(Libvirt.virConnectCompareCPU(_handle, cpuXml, (uint)flags), nameof(Libvirt.virConnectCompareCPU));

    /// <summary>
    /// Compares a CPU with what the hypervisor can give a guest on this machine (<c>virConnectCompareHypervisorCPU</c>, since libvirt 4.4). What is null,
    /// the driver chooses.
    /// </summary>
    /// <param name="cpuXml">A <c>cpu</c> element.</param>
    /// <param name="flags">Flags.</param>
    /// <param name="emulator">The emulator's path.</param>
    /// <param name="architecture">The guest's architecture.</param>
    /// <param name="machine">The machine type.</param>
    /// <param name="virtualization">Such as <c>kvm</c>; drivers can refuse others (<see cref="LibvirtErrorCode.OperationUnsupported"/>).</param>
    /// <exception cref="LibvirtException">
    /// <see cref="LibvirtErrorCode.CpuIncompatible"/> with <see cref="CpuComparisonFlags.FailIncompatible"/>.
    /// </exception>
    public CpuComparison CompareHypervisorCpu(
        string cpuXml,
        CpuComparisonFlags flags = CpuComparisonFlags.None,
        string? emulator = null,
        string? architecture = null,
        string? machine = null,
        string? virtualization = null) => (CpuComparison)Native.Check(
            Libvirt.virConnectCompareHypervisorCPU(_handle, emulator, architecture, machine, virtualization, cpuXml, (uint)flags),
            nameof(Libvirt.virConnectCompareHypervisorCPU));
}
