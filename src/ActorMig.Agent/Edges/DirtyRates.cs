using LibvirtSharp;

namespace ActorMig.Agent.Edges;

/// <summary>
/// How fast domains write to their memory, measured by libvirt with QEMU's page sampling (<c>virDomainStartDirtyRateCalc</c>): hashes of 512 pages of each
/// GiB, taken twice within a second; that stops nobody. In each round some are begun, those first that were measured longest ago, and what is found is read
/// in the round after.
/// </summary>
internal sealed class DirtyRates(TimeProvider time)
{
    private const int PeriodSeconds = 1;
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private TimeSpan _interval;
    private int _left;

    /// <summary>Why this libvirt cannot measure it; null if it can, or if that is not known yet.</summary>
    public string? Cannot { get; private set; }

    /// <summary>Begins a round.</summary>
    /// <param name="present">The domains that there are; others are forgotten.</param>
    /// <param name="intervalMs">After so long a domain is measured again; 0 for never.</param>
    /// <param name="most">So many are begun in a round.</param>
    /// <returns>The domains in the order in which they are to be asked for.</returns>
    public IReadOnlyList<DomainStatistics> Begin(IReadOnlyList<DomainStatistics> present, long intervalMs, int most)
    {
        (_left, _interval) = (intervalMs > 0 && Cannot is null ? most : 0, TimeSpan.FromMilliseconds(intervalMs));
        foreach (var gone in _known.Keys.Except(present.Select(p => p.Uuid), StringComparer.Ordinal).ToArray())
        {
            _known.Remove(gone);
        }

        return [.. present.OrderBy(p => _known.GetValueOrDefault(p.Uuid)?.StartedAt ?? long.MinValue).ThenBy(p => p.Uuid, StringComparer.Ordinal)];
    }

    /// <summary>What was measured of a domain last; and measures it again if its turn has come.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="domain">The domain.</param>
    /// <param name="isIdle">True if it runs and no job is on it.</param>
    /// <returns>Bytes a second; null until it is measured.</returns>
    public double? Of(LibvirtConnection connection, LibvirtDomain domain, bool isIdle)
    {
        var known = _known.GetValueOrDefault(domain.Uuid);
        try
        {
            if (known is { IsRead: false } && time.GetElapsedTime(known.StartedAt) > TimeSpan.FromSeconds(PeriodSeconds))
            {
                _known[domain.Uuid] = known = Read(connection, domain, known);
            }

            if (isIdle && _left > 0 && (known is null || time.GetElapsedTime(known.StartedAt) >= _interval))
            {
                _left--;
                _known[domain.Uuid] = known = new Known(time.GetTimestamp(), known?.BytePerSecond, IsRead: true);
                domain.StartDirtyRateCalculation(PeriodSeconds);
                _known[domain.Uuid] = known = known with { IsRead = false };
            }
        }
        catch (LibvirtException e) when (e.Code is LibvirtErrorCode.NoSupport or LibvirtErrorCode.OperationUnsupported)
        {
            (Cannot, _left) = (e.Message, 0);
        }
        catch (LibvirtException e) when (!e.IsConnectionFailure && e.Code != LibvirtErrorCode.NoDomain)
        {
            // Its monitor is busy, or its QEMU too old: what is known stands, and it has its turn again after the interval.
        }

        return known?.BytePerSecond;
    }

    private static Known Read(LibvirtConnection connection, LibvirtDomain domain, Known known)
    {
        var rate = connection.GetStatistics([domain], StatisticsGroups.DirtyRate) is [var statistics] ? statistics.DirtyRate : null;
        return rate switch
        {
            { Status: DirtyRateStatus.Measured, MiBPerSecond: { } mib } => known with { BytePerSecond = mib * 1024.0 * 1024.0, IsRead = true },
            { Status: DirtyRateStatus.Measuring } => known,
            _ => known with { IsRead = true },
        };
    }

    private sealed record Known(long StartedAt, double? BytePerSecond, bool IsRead);
}
