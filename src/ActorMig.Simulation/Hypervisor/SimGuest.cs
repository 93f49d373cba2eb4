namespace ActorMig.Simulation;

/// <summary>A guest of the simulated world: what it is, how much it talks and how much memory it writes.</summary>
/// <param name="time">The clock.</param>
/// <param name="name">Its name.</param>
/// <param name="memoryBytes">Its memory.</param>
/// <param name="uuid">Its UUID; null: made from its name.</param>
public sealed class SimGuest(VirtualTime time, string name, long memoryBytes, string? uuid = null)
{
    private double _bytes;
    private double _bitPerSecond;
    private long _sinceMs;

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its UUID.</summary>
    public string Uuid { get; } = uuid ?? "uuid-" + name;

    /// <summary>Its memory.</summary>
    public long MemoryBytes { get; } = memoryBytes;

    /// <summary>True if its metadata asks to be managed.</summary>
    public bool IsTagged { get; set; } = true;

    /// <summary>How its metadata wants it migrated; null if it says nothing of it.</summary>
    public string? MigrationMode { get; set; }

    /// <summary>How much memory it writes, in bytes of distinct pages per second: what pre-copy has to send again.</summary>
    public double DirtyBytePerSecond { get; set; } = 50 << 20;

    /// <summary>How much it sends and receives.</summary>
    public double BitPerSecond
    {
        get => _bitPerSecond;
        set
        {
            _bytes = TotalBytes;
            (_bitPerSecond, _sinceMs) = (value, time.NowMs);
        }
    }

    /// <summary>All that it ever sent and received.</summary>
    public double TotalBytes => _bytes + (_bitPerSecond / 8_000 * (time.NowMs - _sinceMs));
}
