namespace LibvirtSharp;

/// <summary><c>virDomainStatsTypes</c>: groups of statistics. The names of their values begin with what stands in parentheses.</summary>
[Flags]
public enum StatisticsGroups
{
    /// <summary>No group by name: libvirt then tells all that it has.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_STATS_STATE</c>: state and reason (<c>state.</c>).</summary>
    State = 1,

    /// <summary><c>VIR_DOMAIN_STATS_CPU_TOTAL</c>: CPU time in nanoseconds (<c>cpu.</c>).</summary>
    CpuTotal = 1 << 1,

    /// <summary><c>VIR_DOMAIN_STATS_BALLOON</c>: memory in KiB (<c>balloon.</c>).</summary>
    Balloon = 1 << 2,

    /// <summary><c>VIR_DOMAIN_STATS_VCPU</c>: each virtual CPU (<c>vcpu.</c>).</summary>
    Vcpu = 1 << 3,

    /// <summary><c>VIR_DOMAIN_STATS_INTERFACE</c>: each network interface, from the guest's viewpoint (<c>net.</c>).</summary>
    Interface = 1 << 4,

    /// <summary><c>VIR_DOMAIN_STATS_BLOCK</c>: each disk (<c>block.</c>).</summary>
    Block = 1 << 5,

    /// <summary><c>VIR_DOMAIN_STATS_PERF</c>: performance events that are switched on (<c>perf.</c>).</summary>
    Perf = 1 << 6,

    /// <summary><c>VIR_DOMAIN_STATS_IOTHREAD</c>: I/O threads (<c>iothread.</c>).</summary>
    IOThread = 1 << 7,

    /// <summary><c>VIR_DOMAIN_STATS_MEMORY</c>: memory bandwidth monitors (<c>memory.</c>).</summary>
    Memory = 1 << 8,

    /// <summary>
    /// <c>VIR_DOMAIN_STATS_DIRTYRATE</c>: what <see cref="LibvirtDomain.StartDirtyRateCalculation"/> has found (<c>dirtyrate.</c>).
    /// </summary>
    DirtyRate = 1 << 9,

    /// <summary><c>VIR_DOMAIN_STATS_VM</c>: figures in the hypervisor's own names (<c>vm.</c>, since libvirt 8.9).</summary>
    Hypervisor = 1 << 10,
}
