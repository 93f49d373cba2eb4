using ActorMig.Agent.Configuration;
using ActorMig.Agent.Doctor;
using ActorMig.Hocon;

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
}
