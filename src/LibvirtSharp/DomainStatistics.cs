namespace LibvirtSharp;

/// <summary><c>virDomainStatsTypes</c>.</summary>
[Flags]
public enum StatisticsGroups
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_STATS_STATE</c>.</summary>
    State = 1,

    /// <summary><c>VIR_DOMAIN_STATS_CPU_TOTAL</c>.</summary>
    CpuTotal = 2,

    /// <summary><c>VIR_DOMAIN_STATS_BALLOON</c>.</summary>
    Balloon = 4,

    /// <summary><c>VIR_DOMAIN_STATS_VCPU</c>.</summary>
    Vcpu = 8,

    /// <summary><c>VIR_DOMAIN_STATS_INTERFACE</c>.</summary>
    Interface = 16,
}

/// <summary>One domain's statistics.</summary>
/// <param name="Uuid">The domain.</param>
/// <param name="Name">Its name.</param>
/// <param name="Values">The values by libvirt's names, such as <c>net.0.rx.bytes</c>; what is missing is unknown.</param>
public sealed record DomainStatistics(string Uuid, string Name, TypedParameters Values)
{
    /// <summary>Bytes received over all interfaces, from the guest's viewpoint.</summary>
    public long RxBytes => Sum("rx");

    /// <summary>Bytes sent over all interfaces, from the guest's viewpoint.</summary>
    public long TxBytes => Sum("tx");

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
