using ActorMig.Agent.Configuration;
using ActorMig.Agent.Doctor;
using ActorMig.Hocon;

namespace ActorMig.Agent.Tests;

/// <summary>What the doctor says of hosts and domains: a case per finding, each with its remedy.</summary>
public sealed class DoctorTests
{
    private const string Devices = """
        <disk type='block' device='disk'><driver name='qemu' cache='none'/><source dev='/dev/vg/a'/><target dev='vda'/></disk>
        <disk type='file' device='cdrom'><driver name='qemu' cache='writeback'/><target dev='sda'/><readonly/></disk>
        """;

    public static TheoryData<string, string, string, string> Findings => new()
    {
        { Devices, "", "", "Good nothing speaks against it in mode hybrid" },
        { Devices.Replace("none", "writeback"), "", "", "Refusal its disk vda has cache='writeback', with which two hosts see different data; set cache='none'" },
        { "<disk type='file'><driver cache='directsync'/><source file='/local/a.raw'/><target dev='vdb'/></disk>", "", "", "Refusal its disk vdb is /local/a.raw, which is not on shared storage (ext4); move it there" },
        { "<disk type='file'><driver cache='none'/><source file='/shared/a.raw'/><target dev='vdb'/></disk>", "", "", "Good" },
        { "<disk type='network'><driver cache='writeback'/><source protocol='rbd' name='pool/a'/><target dev='vdb'/></disk>", "", "", "Good" },
        { "<hostdev type='pci'><source><address domain='0x0' bus='0x3b'/></source></hostdev>", "", "", "Refusal a device of h1 is passed through to it (pci 0x0:0x3b); detach it" },
        { "<filesystem><target dir='home'/></filesystem>", "", "", "Refusal it sees a folder of h1 (home); take that filesystem out of it" },
        { "<interface type='vhostuser'/>", "", "", "Warning 1 of its NICs are vhost-user" },
        { "", "<memoryBacking><hugepages><page size='1' unit='GiB'/></hugepages></memoryBacking>", "", "Warning it has huge pages of 1 GiB" },
        { "", "<memoryBacking><hugepages><page size='2048' unit='KiB'/></hugepages></memoryBacking>", "", "Good" },
        { "", "<os><type machine='pc-q35-9.9'>hvm</type></os>", "", "Refusal h2's QEMU does not know the machine type pc-q35-9.9; bring it to the release of h1's" },
        { "", "<cpu mode='host-passthrough'/>", "", "Refusal its CPU is that of its host (host-passthrough), h1 has EPYC and h2 Skylake; give it a CPU model that both have" },
        { "", "<os><nvram>/local/vars.fd</nvram></os>", "", "Warning its UEFI variables are in /local/vars.fd, which is not on shared storage (ext4)" },
        { "<tpm><backend type='emulator'/></tpm>", "", "", "Warning the state of its TPM is in a folder of its host" },
        { "", "<memory unit='GiB'>9</memory>", "", "Warning it may have 9.00 GiB, and 8.00 GiB are free on h2 now" },
        { "", "", "snapshots", "Refusal libvirt keeps 2 snapshots of it and refuses to migrate it with them; remove their metadata with `virsh snapshot-delete --metadata`" },
        { "", "", "checkpoints", "Refusal libvirt keeps 1 checkpoints of it" },
        { "", "", "save", "Warning a saved state of it is kept on h1" },
        { "", "", "off", "Refusal web does not run on h1; only what runs is migrated" },
        { "", "", "there", "Refusal web is active on h2 already; look with `virsh domstate web --reason` on both hosts" },
        { "", "", "name", "Refusal h2 has another domain named web (other); rename or remove one of them" },
        { "", "", "older", "Warning h2 has an older libvirt or QEMU than h1" },
    };

    [Theory]
    [MemberData(nameof(Findings))]
    public void A_domain(string devices, string more, string fact, string expected)
    {
        var facts = new DomainFacts(fact != "off", fact == "snapshots" ? 2 : 0, fact == "checkpoints" ? 1 : 0, fact == "save");
        var found = Assert.Single(DomainChecks.Of(
            DomainDescription.Parse($"<domain><name>web</name><uuid>u</uuid>{more}<devices>{devices}</devices></domain>"),
            facts,
            MigrationMode.Hybrid,
            Host("h1", "EPYC", fact == "older" ? 10_000_000 : 9_000_000),
            Host("h2", "Skylake", 9_000_000),
            fact == "name" ? "other" : null,
            fact == "there",
            file => file.StartsWith("/local/", StringComparison.Ordinal) ? "ext4" : "nfs4"));
        Assert.Equal("web to h2", found.About);
        Assert.StartsWith(expected, $"{found.Level} {found.Text}", StringComparison.Ordinal);
    }

