using System.Net;
using System.Net.Sockets;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Doctor;
using ActorMig.Agent.Edges;
using ActorMig.Hocon;
using ActorMig.PreFlight;
using ActorMig.Vms;

namespace ActorMig.Agent.Tests;

/// <summary>The doctor's questions to libvirt; what it makes of the answers stands in <see cref="PreFlightTests"/>.</summary>
public sealed class DoctorTests
{
    /// <summary>The real library, and a daemon that does not listen.</summary>
    [Fact]
    public async Task A_host_whose_libvirt_is_away_and_one_that_nobody_knows()
    {
        var options = ConfigurationLoader.Bind(
            HoconParser.Parse(
                """actormig { host-name = h1, libvirt.uri = "test:///default", members.h2 { address = "127.0.0.1:9", libvirt = "qemu+tcp://127.0.0.1:9/system", data = "unix:///run/b" } }""",
                "x.conf",
                new HoconOptions { Fallback = ConfigurationLoader.ReferenceTree }),
            "x.conf");
        var doctor = new DoctorRun(options, Looks(options));
        var away = Assert.Single(await doctor.HostsAsync("h2", Cancellation));
        Assert.StartsWith("Refusal its libvirt at qemu+tcp://127.0.0.1:9/system cannot be asked from h1: ", $"{away.Level} {away.Text}", StringComparison.Ordinal);
        Assert.Equal("it is no member; members are h2", Assert.Single(await doctor.HostsAsync("h9", Cancellation)).Text);
        Assert.Equal("h9 is no member; members are h2", Assert.Single(await doctor.MoveAsync("test", "h9", Cancellation)).Text);
        Assert.Equal(["h1", "h1", "h2"], (await doctor.MoveAsync("test", "h2", Cancellation)).Select(f => f.About));
    }

    /// <summary>What the other host's agent sees counts; without it the doctor says what it could not see.</summary>
    [Fact]
    public async Task A_VM_and_a_host_with_and_without_its_agent()
    {
        var options = ConfigurationLoader.Bind(
            HoconParser.Parse(
                """actormig { host-name = h1, libvirt.uri = "test:///default", members.h2 { address = "127.0.0.1:9", libvirt = "test:///default", data = "tcp://127.0.0.1" } }""",
                "x.conf",
                new HoconOptions { Fallback = ConfigurationLoader.ReferenceTree }),
            "x.conf");
        VmFacts? asked = null;
        var doctor = new DoctorRun(options, Looks(options), (host, vm) =>
        {
            asked = vm;
            return Task.FromResult<IReadOnlyList<Finding>?>([new Finding(host, FindingLevel.Good, "seen"), new Finding($"{vm?.Name} to {host}", FindingLevel.Refusal, "no; make it there")]);
        });
        var found = await doctor.MoveAsync("test", "h2", Cancellation);
        Assert.Equal("test", asked!.Name);
        Assert.NotNull(asked.Needs);
        Assert.Equal(2L << 30 << 2, asked.MemoryBytes);
        Assert.Contains(found, f => f is { About: "h2", Level: FindingLevel.Good, Text: "seen" });
        var refused = found.Where(f => f is { About: "test to h2", Level: FindingLevel.Refusal }).Select(f => f.Text).ToArray();
        Assert.Contains("its disk vda has cache='default', with which two hosts see different data; set cache='none'", refused);
        Assert.Contains("no; make it there", refused);

        found = await new DoctorRun(options, Looks(options), Silent).MoveAsync("test", "h2", Cancellation);
        Assert.Contains(found, f => f is { About: "h2", Level: FindingLevel.Warning } && f.Text.StartsWith("its agent does not answer h1, so what only it can see was not looked at", StringComparison.Ordinal));

        // It is the same libvirt.
        Assert.Contains(found, f => f.Text == "test is active on h2 already (as libvirt there says); look with `virsh domstate test --reason` on both hosts");
        Assert.Contains(await new DoctorRun(options, Looks(options), Silent).HostsAsync("h2", Cancellation), f => f.Text.StartsWith("its agent does not answer h1; start it", StringComparison.Ordinal));
        Assert.Contains(await doctor.MoveAsync("no-such", "h2", Cancellation), f => f is { About: "no-such to h2", Level: FindingLevel.Refusal, Text: "h1 has no VM 'no-such'" });
    }
    /// <summary>One that hangs is said to, and those after it are looked at all the same.</summary>
    [Fact]
    public async Task A_member_whose_libvirt_hangs_keeps_nobody_from_the_others()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var options = ConfigurationLoader.Bind(
            HoconParser.Parse(
                $$"""
                actormig {
                  host-name = h1, libvirt { uri = "test:///default", look-timeout = 2s }
                  members.h2 { address = "127.0.0.1:9", libvirt = "qemu+tcp://127.0.0.1:{{((IPEndPoint)silent.LocalEndpoint).Port}}/system", data = "unix:///run/b" }
                  members.h3 { address = "127.0.0.1:9", libvirt = "test:///default", data = "unix:///run/b" }
                }
                """,
                "x.conf",
                new HoconOptions { Fallback = ConfigurationLoader.ReferenceTree }),
            "x.conf");
        var found = await new DoctorRun(options, Looks(options)).HostsAsync(null, Cancellation);
        Assert.Equal(["h1", "h2", "h3"], found.Select(f => f.About).Distinct());
        Assert.Contains("nothing answered for 2.0 s (actormig.libvirt.look-timeout); see that its daemon runs", Assert.Single(found, f => f.About == "h2").Text, StringComparison.Ordinal);
        Assert.StartsWith("it has libvirt ", Assert.Single(found, f => f.About == "h3").Text, StringComparison.Ordinal);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static AwayLooks Looks(AgentOptions options) => new(TimeProvider.System, AwayLimits.Of(options));

    private static Task<IReadOnlyList<Finding>?> Silent(string host, VmFacts? vm) => Task.FromResult<IReadOnlyList<Finding>?>(null);
}
