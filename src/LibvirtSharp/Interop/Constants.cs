namespace LibvirtSharp.Interop;

/// <summary>libvirt's constants that stand in no public enumeration, by libvirt's names. A test compares all of them with libvirt's API description.</summary>
internal static class Constants
{
    public const int VIR_TYPED_PARAM_INT = 1;
    public const int VIR_TYPED_PARAM_UINT = 2;
    public const int VIR_TYPED_PARAM_LLONG = 3;
    public const int VIR_TYPED_PARAM_ULLONG = 4;
    public const int VIR_TYPED_PARAM_DOUBLE = 5;
    public const int VIR_TYPED_PARAM_BOOLEAN = 6;
    public const int VIR_TYPED_PARAM_STRING = 7;

    public const int VIR_DOMAIN_EVENT_ID_LIFECYCLE = 0;
    public const int VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION = 20;
    public const int VIR_DOMAIN_EVENT_ID_JOB_COMPLETED = 21;

    public const int VIR_DOMAIN_METADATA_DESCRIPTION = 0;
    public const int VIR_DOMAIN_METADATA_TITLE = 1;
    public const int VIR_DOMAIN_METADATA_ELEMENT = 2;

    public const int VIR_CPU_COMPARE_ERROR = -1;
    public const int VIR_NODE_CPU_STATS_ALL_CPUS = -1;
    public const int VIR_UUID_STRING_BUFLEN = 37;
    public const int VIR_TYPED_PARAM_FIELD_LENGTH = 80;
    public const int VIR_NODE_CPU_STATS_FIELD_LENGTH = 80;

    public const string VIR_NODE_CPU_STATS_KERNEL = "kernel";
    public const string VIR_NODE_CPU_STATS_USER = "user";
    public const string VIR_NODE_CPU_STATS_IDLE = "idle";
    public const string VIR_NODE_CPU_STATS_IOWAIT = "iowait";
    public const string VIR_NODE_CPU_STATS_INTR = "intr";
    public const string VIR_NODE_CPU_STATS_UTILIZATION = "utilization";

    public const string VIR_MIGRATE_PARAM_URI = "migrate_uri";
    public const string VIR_MIGRATE_PARAM_DEST_NAME = "destination_name";
    public const string VIR_MIGRATE_PARAM_DEST_XML = "destination_xml";
    public const string VIR_MIGRATE_PARAM_PERSIST_XML = "persistent_xml";
    public const string VIR_MIGRATE_PARAM_BANDWIDTH = "bandwidth";
    public const string VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY = "bandwidth.postcopy";
    public const string VIR_MIGRATE_PARAM_GRAPHICS_URI = "graphics_uri";
    public const string VIR_MIGRATE_PARAM_LISTEN_ADDRESS = "listen_address";
    public const string VIR_MIGRATE_PARAM_MIGRATE_DISKS = "migrate_disks";
    public const string VIR_MIGRATE_PARAM_DISKS_PORT = "disks_port";
    public const string VIR_MIGRATE_PARAM_DISKS_URI = "disks_uri";
    public const string VIR_MIGRATE_PARAM_COMPRESSION = "compression";
    public const string VIR_MIGRATE_PARAM_COMPRESSION_MT_LEVEL = "compression.mt.level";
    public const string VIR_MIGRATE_PARAM_COMPRESSION_MT_THREADS = "compression.mt.threads";
    public const string VIR_MIGRATE_PARAM_COMPRESSION_MT_DTHREADS = "compression.mt.dthreads";
    public const string VIR_MIGRATE_PARAM_COMPRESSION_XBZRLE_CACHE = "compression.xbzrle.cache";
    public const string VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL = "auto_converge.initial";
    public const string VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT = "auto_converge.increment";
    public const string VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS = "parallel.connections";
    public const string VIR_MIGRATE_PARAM_TLS_DESTINATION = "tls.destination";

    public const string VIR_DOMAIN_JOB_OPERATION = "operation";
    public const string VIR_DOMAIN_JOB_TIME_ELAPSED = "time_elapsed";
    public const string VIR_DOMAIN_JOB_TIME_ELAPSED_NET = "time_elapsed_net";
    public const string VIR_DOMAIN_JOB_TIME_REMAINING = "time_remaining";
    public const string VIR_DOMAIN_JOB_DOWNTIME = "downtime";
    public const string VIR_DOMAIN_JOB_DOWNTIME_NET = "downtime_net";
    public const string VIR_DOMAIN_JOB_SETUP_TIME = "setup_time";
    public const string VIR_DOMAIN_JOB_DATA_TOTAL = "data_total";
    public const string VIR_DOMAIN_JOB_DATA_PROCESSED = "data_processed";
    public const string VIR_DOMAIN_JOB_DATA_REMAINING = "data_remaining";
    public const string VIR_DOMAIN_JOB_MEMORY_TOTAL = "memory_total";
    public const string VIR_DOMAIN_JOB_MEMORY_PROCESSED = "memory_processed";
    public const string VIR_DOMAIN_JOB_MEMORY_REMAINING = "memory_remaining";
    public const string VIR_DOMAIN_JOB_MEMORY_CONSTANT = "memory_constant";
    public const string VIR_DOMAIN_JOB_MEMORY_NORMAL = "memory_normal";
    public const string VIR_DOMAIN_JOB_MEMORY_NORMAL_BYTES = "memory_normal_bytes";
    public const string VIR_DOMAIN_JOB_MEMORY_BPS = "memory_bps";
    public const string VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE = "memory_dirty_rate";
    public const string VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE = "memory_page_size";
    public const string VIR_DOMAIN_JOB_MEMORY_ITERATION = "memory_iteration";
    public const string VIR_DOMAIN_JOB_MEMORY_POSTCOPY_REQS = "memory_postcopy_requests";
    public const string VIR_DOMAIN_JOB_DISK_TOTAL = "disk_total";
    public const string VIR_DOMAIN_JOB_DISK_PROCESSED = "disk_processed";
    public const string VIR_DOMAIN_JOB_DISK_REMAINING = "disk_remaining";
    public const string VIR_DOMAIN_JOB_DISK_BPS = "disk_bps";
    public const string VIR_DOMAIN_JOB_DISK_TEMP_USED = "disk_temp_used";
    public const string VIR_DOMAIN_JOB_DISK_TEMP_TOTAL = "disk_temp_total";
    public const string VIR_DOMAIN_JOB_COMPRESSION_CACHE = "compression_cache";
    public const string VIR_DOMAIN_JOB_COMPRESSION_BYTES = "compression_bytes";
    public const string VIR_DOMAIN_JOB_COMPRESSION_PAGES = "compression_pages";
    public const string VIR_DOMAIN_JOB_COMPRESSION_CACHE_MISSES = "compression_cache_misses";
    public const string VIR_DOMAIN_JOB_COMPRESSION_OVERFLOW = "compression_overflow";
    public const string VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE = "auto_converge_throttle";
    public const string VIR_DOMAIN_JOB_SUCCESS = "success";
    public const string VIR_DOMAIN_JOB_ERRMSG = "errmsg";
}
