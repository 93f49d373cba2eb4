using ActorMig.Agent.Simulation;
using ActorMig.Hocon;
using ActorMig.Simulation;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Agent.Tests;

public sealed class ScenarioReaderTests : IDisposable
{
    private const string Good =
        """
        duration = 20m
        actormig { mode = auto, threshold.overload = 500 Mbit/s }
        hosts {
          h1 { memory = 2GiB, bandwidth = 1 Gbit/s, actormig.round.interval = 30s }
          h2 { memory = 4GiB, cannot-receive-post-copy = "no userfaultfd", cpus = 16 }
        }
        vms {
          vm1 { host = h1, memory = 1GiB, load = [0m 50 Mbit/s, 90s 300 Mbit/s], dirty-rate = 20MiB, tagged = yes }
          vm2 { host = h2, memory = 512MiB, load = 7 Mbit/s, noise = 0.5, persistent = no, autostart = no, cpu = 1.5, memory-used = 256MiB }
        }

        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        var scenario = Read(Good);
        Assert.Equal((20 * 60_000, 1UL), (scenario.DurationMs, scenario.Seed));
        Assert.Equal(["h1", "h2"], scenario.Hosts.Select(h => h.Name));
        var (h1, h2) = (scenario.Hosts[0].Options, scenario.Hosts[1].Options);
        Assert.Equal((Mode.Auto, 500e6, 30_000, 2L << 30), (h1.Mode, h1.Threshold.OverloadBitPerSecond, h1.RoundMs, h1.MemoryTotalBytes));
        Assert.Equal((60_000, 4L << 30), (h2.RoundMs, h2.MemoryTotalBytes));
        Assert.Equal(125e6, scenario.Hosts[0].BandwidthBytePerSecond);
        Assert.Equal("no userfaultfd", scenario.Hosts[1].CannotReceivePostCopy);
        Assert.Equal([new LoadStep(0, 50e6), new LoadStep(90_000, 300e6)], scenario.Vms[0].Load);
        Assert.Equal((20 << 20, true), (scenario.Vms[0].DirtyBytePerSecond, scenario.Vms[0].IsTagged));
        Assert.Equal((512L << 20, 0.5, false), (scenario.Vms[1].MemoryBytes, scenario.Vms[1].Noise, scenario.Vms[1].IsTagged));
        Assert.Equal([4, 16], scenario.Hosts.Select(h => h.Cpus));
        Assert.Equal([(0.0, null), (1.5, 256L << 20)], scenario.Vms.Select(v => (v.Cpus, v.UsedMemoryBytes)));
        Assert.Equal([true, false], scenario.Vms.Select(v => v.IsPersistent));
    }

    [Fact]
    public void Everything_that_can_happen_has_a_word()
    {
        var scenario = Read(Good + """
            events = [
              { at = 1m, load { vm1 = 5 Mbit/s, vm2 = 6 Mbit/s }, dirty-rate { vm1 = 1MiB }, cpu { vm1 = 0.5 }, memory-used { vm1 = 1MiB } }
              { at = 2m, kill-agent = [h1, h2], start-agent = h1, power-loss = h1, power-back = h1, kill-libvirtd = h1, start-libvirtd = h1 }
              { at = 3m, crash-qemu { vm1 = h1 }, break-stream = vm1, cut = h1 to h2, heal = [h1 and h2], network { latency-max = 1s, lost = 0.1, repeated = 0.2 } }
              { at = 4m, lose-finish = h1, slow-disk { h1 = 50ms }, fill-disk = h1, tighten-disk = h1, free-disk = h1, tear-journal = h1, accept-loss = h1, wall-clock { h1 = -1h } }
              { at = 5m, owner-defines-namesake { vm1 = h2 }, owner-starts = vm1, owner-destroys = vm1, owner-shuts-down = vm1, owner-deletes = vm1, owner-pauses = vm1 }
              { at = 6m, owner-resumes = vm1, owner-migrates { vm1 = h2 }, owner-aborts-job = vm1, migrate { vm1 = h2 }, resolve { vm1 = h2, vm2 = lost } }
              { at = 7m, configure { h1 { mode = observe } }, stop-agent = h1, continue-agent = h1, delay { "h1 to h2" = 30s }, echo { "h1 and h2" = 2m } }
              { at = 8m, attach-device { vm1 = "pci 0000:3b:00.0" }, detach-device = vm1, remove-bridge { h2 = br-blue }, add-bridge { h2 = br-blue } }
              { at = 9m, freeze = h1, freeze-for { h1 = 2m }, thaw = h2, drain = h1, drain-within { h2 = 5m }, end-drain = [h1, h2] }
              { at = 10m, talk { "vm1 to vm2" = 5 Mbit/s, "vm2 and vm1" = 3 Mbit/s } }
              { at = 1m, when = h2 barter-granted, count = 2, after = 3s, configure { h1 { round.interval = 5s } } }
            ]
            """);
        var all = scenario.Events.SelectMany(e => e.Happens).ToArray();
        var types = typeof(WorldEvent).Assembly.GetTypes().Where(t => t.BaseType == typeof(WorldEvent)).Select(t => t.Name).Order(StringComparer.Ordinal);
        Assert.Equal(types, all.Select(e => e.GetType().Name).Distinct().Order(StringComparer.Ordinal));
        Assert.All(all, e => Assert.NotEmpty(WorldEventText.Of(e)));
        Assert.Equal([new LinkCut("h1", "h2"), new LinkHealed("h1", "h2"), new LinkHealed("h2", "h1")], all.Where(e => e is LinkCut or LinkHealed));
        Assert.Equal([new TalkSet("vm1", "vm2", 5e6), new TalkSet("vm2", "vm1", 3e6), new TalkSet("vm1", "vm2", 3e6)], all.OfType<TalkSet>());
        Assert.Contains(new NetworkSet(1_000, 100, 200), all);
        Assert.Contains(new WallClockSet("h1", -3_600_000), all);

        // What was configured first still counts when something else is configured.
        var last = Assert.IsType<OptionsSet>(all[^1]).Options;
        Assert.Equal((Mode.Observe, 5_000, "h1"), (last.Mode, last.RoundMs, last.HostName));
        Assert.Equal(new ScenarioTrigger("h2", "barter-granted", 2, 3_000), scenario.Events[^1].When);
        Assert.Equal(60_000, scenario.Events[^1].AtMs);
    }

    [Theory]
    [InlineData("duration = 20m", "", "scenario.conf:1:1: ", "'duration' is missing: how long it is, such as 'duration = 100m'.")]
    [InlineData("duration = 20m", "duration = soon", ":1:12: ", "'soon' is not a duration such as '60s' or '500 ms'.")]
    [InlineData("duration = 20m", "duration = 0s", ":1:12: ", "'0s' is not a duration above zero and at most 366d.")]
    [InlineData("duration = 20m", "duration = 20m\nspeed = 2", ":2:9: ", "'speed' is no key of a scenario; its keys are actormig, duration, events, hosts, seed, talks, vms.")]
    [InlineData("mode = auto", "mode = fast", ":2:19: ", "'fast' is not one of observe, recommend, auto.")]
    [InlineData("mode = auto", "mod = auto", ":2:18: ", "'actormig.mod' is no key; did you mean 'actormig.mode'?")]
    [InlineData("mode = auto", "host-name = h7", ":2:24: ", "actormig.host-name is made from the scenario's hosts; remove it.")]
    [InlineData("round.interval = 30s", "host-name = h7", ":4:66: ", "actormig.host-name is made from the scenario's hosts; remove it.")]
    [InlineData("threshold.overload = 500 Mbit/s", "threshold.overload = 100 Mbit/s", "scenario.conf", "actormig.threshold must have window-low <= window-high <= overload")]
    [InlineData("memory = 2GiB, ", "", ":4:6: ", "the host h1 has no memory; write for instance 'memory = 2GiB' into its block.")]
    [InlineData("memory = 2GiB, ", "memory = 2GiB, disk = 1GiB, ", ":4:30: ", "'disk' is no key of a host; its keys are actormig, bandwidth, cannot-receive-post-copy, cpus, memory.")]
    [InlineData("vm1 { host = h1, memory", "vm1 { host = h9, memory", ":8:16: ", "there is no host 'h9'; there are h1, h2.")]
    [InlineData("vm1 { host = h1, memory", "vm1 { memory", ":8:7: ", "'host' is missing: where vm1 runs at first, such as 'host = h1'.")]
    [InlineData("90s 300 Mbit/s", "90s 300 Mbit", ":8:57: ", "'300 Mbit' is not a rate such as '400 Mbit/s'.")]
    [InlineData("90s 300 Mbit/s", "0m 300 Mbit/s", ":8:57: ", "'0m 300 Mbit/s' is not later than the step before it; put the steps in order.")]
    [InlineData("90s 300 Mbit/s", "90m 300 Mbit/s", ":8:57: ", "'90m 300 Mbit/s' is later than the scenario's duration, 1200.0 s; make the scenario longer or take the step out.")]
    [InlineData("noise = 0.5", "noise = 2", ":9:62: ", "'2' is not between 0 and 1.")]
    public void What_is_wrong_is_said_with_its_place(string good, string wrong, string where, string sentence)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        var message = Assert.Throws<HoconException>(() => Read(Good.Replace(good, wrong, StringComparison.Ordinal))).Message;
        Assert.Contains(where, message, StringComparison.Ordinal);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ at = 5m, explode = h1 }", ":12:", "'explode' is nothing that can happen; the words are accept-loss, add-bridge, attach-device, break-stream, configure,")]
    [InlineData("{ kill-agent = h1 }", ":12:", "it is missing when this happens; write 'at = 12m', or 'when = h1 barter-granted'")]
    [InlineData("{ at = 5m }", ":12:", "nothing happens here; write for instance '{ at = 12m, kill-agent = h1 }'.")]
    [InlineData("{ at = 50m, kill-agent = h1 }", ":12:", "'50m' is not before the scenario's end at 1200.0 s.")]
    [InlineData("{ at = 5m, kill-agent = h7 }", ":12:", "there is no host 'h7'; there are h1, h2.")]
    [InlineData("{ at = 5m, owner-pauses = vm7 }", ":12:", "there is no VM 'vm7'; there are vm1, vm2.")]
    [InlineData("{ at = 5m, talk { vm1 = 5 Mbit/s } }", ":12:", "'vm1' is no pair of VMs; write 'vm1 to vm2', one direction, or 'vm1 and vm2', as much in each.")]
    [InlineData("{ at = 5m, cut = h1 }", ":12:", "'h1' is not a link such as 'h1 to h2', one direction, or 'h1 and h2', both.")]
    [InlineData("{ at = 5m, after = 3s, kill-agent = h1 }", ":12:", "'after' and 'count' belong to a 'when', which is missing.")]
    [InlineData("{ when = h1 barter-begun, kill-agent = h1 }", ":12:", "'barter-begun' is no event of a journal; they are abort-intended, agent-started,")]
    [InlineData("{ at = 5m, network { lost = 2 } }", ":12:", "'2' is not between 0 and 1.")]
    [InlineData("{ at = 5m, configure { h1 { mode = fast } } }", ":12:", "'fast' is not one of observe, recommend, auto.")]
    [InlineData("kill h1", ":12:", "'kill h1' is not an event such as '{ at = 12m, kill-agent = h1 }'.")]
    public void A_wrong_event_is_said_with_its_place(string @event, string where, string sentence)
    {
        var message = Assert.Throws<HoconException>(() => Read(Good + $"events = [\n{@event}\n]")).Message;
        Assert.Contains(where, message, StringComparison.Ordinal);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
    }

    private Scenario Read(string text)
    {
        var directory = Directory.CreateDirectory(_folder.File("small")).FullName;
        File.WriteAllText(Path.Combine(directory, ScenarioSource.ConfFile), text);
        return ScenarioReader.Read(ScenarioSource.Find(directory));
    }
}
