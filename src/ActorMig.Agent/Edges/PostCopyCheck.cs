using System.Text.RegularExpressions;

namespace ActorMig.Agent.Edges;

/// <summary>Whether post-copy can arrive on this host: QEMU needs userfaultfd, which the sysctl or QEMU's user gives it.</summary>
internal static partial class PostCopyCheck
{
    private const string Sysctl = "/proc/sys/vm/unprivileged_userfaultfd";
    private const string Device = "/dev/userfaultfd";

    /// <summary>From these on QEMU opens the device, and libvirt lets it.</summary>
    private const long LibvirtGrantsDevice = 10_001_000;
    private const long QemuOpensDevice = 8_000_000;

    /// <param name="host">What libvirt tells of this host.</param>
    /// <returns>Why not, with the remedy; null if it can.</returns>
    public static string? WhyNot(HostDescription host) => WhyNot(
        host.Capabilities, hasDevice: host.LibvirtVersion >= LibvirtGrantsDevice && host.HypervisorVersion >= QemuOpensDevice && File.Exists(Device));

    /// <param name="capabilities">libvirt's capabilities, which tell as which user QEMU runs.</param>
    /// <param name="sysctl">The sysctl's file.</param>
    /// <param name="hasDevice">True if libvirt gives QEMU the device, which needs no sysctl.</param>
    /// <returns>Why not, with the remedy; null if it can.</returns>
    public static string? WhyNot(string capabilities, string sysctl = Sysctl, bool hasDevice = false)
    {
        if (hasDevice)
        {
            return null;
        }

        if (!File.Exists(sysctl))
        {
            return "this kernel has no userfaultfd, which post-copy needs; use a kernel with CONFIG_USERFAULTFD";
        }

        try
        {
            if (File.ReadAllText(sysctl).Trim() == "1")
            {
                return null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"it is not known whether QEMU may use userfaultfd, which post-copy needs: {sysctl} cannot be read ({e.Message}); let this agent read it";
        }

        // Without a label libvirt runs QEMU as itself: as root.
        var user = QemuUser().Match(capabilities);
        return !user.Success || user.Groups[1].Value == "0"
            ? null
            : $"QEMU runs as user {user.Groups[1].Value} and may not use userfaultfd, which post-copy needs; set vm.unprivileged_userfaultfd = 1 with sysctl on this host";
    }

    [GeneratedRegex(@"<model>dac</model>.*?<baselabel type='(?:kvm|qemu)'>\+(\d+):", RegexOptions.Singleline)]
    private static partial Regex QemuUser();
}
