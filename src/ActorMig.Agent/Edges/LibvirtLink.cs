using ActorMig.Edges;
using ActorMig.PreFlight;
using LibvirtSharp;
using DomainState = ActorMig.Edges.DomainState;

namespace ActorMig.Agent.Edges;

/// <summary>One connection to libvirt, and what is asked of it. Every method blocks; none decides anything.</summary>
internal sealed class LibvirtLink(LibvirtConnection connection, string uri, long session, long preCopyDowntimeMs, TimeProvider time) : IDisposable
{
    private readonly DomainTraits _traits = new();
    private CancellationTokenRegistration _end;
    private HostDescription? _host;
    private int _isDisposed;

    public long Session { get; } = session;

    /// <summary>For how long pre-copy may stop a guest: of migrations that begin from now on.</summary>
    public long PreCopyDowntimeMs { get; set; } = preCopyDowntimeMs;

    /// <summary>How fast domains write to their memory.</summary>
    public DirtyRates DirtyRates { get; } = new(time);

    public LibvirtConnection Connection { get; } = connection;

    /// <summary>What libvirt told of this host when it was first asked.</summary>
    public HostDescription Host => _host ??= HostDescription.Of(Connection);

    public static LibvirtLink Open(string uri, long session, long preCopyDowntimeMs, long keepaliveMs, int keepaliveCount, TimeProvider time)
    {
        var link = new LibvirtLink(LibvirtConnection.Open(uri), uri, session, preCopyDowntimeMs, time);
        try
        {
            link.Connection.SetKeepAlive((int)Math.Max(1, keepaliveMs / 1_000), (uint)keepaliveCount);
            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    /// <summary>Closes the link when a token is cancelled, unless it is closed before.</summary>
    public void EndWith(CancellationToken ended) => _end = ended.Register(() => _ = Task.Run(Dispose));

    public DomainsSampled Sample(string token, long atMonotonicMs)
    {
        var domains = new List<DomainSample>();
        var all = Connection.GetAllStatistics(StatisticsGroups.State | StatisticsGroups.Interface | StatisticsGroups.Balloon | StatisticsGroups.Vcpu | StatisticsGroups.CpuTotal);
        _traits.Begin([.. all.Select(s => s.Uuid)]);
        DirtyRates.Forget(all.Select(s => s.Uuid));
        foreach (var statistics in all)
        {
            try
            {
                if (Sample(statistics) is { } sample)
                {
                    domains.Add(sample);
                }
            }
            catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
            {
                // It has left between two calls: then it is not here.
            }
            catch (LibvirtException e) when (!e.IsConnectionFailure)
            {
                // One domain that cannot be asked must not hide the others, and its memory is promised all the same.
                domains.Add(BestKnown(statistics));
            }
        }

        domains.Sort((a, b) => string.CompareOrdinal(a.Uuid, b.Uuid));
        return new DomainsSampled(token, Session, domains, atMonotonicMs);
    }

    private DomainSample? Sample(DomainStatistics statistics)
    {
        using var domain = Connection.FindByUuid(statistics.Uuid);
        if (domain is null)
        {
            return null;
        }

        var look = LookAt(domain, isSample: true);
        if (look.State is DomainState.Absent or DomainState.Shutoff)
        {
            return null;
        }

        var (metadata, traits) = (domain.GetMetadata(LibvirtStates.MetadataNamespace), _traits.Of(domain, Host, out var unread));
        return new DomainSample(
            statistics.Uuid,
            statistics.Name,
            look.State,
            look.Reason,
            look.Job,
            MemoryBytes(statistics),
            Vcpus(statistics),
            statistics.RxBytes,
            statistics.TxBytes,
            metadata is not null,
            look.IsPersistent,
            look.IsAutostart,
            LibvirtStates.MigrationMode(metadata),
            traits,
            traits?.Macs,
            traits?.Nics,
            LibvirtStates.Wish(metadata),
            statistics.CpuTimeNs,
            UsedMemoryBytes(statistics, traits),
            DirtyRates.Of(Connection, domain),
            unread);
    }

    /// <summary>What the statistics alone tell. They are read without waiting for the domain's monitor; the job says that nothing may be begun with it.</summary>
    internal static DomainSample BestKnown(DomainStatistics statistics)
    {
        var state = (LibvirtSharp.DomainState)(statistics.Values.GetLong("state.state") ?? 0);
        var (translated, reason) = LibvirtStates.Translate(state, (int)(statistics.Values.GetLong("state.reason") ?? 0));
        return new DomainSample(
            statistics.Uuid,
            statistics.Name,
            translated,
            reason,
            DomainJob.Other,
            MemoryBytes(statistics),
            Vcpus(statistics),
            statistics.RxBytes,
            statistics.TxBytes,
            IsTagged: false,
            IsPersistent: false,
            IsAutostart: false,
            CpuNs: statistics.CpuTimeNs,
            UsedMemoryBytes: UsedMemoryBytes(statistics, traits: null));
    }

    private static long MemoryBytes(DomainStatistics statistics) => (statistics.Values.GetLong("balloon.maximum") ?? 0) * 1024;

    /// <summary>What its QEMU has of the host. Huge pages are not counted there; a guest that has such has all of its memory from the start.</summary>
    private static long? UsedMemoryBytes(DomainStatistics statistics, VmTraits? traits) =>
        traits is { Needs.HugePagesBytes.Count: > 0 } ? MemoryBytes(statistics) : statistics.Values.GetLong("balloon.rss") * 1024;

    private static int Vcpus(DomainStatistics statistics) => (int)(statistics.Values.GetLong("vcpu.current") ?? 1);

    /// <summary>Begins to measure how fast a domain writes to its memory.</summary>
    public void MeasureDirtyRate(string uuid)
    {
        using var domain = Connection.FindByUuid(uuid);
        if (domain is not null)
        {
            DirtyRates.Begin(domain);
        }
    }

    public DomainLook LookAt(string uuid)
    {
        using var domain = Connection.FindByUuid(uuid);
        return domain is null ? Absent() : LookAt(domain);
    }

    public DomainLooked LookAt(LookAtDomain question)
    {
        string? takenBy = null;
        if (question.Name is not null)
        {
            using var named = Connection.FindByName(question.Name);
            takenBy = named is not null && named.Uuid != question.Uuid ? named.Uuid : null;
        }

        return new DomainLooked(question.Token, question.Uuid, LookAt(question.Uuid), takenBy);
    }

    public ArrivalChecked Check(CheckArrival check) => new(check.Token, ArrivalLook.At(Connection, Host, check.Needs, isHere: true));

    public void Do(DoToDomain doTo)
    {
        using var domain = Connection.FindByUuid(doTo.Uuid) ?? throw new InvalidOperationException($"libvirt knows no domain {doTo.Uuid}");
        switch (doTo.Verb)
        {
            case DomainVerb.StartPostCopy:
                domain.StartPostCopy();
                break;
            case DomainVerb.Resume:
                domain.Resume();
                break;
            case DomainVerb.Suspend:
                domain.Suspend();
                break;
            case DomainVerb.Undefine:
                domain.Undefine();
                break;
            case DomainVerb.DestroyRemnant:
                domain.Destroy();
                break;
            case DomainVerb.SetAutostart:
                domain.IsAutostart = true;
                break;
            case DomainVerb.ClearAutostart:
                domain.IsAutostart = false;
                break;
            case DomainVerb.AbortJob:
                domain.AbortJob();
                break;
            case DomainVerb.SetMaxDowntime:
                domain.SetMaxDowntime(doTo.Value);
                break;
        }
    }

    /// <summary>Migrates on a connection of its own: a daemon serves few calls per connection at a time, and this one lasts for minutes.</summary>
    public void Migrate(MigrateDomain migrate)
    {
        using var own = LibvirtConnection.Open(uri);
        using var domain = own.FindByUuid(migrate.Uuid) ?? throw new InvalidOperationException($"libvirt knows no domain {migrate.Uuid}");
        var flags = MigrateFlags.Live | MigrateFlags.Peer2Peer | MigrateFlags.AbortOnError;
        flags |= migrate.Mode == MigrationMode.PreCopy ? MigrateFlags.AutoConverge : MigrateFlags.Postcopy;

        // What it is now: its owner may have undefined it since the barter began.
        if (migrate.IsPersistent && domain.IsPersistent)
        {
            flags |= MigrateFlags.PersistDest | MigrateFlags.UndefineSource;
        }

        var parameters = new MigrateParameters
        {
            MigrateUri = migrate.DataUri,
            BandwidthMiBPerSecond = migrate.Options.PreCopyShareMiBPerSecond,
            PostcopyBandwidthMiBPerSecond = migrate.Mode == MigrationMode.PreCopy ? 0 : migrate.Options.PostCopyShareMiBPerSecond,
        };
        if (migrate.IsResume)
        {
            domain.MigrateToUri(migrate.DestinationUri, parameters, flags | MigrateFlags.PostcopyResume);
            return;
        }

        var downtimeMs = domain.GetMaxDowntime();
        domain.SetMaxDowntime(migrate.Mode == MigrationMode.PreCopy ? migrate.Options.DowntimeMs : PreCopyDowntimeMs);
        try
        {
            domain.MigrateToUri(migrate.DestinationUri, parameters, flags);
        }
        catch (LibvirtException)
        {
            // The guest may still be here, and its owner's migrations shall find what they found before.
            RestoreMaxDowntime(domain, downtimeMs);
            throw;
        }
    }

    private static void RestoreMaxDowntime(LibvirtDomain domain, long downtimeMs)
    {
        try
        {
            domain.SetMaxDowntime(downtimeMs);
        }
        catch (LibvirtException)
        {
            // It is gone, or the connection is: why the migration failed is what counts.
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _end.Unregister();
            Connection.Dispose();
        }
    }

    private DomainLook LookAt(LibvirtDomain domain, bool isSample = false)
    {
        try
        {
            var isPersistent = domain.IsPersistent;
            var isAutostart = isPersistent && domain.IsAutostart;
            var (nativeState, nativeReason) = domain.GetState();
            var (state, reason) = LibvirtStates.Translate(nativeState, nativeReason);
            if (state is not (DomainState.Running or DomainState.Paused))
            {
                return new DomainLook(state, reason, DomainJob.None, null, isPersistent, Session, isAutostart);
            }

            if (JobOf(domain, isSample) is var (job, figures))
            {
                return new DomainLook(state, reason, job, figures, isPersistent, Session, isAutostart);
            }

            // It has stopped between the two questions: then the first answer is not true any more either.
            (nativeState, nativeReason) = domain.GetState();
            (state, reason) = LibvirtStates.Translate(nativeState, nativeReason);
            return new DomainLook(state, reason, DomainJob.None, null, isPersistent, Session, isAutostart);
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
        {
            return Absent();
        }
    }

    private static (DomainJob Job, JobFigures? Figures)? JobOf(LibvirtDomain domain, bool isSample)
    {
        try
        {
            var (type, figures) = domain.GetJobStatistics();
            var job = LibvirtStates.Translate(type, figures);
            return (job, job == DomainJob.Outgoing ? LibvirtStates.Figures(figures) : null);
        }
        catch (LibvirtException e) when (LibvirtStates.JobByError(e.Code, isSample) is { } job)
        {
            return (job, null);
        }
        catch (LibvirtException e) when (e.Code is LibvirtErrorCode.OperationInvalid)
        {
            return null;
        }
    }

    private DomainLook Absent() => new(DomainState.Absent, StateReason.None, DomainJob.None, null, false, Session);
}
