using ActorMig.Agent.Configuration;
using ActorMig.Agent.Policies;
using ActorMig.Hocon;
using ActorMig.Rules;
using ActorMig.Simulation;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Agent.Simulation;

/// <summary>
/// Reads a scenario. What it says of agents is read by the agent's own loader, over <c>reference.conf</c>; what is wrong is said in one sentence with
/// file, line and remedy, and nothing runs.
/// </summary>
internal sealed class ScenarioReader
{
    private const string Shared = "actormig";
    private const int HostsMax = 1_000;
    private const int StepsMax = 100_000;

    /// <summary>Larger than a configuration may be: a scenario from traces has all their steps.</summary>
    private const int TextBytesMax = 32 << 20;
    private const long SizeMax = 64 << 20;
    private static readonly string[] Keys = [Shared, "duration", "events", "hosts", "seed", "talks", "vms"];
    private static readonly string[] HostKeys = [Shared, "bandwidth", "cannot-receive-post-copy", "cpus", "memory"];
    private static readonly string[] VmKeys = ["apart", "autostart", "bridge", "cpu", "dirty-rate", "host", "load", "memory", "memory-used", "migration", "never-on", "noise", "noise-every", "not-during", "persistent", "pin", "priority", "tagged", "tags", "together"];

    private readonly ScenarioSource _source;
    private readonly HoconObject _tree;
    private readonly SortedDictionary<string, HoconObject> _agents = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _memory = new(StringComparer.Ordinal);

    private ScenarioReader(ScenarioSource source, string text)
    {
        _source = source;
        _tree = HoconParser.Parse(text, source.ConfPath, new HoconOptions { Fallback = ConfigurationLoader.ReferenceTree, TextBytesMax = TextBytesMax, ResolvedSizeMax = SizeMax }).AsObject();
    }

    /// <summary>The longest scenario: a year.</summary>
    public const long DurationMaxMs = 366L * 24 * 3_600_000;

    /// <summary>Reads a scenario.</summary>
    /// <exception cref="HoconException">It is wrong.</exception>
    public static Scenario Read(ScenarioSource source) => new ScenarioReader(
        source, source.Text(ScenarioSource.ConfFile) ?? throw new HoconException($"There is no file {source.ConfPath}.")).Read();

    /// <summary>An agent's numbers, with other ones laid over them.</summary>
    /// <param name="host">The host.</param>
    /// <param name="over">The other ones, which count from now on; null for none.</param>
    internal ActorMigOptions Options(string host, HoconObject? over) => AgentOptionsOf(host, over).Core;

    private AgentOptions AgentOptionsOf(string host, HoconObject? over)
    {
        if (over is not null)
        {
            foreach (var key in (string[])["host-name", "members"])
            {
                if (over.TryGet(key, out var value))
                {
                    throw new HoconException(value.Position, $"actormig.{key} is made from the scenario's hosts; remove it");
                }
            }

            _agents[host] = _agents[host].MergedWith(over);
        }

        var name = new HoconScalar(host, _agents[host].Position);
        var named = new HoconObject([.. _agents[host].Fields, new("host-name", name)], _agents[host].Position);
        var options = ConfigurationLoader.Bind(new HoconObject([new(Shared, named)], named.Position), _source.ConfPath);
        return options.Core.MemoryTotalBytes > 0 ? options : options with { Core = options.Core with { MemoryTotalBytes = _memory[host] } };
    }

    /// <summary>The hosts' names.</summary>
    internal IReadOnlyCollection<string> Hosts => _agents.Keys;

    /// <summary>The VMs' names.</summary>
    internal SortedSet<string> Vms { get; } = new(StringComparer.Ordinal);

    private Scenario Read()
    {
        OnlyKeys(_tree, Keys, "a scenario");
        var duration = Need(_tree, "duration", "how long it is, such as 'duration = 100m'");
        var durationMs = duration.Milliseconds() is > 0 and <= DurationMaxMs and var ms ? ms : throw duration.Wrong("a duration above zero and at most 366d");
        var hosts = ReadHosts(Blocks("hosts", "hosts { h1 { memory = 2GiB } }"));
        var vms = ReadVms(Blocks("vms", "vms { vm1 { host = h1, memory = 1GiB } }"), durationMs);
        IReadOnlyList<TalkSet> talks = _tree.TryGet("talks", out var pairs) ? [.. new EventReader(this, durationMs).Talks(pairs)] : [];
        var events = _tree.TryGet("events", out var list) ? new EventReader(this, durationMs).Read(list.Array()) : [];
        return new Scenario
        {
            Name = _source.Name,
            Title = _source.Title(),
            DurationMs = durationMs,
            Seed = _tree.TryGet("seed", out var seed) ? seed.Whole() is >= 0 and var s ? (ulong)s : throw seed.Wrong("a whole number from 0 on") : 1,
            Hosts = hosts,
            Vms = vms,
            Talks = talks,
            Events = events,
        };
    }

