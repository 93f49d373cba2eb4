using ActorMig.Agent.Configuration;
using ActorMig.Hocon;

namespace ActorMig.Agent.Tests;

public sealed class JournalConfigurationTests
{
    [Fact]
    public void The_defaults_are_those_that_the_reference_says()
    {
        var options = Load("");
        Assert.Equal(
            (90L * 86_400_000, 400L * 86_400_000, 2L << 30, 1_000, 256L << 20, 16L << 20, 10_000L),
            (options.RecordsAgeMaxMs, options.EventsAgeMaxMs, options.JournalBytesMax, options.SnapshotEvery, options.FreeSpaceMinBytes, options.BallastBytes, options.JournalCheckMaxMs));
    }

    [Theory]
    [InlineData("events-age-max = 1h", "'1h' is not a duration of at least 1d.")]
    [InlineData("events-age-max = 4000d", "'4000d' is not a duration of at most 10 years (3650d).")]
    [InlineData("records-age-max = 4000d", "'4000d' is not a duration of at most 10 years (3650d).")]
    [InlineData("size-max = 1KiB", "'1KiB' is not a size of at least 1MiB.")]
    [InlineData("ballast = 1TiB", "'1TiB' is not a size of at most 16GiB.")]
    [InlineData("snapshot-every = 0", "'0' is not between 10 and 1000000.")]
    [InlineData("check-time-max = 0s", "'0s' is not a duration above zero.")]
    public void What_is_wrong_is_said(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<HoconException>(() => Load("actormig.journal." + text)).Message, StringComparison.Ordinal);

    private static AgentOptions Load(string text) =>
        ConfigurationLoader.Bind(HoconParser.Parse("actormig.host-name = kvm1\n" + text, "x.conf"), "x.conf");
}
