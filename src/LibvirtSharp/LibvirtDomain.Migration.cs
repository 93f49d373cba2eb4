using LibvirtSharp.Interop;

namespace LibvirtSharp;

public sealed unsafe partial class LibvirtDomain
{
    /// <summary>
    /// Migrates, daemon to daemon or by the hypervisor alone (<c>virDomainMigrateToURI3</c>). It blocks until the migration has ended, for minutes: call
    /// it on a thread and a connection of its own, watch it on another one. With <see cref="MigrateFlags.Peer2Peer"/> it goes on if this process dies.
    /// </summary>
    /// <param name="destinationUri">How this host's daemon reaches the destination's, such as <c>qemu+tls://HOST/system</c>.</param>
    /// <param name="parameters">Parameters.</param>
    /// <param name="flags">
    /// Flags, with <see cref="MigrateFlags.Peer2Peer"/> for QEMU. <see cref="MigrateFlags.Live"/> and <see cref="MigrateFlags.Postcopy"/> are a good
    /// choice: post-copy cannot be enabled later, and is used only if <see cref="StartPostCopy"/> is called.
    /// </param>
    /// <exception cref="LibvirtException">
    /// <see cref="LibvirtErrorCode.OperationAborted"/>: it was cancelled, and the domain runs on the source.
    /// <see cref="LibvirtErrorCode.MigrateUnsafe"/>, <see cref="LibvirtErrorCode.OperationInvalid"/>, <see cref="LibvirtErrorCode.ArgumentUnsupported"/>
    /// and the like: it was refused. <see cref="LibvirtErrorCode.OperationFailed"/>: it failed; in post-copy the domain is then
    /// <see cref="PausedReason.PostcopyFailed"/> here and waits for <see cref="MigrateFlags.PostcopyResume"/>. If
    /// <see cref="LibvirtException.IsConnectionFailure"/>, the outcome is unknown: look at both hosts.
    /// </exception>
    public void MigrateToUri(string destinationUri, MigrateParameters parameters, MigrateFlags flags)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var list = MigrateParameterTable.ToNative(parameters);
        Native.Check(
            Libvirt.virDomainMigrateToURI3(_handle, destinationUri, list.Pointer, list.Count, (uint)flags), nameof(Libvirt.virDomainMigrateToURI3));
    }

    /// <summary>
    /// Migrates with this process as the one that leads (<c>virDomainMigrate3</c>): it has a connection to both hosts, who need not reach each other's
    /// daemons. It blocks until the migration has ended. If this process dies, the migration is cancelled, and in post-copy it breaks on both sides;
    /// <see cref="MigrateToUri"/> is the safer one.
    /// </summary>
    /// <param name="destination">The connection to the destination, other than this domain's.</param>
    /// <param name="parameters">Parameters.</param>
    /// <param name="flags">
    /// Flags; without <see cref="MigrateFlags.Peer2Peer"/> and <see cref="MigrateFlags.Tunnelled"/> (<see cref="LibvirtErrorCode.InvalidArgument"/>).
    /// </param>
    /// <returns>The domain on the destination, which the caller disposes of.</returns>
    /// <exception cref="LibvirtException">As <see cref="MigrateToUri"/>.</exception>
    public LibvirtDomain Migrate(LibvirtConnection destination, MigrateParameters parameters, MigrateFlags flags)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(parameters);
        using var list = MigrateParameterTable.ToNative(parameters);
        return new LibvirtDomain(Native.Check(
            Libvirt.virDomainMigrate3(_handle, destination.Handle, list.Pointer, list.Count, (uint)flags), nameof(Libvirt.virDomainMigrate3)));
    }

    /// <summary>
    /// Switches the running migration to post-copy (<c>virDomainMigrateStartPostCopy</c>). It returns at once; <see cref="SuspendedDetail.Postcopy"/> tells
    /// that it has begun. After that there is no way back: the guest is lost if either host is.
    /// </summary>
    /// <exception cref="LibvirtException">
    /// <see cref="LibvirtErrorCode.OperationInvalid"/>: no migration with <see cref="MigrateFlags.Postcopy"/> runs (yet).
    /// <see cref="LibvirtErrorCode.InternalError"/>: QEMU has not begun; ask again.
    /// </exception>
    public void StartPostCopy() => Native.Check(Libvirt.virDomainMigrateStartPostCopy(_handle, 0), nameof(Libvirt.virDomainMigrateStartPostCopy));

    /// <summary>The running job, or the one that completed last (<c>virDomainGetJobStats</c>).</summary>
    /// <param name="isCompleted">True for the one that completed last; its figures are kept for a second look.</param>
    /// <returns>Its type and its figures.</returns>
    /// <exception cref="LibvirtException">
    /// <see cref="LibvirtErrorCode.OperationUnsupported"/>: it is coming by migration; only its source has figures.
    /// <see cref="LibvirtErrorCode.OperationInvalid"/>: it is not active.
    /// </exception>
    public JobStatistics GetJobStatistics(bool isCompleted = false) =>
        GetJobStatistics(isCompleted ? JobStatisticsFlags.Completed | JobStatisticsFlags.KeepCompleted : JobStatisticsFlags.None);

    /// <summary>The running job, or the one that completed last (<c>virDomainGetJobStats</c>).</summary>
    /// <param name="flags">Which, and whether it is kept.</param>
    /// <returns>Its type, <see cref="JobType.None"/> if there is none, and its figures.</returns>
    /// <exception cref="LibvirtException">As <see cref="GetJobStatistics(bool)"/>.</exception>
    public JobStatistics GetJobStatistics(JobStatisticsFlags flags)
    {
        TypedParameter* parameters = null;
        Native.Check(Libvirt.virDomainGetJobStats(_handle, out var type, &parameters, out var count, (uint)flags), nameof(Libvirt.virDomainGetJobStats));
        try
        {
            return new JobStatistics((JobType)type, Native.Read(parameters, count));
        }
        finally
        {
            Libvirt.virTypedParamsFree(parameters, count);
        }
    }

    /// <summary>Cancels the running job (<c>virDomainAbortJob</c>): a migration's call then ends with <see cref="LibvirtErrorCode.OperationAborted"/>.</summary>
    /// <exception cref="LibvirtException">
    /// <see cref="LibvirtErrorCode.OperationInvalid"/>: there is none, it is in post-copy, or this is its destination.
    /// <see cref="LibvirtErrorCode.OperationTimeout"/>, after 30 s: on a destination that waits for the source.
    /// </exception>
    public void AbortJob() => Native.Check(Libvirt.virDomainAbortJob(_handle), nameof(Libvirt.virDomainAbortJob));

    /// <summary>Cancels the running job, or pauses it in post-copy (<c>virDomainAbortJobFlags</c>, since libvirt 8.5).</summary>
    /// <param name="flags">What is asked for; the one excludes the other.</param>
    /// <exception cref="LibvirtException">As <see cref="AbortJob()"/>; with <see cref="AbortJobFlags.Postcopy"/>, it is not in post-copy.</exception>
    public void AbortJob(AbortJobFlags flags) => Native.Check(Libvirt.virDomainAbortJobFlags(_handle, (uint)flags), nameof(Libvirt.virDomainAbortJobFlags));

    /// <summary>
    /// For how long pre-copy may stop the guest to converge, in milliseconds (<c>virDomainMigrateGetMaxDowntime</c>, since libvirt 3.7).
    /// </summary>
    public long GetMaxDowntime()
    {
        Native.Check(Libvirt.virDomainMigrateGetMaxDowntime(_handle, out var downtimeMs, 0), nameof(Libvirt.virDomainMigrateGetMaxDowntime));
        return (long)Math.Min(downtimeMs, long.MaxValue);
    }

    /// <summary>For how long pre-copy may stop the guest to converge (<c>virDomainMigrateSetMaxDowntime</c>); holds for the next migration, too.</summary>
    /// <param name="downtimeMs">Milliseconds.</param>
    public void SetMaxDowntime(long downtimeMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(downtimeMs);
        Native.Check(Libvirt.virDomainMigrateSetMaxDowntime(_handle, (ulong)downtimeMs, 0), nameof(Libvirt.virDomainMigrateSetMaxDowntime));
    }

    /// <summary>The most MiB/s that a migration may send (<c>virDomainMigrateGetMaxSpeed</c>); a very large number: no limit.</summary>
    /// <param name="flags">In pre-copy or in post-copy.</param>
    public long GetMaxSpeed(MaxSpeedFlags flags = MaxSpeedFlags.None)
    {
        Native.Check(Libvirt.virDomainMigrateGetMaxSpeed(_handle, out var mibPerSecond, (uint)flags), nameof(Libvirt.virDomainMigrateGetMaxSpeed));
        return (long)Math.Min(mibPerSecond, (ulong)long.MaxValue);
    }

    /// <summary>The most MiB/s that a migration may send (<c>virDomainMigrateSetMaxSpeed</c>), now and for the next ones.</summary>
    /// <param name="mibPerSecond">MiB/s; in post-copy 0 means no limit.</param>
    /// <param name="flags">In pre-copy or in post-copy; the limit of post-copy can be set only while a migration runs.</param>
    public void SetMaxSpeed(long mibPerSecond, MaxSpeedFlags flags = MaxSpeedFlags.None)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mibPerSecond);
        Native.Check(Libvirt.virDomainMigrateSetMaxSpeed(_handle, (nuint)mibPerSecond, (uint)flags), nameof(Libvirt.virDomainMigrateSetMaxSpeed));
    }

    /// <summary>The size of the xbzrle cache in bytes (<c>virDomainMigrateGetCompressionCache</c>).</summary>
    public long GetCompressionCache()
    {
        Native.Check(Libvirt.virDomainMigrateGetCompressionCache(_handle, out var bytes, 0), nameof(Libvirt.virDomainMigrateGetCompressionCache));
        return (long)Math.Min(bytes, long.MaxValue);
    }

    /// <summary>Sets the size of the xbzrle cache (<c>virDomainMigrateSetCompressionCache</c>), also while a migration runs.</summary>
    /// <param name="bytes">Bytes; QEMU rounds down to a power of two.</param>
    public void SetCompressionCache(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Native.Check(Libvirt.virDomainMigrateSetCompressionCache(_handle, (ulong)bytes, 0), nameof(Libvirt.virDomainMigrateSetCompressionCache));
    }
}
