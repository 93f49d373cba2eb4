using ActorMig.Agent.Configuration;
using ActorMig.Agent.Doctor;
using ActorMig.Hocon;
using ActorMig.PreFlight;
using ActorMig.Vms;

namespace ActorMig.Agent.Tests;

/// <summary>The doctor's questions to libvirt; what it makes of the answers stands in <see cref="PreFlightTests"/>.</summary>
public sealed class DoctorTests
{
    /// <summary>The real library, and a daemon that does not listen.</summary>
    [Fact]
    public void A_host_whose_libvirt_is_away_and_one_that_nobody_knows()
    {
        var options = ConfigurationLoader.Bind(
            HoconParser.Parse(
                """actormig { host-name = h1, libvirt.uri = "test:///default", members.h2 { address = "127.0.0.1:9", libvirt = "qemu+tcp://127.0.0.1:9/system", data = "unix:///run/b" } }""",
                "x.conf",
                new HoconOptions { Fallback = ConfigurationLoader.ReferenceTree }),
            "x.conf");
        var doctor = new DoctorRun(options);
        var away = Assert.Single(doctor.Hosts("h2"));
        Assert.StartsWith("Refusal its libvirt at qemu+tcp://127.0.0.1:9/system cannot be asked from h1: ", $"{away.Level} {away.Text}", StringComparison.Ordinal);
        Assert.Equal("it is no member; members are h2", Assert.Single(doctor.Hosts("h9")).Text);
        Assert.Equal("h9 is no member; members are h2", Assert.Single(doctor.Move("test", "h9")).Text);
        Assert.Equal(["h1", "h1", "h2"], doctor.Move("test", "h2").Select(f => f.About));
    }

    /// <summary>What the other host's agent sees counts; without it the doctor says what it could not see.</summary>
    [Fact]
    public void A_VM_and_a_host_with_and_without_its_agent()
    {
        var options = ConfigurationLoader.Bind(
            HoconParser.Parse(
                """actormig { host-name = h1, libvirt.uri = "test:///default", members.h2 { address = "127.0.0.1:9", libvirt = "test:///default", data = "tcp://127.0.0.1" } }""",
                "x.conf",
                new HoconOptions { Fallback = ConfigurationLoader.ReferenceTree }),
            "x.conf");
        VmFacts? asked = null;
        var doctor = new DoctorRun(options, (host, vm) =>
        {
            asked = vm;
            return [new Finding(host, FindingLevel.Good, "seen"), new Finding($"{vm?.Name} to {host}", FindingLevel.Refusal, "no; make it there")];
        });
        var found = doctor.Move("test", "h2");
        Assert.Equal("test", asked!.Name);
        Assert.NotNull(asked.Needs);
        Assert.Equal(2L << 30 << 2, asked.MemoryBytes);
        Assert.Contains(found, f => f is { About: "h2", Level: FindingLevel.Good, Text: "seen" });
        var refused = found.Where(f => f is { About: "test to h2", Level: FindingLevel.Refusal }).Select(f => f.Text).ToArray();
        Assert.Contains("its disk vda has cache='default', with which two hosts see different data; set cache='none'", refused);
        Assert.Contains("no; make it there", refused);

        found = new DoctorRun(options, static (_, _) => null).Move("test", "h2");
        Assert.Contains(found, f => f is { About: "h2", Level: FindingLevel.Warning } && f.Text.StartsWith("its agent does not answer h1, so what only it can see was not looked at", StringComparison.Ordinal));

        // It is the same libvirt.
        Assert.Contains(found, f => f.Text == "test is active on h2 already (as libvirt there says); look with `virsh domstate test --reason` on both hosts");
        Assert.Contains(new DoctorRun(options, static (_, _) => null).Hosts("h2"), f => f.Text.StartsWith("its agent does not answer h1; start it", StringComparison.Ordinal));
        Assert.Contains(doctor.Move("no-such", "h2"), f => f is { About: "no-such to h2", Level: FindingLevel.Refusal, Text: "h1 has no VM 'no-such'" });
    }
}
