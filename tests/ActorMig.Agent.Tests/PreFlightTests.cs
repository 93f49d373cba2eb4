using ActorMig.Agent.Edges;
using ActorMig.PreFlight;
using ActorMig.Vms;

namespace ActorMig.Agent.Tests;

/// <summary>What the doctor and the pre-flight say of VMs and hosts: a case per finding, each with its remedy, from what libvirt tells.</summary>
public sealed class PreFlightTests
{
    private const string Block = "<disk type='block' device='disk'><driver name='qemu' cache='none'/><source dev='/dev/vg/a'/><target dev='vda'/></disk>";
    private const string Cdrom = "<disk type='file' device='cdrom'><driver name='qemu' cache='writeback'/><target dev='sda'/><readonly/></disk>";

    /// <summary>Devices, the rest of the domain, mode and counts; and what is found.</summary>
    public static TheoryData<string, string, MigrationMode, string, string> Departures => new()
    {
        { Block + Cdrom, "", MigrationMode.Hybrid, "", "" },
        { Block.Replace("none", "writeback"), "", MigrationMode.Hybrid, "", "Refusal its disk vda has cache='writeback', with which two hosts see different data; set cache='none'" },
        { Block.Replace(" cache='none'", ""), "", MigrationMode.Hybrid, "", "Refusal its disk vda has cache='default'" },
        { "<disk type='file'><driver cache='directsync'/><source file='/local/a.raw'/><target dev='vdb'/></disk>", "", MigrationMode.Hybrid, "", "Refusal its disk vdb is /local/a.raw, which is not on shared storage (ext4); move it there" },
        { "<disk type='file'><driver cache='none'/><source file='/shared/a.raw'/><target dev='vdb'/></disk>", "", MigrationMode.PreCopy, "", "" },
        { "<disk type='network'><driver cache='writeback'/><source protocol='rbd' name='pool/a'/><target dev='vdb'/></disk>", "", MigrationMode.PreCopy, "", "" },
        { Block, "", MigrationMode.PreCopy, "", "Warning no lock is known that keeps two hosts from writing to its disk vda, and pre-copy can leave it running twice for a moment; use mode hybrid or direct, or a lock manager (virtlockd, sanlock)" },
        { "<hostdev type='pci'><source><address domain='0x0' bus='0x3b'/></source></hostdev>", "", MigrationMode.PreCopy, "", "Refusal a device of h1 is passed through to it (pci 0x0:0x3b); detach it" },
        { "<hostdev mode='subsystem' type='mdev'><source><address uuid='u'/></source></hostdev>", "", MigrationMode.Hybrid, "", "Refusal a device of h1 is passed through to it (mdev u); detach it" },
        { "<interface type='hostdev'><source><address type='pci' bus='0x1'/></source></interface>", "", MigrationMode.Hybrid, "", "Refusal a device of h1 is passed through to it (NIC pci:0x1); detach it" },
        { "<filesystem><target dir='home'/></filesystem>", "", MigrationMode.Hybrid, "", "Refusal it sees a folder of h1 (home); take that filesystem out of it" },
        { "<interface type='vhostuser'/>", "", MigrationMode.Hybrid, "", "Warning 1 of its devices are vhost-user: post-copy needs a back-end that supports it; else use mode pre-copy" },
        { "<interface type='vhostuser'/>", "", MigrationMode.PreCopy, "", "" },
        { "", "<memoryBacking><hugepages><page size='1' unit='GiB'/></hugepages></memoryBacking>", MigrationMode.Direct, "", "Warning it has huge pages of 1 GiB: each page that it asks for in post-copy stops it for about a second at 10 Gbit/s; use mode pre-copy, or pages of 2 MiB" },
        { "", "<memoryBacking><hugepages><page size='1' unit='G'/></hugepages></memoryBacking>", MigrationMode.PreCopy, "", "" },
        { "", "<os><nvram>/local/vars.fd</nvram></os>", MigrationMode.Hybrid, "", "Warning its UEFI variables are in /local/vars.fd, which is not on shared storage (ext4): libvirt makes new ones where it arrives; put them on shared storage" },
        { "", "<os><nvram>/shared/vars.fd</nvram></os>", MigrationMode.Hybrid, "", "" },
        { "<tpm><backend type='emulator'/></tpm>", "", MigrationMode.Hybrid, "", "Warning the state of its TPM is in a folder of its host; put that on shared storage" },
        { "", "", MigrationMode.Hybrid, "snapshots", "Refusal libvirt keeps 2 snapshots of it and refuses to migrate it with them; remove their metadata with `virsh snapshot-delete --metadata`" },
        { "", "", MigrationMode.Hybrid, "checkpoints", "Refusal libvirt keeps 2 checkpoints of it and refuses to migrate it with them; remove their metadata with `virsh checkpoint-delete --metadata`" },
        { "", "", MigrationMode.Hybrid, "save", "Warning a saved state of it is kept on h1, and would start there in its place; remove it with `virsh managedsave-remove web`" },
    };