    private List<ScenarioHost> ReadHosts(SortedDictionary<string, HoconObject> blocks)
    {
        var shared = AsBlock(_tree.Find(Shared)!, "an object with the agents' keys");
        RefuseSharedNames(shared);
        var hosts = new List<ScenarioHost>();
        foreach (var (name, block) in blocks)
        {
            OnlyKeys(block, HostKeys, "a host");
            _memory[name] = block.TryGet("memory", out var memory) ? memory.Bytes() : 0;
            _agents[name] = shared;
            var own = block.TryGet(Shared, out var over) ? AsBlock(over, "an object with the agent's keys") : null;
            var agent = AgentOptionsOf(name, own);
            var (options, policies) = (agent.Core, PolicyLibraries.Load(agent, isForAgent: false));
            if (options.MemoryTotalBytes <= 0)
            {
                throw new HoconException(block.Position, $"the host {name} has no memory; write for instance 'memory = 2GiB' into its block");
            }

            hosts.Add(new ScenarioHost(options)
            {
                Policies = changed => policies.Specs(changed, static _ => { }),
                Cpus = block.TryGet("cpus", out var cpus) ? cpus.Whole() is >= 1 and <= 10_000 and var count ? (int)count : throw cpus.Wrong("a whole number of CPUs from 1 to 10000") : 4,
                BandwidthBytePerSecond = block.TryGet("bandwidth", out var bandwidth)
                    ? bandwidth.BitPerSecond() is > 0 and var rate ? rate / 8 : throw bandwidth.Wrong("a rate above zero, at which memory streams leave this host")
                    : null,
                CannotReceivePostCopy = block.TryGet("cannot-receive-post-copy", out var why) ? why.Text : null,
            });
        }

        return hosts.Count <= HostsMax
            ? hosts
            : throw new HoconException(_tree.Find("hosts")!.Position, FormattableString.Invariant($"there are {hosts.Count} hosts, and {HostsMax} is the most; take some out"));
    }

    /// <summary>What the reference says of these is no wrong word of the scenario's.</summary>
    private static void RefuseSharedNames(HoconObject shared)
    {
        foreach (var key in (string[])["host-name", "members"])
        {
            if (shared.TryGet(key, out var value) && value.Position.File != ConfigurationLoader.ReferenceName)
            {
                throw new HoconException(value.Position, $"actormig.{key} is made from the scenario's hosts; remove it");
            }
        }
    }

    private List<ScenarioVm> ReadVms(SortedDictionary<string, HoconObject> blocks, long durationMs)
    {
        var vms = new List<ScenarioVm>();
        foreach (var (name, block) in blocks)
        {
            OnlyKeys(block, VmKeys, "a VM");
            var host = Need(block, "host", $"where {name} runs at first, such as 'host = {_agents.Keys.First()}'");
            var noise = block.TryGet("noise", out var value) ? value : null;
            var every = block.TryGet("noise-every", out var time) ? time : null;
            Vms.Add(name);
            vms.Add(new ScenarioVm(name, Host(host), Need(block, "memory", "its memory, such as 'memory = 1GiB'").Bytes(), ReadLoad(block, durationMs))
            {
                Noise = noise is null ? 0 : noise.Number() is >= 0 and <= 1 and var n ? n : throw noise.Wrong("between 0 and 1"),
                NoiseEveryMs = every is null ? 60_000 : every.Milliseconds() is >= 1_000 and var ms ? ms : throw every.Wrong("a duration of at least 1s"),
                Cpus = block.TryGet("cpu", out var cpu) ? CpuLoad(cpu) : 0,
                UsedMemoryBytes = block.TryGet("memory-used", out var used) ? used.Bytes() : null,
                DirtyBytePerSecond = block.TryGet("dirty-rate", out var dirty) ? dirty.Bytes() : 0,
                IsTagged = block.TryGet("tagged", out var tagged) && tagged.Boolean(),
                Migration = block.TryGet("migration", out var migration) ? migration.OneOf<MigrationMode>() : null,
                IsPersistent = !block.TryGet("persistent", out var persistent) || persistent.Boolean(),
                Bridge = block.TryGet("bridge", out var bridge) ? bridge.Text : null,
                Wish = Wish(block),
                IsAutostart = block.TryGet("autostart", out var autostart) && autostart.Boolean(),
            });
        }

        return vms;
    }

