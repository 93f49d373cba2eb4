using System.Globalization;
using System.Xml.Linq;

namespace ActorMig.Agent.Doctor;

/// <summary>What of a domain's XML decides whether it can be migrated.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Uuid">Its UUID.</param>
/// <param name="MemoryBytes">The most memory it may have.</param>
/// <param name="Machine">Its machine type; null if it has none of its own.</param>
/// <param name="CpuMode">Its CPU's mode, such as <c>host-passthrough</c>; null if it has none.</param>
/// <param name="HugePagesBytes">The sizes of its huge pages.</param>
/// <param name="Disks">Its disks that can be written.</param>
/// <param name="PassedThrough">Devices of the host that are passed through to it.</param>
/// <param name="Filesystems">Folders of the host that it sees.</param>
/// <param name="VhostUserNics">Its NICs whose other end is a program of the host.</param>
/// <param name="NvramPath">The file with its UEFI's variables, if it has one.</param>
/// <param name="HasEmulatedTpm">True if its TPM is a program of the host, with a state in a folder there.</param>
internal sealed record DomainDescription(
    string Name,
    string Uuid,
    long MemoryBytes,
    string? Machine,
    string? CpuMode,
    IReadOnlyList<long> HugePagesBytes,
    IReadOnlyList<DiskDescription> Disks,
    IReadOnlyList<string> PassedThrough,
    IReadOnlyList<string> Filesystems,
    int VhostUserNics,
    string? NvramPath,
    bool HasEmulatedTpm)
{
    /// <summary>Reads a domain's XML as <c>virDomainGetXMLDesc</c> gives it.</summary>
    /// <param name="xml">The XML.</param>
    public static DomainDescription Parse(string xml)
    {
        var domain = XElement.Parse(xml);
        var devices = domain.Element("devices");
        return new DomainDescription(
            (string?)domain.Element("name") ?? "",
            (string?)domain.Element("uuid") ?? "",
            Bytes(domain.Element("maxMemory") ?? domain.Element("memory")),
            (string?)domain.Element("os")?.Element("type")?.Attribute("machine"),
            (string?)domain.Element("cpu")?.Attribute("mode"),
            [.. domain.Elements("memoryBacking").Elements("hugepages").Elements("page").Select(p => Scaled((string?)p.Attribute("size"), (string?)p.Attribute("unit")))],
            [.. Elements("disk").Where(d => d.Element("readonly") is null && (string?)d.Attribute("device") is null or "disk" or "lun").Select(Disk)],
            [.. Elements("hostdev").Select(h => ((string?)h.Attribute("type") ?? "device") + " " + string.Join(":", h.Descendants("address").FirstOrDefault()?.Attributes().Select(a => a.Value) ?? []))],
            [.. Elements("filesystem").Select(f => (string?)f.Element("target")?.Attribute("dir") ?? "a folder")],
            Elements("interface").Count(i => (string?)i.Attribute("type") == "vhostuser"),
            (string?)domain.Element("os")?.Element("nvram"),
            Elements("tpm").Any(t => (string?)t.Element("backend")?.Attribute("type") == "emulator"));

        IEnumerable<XElement> Elements(string name) => devices?.Elements(name) ?? [];
    }

    private static DiskDescription Disk(XElement disk) => new(
        (string?)disk.Element("target")?.Attribute("dev") ?? "",
        (string?)disk.Attribute("type") ?? "",
        (string?)disk.Element("driver")?.Attribute("cache") ?? "default",
        (string?)disk.Element("source")?.Attributes().FirstOrDefault(a => a.Name.LocalName is "file" or "dev" or "dir" or "volume" or "name")?.Value);

    private static long Bytes(XElement? memory) => memory is null ? 0 : Scaled(memory.Value, (string?)memory.Attribute("unit"));

    private static long Scaled(string? number, string? unit)
    {
        var scale = unit switch { "b" or "bytes" => 1L, "MiB" or "M" => 1L << 20, "GiB" or "G" => 1L << 30, "TiB" or "T" => 1L << 40, _ => 1L << 10 };
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n * scale : 0;
    }
}

/// <summary>A disk that can be written.</summary>
/// <param name="Target">Its name in the guest, such as <c>vda</c>.</param>
/// <param name="Type">What it is made of: <c>file</c>, <c>block</c>, <c>network</c> ...</param>
/// <param name="Cache">Its cache mode; <c>default</c> if the XML says nothing of it.</param>
/// <param name="Source">Where it is.</param>
internal sealed record DiskDescription(string Target, string Type, string Cache, string? Source);
