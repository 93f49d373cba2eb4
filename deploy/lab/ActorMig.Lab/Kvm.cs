using System.Diagnostics;

namespace ActorMig.Lab;

/// <summary>
/// Whether guests boot on this machine's KVM. A /dev/kvm that can be opened is not enough: inside of some virtual machines it opens, and no guest comes
/// up on it. So the guests' own kernel is booted once, and the answer is kept until the machine boots again. ACTORMIG_LAB_KVM=0 or 1 overrides.
/// </summary>
internal static class Kvm
{
    /// <summary>What the guest's init writes first.</summary>
    private const string FirstLine = "INIT";

    private static readonly TimeSpan BootLimit = TimeSpan.FromSeconds(10);

    /// <param name="cache">The folder with the guests' kernel and initrd, where the answer is kept.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The answer, and a line that says it.</returns>
    public static async Task<(bool IsUsable, string Text)> FindAsync(string cache, CancellationToken cancellation)
    {
        switch (Environment.GetEnvironmentVariable("ACTORMIG_LAB_KVM"))
        {
            case null or "":
                break;
            case "0":
                return (false, "guests run without KVM (TCG), as ACTORMIG_LAB_KVM=0 says");
            case "1":
                return (true, "guests run on KVM, as ACTORMIG_LAB_KVM=1 says");
            case var other:
                throw new InvalidOperationException($"ACTORMIG_LAB_KVM is '{other}'; set it to 0 or 1, or unset it.");
        }

        if (!File.Exists("/dev/kvm"))
        {
            return (false, "guests run without KVM (TCG): this machine has no /dev/kvm");
        }

        var boot = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", cancellation)).Trim();
        var kept = Path.Combine(cache, "kvm");
        var known = File.Exists(kept) ? (await File.ReadAllTextAsync(kept, cancellation)).Trim() : "";
        if (known != boot + " yes" && known != boot + " no")
        {
            known = boot + (await BootsAsync(cache, cancellation) ? " yes" : " no");
            await File.WriteAllTextAsync(kept, known + "\n", cancellation);
        }

        return known.EndsWith(" yes", StringComparison.Ordinal)
            ? (true, "guests run on KVM")
            : (false, $"guests run without KVM (TCG): there is a /dev/kvm, but in {BootLimit.TotalSeconds:0} s no guest came up on it");
    }

    private static async Task<bool> BootsAsync(string cache, CancellationToken cancellation)
    {
        var console = Path.Combine(cache, "kvm-console");
        await File.WriteAllTextAsync(console, "", cancellation);
        using var qemu = Shell.Start(
            "/dev/null", "qemu-system-x86_64", "-machine", "pc-i440fx-7.2,accel=kvm", "-m", FormattableString.Invariant($"{LabNames.GuestMemoryMiB}"),
            "-nodefaults", "-display", "none", "-no-reboot", "-serial", "file:" + console,
            "-kernel", cache + "/vmlinuz", "-initrd", cache + "/initrd", "-append", "console=ttyS0 quiet nokaslr edd=off panic=-1");
        try
        {
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < BootLimit && !qemu.HasExited)
            {
                if ((await File.ReadAllTextAsync(console, cancellation)).Contains(FirstLine, StringComparison.Ordinal))
                {
                    return true;
                }

                await Task.Delay(100, cancellation);
            }

            return false;
        }
        finally
        {
            qemu.Kill();
            File.Delete(console);
        }
    }
}