    /// <summary>What the destination shows; and what is found.</summary>
    public static TheoryData<VmNeeds, ArrivalTraits, MigrationMode, string> Arrivals => new()
    {
        { Needs(), There(), MigrationMode.Hybrid, "" },
        { Needs() with { Machine = "pc-q35-9.9" }, There() with { KnowsMachine = false }, MigrationMode.PreCopy, "Refusal h2's QEMU does not know the machine type pc-q35-9.9; bring it to the release of h1's" },
        { Needs() with { HostCpu = "EPYC" }, There(), MigrationMode.Hybrid, "Refusal its CPU is that of its host (host-passthrough), h1 has EPYC and h2 Skylake; give it a CPU model that both have" },
        { Needs(), There() with { IsCpuFit = false }, MigrationMode.Hybrid, "Refusal h2's CPU cannot give it the CPU that it has on h1; give it a CPU model that both have" },
        { Needs(), There() with { MissingNics = [new NicNeed("network", "blue")] }, MigrationMode.Hybrid, "Refusal h2 has no active network blue, to which a NIC of it is connected; define and start it there with `virsh net-start blue`" },
        { Needs(), There() with { MissingNics = [new NicNeed("bridge", "br1")] }, MigrationMode.Hybrid, "Refusal h2 has no bridge br1, to which a NIC of it is connected; make it there" },
        { Needs(), There() with { MissingNics = [new NicNeed("direct", "eth9")] }, MigrationMode.Hybrid, "Refusal h2 has no device eth9, to which a NIC of it is connected; make it there" },
        { Needs(), There() with { MissingFiles = ["/shared/a.raw"] }, MigrationMode.Hybrid, "Refusal h2 does not see /shared/a.raw, from which it runs; put it on storage that both hosts have, and mount that at the same place" },
        { Needs() with { HugePagesBytes = [2 << 20] }, There() with { HugePages = [new HugePages(2 << 20, 3L << 30)] }, MigrationMode.Hybrid, "Refusal it needs 4.00 GiB in huge pages of 2 MiB, and h2 has 3.00 GiB of them free; reserve more there (vm.nr_hugepages)" },
        { Needs() with { HugePagesBytes = [2 << 20] }, There() with { HugePages = [new HugePages(2 << 20, 4L << 30)], FreeMemoryBytes = 1 }, MigrationMode.Hybrid, "" },
        { Needs(), There() with { FreeMemoryBytes = 1L << 30 }, MigrationMode.Hybrid, "Warning it may have 4.00 GiB, and 1.00 GiB are free on h2 now; free some there" },
        { Needs() with { LibvirtVersion = 10_000_000 }, There(), MigrationMode.Hybrid, "Warning h2 has an older libvirt or QEMU than h1; migrations to an older release are not promised to work" },
        { Needs() with { LibvirtVersion = 8_004_000 }, There(), MigrationMode.Hybrid, "Refusal h1: its libvirt 8.4.0 cannot let a broken post-copy go on; bring it to 9.0 or later" },
        { Needs() with { LibvirtVersion = 8_004_000 }, There(), MigrationMode.PreCopy, "" },
        { Needs() with { LibvirtVersion = 8_004_000 }, There() with { LibvirtVersion = 8_004_000 }, MigrationMode.PreCopy, "" },
    };

