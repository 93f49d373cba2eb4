namespace LibvirtSharp;

/// <summary>One domain's statistics (<c>virDomainStatsRecord</c>). Counters begin anew when the domain starts, and on another host.</summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Name">Its name.</param>
/// <param name="Values">The values by libvirt's names, such as <c>net.0.rx.bytes</c>; what is missing is unknown.</param>
public sealed record DomainStatistics(string Uuid, string Name, TypedParameters Values)
{
    /// <summary>State and reason (<see cref="StatisticsGroups.State"/>); null if they are unknown.</summary>
    public DomainStatus? Status => Values.GetLong("state.state") is { } state ? new((DomainState)state, (int)(Values.GetLong("state.reason") ?? 0)) : null;

    /// <summary>CPU time in nanoseconds since the start (<see cref="StatisticsGroups.CpuTotal"/>); null if it is unknown.</summary>
    public long? CpuTimeNs => Values.GetLong("cpu.time");

    /// <summary>Bytes received over all interfaces, from the guest's viewpoint (<see cref="StatisticsGroups.Interface"/>).</summary>
    public long RxBytes => Sum("rx");

    /// <summary>Bytes sent over all interfaces, from the guest's viewpoint (<see cref="StatisticsGroups.Interface"/>).</summary>
    public long TxBytes => Sum("tx");

    /// <summary>How fast it writes to its memory (<see cref="StatisticsGroups.DirtyRate"/>); null if libvirt does not say.</summary>
    public DirtyRate? DirtyRate => Values.GetLong("dirtyrate.calc_status") is not { } status
        ? null
        : new DirtyRate(
            (DirtyRateStatus)status,
            Values.GetLong("dirtyrate.megabytes_per_second"),
            Values.GetLong("dirtyrate.calc_start_time"),
            Values.GetLong("dirtyrate.calc_period"),
            Values.GetString("dirtyrate.calc_mode"));

    private long Sum(string direction)
    {
        long sum = 0;
        for (var i = 0; i < (Values.GetLong("net.count") ?? 0); i++)
        {
            sum += Values.GetLong(FormattableString.Invariant($"net.{i}.{direction}.bytes")) ?? 0;
        }

        return sum;
    }
}
