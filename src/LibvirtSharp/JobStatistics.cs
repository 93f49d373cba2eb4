using LibvirtSharp.Interop;

namespace LibvirtSharp;

/// <summary>
/// A job and its figures (<c>virDomainGetJobStats</c>). All of them can be missing (null): then they are unknown. Times are in milliseconds, sizes in bytes.
/// </summary>
/// <param name="Type">How it stands.</param>
/// <param name="Values">The figures by libvirt's names, such as <c>memory_remaining</c>; also those that have no member here.</param>
public sealed record JobStatistics(JobType Type, TypedParameters Values)
{
    /// <summary>What it does (<c>VIR_DOMAIN_JOB_OPERATION</c>).</summary>
    public JobOperation? Operation => (JobOperation?)Values.GetLong(Constants.VIR_DOMAIN_JOB_OPERATION);

    /// <summary>How long it has run (<c>VIR_DOMAIN_JOB_TIME_ELAPSED</c>).</summary>
    public long? TimeElapsedMs => Values.GetLong(Constants.VIR_DOMAIN_JOB_TIME_ELAPSED);

    /// <summary>As <see cref="TimeElapsedMs"/> without what the two hosts' clocks differ by (<c>VIR_DOMAIN_JOB_TIME_ELAPSED_NET</c>); completed jobs only.</summary>
    public long? TimeElapsedNetMs => Values.GetLong(Constants.VIR_DOMAIN_JOB_TIME_ELAPSED_NET);

    /// <summary>How long it will still run, for bounded jobs (<c>VIR_DOMAIN_JOB_TIME_REMAINING</c>).</summary>
    public long? TimeRemainingMs => Values.GetLong(Constants.VIR_DOMAIN_JOB_TIME_REMAINING);

    /// <summary>How long the guest stood still, or would now (<c>VIR_DOMAIN_JOB_DOWNTIME</c>). In post-copy the guest may feel more than that.</summary>
    public long? DowntimeMs => Values.GetLong(Constants.VIR_DOMAIN_JOB_DOWNTIME);

    /// <summary>As <see cref="DowntimeMs"/> without what the two hosts' clocks differ by (<c>VIR_DOMAIN_JOB_DOWNTIME_NET</c>).</summary>
    public long? DowntimeNetMs => Values.GetLong(Constants.VIR_DOMAIN_JOB_DOWNTIME_NET);

    /// <summary>How long it took to begin (<c>VIR_DOMAIN_JOB_SETUP_TIME</c>).</summary>
    public long? SetupTimeMs => Values.GetLong(Constants.VIR_DOMAIN_JOB_SETUP_TIME);