    [Theory]
    [MemberData(nameof(Departures))]
    public void A_VM_that_leaves(string devices, string more, MigrationMode mode, string fact, string expected)
    {
        var traits = DomainXml.Read(
            $"<domain type='kvm'><name>web</name><uuid>u</uuid>{more}<devices>{devices}</devices></domain>",
            Host("EPYC"),
            file => file.StartsWith("/local/", StringComparison.Ordinal) ? "ext4" : "nfs4",
            hasLockManager: false);
        traits = traits with { SnapshotCount = fact == "snapshots" ? 2 : 0, CheckpointCount = fact == "checkpoints" ? 2 : 0, HasManagedSave = fact == "save" };
        Check(expected, DepartureChecks.Of("web to h2", "web", "h1", traits, mode));
    }

    [Theory]
    [MemberData(nameof(Arrivals))]
    public void A_VM_that_comes(VmNeeds needs, ArrivalTraits there, MigrationMode mode, string expected) => Check(
        expected, ArrivalChecks.Of("web to h2", new VmFacts("u", "web", 4L << 30, 1, 0, true, false, Mode: mode, Needs: needs), "h1", "h2", there));

    [Fact]
    public void What_a_VM_needs_is_read_from_its_XML()
    {
        var needs = DomainXml.Read(
            """
            <domain type='kvm'><os><type machine='pc-q35-7.2'>hvm</type><loader>/usr/share/OVMF/code.fd</loader><kernel>/boot/k</kernel></os>
            <cpu mode='custom'><model>qemu64</model></cpu><memoryBacking><hugepages/></memoryBacking>
            <devices><disk type='file' device='cdrom'><source file='/iso/a.iso'/><readonly/></disk><disk type='file' device='cdrom'><source file='/iso/b.iso' startupPolicy='optional'/></disk>
            <interface type='network'><source network='default' bridge='virbr0'/></interface><interface type='bridge'><source bridge='br0'/></interface>
            <interface type='direct'><source dev='eth0'/></interface><interface type='bridge'><source bridge='br0'/></interface></devices></domain>
            """,
            Host("EPYC"), _ => null, hasLockManager: false).Needs;
        Assert.Equal("pc-q35-7.2, kvm, , <cpu mode=\"custom\"><model>qemu64</model></cpu>", string.Join(", ", needs.Machine, needs.Virtualization, needs.HostCpu, needs.Cpu));
        Assert.Equal([2L << 20], needs.HugePagesBytes);
        Assert.Equal([new NicNeed("network", "default"), new NicNeed("bridge", "br0"), new NicNeed("direct", "eth0")], needs.Nics);
        Assert.Equal(["/iso/a.iso", "/boot/k", "/usr/share/OVMF/code.fd"], needs.Files);
        Assert.Equal((9_000_000, 7_002_022), (needs.LibvirtVersion, needs.HypervisorVersion));
        Assert.Equal("EPYC", DomainXml.Read("<domain type='kvm'><cpu mode='host-passthrough'/></domain>", Host("EPYC"), _ => null, false).Needs.HostCpu);
        Assert.True(Host("EPYC").Knows("pc-i440fx-7.2"));
        Assert.False(Host("EPYC").Knows("pc-q35-9.9"));
    }

    [Fact]
    public void A_lock_manager_protects_what_nothing_else_does() =>
        Assert.Empty(DepartureChecks.Of("a", "a", "h1", DomainXml.Read($"<domain><devices>{Block}</devices></domain>", Host("EPYC"), _ => null, hasLockManager: true), MigrationMode.PreCopy));

    [Fact]
    public void Several_refusals_are_said_together_and_warnings_are_not_refusals()
    {
        Assert.Null(Finding.WhyNot([new Finding("a", FindingLevel.Warning, "w"), new Finding("a", FindingLevel.Good, "g")]));
        Assert.Equal("x; and y", Finding.WhyNot([new Finding("a", FindingLevel.Refusal, "x"), new Finding("a", FindingLevel.Refusal, "y")]));
    }

