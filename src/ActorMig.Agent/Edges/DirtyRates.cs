using LibvirtSharp;

namespace ActorMig.Agent.Edges;

/// <summary>
/// How fast domains write to their memory, measured by libvirt with QEMU's page sampling (<c>virDomainStartDirtyRateCalc</c>): hashes of 512 pages of each
/// GiB, taken twice within a second; that stops nobody. In each round some are begun, those first that were measured longest ago, and what is found is read
/// in the round after. Thread-safe.
/// </summary>
internal sealed class DirtyRates(TimeProvider time)
{
    private const int PeriodSeconds = 1;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private string? _cannot;

    /// <summary>Why this libvirt cannot measure it; null if it can, or if that is not known yet.</summary>
    public string? Cannot
    {
        get
        {
            lock (_lock)
            {
                return _cannot;
            }
        }
    }

    /// <summary>Forgets domains that are gone.</summary>
    /// <param name="present">Those that there are.</param>
    public void Forget(IEnumerable<string> present)
    {
        lock (_lock)
        {
            foreach (var gone in _known.Keys.Except(present, StringComparer.Ordinal).ToArray())
            {
                _known.Remove(gone);
            }
        }
    }

    /// <summary>Of which domains it is to be measured now.</summary>
    /// <param name="idle">Those that run and have no job.</param>
    /// <param name="intervalMs">After so long a domain is measured again; 0 for never, and what is known is forgotten.</param>
    /// <param name="most">So many at a time.</param>
    public IReadOnlyList<string> Due(IEnumerable<string> idle, long intervalMs, int most)
    {
        lock (_lock)
        {
            if (intervalMs == 0 || _cannot is not null)
            {
                _known.Clear();
                return [];
            }

            return
            [
                .. idle.Where(d => _known.GetValueOrDefault(d) is not { } known || time.GetElapsedTime(known.StartedAt).TotalMilliseconds >= intervalMs)
                    .OrderBy(d => _known.GetValueOrDefault(d)?.StartedAt ?? long.MinValue).ThenBy(d => d, StringComparer.Ordinal).Take(most),
            ];
        }
    }

    /// <summary>Begins to measure a domain; it may wait for another's job on it. What fails has its turn again after the interval.</summary>
    /// <param name="domain">The domain.</param>
    public void Begin(LibvirtDomain domain)
    {
        Set(domain.Uuid, known => new Known(time.GetTimestamp(), known?.BytePerSecond, IsRead: true));
        try
        {
            domain.StartDirtyRateCalculation(PeriodSeconds);
            Set(domain.Uuid, known => new Known(time.GetTimestamp(), known?.BytePerSecond, IsRead: false));
        }
        catch (LibvirtException e) when (e.Code is LibvirtErrorCode.NoSupport or LibvirtErrorCode.OperationUnsupported)
        {
            lock (_lock)
            {
                _cannot = e.Message;
            }
        }
    }

    /// <summary>What was measured of a domain last. It waits for nothing.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="domain">The domain.</param>
    /// <returns>Bytes a second; null until it is measured.</returns>
    public double? Of(LibvirtConnection connection, LibvirtDomain domain)
    {
        if (Get(domain.Uuid) is not { } known)
        {
            return null;
        }

        if (known.IsRead || time.GetElapsedTime(known.StartedAt) <= TimeSpan.FromSeconds(PeriodSeconds))
        {
            return known.BytePerSecond;
        }

        try
        {
            // While a job is on it libvirt says nothing of it: then it is read in the next round.
            var rate = connection.GetStatistics([domain], StatisticsGroups.DirtyRate) is [var statistics] ? statistics.DirtyRate : null;
            Set(domain.Uuid, now => rate switch
            {
                _ when now is null || now.StartedAt != known.StartedAt => now,
                { Status: DirtyRateStatus.Measured, MiBPerSecond: { } mib } => now with { BytePerSecond = mib * 1024.0 * 1024.0, IsRead = true },
                { Status: DirtyRateStatus.Unstarted } => now with { IsRead = true },
                _ => now,
            });
        }
        catch (LibvirtException e) when (!e.IsConnectionFailure && e.Code != LibvirtErrorCode.NoDomain)
        {
            // What is known stands.
        }

        return Get(domain.Uuid)?.BytePerSecond;
    }

    private Known? Get(string uuid)
    {
        lock (_lock)
        {
            return _known.GetValueOrDefault(uuid);
        }
    }

    private void Set(string uuid, Func<Known?, Known?> change)
    {
        lock (_lock)
        {
            if (change(_known.GetValueOrDefault(uuid)) is { } known)
            {
                _known[uuid] = known;
            }
        }
    }

    private sealed record Known(long StartedAt, double? BytePerSecond, bool IsRead);
}
