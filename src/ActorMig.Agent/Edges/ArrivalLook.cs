using System.Globalization;
using System.Net.NetworkInformation;
using ActorMig.PreFlight;
using LibvirtSharp;

namespace ActorMig.Agent.Edges;

/// <summary>Looks whether a host has what a VM needs. Blocks, maybe for long: a file's server may be gone.</summary>
internal static class ArrivalLook
{
    private const string HugePagesFolder = "/sys/kernel/mm/hugepages";

    /// <summary>Looks.</summary>
    /// <param name="connection">The host's libvirt.</param>
    /// <param name="host">What it has told before.</param>
    /// <param name="needs">What the VM needs.</param>
    /// <param name="isHere">True on the host itself; from elsewhere its devices, files and huge pages cannot be seen, and are taken to be there.</param>
    public static ArrivalTraits At(LibvirtConnection connection, HostDescription host, VmNeeds needs, bool isHere) => new()
    {
        LibvirtVersion = host.LibvirtVersion,
        HypervisorVersion = host.HypervisorVersion,
        CpuModel = host.CpuModel,
        KnowsMachine = needs.Machine is null || host.Knows(needs.Machine),
        IsCpuFit = IsCpuFit(connection, needs),
        MissingNics = [.. needs.Nics.Where(n => n.Kind == "network" ? !IsActive(connection, n.Name) : isHere && !HasDevice(n.Name))],
        MissingFiles = isHere ? [.. needs.Files.Where(f => !Exists(f))] : [],
        HugePages = [.. needs.HugePagesBytes.Select(b => new HugePages(b, isHere ? FreeBytes(b) : long.MaxValue))],
        FreeMemoryBytes = connection.GetFreeMemoryBytes(),
    };

    private static bool? IsCpuFit(LibvirtConnection connection, VmNeeds needs)
    {
        if (needs.Cpu is not { } cpu)
        {
            return null;
        }

        try
        {
            return connection.CompareHypervisorCpu(cpu, machine: needs.Machine, virtualization: needs.Virtualization) != CpuComparison.Incompatible;
        }
        catch (LibvirtException e) when (!e.IsConnectionFailure)
        {
            // It says itself at the migration's beginning what it cannot say now.
            return null;
        }
    }

    private static bool IsActive(LibvirtConnection connection, string network)
    {
        try
        {
            return connection.IsNetworkActive(network) == true;
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoSupport)
        {
            return false;
        }
    }

    /// <summary>By the kernel's list for this network namespace, not by a folder that may be another one's.</summary>
    private static bool HasDevice(string name) => NetworkInterface.GetAllNetworkInterfaces().Any(i => i.Name == name);

    private static bool Exists(string file) => File.Exists(file) || Directory.Exists(file);

    private static long FreeBytes(long sizeBytes)
    {
        try
        {
            var free = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"{HugePagesFolder}/hugepages-{sizeBytes >> 10}kB/free_hugepages"));
            return long.Parse(free, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * sizeBytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return 0;
        }
    }
}
