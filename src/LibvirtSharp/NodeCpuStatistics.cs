namespace LibvirtSharp;

/// <summary>CPU times of a host since it started, in nanoseconds (<c>virNodeGetCPUStats</c>); what the driver does not tell is null.</summary>
/// <param name="KernelNs">Spent in the kernel (<c>VIR_NODE_CPU_STATS_KERNEL</c>).</param>
/// <param name="UserNs">Spent in programs (<c>VIR_NODE_CPU_STATS_USER</c>).</param>
/// <param name="IdleNs">Idle (<c>VIR_NODE_CPU_STATS_IDLE</c>).</param>
/// <param name="IOWaitNs">Idle, waiting for disks (<c>VIR_NODE_CPU_STATS_IOWAIT</c>).</param>
/// <param name="InterruptNs">Spent in interrupts (<c>VIR_NODE_CPU_STATS_INTR</c>).</param>
/// <param name="UtilizationPercent">How busy it is, from drivers that tell no times (<c>VIR_NODE_CPU_STATS_UTILIZATION</c>).</param>
public sealed record NodeCpuStatistics(long? KernelNs, long? UserNs, long? IdleNs, long? IOWaitNs, long? InterruptNs, long? UtilizationPercent);
