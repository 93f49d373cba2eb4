using ActorMig.Edges;

namespace ActorMig.PreFlight;

/// <summary>What an edge sees of a VM on its host that decides whether and how it can be migrated; what its destination must have stands in <see cref="VmNeeds"/>.</summary>
public sealed record VmTraits
{
    /// <summary>What the destination must have.</summary>
    public required VmNeeds Needs { get; init; }

    /// <summary>The addresses of its NICs, in lower case.</summary>
    public IReadOnlyList<string> Macs { get; init; } = [];

    /// <summary>Its NICs, and the devices of the host behind them.</summary>
    public IReadOnlyList<NicSample> Nics { get; init; } = [];

    /// <summary>Its disks that can be written.</summary>
    public IReadOnlyList<DiskTraits> Disks { get; init; } = [];

    /// <summary>Devices of the host that are passed through to it (VFIO, mediated devices, USB, SCSI).</summary>
    public IReadOnlyList<string> PassedThrough { get; init; } = [];

    /// <summary>Folders of the host that it sees.</summary>
    public IReadOnlyList<string> Filesystems { get; init; } = [];

    /// <summary>Its NICs and disks whose other end is a program of the host (vhost-user).</summary>
    public int VhostUserDevices { get; init; }

    /// <summary>The file with its UEFI's variables, if it has one.</summary>
    public string? NvramPath { get; init; }

    /// <summary>The type of the file system on which that is; null if it is not known.</summary>
    public string? NvramFilesystem { get; init; }

    /// <summary>True if its TPM is a program of the host, with a state in a folder there.</summary>
    public bool HasEmulatedTpm { get; init; }

    /// <summary>How many snapshots libvirt knows of it.</summary>
    public int SnapshotCount { get; init; }

    /// <summary>How many checkpoints.</summary>
    public int CheckpointCount { get; init; }

    /// <summary>True if a saved state of it is kept.</summary>
    public bool HasManagedSave { get; init; }
}

/// <summary>A disk that can be written.</summary>
/// <param name="Target">Its name in the guest, such as <c>vda</c>.</param>
/// <param name="Type">What it is made of: <c>file</c>, <c>block</c>, <c>network</c> ...</param>
/// <param name="Cache">Its cache mode; <c>default</c> if the XML says nothing of it.</param>
/// <param name="Source">Where it is.</param>
/// <param name="Filesystem">The type of the file system on which it is; null if it is none or not known.</param>
/// <param name="IsLocked">True if whoever runs it locks it for other hosts, too: by QEMU on a file system that has locks, by the storage, or by a lock manager.</param>
public sealed record DiskTraits(string Target, string Type, string Cache, string? Source, string? Filesystem = null, bool IsLocked = false);

/// <summary>What a VM needs where it goes; travels in offers, grants and plans.</summary>
public sealed record VmNeeds
{
    /// <summary>Its machine type; null if it has none of its own.</summary>
    public string? Machine { get; init; }

    /// <summary>Who runs its CPUs: <c>kvm</c>, or <c>qemu</c> for emulated ones.</summary>
    public string? Virtualization { get; init; }

    /// <summary>The model of the source's CPU, if it has that very CPU (host-passthrough).</summary>
    public string? HostCpu { get; init; }

    /// <summary>Its CPU as libvirt describes it in XML, if it has a model of its own.</summary>
    public string? Cpu { get; init; }

    /// <summary>The sizes of its huge pages.</summary>
    public IReadOnlyList<long> HugePagesBytes { get; init; } = [];

    /// <summary>To what its NICs are connected.</summary>
    public IReadOnlyList<NicNeed> Nics { get; init; } = [];

    /// <summary>Files and devices from which it runs: of its disks, its kernel, its firmware.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The source's libvirt as it counts its version: 9.0.0 is 9000000; 0 if it is not known.</summary>
    public long LibvirtVersion { get; init; }

    /// <summary>The source's QEMU, likewise.</summary>
    public long HypervisorVersion { get; init; }
}

/// <summary>To what a NIC is connected.</summary>
/// <param name="Kind"><c>network</c>: a network of libvirt's; <c>bridge</c> or <c>direct</c>: a device of the host.</param>
/// <param name="Name">Its name.</param>
public sealed record NicNeed(string Kind, string Name);
