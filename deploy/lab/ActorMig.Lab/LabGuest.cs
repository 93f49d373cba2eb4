using System.Net;
using System.Text;

namespace ActorMig.Lab;

/// <summary>How big a guest is.</summary>
/// <param name="MemoryMiB">Its memory.</param>
/// <param name="DiskMiB">Its disk, whose first <see cref="DiskChecker.CheckedBytes"/> are the counter's.</param>
/// <param name="KernelArguments">More for its kernel's command line, which its init has as variables.</param>
internal sealed record GuestShape(int MemoryMiB, int DiskMiB, string KernelArguments = "")
{
    public static GuestShape Usual { get; } = new(LabNames.GuestMemoryMiB, (int)(DiskChecker.CheckedBytes >> 20));
}

/// <summary>A guest: a kernel, an initrd and a small disk on the shared storage.</summary>
internal sealed class LabGuest(int number, string cacheDir, bool hasKvm, GuestShape shape)
{
    private const int ControlPort = 7000;

    /// <summary>What libvirt says of a guest with a job that does not end.</summary>
    private const string LockedByJob = "cannot acquire state change lock";
    private int _loads;

    public int Number { get; } = number;

    public GuestShape Shape { get; } = shape;

    public string Name { get; } = FormattableString.Invariant($"vm{number}");

    public string Uuid { get; } = FormattableString.Invariant($"77770000-0000-4000-8000-00000000000{number}");

    public string Address { get; } = LabNames.GuestAddress(number);

    public string Disk => $"{LabNames.StateDir}/share/{Name}.raw";

    public string Console => $"{LabNames.StateDir}/share/{Name}.log";

    public string? Loop { get; private set; }

    /// <summary>Defines the guest on a host and boots it.</summary>
    public void Boot(LabHost host, bool isPersistent = true)
    {
        using (var disk = File.Create(Disk))
        {
            disk.SetLength((long)Shape.DiskMiB << 20);
        }

        Loop = Shell.Run("losetup", "-f", "--show", Disk).Trim();
        File.WriteAllText(Console, "");
        var xml = $"{LabNames.StateDir}/share/{Name}.xml";
        File.WriteAllText(xml, Xml(host));
        if (isPersistent)
        {
            host.Virsh("define", xml);
            host.Virsh("start", Name);
        }
        else
        {
            host.Virsh("create", xml);
        }
    }

    /// <summary>
    /// Boots a guest anew that was ended, with an empty disk. A daemon that still has a job on it is restarted: such a job can stay for as long as the daemon
    /// lives after the guest's process has been killed just when it left (libvirt 9.0), and lets nobody start the guest. A daemon that was killed itself just
    /// as it began the process takes that job up again whenever it starts: what it has written down of a process that is not there is removed.
    /// </summary>
    public async Task BootAnewAsync(IEnumerable<LabHost> hosts, LabHost host)
    {
        foreach (var any in hosts)
        {
            if (IsHeld(any.TryVirsh("destroy", Name)) || IsHeld(any.TryVirsh("undefine", Name)))
            {
                any.KillLibvirtd();
                any.ForgetDead(Name);
                await any.RestartLibvirtdAsync();
                any.TryVirsh("destroy", Name);
                any.TryVirsh("undefine", Name);
            }
        }

        Shell.Try("losetup", "-d", Loop!);
        try
        {
            Boot(host);
        }
        catch (InvalidOperationException e) when (e.Message.Contains(LockedByJob, StringComparison.Ordinal))
        {
            await host.ReplaceLibvirtdAsync();
            Shell.Try("losetup", "-d", Loop!);
            Boot(host);
        }
    }

    public bool IsUp => File.Exists(Console) && File.ReadAllText(Console).Contains("UP ", StringComparison.Ordinal);

    /// <summary>Tells the guest to ping others, in place of those that it pings.</summary>
    /// <param name="pings">Whom, and how much traffic (both directions) that shall be, in Mbit/s.</param>
    public Task LoadAsync(params (LabGuest To, double MbitPerSecond)[] pings)
    {
        const int Size = 60_000;
        const double MbitPerExchange = 2.0 * Size * 8 / 1e6;
        var targets = pings.Where(p => p.MbitPerSecond > 0)
            .Select(p => FormattableString.Invariant($"{p.To.Address}:{MbitPerExchange / p.MbitPerSecond:0.0000}"));
        return TellAsync(FormattableString.Invariant($"load {Interlocked.Increment(ref _loads)} {Size} {string.Join(' ', targets)}"));
    }

