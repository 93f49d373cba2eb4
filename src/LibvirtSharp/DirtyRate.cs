namespace LibvirtSharp;

/// <summary>What <see cref="LibvirtDomain.StartDirtyRateCalculation"/> has found (<c>VIR_DOMAIN_STATS_DIRTYRATE</c>).</summary>
/// <param name="Status">How it stands.</param>
/// <param name="MiBPerSecond">The rate in MiB/s; null until it is measured.</param>
/// <param name="StartSeconds">When the measurement began, in seconds of the hypervisor's monotonic clock.</param>
/// <param name="PeriodSeconds">For how long it measures, in seconds.</param>
/// <param name="Mode">How, such as <c>page-sampling</c>.</param>
public readonly record struct DirtyRate(DirtyRateStatus Status, long? MiBPerSecond, long? StartSeconds, long? PeriodSeconds, string? Mode);
