namespace LibvirtSharp.Interop;

/// <summary>The one table of what libvirt calls a member of <see cref="MigrateParameters"/>, and of which type it wants it.</summary>
internal static class MigrateParameterTable
{
    /// <summary>A parameter.</summary>
    /// <param name="Name">libvirt's name.</param>
    /// <param name="Member">The member's.</param>
    /// <param name="Type">libvirt's type, a <c>VIR_TYPED_PARAM_*</c>. Several strings are the same name several times.</param>
    /// <param name="Get">Its value.</param>
    internal sealed record Row(string Name, string Member, int Type, Func<MigrateParameters, object?> Get);

    public static IReadOnlyList<Row> Rows { get; } =
    [
        new(Constants.VIR_MIGRATE_PARAM_URI, nameof(MigrateParameters.MigrateUri), Constants.VIR_TYPED_PARAM_STRING, p => p.MigrateUri),
        new(Constants.VIR_MIGRATE_PARAM_DEST_NAME, nameof(MigrateParameters.DestinationName), Constants.VIR_TYPED_PARAM_STRING, p => p.DestinationName),
        new(Constants.VIR_MIGRATE_PARAM_DEST_XML, nameof(MigrateParameters.DestinationXml), Constants.VIR_TYPED_PARAM_STRING, p => p.DestinationXml),
        new(Constants.VIR_MIGRATE_PARAM_PERSIST_XML, nameof(MigrateParameters.PersistentXml), Constants.VIR_TYPED_PARAM_STRING, p => p.PersistentXml),
        new(
            Constants.VIR_MIGRATE_PARAM_BANDWIDTH, nameof(MigrateParameters.BandwidthMiBPerSecond), Constants.VIR_TYPED_PARAM_ULLONG,
            p => p.BandwidthMiBPerSecond),
        new(
            Constants.VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY, nameof(MigrateParameters.PostcopyBandwidthMiBPerSecond), Constants.VIR_TYPED_PARAM_ULLONG,
            p => p.PostcopyBandwidthMiBPerSecond),
        new(Constants.VIR_MIGRATE_PARAM_GRAPHICS_URI, nameof(MigrateParameters.GraphicsUri), Constants.VIR_TYPED_PARAM_STRING, p => p.GraphicsUri),
        new(Constants.VIR_MIGRATE_PARAM_LISTEN_ADDRESS, nameof(MigrateParameters.ListenAddress), Constants.VIR_TYPED_PARAM_STRING, p => p.ListenAddress),
        new(Constants.VIR_MIGRATE_PARAM_MIGRATE_DISKS, nameof(MigrateParameters.MigrateDisks), Constants.VIR_TYPED_PARAM_STRING, p => p.MigrateDisks),
        new(Constants.VIR_MIGRATE_PARAM_DISKS_PORT, nameof(MigrateParameters.DisksPort), Constants.VIR_TYPED_PARAM_INT, p => p.DisksPort),
        new(Constants.VIR_MIGRATE_PARAM_DISKS_URI, nameof(MigrateParameters.DisksUri), Constants.VIR_TYPED_PARAM_STRING, p => p.DisksUri),
        new(Constants.VIR_MIGRATE_PARAM_COMPRESSION, nameof(MigrateParameters.Compression), Constants.VIR_TYPED_PARAM_STRING, p => p.Compression),
        new(
            Constants.VIR_MIGRATE_PARAM_COMPRESSION_MT_LEVEL, nameof(MigrateParameters.CompressionMtLevel), Constants.VIR_TYPED_PARAM_INT,
            p => p.CompressionMtLevel),
        new(
            Constants.VIR_MIGRATE_PARAM_COMPRESSION_MT_THREADS, nameof(MigrateParameters.CompressionMtThreads), Constants.VIR_TYPED_PARAM_INT,
            p => p.CompressionMtThreads),
        new(
            Constants.VIR_MIGRATE_PARAM_COMPRESSION_MT_DTHREADS, nameof(MigrateParameters.CompressionMtDecompressionThreads),
            Constants.VIR_TYPED_PARAM_INT, p => p.CompressionMtDecompressionThreads),
        new(
            Constants.VIR_MIGRATE_PARAM_COMPRESSION_XBZRLE_CACHE, nameof(MigrateParameters.CompressionXbzrleCacheBytes),
            Constants.VIR_TYPED_PARAM_ULLONG, p => p.CompressionXbzrleCacheBytes),
        new(
            Constants.VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL, nameof(MigrateParameters.AutoConvergeInitialPercent), Constants.VIR_TYPED_PARAM_INT,
            p => p.AutoConvergeInitialPercent),
        new(
            Constants.VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT, nameof(MigrateParameters.AutoConvergeIncrementPercent), Constants.VIR_TYPED_PARAM_INT,
            p => p.AutoConvergeIncrementPercent),
        new(
            Constants.VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS, nameof(MigrateParameters.ParallelConnections), Constants.VIR_TYPED_PARAM_INT,
            p => p.ParallelConnections),
        new(Constants.VIR_MIGRATE_PARAM_TLS_DESTINATION, nameof(MigrateParameters.TlsDestination), Constants.VIR_TYPED_PARAM_STRING, p => p.TlsDestination),
    ];

    /// <summary>The parameters in libvirt's memory, for the caller to dispose of.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative where libvirt knows no sign.</exception>
    public static ParameterList ToNative(MigrateParameters parameters)
    {
        var list = new ParameterList();
        try
        {
            foreach (var row in Rows)
            {
                switch (row.Get(parameters))
                {
                    case string text:
                        list.Add(row.Name, text);
                        break;
                    case IReadOnlyList<string> texts:
                        foreach (var text in texts)
                        {
                            list.Add(row.Name, text);
                        }

                        break;
                    case int number:
                        list.Add(row.Name, number);
                        break;
                    case long number:
                        ArgumentOutOfRangeException.ThrowIfNegative(number, row.Member);
                        list.Add(row.Name, (ulong)number);
                        break;
                    case null:
                        break;
                    case var other:
                        throw new NotSupportedException($"{row.Member} is of a type that no parameter has: {other.GetType()}.");
                }
            }

            return list;
        }
        catch
        {
            list.Dispose();
            throw;
        }
    }
}
