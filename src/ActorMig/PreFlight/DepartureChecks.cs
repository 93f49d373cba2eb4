namespace ActorMig.PreFlight;

/// <summary>Whether a VM can leave its host: the source's half of the pre-flight. Pure; the doctor and the bartering ask the same.</summary>
public static class DepartureChecks
{
    private const long HugePageBytes = 1L << 30;
    private static readonly string[] s_safeCaches = ["none", "directsync"];
    private static readonly string[] s_sharedFilesystems =
        ["nfs", "nfs4", "ceph", "fuse.ceph", "gfs2", "ocfs2", "cifs", "smb3", "fuse.glusterfs", "glusterfs", "gpfs", "beegfs", "lustre", "fuse.sshfs"];

    /// <summary>What speaks against a VM's leaving.</summary>
    /// <param name="about">What the findings are about.</param>
    /// <param name="vm">The VM's name.</param>
    /// <param name="from">Its host.</param>
    /// <param name="traits">What was seen of it.</param>
    /// <param name="mode">How it would be migrated.</param>
    public static IEnumerable<Finding> Of(string about, string vm, string from, VmTraits traits, MigrationMode mode)
    {
        ArgumentNullException.ThrowIfNull(traits);
        foreach (var disk in traits.Disks)
        {
            if (disk.Type != "network" && !s_safeCaches.Contains(disk.Cache))
            {
                yield return Refuse($"its disk {disk.Target} has cache='{disk.Cache}', with which two hosts see different data; set cache='none'");
            }

            if (disk is { Type: "file", Filesystem: { } kind } && !s_sharedFilesystems.Contains(kind))
            {
                yield return Refuse($"its disk {disk.Target} is {disk.Source}, which is not on shared storage ({kind}); move it there");
            }

            if (!mode.NeedsPostCopy() && !disk.IsLocked)
            {
                // Outside of post-copy libvirt lets the source run again when it does not hear of the end, and trusts a lock to prevent the second writer.
                yield return Warn($"no lock is known that keeps two hosts from writing to its disk {disk.Target}, and pre-copy can leave it running twice for a moment; use mode hybrid or direct, or a lock manager (virtlockd, sanlock)");
            }
        }

        foreach (var device in traits.PassedThrough)
        {
            yield return Refuse($"a device of {from} is passed through to it ({device}); detach it, for it cannot be migrated and post-copy cannot move it");
        }

        foreach (var folder in traits.Filesystems)
        {
            yield return Refuse($"it sees a folder of {from} ({folder}); take that filesystem out of it, for it cannot be migrated");
        }

        if (traits.VhostUserDevices > 0 && mode.NeedsPostCopy())
        {
            yield return Warn($"{traits.VhostUserDevices} of its devices are vhost-user: post-copy needs a back-end that supports it; else use mode pre-copy");
        }

        if (traits.Needs.HugePagesBytes.Any(b => b >= HugePageBytes) && mode.NeedsPostCopy())
        {
            yield return Warn("it has huge pages of 1 GiB: each page that it asks for in post-copy stops it for about a second at 10 Gbit/s; use mode pre-copy, or pages of 2 MiB");
        }

        if (traits.SnapshotCount > 0)
        {
            yield return Refuse($"libvirt keeps {traits.SnapshotCount} snapshots of it and refuses to migrate it with them; remove their metadata with `virsh snapshot-delete --metadata`");
        }

        if (traits.CheckpointCount > 0)
        {
            yield return Refuse($"libvirt keeps {traits.CheckpointCount} checkpoints of it and refuses to migrate it with them; remove their metadata with `virsh checkpoint-delete --metadata`");
        }

        if (traits.HasManagedSave)
        {
            yield return Warn($"a saved state of it is kept on {from}, and would start there in its place; remove it with `virsh managedsave-remove {vm}`");
        }

        if (traits is { NvramPath: { } nvram, NvramFilesystem: { } place } && !s_sharedFilesystems.Contains(place))
        {
            yield return Warn($"its UEFI variables are in {nvram}, which is not on shared storage ({place}): libvirt makes new ones where it arrives; put them on shared storage");
        }

        if (traits.HasEmulatedTpm)
        {
            yield return Warn("the state of its TPM is in a folder of its host; put that on shared storage, or accept that it is copied without a lock");
        }

        Finding Refuse(string text) => new(about, FindingLevel.Refusal, text);

        Finding Warn(string text) => new(about, FindingLevel.Warning, text);
    }
}
