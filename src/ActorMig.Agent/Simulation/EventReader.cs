using ActorMig.Hocon;
using ActorMig.Simulation;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Agent.Simulation;

/// <summary>
/// Reads a scenario's list of what happens: <c>{ at = 12m, kill-agent = h1 }</c>, or <c>{ when = h1 barter-granted, after = 1s, cut = h1 to h2 }</c>.
/// Each kind of event has a word.
/// </summary>
internal sealed class EventReader(ScenarioReader scenario, long durationMs)
{
    private const int NetworkMaxMs = 600_000;
    private static readonly string[] Whens = ["at", "when", "after", "count"];

    /// <summary>The words, and how the value of each is read.</summary>
    private static readonly SortedDictionary<string, Func<EventReader, HoconValue, IEnumerable<WorldEvent>>> ByWord = new(StringComparer.Ordinal)
    {
        ["load"] = (r, v) => r.PerVm(v, "vm1 = 300 Mbit/s", (vm, rate) => new LoadSet(vm, rate.BitPerSecond())),
        ["cpu"] = (r, v) => r.PerVm(v, "vm1 = 1.5", (vm, cpus) => new CpuLoadSet(vm, ScenarioReader.CpuLoad(cpus))),
        ["memory-used"] = (r, v) => r.PerVm(v, "vm1 = 512MiB", (vm, size) => new MemoryUsedSet(vm, size.Bytes())),
        ["talk"] = (r, v) => r.Talks(v),
        ["dirty-rate"] = (r, v) => r.PerVm(v, "vm1 = 20MiB", (vm, size) => new DirtyRateSet(vm, size.Bytes())),
        ["kill-agent"] = (r, v) => r.Hosts(v, h => new AgentKilled(h)),
        ["start-agent"] = (r, v) => r.Hosts(v, h => new AgentRestarted(h)),
        ["stop-agent"] = (r, v) => r.Hosts(v, h => new AgentStopped(h)),
        ["continue-agent"] = (r, v) => r.Hosts(v, h => new AgentContinued(h)),
        ["power-loss"] = (r, v) => r.Hosts(v, h => new PowerLost(h)),
        ["power-back"] = (r, v) => r.Hosts(v, h => new PowerBack(h)),
        ["kill-libvirtd"] = (r, v) => r.Hosts(v, h => new LibvirtdKilled(h)),
        ["start-libvirtd"] = (r, v) => r.Hosts(v, h => new LibvirtdRestarted(h)),
        ["crash-qemu"] = (r, v) => r.PerVm(v, "vm1 = h1", (vm, host) => new QemuCrashed(vm, r.Host(host))),
        ["break-stream"] = (r, v) => r.Vms(v, vm => new StreamBroken(vm)),
        ["cut"] = (r, v) => r.Links(v, (from, to) => new LinkCut(from, to)),
        ["heal"] = (r, v) => r.Links(v, (from, to) => new LinkHealed(from, to)),
        ["delay"] = (r, v) => r.PerLink(v, "\"h1 to h2\" = 30s", (from, to, time) => new LinkDelayed(from, to, time.Milliseconds())),
        ["echo"] = (r, v) => r.PerLink(v, "\"h1 to h2\" = 30s", (from, to, time) => new LinkEchoed(from, to, time.Milliseconds())),
        ["network"] = (_, v) => [Network(v)],
        ["lose-finish"] = (r, v) => r.Hosts(v, h => new FinishLost(h)),
        ["slow-disk"] = (r, v) => r.PerHost(v, "h1 = 200ms", (h, time) => new DiskSlowed(h, time.Milliseconds())),
        ["fill-disk"] = (r, v) => r.Hosts(v, h => new DiskFilled(h)),
        ["tighten-disk"] = (r, v) => r.Hosts(v, h => new DiskTightened(h)),
        ["free-disk"] = (r, v) => r.Hosts(v, h => new DiskFreed(h)),
        ["tear-journal"] = (r, v) => r.Hosts(v, h => new JournalTorn(h)),
        ["accept-loss"] = (r, v) => r.Hosts(v, h => new LossAccepted(h)),
        ["wall-clock"] = (r, v) => r.PerHost(v, "h1 = -1h", (h, time) => new WallClockSet(h, Signed(time))),
        ["owner-defines-namesake"] = (r, v) => r.PerVm(v, "vm1 = h2", (vm, host) => new OwnerDefinedNamesake(vm, r.Host(host))),
        ["owner-starts"] = (r, v) => r.Vms(v, vm => new OwnerStarted(vm)),
        ["owner-destroys"] = (r, v) => r.Vms(v, vm => new OwnerDestroyed(vm)),
        ["owner-shuts-down"] = (r, v) => r.Vms(v, vm => new OwnerShutDown(vm)),
        ["owner-deletes"] = (r, v) => r.Vms(v, vm => new OwnerDeleted(vm)),
        ["owner-pauses"] = (r, v) => r.Vms(v, vm => new OwnerPaused(vm)),
        ["owner-resumes"] = (r, v) => r.Vms(v, vm => new OwnerResumed(vm)),
        ["owner-migrates"] = (r, v) => r.PerVm(v, "vm1 = h2", (vm, host) => new OwnerMigrated(vm, r.Host(host))),
        ["owner-aborts-job"] = (r, v) => r.Vms(v, vm => new OwnerAbortedJob(vm)),
        ["attach-device"] = (r, v) => r.PerVm(v, "vm1 = \"pci 0000:3b:00.0\"", (vm, device) => new DeviceAttached(vm, device.Text)),
        ["detach-device"] = (r, v) => r.Vms(v, vm => new DeviceDetached(vm)),
        ["remove-bridge"] = (r, v) => r.PerHost(v, "h2 = br-blue", (h, bridge) => new BridgeRemoved(h, bridge.Text)),
        ["add-bridge"] = (r, v) => r.PerHost(v, "h2 = br-blue", (h, bridge) => new BridgeAdded(h, bridge.Text)),
        ["migrate"] = (r, v) => r.PerVm(v, "vm1 = h2", (vm, host) => new MoveAsked(vm, r.Host(host))),
        ["resolve"] = (r, v) => r.PerVm(v, "vm1 = h2", (vm, host) => new ResolveAsked(vm, host.Text == "lost" ? null : r.Host(host))),
        ["freeze"] = (r, v) => r.Hosts(v, h => new FreezeAsked(h, null)),
        ["freeze-for"] = (r, v) => r.PerHost(v, "h1 = 2h", (h, time) => new FreezeAsked(h, time.Milliseconds())),
        ["thaw"] = (r, v) => r.Hosts(v, h => new ThawAsked(h)),
        ["drain"] = (r, v) => r.Hosts(v, h => new DrainAsked(h, null)),
        ["drain-within"] = (r, v) => r.PerHost(v, "h1 = 30m", (h, time) => new DrainAsked(h, time.Milliseconds())),
        ["end-drain"] = (r, v) => r.Hosts(v, h => new DrainEndAsked(h)),
        ["configure"] = (r, v) => r.PerHost(v, "h1 { mode = auto }", (h, keys) => new OptionsSet(h, r.Options(h, keys))),
    };