    /// <summary>What only post-copy cannot do is not said of pre-copy.</summary>
    [Fact]
    public void A_domain_in_mode_pre_copy() => Assert.Equal(FindingLevel.Good, Assert.Single(DomainChecks.Of(
        DomainDescription.Parse("<domain><name>web</name><memoryBacking><hugepages><page size='1' unit='G'/></hugepages></memoryBacking><devices><interface type='vhostuser'/></devices></domain>"),
        new DomainFacts(), MigrationMode.PreCopy, Host("h1", "EPYC", 9_000_000), Host("h2", "EPYC", 9_000_000), null, false, _ => null)).Level);

    [Theory]
    [InlineData(9_000_000, 7_002_022, "Good libvirt 9.0.0, QEMU 7.2.22")]
    [InlineData(8_004_000, 7_002_022, "Refusal its libvirt 8.4.0 cannot let a broken post-copy go on; bring it to 9.0 or later")]
    [InlineData(8_005_000, 7_002_022, "Warning it has libvirt 8.5.0 and QEMU 7.2.22")]
    [InlineData(9_000_000, 7_001_000, "Warning it has libvirt 9.0.0 and QEMU 7.1.0")]
    [InlineData(11_003_000, 10_000_000, "Warning its libvirt 11.3.0 crashes when a broken post-copy goes on to it; bring it to 11.4 or later")]
    [InlineData(11_004_000, 10_000_000, "Good")]
    public void A_host(long libvirt, long qemu, string expected)
    {
        var found = Assert.Single(HostChecks.Of(Host("h1", "EPYC", libvirt) with { HypervisorVersion = qemu }));
        Assert.StartsWith(expected, $"{found.Level} {found.Text}", StringComparison.Ordinal);
    }

    [Fact]
    public void The_way_to_a_host()
    {
        Assert.Contains("in the clear (tcp://10.0.0.2)", HostChecks.Stream("h2", "tcp://10.0.0.2")!.Text, StringComparison.Ordinal);
        Assert.Null(HostChecks.Stream("h2", "tls://10.0.0.2"));
        Assert.Equal(FindingLevel.Refusal, HostChecks.PostCopy("h1", "set the sysctl").Level);
    }

    /// <summary>The real library, and a daemon that does not listen.</summary>
    [Fact]
    public void A_host_whose_libvirt_is_away_and_one_that_nobody_knows()
    {
        var options = ConfigurationLoader.Bind(
            HoconParser.Parse(
                """actormig { host-name = h1, libvirt.uri = "test:///default", members.h2 { address = "127.0.0.1:9", libvirt = "qemu+tcp://127.0.0.1:9/system", data = "tls://b" } }""",
                "x.conf",
                new HoconOptions { Fallback = ConfigurationLoader.ReferenceTree }),
            "x.conf");
        var doctor = new DoctorRun(options);
        var away = Assert.Single(doctor.Hosts("h2"));
        Assert.StartsWith("Refusal its libvirt at qemu+tcp://127.0.0.1:9/system cannot be asked from h1: ", $"{away.Level} {away.Text}", StringComparison.Ordinal);
        Assert.Equal("it is no member; members are h2", Assert.Single(doctor.Hosts("h9")).Text);
        Assert.Equal("h9 is no member; members are h2", Assert.Single(doctor.Move("test", "h9")).Text);
        Assert.Equal(["h1", "h1", "h2", "h2"], doctor.Move("test", "h2").Select(f => f.About));
    }

    private static HostDescription Host(string name, string cpu, long libvirt) => new(
        name, libvirt, 7_002_022, 8L << 30,
        $"<capabilities><host><cpu><model>{cpu}</model></cpu></host><guest><arch><machine>pc-i440fx-7.2</machine></arch></guest></capabilities>");
}
