using System.Text.Json;
using ActorMig.Agent.Commands;
using ActorMig.Simulation.Bench;

namespace ActorMig.Agent.Tests;

public sealed class SimBenchCommandTests
{
    private static readonly BenchOptions Small = new() { Hosts = [10, 20], Seed = 2 };

    [Fact]
    public void Sizes_are_sorted_and_what_is_none_is_refused()
    {
        Assert.Equal([10, 100, 1_000], SimBenchCommand.Parse("1000,10,100,10"));
        Assert.All(["", "1", "10,", "10,x", "-5", "100001", "1e3"], text => Assert.Null(SimBenchCommand.Parse(text)));
    }

    [Fact]
    public void People_get_a_table_the_definition_of_quiet_and_the_targets()
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        Assert.Equal(ExitCodes.Ok, new SimBenchCommand(Small, output, errors).Run(TestContext.Current.CancellationToken));
        Assert.Contains("quiet: no barter is open and none has been agreed on for 13 rounds", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("10 hosts", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("PASS  messages per host and round from 10 to 20 hosts:", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("20 hosts: placing the VMs", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_one_object_a_line()
    {
        var output = new StringWriter();
        new SimBenchCommand(Small, output, TextWriter.Null) { IsJson = true }.Run(TestContext.Current.CancellationToken);
        var lines = output.ToString().TrimEnd().Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(3, lines.Length);
        Assert.Equal([10, 20], lines[..2].Select(l => l.GetProperty("hosts").GetInt32()));
        Assert.All(lines[..2], l => Assert.Equal("quiet", l.GetProperty("end").GetString()));
        Assert.True(lines[2].GetProperty("isMet").GetBoolean());
    }

    [Fact]
    public void Who_stops_it_gets_130_and_what_is_known()
    {
        using var stop = new CancellationTokenSource();
        var output = new StringWriter();
        var errors = new StopAtFirstLine(stop);
        Assert.Equal(ExitCodes.Stopped, new SimBenchCommand(Small, output, errors).Run(stop.Token));
        Assert.Contains("stopped in round 0", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("20 hosts", output.ToString(), StringComparison.Ordinal);
    }

    private sealed class StopAtFirstLine(CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            stop.Cancel();
            base.WriteLine(value);
        }
    }
}