    /// <summary>The words for what can happen, sorted.</summary>
    public static IReadOnlyCollection<string> AllWords => ByWord.Keys;

    public IReadOnlyList<ScenarioEvent> Read(IReadOnlyList<HoconValue> list) =>
        [.. list.Select(e => ReadOne(ScenarioReader.AsBlock(e, "an event such as '{ at = 12m, kill-agent = h1 }'")))];

    private ScenarioEvent ReadOne(HoconObject block)
    {
        var happens = new List<WorldEvent>();
        foreach (var (key, value) in block.Fields)
        {
            if (ByWord.TryGetValue(key, out var read))
            {
                happens.AddRange(read(this, value));
            }
            else if (!Whens.Contains(key))
            {
                throw new HoconException(value.Position, $"'{key}' is nothing that can happen; the words are {string.Join(", ", ByWord.Keys)}, beside {string.Join(", ", Whens)}");
            }
        }

        if (happens.Count == 0)
        {
            throw new HoconException(block.Position, "nothing happens here; write for instance '{ at = 12m, kill-agent = h1 }'");
        }

        var when = ReadWhen(block);
        return block.TryGet("at", out var at)
            ? new ScenarioEvent(at.Milliseconds() is var ms && ms < durationMs ? ms : throw at.Wrong($"before the scenario's end at {Words.Duration(durationMs)}"), happens, when)
            : when is not null ? new ScenarioEvent(0, happens, when)
            : throw new HoconException(block.Position, "it is missing when this happens; write 'at = 12m', or 'when = h1 barter-granted' for after an event in a host's journal");
    }

    private ScenarioTrigger? ReadWhen(HoconObject block)
    {
        if (!block.TryGet("when", out var when))
        {
            return block.TryGet("after", out var alone) || block.TryGet("count", out alone)
                ? throw new HoconException(alone.Position, "'after' and 'count' belong to a 'when', which is missing")
                : null;
        }

        var words = when.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2)
        {
            throw when.Wrong("a host and an event of its journal such as 'h1 barter-granted'");
        }

