using System.Globalization;

namespace ActorMig.PreFlight;

/// <summary>Whether a host can send and receive. Pure; the facts behind the limits stand in libvirt's and QEMU's release notes.</summary>
public static class HostChecks
{
    /// <summary>The first libvirt that lets a broken post-copy go on.</summary>
    private const long ResumesPostCopy = 8_005_000;
    private const long SupportedLibvirt = 9_000_000;
    private const long SupportedQemu = 7_002_000;

    /// <summary>Between these libvirt's daemon crashes on the destination when a post-copy is resumed.</summary>
    private const long CrashesFrom = 11_002_000;
    private const long CrashesNoMore = 11_004_000;

    /// <summary>Looks at a host through its libvirt.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="libvirtVersion">libvirt's version as it counts: 9.0.0 is 9000000.</param>
    /// <param name="hypervisorVersion">QEMU's, likewise.</param>
    public static Finding Release(string host, long libvirtVersion, long hypervisorVersion)
    {
        var (libvirt, qemu) = (InWords(libvirtVersion), InWords(hypervisorVersion));
        return libvirtVersion switch
        {
            < ResumesPostCopy => new Finding(host, FindingLevel.Refusal, $"its libvirt {libvirt} cannot let a broken post-copy go on; bring it to 9.0 or later"),
            >= CrashesFrom and < CrashesNoMore => new Finding(host, FindingLevel.Warning, $"its libvirt {libvirt} crashes when a broken post-copy goes on to it; bring it to 11.4 or later"),
            _ when libvirtVersion < SupportedLibvirt || hypervisorVersion < SupportedQemu =>
                new Finding(host, FindingLevel.Warning, $"it has libvirt {libvirt} and QEMU {qemu}; ActorMig is tested with libvirt 9.0, QEMU 7.2 and later, so bring it to these"),
            _ => new Finding(host, FindingLevel.Good, $"libvirt {libvirt}, QEMU {qemu}"),
        };
    }

    /// <summary>Whether post-copy can arrive on a host.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="whyNot">Why not, with the remedy; null if it can.</param>
    public static Finding PostCopy(string host, string? whyNot) => whyNot is null
        ? new Finding(host, FindingLevel.Good, "post-copy can arrive here")
        : new Finding(host, FindingLevel.Refusal, $"post-copy cannot arrive here: {whyNot}");

    /// <summary>Whether a host can be reached as a migration reaches it.</summary>
    /// <param name="host">The destination.</param>
    /// <param name="from">The source.</param>
    /// <param name="libvirtUri">How the source's libvirt reaches the destination's.</param>
    /// <param name="error">What came of trying; null if it was reached.</param>
    public static Finding Way(string host, string from, string libvirtUri, string? error) => error is null
        ? new Finding(host, FindingLevel.Good, $"its libvirt answers {from} at {libvirtUri}")
        : new Finding(host, FindingLevel.Refusal, $"its libvirt at {libvirtUri} cannot be asked from {from}: {error.TrimEnd('.')}; see that its daemon runs and listens, and that {from}'s root may connect (address, port, certificates or keys)");

    /// <summary>Whether the ports for memory streams let anybody in.</summary>
    /// <param name="host">The destination.</param>
    /// <param name="from">The source.</param>
    /// <param name="dataUri">Where memory streams to it go.</param>
    /// <param name="error">What came of trying.</param>
    public static Finding DataWay(string host, string from, string dataUri, string error) => new(
        host, FindingLevel.Refusal, $"memory streams from {from} to it at {dataUri} would not get through: {error}; open the ports 49152 to 49215 for {from} (migration_port_min and _max in its qemu.conf)");

    /// <summary>Whether what goes to a member can be read on the way.</summary>
    /// <param name="host">The member.</param>
    /// <param name="dataUri">Where memory streams to it go.</param>
    public static Finding? Stream(string host, string dataUri)
    {
        ArgumentNullException.ThrowIfNull(dataUri);
        return dataUri.StartsWith("tcp:", StringComparison.Ordinal)
            ? new Finding(host, FindingLevel.Warning, $"guests' memory goes to it in the clear ({dataUri}); use a network that only the cluster's hosts can reach, or encrypt below (WireGuard, IPsec, MACsec)")
            : null;
    }

    /// <summary>A version in the words of its makers: 9.0.0.</summary>
    /// <param name="version">As libvirt counts it.</param>
    public static string InWords(long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version / 1_000_000}.{version / 1_000 % 1_000}.{version % 1_000}");
}
