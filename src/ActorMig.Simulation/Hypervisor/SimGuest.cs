using ActorMig.PreFlight;
using ActorMig.Rules;

namespace ActorMig.Simulation;

/// <summary>A guest of the simulated world: what it is, how much it talks and how much memory it writes.</summary>
/// <param name="time">The clock.</param>
/// <param name="name">Its name.</param>
/// <param name="memoryBytes">Its memory.</param>
/// <param name="uuid">Its UUID; null: made from its name.</param>
public sealed class SimGuest(VirtualTime time, string name, long memoryBytes, string? uuid = null)
{
    private double _bytes;
    private double _ownBytes;
    private double _bitPerSecond;
    private double _talkBitPerSecond;
    private long _sinceMs;
    private double _cpuMs;
    private double _cpus;
    private long _cpusSinceMs;

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its UUID.</summary>
    public string Uuid { get; } = uuid ?? "uuid-" + name;

    /// <summary>The address of its NIC, made from its name.</summary>
    public string Mac { get; } = MacOf(name);

    /// <summary>Its memory.</summary>
    public long MemoryBytes { get; } = memoryBytes;

    /// <summary>True if its metadata asks to be managed.</summary>
    public bool IsTagged { get; set; } = true;

    /// <summary>How its metadata wants it migrated; null if it says nothing of it.</summary>
    public string? MigrationMode { get; set; }

    /// <summary>What its metadata says of where and when it runs; null for nothing.</summary>
    public VmWish? Wish { get; set; }

    /// <summary>A device of its host that is passed through to it: then it cannot be migrated. Null: none.</summary>
    public string? Device { get; set; }

    /// <summary>The bridge to which its NIC is connected, which each of its hosts must have; null: one that all have.</summary>
    public string? Bridge { get; set; }

    /// <summary>Why its definition cannot be read; null if it can.</summary>
    public string? TraitsError { get; set; }

    /// <summary>What a look at its definition tells; null if there is nothing in it that could keep it where it is.</summary>
    internal VmTraits? Traits => Device is null && Bridge is null ? null : new VmTraits
    {
        Needs = new VmNeeds { Nics = Bridge is null ? [] : [new NicNeed("bridge", Bridge)] },
        PassedThrough = Device is null ? [] : [Device],
    };

    /// <summary>How much memory it writes, in bytes of distinct pages per second: what pre-copy has to send again.</summary>
    public double DirtyBytePerSecond { get; set; } = 50 << 20;

    /// <summary>How much it sends and receives. What is set is what others than guests send and get; what it says to guests comes on top.</summary>
    public double BitPerSecond
    {
        get => _bitPerSecond + _talkBitPerSecond;
        set
        {
            Settle();
            _bitPerSecond = value;
        }
    }

    /// <summary>How much of it is to and from guests.</summary>
    internal double TalkBitPerSecond
    {
        get => _talkBitPerSecond;
        set
        {
            Settle();
            _talkBitPerSecond = value;
        }
    }

    /// <summary>How much CPU time it takes: seconds per second, whatever its host has.</summary>
    public double Cpus
    {
        get => _cpus;
        set
        {
            _cpuMs = TotalCpuMs;
            (_cpus, _cpusSinceMs) = (value, time.NowMs);
        }
    }

    /// <summary>All CPU time that it ever took, in milliseconds.</summary>
    public double TotalCpuMs => _cpuMs + (_cpus * (time.NowMs - _cpusSinceMs));

    /// <summary>The memory that it has touched: all of it, unless set.</summary>
    public long UsedMemoryBytes { get; set; } = memoryBytes;

    private static string MacOf(string name)
    {
        var number = name.Aggregate(0u, (n, c) => unchecked((n * 31) + c));
        return FormattableString.Invariant($"52:54:00:{(number >> 16) & 0xFF:x2}:{(number >> 8) & 0xFF:x2}:{number & 0xFF:x2}");
    }

    /// <summary>All that it ever sent and received.</summary>
    public double TotalBytes => _bytes + (BitPerSecond / 8_000 * (time.NowMs - _sinceMs));

    /// <summary>What of it was not to or from guests.</summary>
    internal double OwnBytes => _ownBytes + (_bitPerSecond / 8_000 * (time.NowMs - _sinceMs));

    private void Settle() => (_bytes, _ownBytes, _sinceMs) = (TotalBytes, OwnBytes, time.NowMs);
}
