namespace ActorMig.Simulation.Imports;

/// <summary>What keeps a wrong or a hostile file from taking all memory or time, and a scenario one that can be played.</summary>
public static class ImportLimits
{
    /// <summary>The largest file, in bytes.</summary>
    public const int FileBytesMax = 64 << 20;

    /// <summary>The most that is read in all, in bytes.</summary>
    public const long TotalBytesMax = 1L << 30;

    /// <summary>The most files of a folder: also those that are not taken are put in order.</summary>
    public const int FilesMax = 100_000;

    /// <summary>The most hosts: as many as a scenario may have.</summary>
    public const int HostsMax = 1_000;

    /// <summary>The most VMs.</summary>
    public const int VmsMax = 10_000;

    /// <summary>The most changes of load of all VMs together.</summary>
    public const int StepsMax = 500_000;

    /// <summary>The most changes of load of one VM: as many as a scenario may have.</summary>
    public const int StepsOfVmMax = 100_000;

    /// <summary>The longest name, in characters.</summary>
    public const int NameMax = 200;

    /// <summary>The most memory of a host or a VM, in bytes: 1 PiB.</summary>
    public const long MemoryMaxBytes = 1L << 50;

    /// <summary>The most traffic of a VM, in bit/s: 10 Tbit/s.</summary>
    public const double RateMaxBitPerSecond = 1e13;

    /// <summary>The longest scenario: a year, as for those that are written by hand.</summary>
    public const long DurationMaxMs = 366L * 24 * 3_600_000;
}
