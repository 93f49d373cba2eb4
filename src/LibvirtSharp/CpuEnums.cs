namespace LibvirtSharp;

/// <summary><c>virCPUCompareResult</c>: a host's CPU compared with a described one.</summary>
public enum CpuComparison
{
    /// <summary><c>VIR_CPU_COMPARE_INCOMPATIBLE</c>: something that is described is missing.</summary>
    Incompatible = 0,

    /// <summary><c>VIR_CPU_COMPARE_IDENTICAL</c>: the host's CPU is as described.</summary>
    Identical = 1,

    /// <summary><c>VIR_CPU_COMPARE_SUPERSET</c>: the host's CPU has all that is described, and more.</summary>
    Superset = 2,
}

/// <summary><c>virConnectCompareCPUFlags</c>: how CPUs are compared.</summary>
[Flags]
public enum CpuComparisonFlags
{
    /// <summary>As usual.</summary>
    None = 0,

    /// <summary>
    /// <c>VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE</c>: incompatible is an error (<see cref="LibvirtErrorCode.CpuIncompatible"/>) whose message says
    /// what is missing.
    /// </summary>
    FailIncompatible = 1,

    /// <summary><c>VIR_CONNECT_COMPARE_CPU_VALIDATE_XML</c>: the description must satisfy the schema (since libvirt 6.9).</summary>
    ValidateXml = 1 << 1,
}