    [Theory]
    [InlineData(9_000_000, 7_002_022, "Good libvirt 9.0.0, QEMU 7.2.22")]
    [InlineData(8_004_000, 7_002_022, "Refusal its libvirt 8.4.0 cannot let a broken post-copy go on; bring it to 9.0 or later")]
    [InlineData(8_005_000, 7_002_022, "Warning it has libvirt 8.5.0 and QEMU 7.2.22")]
    [InlineData(9_000_000, 7_001_000, "Warning it has libvirt 9.0.0 and QEMU 7.1.0")]
    [InlineData(11_003_000, 10_000_000, "Warning its libvirt 11.3.0 crashes when a broken post-copy goes on to it; bring it to 11.4 or later")]
    [InlineData(11_004_000, 10_000_000, "Good")]
    public void A_release(long libvirt, long qemu, string expected) => Check(expected, [HostChecks.Release("h1", libvirt, qemu)]);

    [Fact]
    public void The_way_to_a_host()
    {
        Check("Warning guests' memory goes to it in the clear (tcp://10.0.0.2); use a network that only the cluster's hosts can reach", [HostChecks.Stream("h2", "tcp://10.0.0.2")!]);
        Assert.Null(HostChecks.Stream("h2", "unix:///run/q.sock"));
        Check("Refusal post-copy cannot arrive here: set the sysctl", [HostChecks.PostCopy("h1", "set the sysctl")]);
        Check("Refusal its libvirt at qemu+tcp://h2/system cannot be asked from h1: no; see that its daemon runs and listens, and that h1's root may connect", [HostChecks.Way("h2", "h1", "qemu+tcp://h2/system", "no.")]);
        Check("Refusal memory streams from h1 to it at tcp://h2 would not get through: lost; open the ports 49152 to 49215 for h1", [HostChecks.DataWay("h2", "h1", "tcp://h2", "lost")]);
        Check("Good", [HostChecks.Way("h2", "h1", "qemu+tcp://h2/system", null)]);
    }

    /// <summary>A host that refuses is there; nobody listens while nothing comes.</summary>
    [Fact]
    public void The_way_of_the_memory()
    {
        Assert.Null(WayLook.WhyNoData("tcp://127.0.0.1"));
        Assert.Null(WayLook.WhyNoData("unix:///run/q.sock"));
        Assert.Contains("port 49152", WayLook.WhyNoData("tcp://no-such-host.invalid"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_system_of_a_file_is_that_of_the_longest_mount_above_it()
    {
        var mounts = new Mounts("/dev/sda / ext4 rw 0 0\nstore:/a /var/lib/libvirt/images nfs4 rw 0 0\nx /a\\040b tmpfs rw 0 0\ny /var/lib/libvirt xfs rw 0 0\nz / btrfs rw 0 0\n");
        string[] files = ["/var/lib/libvirt/images/a.raw", "/var/lib/libvirt/b", "/var/lib/libvirtd", "/a b/c", "/home"];
        Assert.Equal("nfs4, xfs, btrfs, tmpfs, btrfs", string.Join(", ", files.Select(mounts.TypeOf)));
        Assert.Null(new Mounts("").TypeOf("/a"));
    }

    private static void Check(string expected, IEnumerable<Finding> findings)
    {
        if (expected.Length == 0)
        {
            Assert.Empty(findings);
            return;
        }

        var found = Assert.Single(findings);
        Assert.StartsWith(expected, $"{found.Level} {found.Text}", StringComparison.Ordinal);

        // Whatever is not good names its remedy.
        Assert.True(found.Level == FindingLevel.Good || found.Text.Contains(';', StringComparison.Ordinal) || found.Text.Contains(": ", StringComparison.Ordinal), found.Text);
    }

    private static VmNeeds Needs() => new() { LibvirtVersion = 9_000_000, HypervisorVersion = 7_002_022 };

    private static ArrivalTraits There() => new() { LibvirtVersion = 9_000_000, HypervisorVersion = 7_002_022, CpuModel = "Skylake", FreeMemoryBytes = 8L << 30 };

    private static HostDescription Host(string cpu) => new(
        9_000_000, 7_002_022,
        $"<capabilities><host><cpu><model>{cpu}</model></cpu></host><guest><arch><machine>pc-i440fx-7.2</machine></arch></guest></capabilities>");
}
