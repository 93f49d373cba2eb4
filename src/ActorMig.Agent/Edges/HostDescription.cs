using System.Xml.Linq;
using LibvirtSharp;

namespace ActorMig.Agent.Edges;

/// <summary>What libvirt tells of a host, and does not tell otherwise while the connection stands.</summary>
internal sealed class HostDescription
{
    private readonly SortedSet<string> _machines;

    public HostDescription(long libvirtVersion, long hypervisorVersion, string capabilities)
    {
        (LibvirtVersion, HypervisorVersion, Capabilities) = (libvirtVersion, hypervisorVersion, capabilities);
        var tree = XElement.Parse(capabilities);
        CpuModel = (string?)tree.Element("host")?.Element("cpu")?.Element("model");
        _machines = new SortedSet<string>(tree.Descendants("machine").Select(m => m.Value), StringComparer.Ordinal);
    }

    /// <summary>libvirt's version as it counts: 9.0.0 is 9000000.</summary>
    public long LibvirtVersion { get; }

    /// <summary>QEMU's, likewise.</summary>
    public long HypervisorVersion { get; }

    /// <summary>libvirt's capabilities, as XML.</summary>
    public string Capabilities { get; }

    /// <summary>The model of its CPU, as libvirt calls it.</summary>
    public string? CpuModel { get; }

    /// <summary>Asks libvirt.</summary>
    public static HostDescription Of(LibvirtConnection connection) =>
        new(connection.LibraryVersion, connection.HypervisorVersion, connection.GetCapabilities());

    /// <summary>True if its QEMU knows a machine type.</summary>
    public bool Knows(string machine) => _machines.Contains(machine);
}
