namespace LibvirtSharp;

/// <summary>What a host is made of (<c>virNodeGetInfo</c>).</summary>
/// <param name="Model">The CPU's architecture or model, such as <c>x86_64</c>.</param>
/// <param name="MemoryBytes">Memory in bytes.</param>
/// <param name="Cpus">CPUs that are online.</param>
/// <param name="Mhz">Their clock in MHz; 0 if it is unknown.</param>
/// <param name="NumaNodes">NUMA nodes; 1 if they are laid out in a way that the other figures cannot tell.</param>
/// <param name="SocketsPerNode">Sockets of each NUMA node.</param>
/// <param name="CoresPerSocket">Cores of each socket.</param>
/// <param name="ThreadsPerCore">Threads of each core.</param>
public sealed record NodeInfo(
    string Model, long MemoryBytes, int Cpus, int Mhz, int NumaNodes, int SocketsPerNode, int CoresPerSocket, int ThreadsPerCore);