    /// <summary>What the VM's metadata says of rules, as it would stand there.</summary>
    private static VmWish? Wish(HoconObject block)
    {
        var wish = new VmWish
        {
            Tags = Text("tags"), Together = Text("together"), Apart = Text("apart"), Pin = Text("pin"), NeverOn = Text("never-on"), Priority = Text("priority"), NotDuring = Text("not-during"),
        };
        return wish == new VmWish() ? null : wish;

        string? Text(string key) => block.TryGet(key, out var value) ? value.Text : null;
    }

    /// <summary>CPU seconds per second.</summary>
    internal static double CpuLoad(HoconValue value) => value.Number() is >= 0 and <= 10_000 and var cpus ? cpus : throw value.Wrong("a number of CPUs from 0 to 10000, such as 1.5");

    /// <summary>One rate, or steps such as <c>[0m 50 Mbit/s, 12m 300 Mbit/s]</c>.</summary>
    private static List<LoadStep> ReadLoad(HoconObject block, long durationMs)
    {
        const string Expected = "a time and a rate such as '12m 300 Mbit/s'";
        if (!block.TryGet("load", out var load))
        {
            return [];
        }

        if (load is HoconScalar)
        {
            return [new LoadStep(0, load.BitPerSecond())];
        }

        var steps = new List<LoadStep>();
        foreach (var step in load.Array())
        {
            var text = step is HoconScalar ? step.Text.Trim() : throw step.Wrong(Expected);
            var gap = text.IndexOf(' ', StringComparison.Ordinal);
            if (gap < 0)
            {
                throw step.Wrong(Expected);
            }

            var atMs = new HoconScalar(text[..gap], step.Position).Milliseconds();
            var next = new LoadStep(atMs, new HoconScalar(text[(gap + 1)..], step.Position).BitPerSecond());
            if (steps.Count > 0 && atMs <= steps[^1].AtMs)
            {
                throw new HoconException(step.Position, $"'{text}' is not later than the step before it; put the steps in order");
            }

            if (atMs >= durationMs || steps.Count >= StepsMax)
            {
                throw new HoconException(step.Position, $"'{text}' is later than the scenario's duration, {Words.Duration(durationMs)}; make the scenario longer or take the step out");
            }

            steps.Add(next);
        }

        return steps;
    }

    /// <summary>The name of a host that there is.</summary>
    internal string Host(HoconValue value) => _agents.ContainsKey(value.Text)
        ? value.Text
        : throw new HoconException(value.Position, $"there is no host '{value.Text}'; there are {string.Join(", ", _agents.Keys)}");

    /// <summary>The name of a VM that there is.</summary>
    internal string Vm(string name, HoconPosition position) => Vms.Contains(name)
        ? name
        : throw new HoconException(position, $"there is no VM '{name}'; there are {string.Join(", ", Vms)}");

    private SortedDictionary<string, HoconObject> Blocks(string key, string example)
    {
        var blocks = new SortedDictionary<string, HoconObject>(StringComparer.Ordinal);
        foreach (var (name, value) in AsBlock(Need(_tree, key, $"write '{example}'"), "an object with one block for each").Fields)
        {
            if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            {
                throw new HoconException(value.Position, $"'{name}' is no name; use letters, digits, '-', '_' and '.'");
            }

            blocks[name] = AsBlock(value, $"a block such as '{example}'");
        }

        return blocks.Count > 0 ? blocks : throw new HoconException(_tree.Find(key)!.Position, $"'{key}' is empty; write '{example}'");
    }

    internal static HoconObject AsBlock(HoconValue value, string expected) => value as HoconObject ?? throw value.Wrong(expected);

    private HoconPosition Begin => new(_source.ConfPath, 1, 1);

    private HoconValue Need(HoconObject block, string key, string remedy) => block.TryGet(key, out var value)
        ? value
        : throw new HoconException(block.Position.File == ConfigurationLoader.ReferenceName ? Begin : block.Position, $"'{key}' is missing: {remedy}");

    internal static void OnlyKeys(HoconObject block, IReadOnlyCollection<string> keys, string what)
    {
        foreach (var (key, value) in block.Fields)
        {
            if (!keys.Contains(key))
            {
                throw new HoconException(value.Position, $"'{key}' is no key of {what}; its keys are {string.Join(", ", keys)}");
            }
        }
    }
}
