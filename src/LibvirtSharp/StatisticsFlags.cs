namespace LibvirtSharp;

/// <summary>
/// <c>virConnectGetAllDomainStatsFlags</c>: of which domains, and how. Active and inactive, persistent and transient, and the states are groups as in
/// <see cref="DomainFilters"/>.
/// </summary>
[Flags]
public enum StatisticsFlags : uint
{
    /// <summary>All domains.</summary>
    None = 0,

    /// <summary><c>VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE</c>.</summary>
    Active = 1,

    /// <summary><c>VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE</c>.</summary>
    Inactive = 1u << 1,

    /// <summary><c>VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT</c>.</summary>
    Persistent = 1u << 2,

    /// <summary><c>VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT</c>.</summary>
    Transient = 1u << 3,

    /// <summary><c>VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING</c>.</summary>
    Running = 1u << 4,

    /// <summary><c>VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED</c>.</summary>
    Paused = 1u << 5,

    /// <summary><c>VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF</c>.</summary>
    Shutoff = 1u << 6,

    /// <summary><c>VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER</c>.</summary>
    Other = 1u << 7,

    /// <summary>
    /// <c>VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT</c>: does not wait for a domain that is busy: its values that would need it are left out (since
    /// libvirt 4.5).
    /// </summary>
    NoWait = 1u << 29,

    /// <summary><c>VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING</c>: the whole backing chain of each disk.</summary>
    Backing = 1u << 30,

    /// <summary>
    /// <c>VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS</c>: a group that the daemon does not know is an error
    /// (<see cref="LibvirtErrorCode.ArgumentUnsupported"/>), not left out.
    /// </summary>
    Enforce = 1u << 31,
}
