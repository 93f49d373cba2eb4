namespace LibvirtSharp;

/// <summary>
/// <c>virConnectListAllDomainsFlags</c>: which domains. Within a group (active or not, persistent or not, state, managed save, autostart, snapshots,
/// checkpoints) one of those named suffices; a domain must pass each group of which one is named.
/// </summary>
[Flags]
public enum DomainFilters
{
    /// <summary>All.</summary>
    None = 0,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_ACTIVE</c>.</summary>
    Active = 1,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_INACTIVE</c>.</summary>
    Inactive = 1 << 1,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_PERSISTENT</c>.</summary>
    Persistent = 1 << 2,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_TRANSIENT</c>.</summary>
    Transient = 1 << 3,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_RUNNING</c>.</summary>
    Running = 1 << 4,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_PAUSED</c>.</summary>
    Paused = 1 << 5,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_SHUTOFF</c>.</summary>
    Shutoff = 1 << 6,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_OTHER</c>.</summary>
    Other = 1 << 7,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE</c>.</summary>
    HasManagedSave = 1 << 8,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE</c>.</summary>
    NoManagedSave = 1 << 9,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_AUTOSTART</c>.</summary>
    Autostart = 1 << 10,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART</c>.</summary>
    NoAutostart = 1 << 11,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT</c>.</summary>
    HasSnapshot = 1 << 12,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT</c>.</summary>
    NoSnapshot = 1 << 13,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT</c>.</summary>
    HasCheckpoint = 1 << 14,

    /// <summary><c>VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT</c>.</summary>
    NoCheckpoint = 1 << 15,
}