        var count = block.TryGet("count", out var number) ? number.Whole() is >= 1 and <= 1_000_000 and var n ? (int)n : throw number.Wrong("a whole number from 1 on") : 1;
        var afterMs = block.TryGet("after", out var after) ? after.Milliseconds() : 0;
        return ScenarioRunner.EventNames.Contains(words[1])
            ? new ScenarioTrigger(Host(new HoconScalar(words[0], when.Position)), words[1], count, Math.Min(afterMs, ScenarioReader.DurationMaxMs))
            : throw new HoconException(when.Position, $"'{words[1]}' is no event of a journal; they are {string.Join(", ", ScenarioRunner.EventNames)}");
    }

    private static NetworkSet Network(HoconValue value)
    {
        var block = ScenarioReader.AsBlock(value, "an object such as 'network { latency-max = 200ms, lost = 0.05, repeated = 0.05 }'");
        ScenarioReader.OnlyKeys(block, ["latency-max", "lost", "repeated"], "a network");
        int PerMille(string key) => block.TryGet(key, out var share)
            ? share.Number() is >= 0 and <= 1 and var f ? (int)Math.Round(f * 1_000) : throw share.Wrong("between 0 and 1")
            : 0;
        var latencyMs = block.TryGet("latency-max", out var latency)
            ? latency.Milliseconds() is >= 1 and <= NetworkMaxMs and var ms ? ms : throw latency.Wrong("a duration from 1ms to 10m")
            : 5;
        return new NetworkSet(latencyMs, PerMille("lost"), PerMille("repeated"));
    }

    private static long Signed(HoconValue value) => value.Text.StartsWith('-')
        ? -new HoconScalar(value.Text[1..].TrimStart(), value.Position).Milliseconds()
        : value.Milliseconds();

    private string Host(HoconValue value) => scenario.Host(value);

    private ActorMigOptions Options(string host, HoconValue keys) =>
        scenario.Options(host, ScenarioReader.AsBlock(keys, "an object with the agent's keys such as 'h1 { mode = auto }'"));

    /// <summary>One name, or several in an array.</summary>
    private static IEnumerable<HoconValue> Each(HoconValue value) => value is HoconScalar ? [value] : value.Array();

    private IEnumerable<WorldEvent> Hosts(HoconValue value, Func<string, WorldEvent> make) => Each(value).Select(h => make(Host(h)));

    private IEnumerable<WorldEvent> Vms(HoconValue value, Func<string, WorldEvent> make) => Each(value).Select(v => make(scenario.Vm(v.Text, v.Position)));

    private IEnumerable<WorldEvent> PerVm(HoconValue value, string example, Func<string, HoconValue, WorldEvent> make) =>
        ScenarioReader.AsBlock(value, $"an object such as '{{ {example} }}'").Fields.Select(f => make(scenario.Vm(f.Key, f.Value.Position), f.Value));

    private IEnumerable<WorldEvent> PerHost(HoconValue value, string example, Func<string, HoconValue, WorldEvent> make) =>
        ScenarioReader.AsBlock(value, $"an object such as '{{ {example} }}'").Fields
            .Select(f => make(Host(new HoconScalar(f.Key, f.Value.Position)), f.Value));

    private IEnumerable<WorldEvent> Links(HoconValue value, Func<string, string, WorldEvent> make) => Each(value).SelectMany(Link).Select(l => make(l.From, l.To));

    private IEnumerable<WorldEvent> PerLink(HoconValue value, string example, Func<string, string, HoconValue, WorldEvent> make) =>
        ScenarioReader.AsBlock(value, $"an object such as '{{ {example} }}'").Fields
            .SelectMany(f => Link(new HoconScalar(f.Key, f.Value.Position)).Select(l => make(l.From, l.To, f.Value)));

    /// <summary><c>vm1 to vm2</c>: one direction; <c>vm1 and vm2</c>: as much in each.</summary>
    public IEnumerable<TalkSet> Talks(HoconValue value) =>
        ScenarioReader.AsBlock(value, "an object such as '{ \"vm1 and vm2\" = 30 Mbit/s }'").Fields.SelectMany(f => Talk(f.Key, f.Value));

    private IEnumerable<TalkSet> Talk(string who, HoconValue value)
    {
        var words = who.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not [var a, "to" or "and", var b] || a == b)
        {
            throw new HoconException(value.Position, $"'{who}' is no pair of VMs; write 'vm1 to vm2', one direction, or 'vm1 and vm2', as much in each");
        }

        var (from, to, rate) = (scenario.Vm(a, value.Position), scenario.Vm(b, value.Position), value.BitPerSecond());
        return words[1] == "and" ? [new TalkSet(from, to, rate), new TalkSet(to, from, rate)] : [new TalkSet(from, to, rate)];
    }

    /// <summary><c>h1 to h2</c>: one direction; <c>h1 and h2</c>: both.</summary>
    private IEnumerable<(string From, string To)> Link(HoconValue link)
    {
        var words = link.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not [var a, "to" or "and", var b] || a == b)
        {
            throw link.Wrong("a link such as 'h1 to h2', one direction, or 'h1 and h2', both");
        }

        var (from, to) = (Host(new HoconScalar(a, link.Position)), Host(new HoconScalar(b, link.Position)));
        return words[1] == "and" ? [(from, to), (to, from)] : [(from, to)];
    }
}
