namespace LibvirtSharp;

/// <summary><c>virDomainDirtyRateCalcFlags</c>: how a dirty rate is measured.</summary>
public enum DirtyRateMode
{
    /// <summary><c>VIR_DOMAIN_DIRTYRATE_MODE_PAGE_SAMPLING</c>: by hashes of some pages: an estimate, of little cost.</summary>
    PageSampling = 0,

    /// <summary><c>VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_BITMAP</c>: by the bitmap of dirty pages; needs KVM (since libvirt 8.1, QEMU 6.2).</summary>
    DirtyBitmap = 1,

    /// <summary><c>VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_RING</c>: by dirty rings, also for each virtual CPU; needs KVM with them switched on.</summary>
    DirtyRing = 2,
}

/// <summary><c>virDomainDirtyRateStatus</c>: how a measurement stands.</summary>
public enum DirtyRateStatus
{
    /// <summary><c>VIR_DOMAIN_DIRTYRATE_UNSTARTED</c>.</summary>
    Unstarted = 0,

    /// <summary><c>VIR_DOMAIN_DIRTYRATE_MEASURING</c>.</summary>
    Measuring = 1,

    /// <summary><c>VIR_DOMAIN_DIRTYRATE_MEASURED</c>.</summary>
    Measured = 2,
}