    /// <summary>Writes noise into a file in memory, over what was there: pages that a migration must move, or move again.</summary>
    public Task DirtyAsync(int mib, string file) => TellAsync(FormattableString.Invariant($"dirty {mib} {file}"));

    /// <summary>Removes all such files: who lives through many tests has memory left.</summary>
    public Task ClearAsync() => TellAsync("clear");

    /// <summary>Nothing that it wrote is missing, and nobody wrote besides: it has neither run twice nor booted again.</summary>
    public bool HasWholeDisk => DiskChecker.Check(Disk).FirstWrong is null;

    /// <summary>Says a line to the guest until it answers <c>ok</c>.</summary>
    public Task TellAsync(string line) => AskAsync(line, answer => answer == "ok");

    /// <summary>Says a line to the guest until its answer is one of those that count.</summary>
    /// <param name="line">The line.</param>
    /// <param name="isAnswer">Which answers count.</param>
    public async Task<string> AskAsync(string line, Func<string, bool> isAnswer)
    {
        const int Tries = 20;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(3));
                using var socket = NetworkNamespace.Tcp(LabNames.Control);
                await socket.ConnectAsync(IPEndPoint.Parse($"{Address}:{ControlPort}"), soon.Token);
                await socket.SendAsync(Encoding.ASCII.GetBytes(line + "\n"), soon.Token);
                var buffer = new byte[200];
                var count = await socket.ReceiveAsync(buffer, soon.Token);
                var answer = Encoding.ASCII.GetString(buffer, 0, count).Trim();
                if (isAnswer(answer))
                {
                    return answer;
                }
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or OperationCanceledException)
            {
                // Not listening yet, or busy: ask again.
            }

            if (attempt >= Tries)
            {
                throw new InvalidOperationException($"{Name} did not take '{line}' in {Tries} tries; its console: {File.ReadAllText(Console)}");
            }

            await Task.Delay(200);
        }
    }

    private string Xml(LabHost host)
    {
        // QEMU 7.2 under TCG can lose dirty bits of memory whose size is a multiple of 256 KiB: guests then die after migrations. So the size is odd.
        var oddKiB = (Shape.MemoryMiB * 1024L) - 8;
        var cpu = hasKvm ? "" : "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>";
        var tcg = hasKvm ? "" : "<tcg><tb-cache unit='MiB'>32</tb-cache></tcg>";
        return $"""
            <domain type='{(hasKvm ? "kvm" : "qemu")}' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
              <name>{Name}</name>
              <uuid>{Uuid}</uuid>
              <memory unit='MiB'>{Shape.MemoryMiB}</memory>
              <vcpu>1</vcpu>
              <os>
                <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>
                <kernel>{cacheDir}/vmlinuz</kernel>
                <initrd>{cacheDir}/initrd</initrd>
                <cmdline>console=ttyS0 quiet nokaslr edd=off panic=-1 mitigations=off amip={Address} amhb={LabNames.ControlAddress} {Shape.KernelArguments}</cmdline>
              </os>
              <features><acpi/><apic/>{tcg}</features>
              {cpu}
              <clock offset='utc'/>
              <on_poweroff>destroy</on_poweroff><on_reboot>destroy</on_reboot><on_crash>destroy</on_crash>
              <devices>
                <emulator>/usr/bin/qemu-system-x86_64</emulator>
                <disk type='block' device='disk'>
                  <driver name='qemu' type='raw' cache='none' io='threads'/>
                  <source dev='{Loop}'/><target dev='vda' bus='virtio'/>
                </disk>
                <interface type='bridge'>
                  <mac address='52:54:00:77:{host.Number:00}:0{Number}'/><source bridge='br0'/><model type='virtio'/><rom enabled='no'/>
                </interface>
                <serial type='file'><source path='{Console}' append='on'/></serial>
                <controller type='usb' model='none'/><memballoon model='none'/>
              </devices>
              <qemu:commandline>
                <qemu:arg value='-object'/><qemu:arg value='memory-backend-ram,id=odd,size={oddKiB * 1024}'/>
                <qemu:arg value='-machine'/><qemu:arg value='memory-backend=odd'/>
                <qemu:arg value='-m'/><qemu:arg value='{oddKiB}K'/>
              </qemu:commandline>
            </domain>
            """;
    }

    private static bool IsHeld((int Code, string Output) virsh) => virsh.Code != 0 && virsh.Output.Contains(LockedByJob, StringComparison.Ordinal);
}