    /// <summary>Memory and disks, all of them (<c>VIR_DOMAIN_JOB_DATA_TOTAL</c>).</summary>
    public long? DataTotalBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_DATA_TOTAL);

    /// <summary>Memory and disks, sent (<c>VIR_DOMAIN_JOB_DATA_PROCESSED</c>).</summary>
    public long? DataProcessedBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_DATA_PROCESSED);

    /// <summary>Memory and disks, to be sent (<c>VIR_DOMAIN_JOB_DATA_REMAINING</c>).</summary>
    public long? DataRemainingBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_DATA_REMAINING);

    /// <summary>The guest's memory (<c>VIR_DOMAIN_JOB_MEMORY_TOTAL</c>).</summary>
    public long? MemoryTotalBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_MEMORY_TOTAL);

    /// <summary>Memory sent (<c>VIR_DOMAIN_JOB_MEMORY_PROCESSED</c>).</summary>
    public long? MemoryProcessedBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_MEMORY_PROCESSED);

    /// <summary>Memory to be sent (<c>VIR_DOMAIN_JOB_MEMORY_REMAINING</c>); it grows again when the guest writes.</summary>
    public long? MemoryRemainingBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_MEMORY_REMAINING);

    /// <summary>Pages that were all one byte and took no room (<c>VIR_DOMAIN_JOB_MEMORY_CONSTANT</c>).</summary>
    public long? MemoryConstantPages => Values.GetLong(Constants.VIR_DOMAIN_JOB_MEMORY_CONSTANT);

    /// <summary>Pages that were sent as they are (<c>VIR_DOMAIN_JOB_MEMORY_NORMAL</c>).</summary>
    public long? MemoryNormalPages => Values.GetLong(Constants.VIR_DOMAIN_JOB_MEMORY_NORMAL);

    /// <summary>As <see cref="MemoryNormalPages"/>, in bytes (<c>VIR_DOMAIN_JOB_MEMORY_NORMAL_BYTES</c>).</summary>
    public long? MemoryNormalBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_MEMORY_NORMAL_BYTES);

    /// <summary>How fast memory is sent, in bytes/s (<c>VIR_DOMAIN_JOB_MEMORY_BPS</c>).</summary>
    public long? MemoryBytesPerSecond => Values.GetLong(Constants.VIR_DOMAIN_JOB_MEMORY_BPS);

    /// <summary>How fast the guest writes, in pages/s (<c>VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE</c>).</summary>
    public long? MemoryDirtyPagesPerSecond => Values.GetLong(Constants.VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE);

    /// <summary>A page's size (<c>VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE</c>).</summary>
    public long? MemoryPageBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE);

    /// <summary>The pass of pre-copy, from 1 (<c>VIR_DOMAIN_JOB_MEMORY_ITERATION</c>).</summary>
    public long? MemoryIteration => Values.GetLong(Constants.VIR_DOMAIN_JOB_MEMORY_ITERATION);

    /// <summary>Pages for which the guest waited in post-copy (<c>VIR_DOMAIN_JOB_MEMORY_POSTCOPY_REQS</c>).</summary>
    public long? MemoryPostcopyRequests => Values.GetLong(Constants.VIR_DOMAIN_JOB_MEMORY_POSTCOPY_REQS);

    /// <summary>Disks, all of them (<c>VIR_DOMAIN_JOB_DISK_TOTAL</c>).</summary>
    public long? DiskTotalBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_DISK_TOTAL);

    /// <summary>Disks, copied (<c>VIR_DOMAIN_JOB_DISK_PROCESSED</c>).</summary>
    public long? DiskProcessedBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_DISK_PROCESSED);

    /// <summary>Disks, to be copied (<c>VIR_DOMAIN_JOB_DISK_REMAINING</c>).</summary>
    public long? DiskRemainingBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_DISK_REMAINING);

    /// <summary>How fast disks are copied, in bytes/s (<c>VIR_DOMAIN_JOB_DISK_BPS</c>).</summary>
    public long? DiskBytesPerSecond => Values.GetLong(Constants.VIR_DOMAIN_JOB_DISK_BPS);

    /// <summary>Room that a backup uses for what the guest overwrites (<c>VIR_DOMAIN_JOB_DISK_TEMP_USED</c>).</summary>
    public long? DiskTemporaryUsedBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_DISK_TEMP_USED);

    /// <summary>Room that a backup has for what the guest overwrites (<c>VIR_DOMAIN_JOB_DISK_TEMP_TOTAL</c>).</summary>
    public long? DiskTemporaryTotalBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_DISK_TEMP_TOTAL);

    /// <summary>The size of the xbzrle cache (<c>VIR_DOMAIN_JOB_COMPRESSION_CACHE</c>).</summary>
    public long? CompressionCacheBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_COMPRESSION_CACHE);

    /// <summary>Compressed, sent (<c>VIR_DOMAIN_JOB_COMPRESSION_BYTES</c>).</summary>
    public long? CompressedBytes => Values.GetLong(Constants.VIR_DOMAIN_JOB_COMPRESSION_BYTES);

    /// <summary>Pages sent compressed (<c>VIR_DOMAIN_JOB_COMPRESSION_PAGES</c>).</summary>
    public long? CompressedPages => Values.GetLong(Constants.VIR_DOMAIN_JOB_COMPRESSION_PAGES);

    /// <summary>Pages that were not in the cache (<c>VIR_DOMAIN_JOB_COMPRESSION_CACHE_MISSES</c>).</summary>
    public long? CompressionCacheMisses => Values.GetLong(Constants.VIR_DOMAIN_JOB_COMPRESSION_CACHE_MISSES);

    /// <summary>Pages that had changed too much (<c>VIR_DOMAIN_JOB_COMPRESSION_OVERFLOW</c>).</summary>
    public long? CompressionOverflows => Values.GetLong(Constants.VIR_DOMAIN_JOB_COMPRESSION_OVERFLOW);

    /// <summary>By how much the guest's CPUs are slowed down, in percent (<c>VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE</c>).</summary>
    public long? AutoConvergeThrottlePercent => Values.GetLong(Constants.VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE);

    /// <summary>Whether a completed job succeeded (<c>VIR_DOMAIN_JOB_SUCCESS</c>, since libvirt 6.0; not all jobs tell).</summary>
    public bool? IsSuccess => Values.GetBoolean(Constants.VIR_DOMAIN_JOB_SUCCESS);

    /// <summary>Why a completed job failed (<c>VIR_DOMAIN_JOB_ERRMSG</c>).</summary>
    public string? ErrorMessage => Values.GetString(Constants.VIR_DOMAIN_JOB_ERRMSG);
}
