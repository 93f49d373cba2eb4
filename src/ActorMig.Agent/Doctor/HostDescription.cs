using System.Globalization;
using System.Xml.Linq;

namespace ActorMig.Agent.Doctor;

/// <summary>What libvirt tells of a host.</summary>
/// <param name="Host">Its name.</param>
/// <param name="LibvirtVersion">libvirt's version as it counts: 9.0.0 is 9000000.</param>
/// <param name="HypervisorVersion">QEMU's, likewise.</param>
/// <param name="FreeMemoryBytes">Memory that nobody uses now.</param>
/// <param name="Capabilities">libvirt's capabilities, as XML.</param>
internal sealed record HostDescription(string Host, long LibvirtVersion, long HypervisorVersion, long FreeMemoryBytes, string Capabilities)
{
    private readonly XElement _capabilities = XElement.Parse(Capabilities);

    /// <summary>The model of its CPU, as libvirt calls it.</summary>
    public string? CpuModel => (string?)_capabilities.Element("host")?.Element("cpu")?.Element("model");

    /// <summary>True if its QEMU knows a machine type.</summary>
    public bool Knows(string machine) => _capabilities.Descendants("machine").Any(m => m.Value == machine);

    /// <summary>A version in the words of its makers: 9.0.0.</summary>
    public static string InWords(long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version / 1_000_000}.{version / 1_000 % 1_000}.{version % 1_000}");
}
