namespace ActorMig.Agent.Doctor;

/// <summary>Whether a host can send and receive. Pure; the facts behind the limits stand in libvirt's and QEMU's release notes.</summary>
internal static class HostChecks
{
    /// <summary>The first libvirt that lets a broken post-copy go on.</summary>
    private const long ResumesPostCopy = 8_005_000;
    private const long SupportedLibvirt = 9_000_000;
    private const long SupportedQemu = 7_002_000;

    /// <summary>Between these libvirt's daemon crashes on the destination when a post-copy is resumed.</summary>
    private const long CrashesFrom = 11_002_000;
    private const long CrashesNoMore = 11_004_000;

    /// <summary>Looks at a host through its libvirt.</summary>
    /// <param name="host">The host.</param>
    public static IEnumerable<Finding> Of(HostDescription host)
    {
        var (libvirt, qemu) = (HostDescription.InWords(host.LibvirtVersion), HostDescription.InWords(host.HypervisorVersion));
        if (host.LibvirtVersion < ResumesPostCopy)
        {
            yield return Refusal($"its libvirt {libvirt} cannot let a broken post-copy go on; bring it to 9.0 or later");
        }
        else if (host.LibvirtVersion < SupportedLibvirt || host.HypervisorVersion < SupportedQemu)
        {
            yield return Warning($"it has libvirt {libvirt} and QEMU {qemu}; ActorMig is tested with libvirt 9.0, QEMU 7.2 and later");
        }
        else if (host.LibvirtVersion is >= CrashesFrom and < CrashesNoMore)
        {
            yield return Warning($"its libvirt {libvirt} crashes when a broken post-copy goes on to it; bring it to 11.4 or later");
        }
        else
        {
            yield return new Finding(host.Host, FindingLevel.Good, $"libvirt {libvirt}, QEMU {qemu}");
        }

        Finding Refusal(string text) => new(host.Host, FindingLevel.Refusal, text);

        Finding Warning(string text) => new(host.Host, FindingLevel.Warning, text);
    }

    /// <summary>Whether post-copy can arrive on this agent's own host.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="whyNot">Why not, with the remedy; null if it can.</param>
    public static Finding PostCopy(string host, string? whyNot) => whyNot is null
        ? new Finding(host, FindingLevel.Good, "post-copy can arrive here")
        : new Finding(host, FindingLevel.Refusal, $"post-copy cannot arrive here: {whyNot}");

    /// <summary>Whether what goes to a member can be read on the way.</summary>
    /// <param name="host">The member.</param>
    /// <param name="dataUri">Where memory streams to it go.</param>
    public static Finding? Stream(string host, string dataUri) => dataUri.StartsWith("tcp:", StringComparison.Ordinal)
        ? new Finding(host, FindingLevel.Warning, $"guests' memory goes to it in the clear ({dataUri}); use a network that only the cluster's hosts can reach, or encrypt below (WireGuard, IPsec, MACsec)")
        : null;
}
