namespace ActorMig.Agent.Doctor;

/// <summary>What of a domain is not in its XML.</summary>
/// <param name="IsActive">True if it runs.</param>
/// <param name="SnapshotCount">How many snapshots libvirt knows of it.</param>
/// <param name="CheckpointCount">How many checkpoints.</param>
/// <param name="HasManagedSave">True if a saved state of it is kept.</param>
internal sealed record DomainFacts(bool IsActive = true, int SnapshotCount = 0, int CheckpointCount = 0, bool HasManagedSave = false);

/// <summary>Whether a domain can go to a host. Pure.</summary>
internal static class DomainChecks
{
    private const long HugePageBytes = 1L << 30;
    private static readonly string[] SafeCaches = ["none", "directsync"];
    private static readonly string[] SharedFilesystems = ["nfs", "nfs4", "ceph", "gfs2", "ocfs2", "cifs", "smb3", "fuse.glusterfs", "glusterfs", "gpfs", "beegfs", "fuse.sshfs"];

    /// <summary>Looks at a domain and where it is to go.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="facts">What is not in its XML.</param>
    /// <param name="mode">How it would be migrated.</param>
    /// <param name="from">The host on which it is.</param>
    /// <param name="to">The host to which it is to go.</param>
    /// <param name="nameTakenBy">The UUID of another domain of its name there.</param>
    /// <param name="activeThere">True if libvirt there shows it as active already.</param>
    /// <param name="filesystemOf">The type of the file system on which a file of the source is; null if that is not known.</param>
    public static IReadOnlyList<Finding> Of(
        DomainDescription domain,
        DomainFacts facts,
        MigrationMode mode,
        HostDescription from,
        HostDescription to,
        string? nameTakenBy,
        bool activeThere,
        Func<string, string?> filesystemOf)
    {
        var about = $"{domain.Name} to {to.Host}";
        var found = new List<Finding>();
        if (!facts.IsActive)
        {
            Refuse($"{domain.Name} does not run on {from.Host}; only what runs is migrated");
        }

        if (activeThere)
        {
            Refuse($"{domain.Name} is active on {to.Host} already; look with `virsh domstate {domain.Name} --reason` on both hosts");
        }

        if (nameTakenBy is not null)
        {
            Refuse($"{to.Host} has another domain named {domain.Name} ({nameTakenBy}); rename or remove one of them");
        }

        foreach (var disk in domain.Disks)
        {
            LookAt(disk);
        }

        foreach (var device in domain.PassedThrough)
        {
            Refuse($"a device of {from.Host} is passed through to it ({device}); detach it, for post-copy cannot move it");
        }

        foreach (var folder in domain.Filesystems)
        {
            Refuse($"it sees a folder of {from.Host} ({folder}); take that filesystem out of it, for it cannot be migrated");
        }

        if (domain.VhostUserNics > 0 && mode != MigrationMode.PreCopy)
        {
            Warn($"{domain.VhostUserNics} of its NICs are vhost-user: post-copy needs a back-end that supports it; else use mode pre-copy");
        }

        if (domain.HugePagesBytes.Any(b => b >= HugePageBytes) && mode != MigrationMode.PreCopy)
        {
            Warn("it has huge pages of 1 GiB: each page that it asks for in post-copy stops it for about a second at 10 Gbit/s; use mode pre-copy, or pages of 2 MiB");
        }

        if (domain.Machine is { } machine && !to.Knows(machine))
        {
            Refuse($"{to.Host}'s QEMU does not know the machine type {machine}; bring it to the release of {from.Host}'s");
        }

        if (domain.CpuMode == "host-passthrough" && from.CpuModel != to.CpuModel)
        {
            Refuse($"its CPU is that of its host (host-passthrough), {from.Host} has {from.CpuModel ?? "an unknown one"} and {to.Host} {to.CpuModel ?? "an unknown one"}; give it a CPU model that both have");
        }

        if (facts.SnapshotCount > 0)
        {
            Refuse($"libvirt keeps {facts.SnapshotCount} snapshots of it and refuses to migrate it with them; remove their metadata with `virsh snapshot-delete --metadata`");
        }

        if (facts.CheckpointCount > 0)
        {
            Refuse($"libvirt keeps {facts.CheckpointCount} checkpoints of it and refuses to migrate it with them; remove their metadata with `virsh checkpoint-delete --metadata`");
        }

        if (facts.HasManagedSave)
        {
            Warn($"a saved state of it is kept on {from.Host}, and would start there in its place; remove it with `virsh managedsave-remove {domain.Name}`");
        }

        if (domain.NvramPath is { } nvram && filesystemOf(nvram) is { } kind && !SharedFilesystems.Contains(kind))
        {
            Warn($"its UEFI variables are in {nvram}, which is not on shared storage ({kind}): libvirt makes new ones where it arrives; put them on shared storage");
        }

        if (domain.HasEmulatedTpm)
        {
            Warn("the state of its TPM is in a folder of its host; put that on shared storage, or accept that it is copied without a lock");
        }

        if (domain.MemoryBytes > to.FreeMemoryBytes)
        {
            Warn($"it may have {Words.Memory(domain.MemoryBytes)}, and {Words.Memory(to.FreeMemoryBytes)} are free on {to.Host} now");
        }

        if (from.LibvirtVersion > to.LibvirtVersion || from.HypervisorVersion > to.HypervisorVersion)
        {
            Warn($"{to.Host} has an older libvirt or QEMU than {from.Host}; migrations to an older release are not promised to work");
        }

        if (found.Count == 0)
        {
            found.Add(new Finding(about, FindingLevel.Good, $"nothing speaks against it in mode {Words.Of(mode)}"));
        }

        return found;

        void Refuse(string text) => found.Add(new Finding(about, FindingLevel.Refusal, text));

        void Warn(string text) => found.Add(new Finding(about, FindingLevel.Warning, text));

        void LookAt(DiskDescription disk)
        {
            if (disk.Type != "network" && !SafeCaches.Contains(disk.Cache))
            {
                Refuse($"its disk {disk.Target} has cache='{disk.Cache}', with which two hosts see different data; set cache='none'");
            }

            if (disk is { Type: "file", Source: { } file } && filesystemOf(file) is { } kind && !SharedFilesystems.Contains(kind))
            {
                Refuse($"its disk {disk.Target} is {file}, which is not on shared storage ({kind}); move it there");
            }
        }
    }
}
