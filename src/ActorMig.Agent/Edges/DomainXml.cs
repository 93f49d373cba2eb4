using System.Globalization;
using System.Xml.Linq;
using ActorMig.Edges;
using ActorMig.PreFlight;

namespace ActorMig.Agent.Edges;

/// <summary>Reads from a domain's XML, as <c>virDomainGetXMLDesc</c> gives it, what decides whether it can be migrated.</summary>
internal static class DomainXml
{
    /// <summary>Huge pages of no size that is named are x86-64's default ones.</summary>
    private const long DefaultHugePageBytes = 2L << 20;

    /// <summary>Reads it.</summary>
    /// <param name="xml">The XML.</param>
    /// <param name="host">The host on which it is.</param>
    /// <param name="filesystemOf">The type of the file system on which a file is; null if that is not known.</param>
    /// <param name="hasLockManager">True if libvirt locks the disks of all domains here.</param>
    public static VmTraits Read(string xml, HostDescription host, Func<string, string?> filesystemOf, bool hasLockManager)
    {
        var domain = XElement.Parse(xml);
        var devices = domain.Element("devices");
        var disks = Elements("disk").ToArray();
        var nvram = (string?)domain.Element("os")?.Element("nvram") is { Length: > 0 } path ? path : null;
        return new VmTraits
        {
            Needs = Needs(domain, disks, [.. Elements("interface").Select(Nic).OfType<NicNeed>()], host),
            Macs = [.. Elements("interface").Select(i => (string?)i.Element("mac")?.Attribute("address")).OfType<string>().Select(m => m.ToLowerInvariant())],
            Nics = [.. Elements("interface").Select(Sample).OfType<NicSample>()],
            Disks = [.. disks.Where(d => d.Element("readonly") is null && (string?)d.Attribute("device") is null or "disk" or "lun").Select(d => Disk(d, filesystemOf, hasLockManager))],
            PassedThrough =
            [
                .. Elements("hostdev").Select(h => $"{(string?)h.Attribute("type") ?? "device"} {AddressOf(h)}".TrimEnd()),
                .. Elements("interface").Where(i => (string?)i.Attribute("type") is "hostdev" or "vdpa").Select(i => $"NIC {AddressOf(i)}".TrimEnd()),
            ],
            Filesystems = [.. Elements("filesystem").Select(f => (string?)f.Element("target")?.Attribute("dir") ?? "a folder")],
            VhostUserDevices = Elements("interface").Concat(disks).Count(i => (string?)i.Attribute("type") == "vhostuser"),
            NvramPath = nvram,
            NvramFilesystem = nvram is null ? null : filesystemOf(nvram),
            HasEmulatedTpm = Elements("tpm").Any(t => (string?)t.Element("backend")?.Attribute("type") == "emulator"),
        };

        IEnumerable<XElement> Elements(string name) => devices?.Elements(name) ?? [];
    }

    private static VmNeeds Needs(XElement domain, IReadOnlyList<XElement> disks, IReadOnlyList<NicNeed> nics, HostDescription host)
    {
        var (cpu, os, virtualization) = (domain.Element("cpu"), domain.Element("os"), (string?)domain.Attribute("type"));
        var hugePages = domain.Elements("memoryBacking").Elements("hugepages").ToArray();
        return new VmNeeds
        {
            Machine = (string?)os?.Element("type")?.Attribute("machine"),
            Virtualization = virtualization,
            HostCpu = (string?)cpu?.Attribute("mode") is "host-passthrough" or "maximum" ? host.CpuModel ?? "an unknown one" : null,
            Cpu = virtualization == "kvm" && cpu?.Element("model") is not null ? cpu.ToString(SaveOptions.DisableFormatting) : null,
            HugePagesBytes =
            [
                .. hugePages.SelectMany(h => h.Element("page") is null
                    ? [DefaultHugePageBytes]
                    : h.Elements("page").Select(p => Scaled((string?)p.Attribute("size"), (string?)p.Attribute("unit")))).Distinct(),
            ],
            Nics = [.. nics.Distinct()],
            Files =
            [
                .. disks.Where(d => (string?)d.Attribute("type") is "file" or "block" && (string?)d.Element("source")?.Attribute("startupPolicy") is null or "mandatory")
                    .Select(SourceOf)
                    .Append((string?)os?.Element("kernel")).Append((string?)os?.Element("initrd")).Append((string?)os?.Element("loader"))
                    .OfType<string>().Where(f => f.StartsWith('/')).Distinct(),
            ],
            LibvirtVersion = host.LibvirtVersion,
            HypervisorVersion = host.HypervisorVersion,
        };
    }

    private static NicNeed? Nic(XElement nic) => ((string?)nic.Attribute("type"), nic.Element("source")) switch
    {
        ("network", { } s) when (string?)s.Attribute("network") is { } name => new NicNeed("network", name),
        ("bridge", { } s) when (string?)s.Attribute("bridge") is { } name => new NicNeed("bridge", name),
        ("direct", { } s) when (string?)s.Attribute("dev") is { } name => new NicNeed("direct", name),
        _ => null,
    };

    /// <summary>The device stands in the XML of a domain that runs. One of Open vSwitch is told by its virtual port.</summary>
    private static NicSample? Sample(XElement nic) => (string?)nic.Element("mac")?.Attribute("address") is { } mac
        ? new NicSample(
            mac.ToLowerInvariant(), (string?)nic.Element("target")?.Attribute("dev"), (string?)nic.Element("virtualport")?.Attribute("type") == "openvswitch")
        : null;

    private static DiskTraits Disk(XElement disk, Func<string, string?> filesystemOf, bool hasLockManager)
    {
        var (type, source) = ((string?)disk.Attribute("type") ?? "", SourceOf(disk));
        var filesystem = type == "file" && source is not null ? filesystemOf(source) : null;

        // QEMU locks images by itself; that reaches other hosts where the file system carries locks there. A device's locks stay on its host.
        var isLocked = hasLockManager || type switch
        {
            "file" => filesystem != "fuse.sshfs" && (string?)disk.Element("source")?.Attribute("locking") != "off",
            "network" => (string?)disk.Element("source")?.Attribute("protocol") == "rbd",
            _ => false,
        };
        return new DiskTraits(
            (string?)disk.Element("target")?.Attribute("dev") ?? "", type, (string?)disk.Element("driver")?.Attribute("cache") ?? "default", source, filesystem, isLocked);
    }

    private static string? SourceOf(XElement disk) =>
        disk.Element("source")?.Attributes().FirstOrDefault(a => a.Name.LocalName is "file" or "dev" or "dir" or "volume" or "name")?.Value;

    private static string AddressOf(XElement device) => string.Join(":", device.Descendants("address").FirstOrDefault()?.Attributes().Select(a => a.Value) ?? []);

    private static long Scaled(string? number, string? unit)
    {
        var scale = unit switch { "b" or "bytes" => 1L, "MiB" or "M" => 1L << 20, "GiB" or "G" => 1L << 30, "TiB" or "T" => 1L << 40, _ => 1L << 10 };
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n * scale : 0;
    }
}
