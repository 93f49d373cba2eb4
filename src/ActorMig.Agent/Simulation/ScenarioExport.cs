using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Migrations;
using ActorMig.Rules;
using ActorMig.Simulation;
using ActorMig.Simulation.Imports;
using ActorMig.Simulation.Scenarios;
using ActorMig.Vms;

namespace ActorMig.Agent.Simulation;

/// <summary>
/// Makes a scenario that begins as a cluster is now. An agent knows its own VMs, and of other hosts what their digests tell. So a host whose agent was asked
/// has its VMs; one of which only a digest is known has what it carries in one VM that is never moved; and one of which nothing is known is left out, lest
/// an empty host draws all VMs to itself.
/// </summary>
internal sealed class ScenarioExport
{
    private const long MiB = 1L << 20;
    private const long RestBytes = 1L << 30;

    private readonly SortedDictionary<string, HostStatus> _told = new(StringComparer.Ordinal);
    private readonly ClusterReply _cluster;
    private readonly NameBook _hostNames = new();
    private readonly NameBook _vmNames = new();
    private readonly SortedDictionary<string, string> _nameOf = new(StringComparer.Ordinal);
    private readonly List<DraftHost> _hosts = [];
    private readonly List<ScenarioVm> _vms = [];

    /// <summary>The scenario's name of each VM, by UUID.</summary>
    private readonly SortedDictionary<string, string> _vmOf = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string From, string To), double> _talks = [];
    private readonly List<string> _unmeasured = [];
    private readonly List<string> _events = [];
    private readonly List<string> _notes = [];

    private ScenarioExport(IReadOnlyList<HostStatus> told, ClusterReply cluster)
    {
        _cluster = cluster;
        foreach (var status in told)
        {
            if (!_told.TryAdd(status.Host, status))
            {
                throw new ImportException($"{status.Host} is told of twice; name each host's agent once with --also.");
            }
        }
    }

    /// <summary>Makes the scenario.</summary>
    /// <param name="told">What agents say of themselves, that of this host first.</param>
    /// <param name="cluster">The hosts that this host knows.</param>
    /// <param name="durationMs">How long it is.</param>
    /// <exception cref="ImportException">It cannot be made.</exception>
    public static ScenarioDraft Of(IReadOnlyList<HostStatus> told, ClusterReply cluster, long durationMs) => new ScenarioExport(told, cluster).Make(durationMs);

    private ScenarioDraft Make(long durationMs)
    {
        var digests = new SortedDictionary<string, Digest>(StringComparer.Ordinal);
        foreach (var digest in _told.Values.SelectMany(s => s.Barter.Digests ?? []).Where(d => !_told.ContainsKey(d.Host)))
        {
            digests[digest.Host] = digest;
        }

        foreach (var name in _told.Keys.Concat(digests.Keys).Order(StringComparer.Ordinal))
        {
            _nameOf[name] = _hostNames.Take(name);
        }

        if (_nameOf.Count > ImportLimits.HostsMax)
        {
            throw new ImportException(FormattableString.Invariant($"There are {_nameOf.Count} hosts, and {ImportLimits.HostsMax} is the most of a scenario; name fewer with --also."));
        }

        var isRoundShared = _told.Values.Select(s => (s.RoundMs, s.OverloadBitPerSecond)).Distinct().Count() == 1;
        var whole = Whole();
        foreach (var status in _told.Values)
        {
            Add(status, whole, isRoundShared ? [] : Numbers(status));
        }

        foreach (var digest in digests.Values)
        {
            Add(digest);
        }

        Talk();

        NoteModes(digests.Values);
        NoteUnknown();
        if (_vms.Count is 0 or > ImportLimits.VmsMax)
        {
            throw new ImportException(_vms.Count == 0
                ? "No VM is known, and a scenario has at least one; name the agents of further hosts with --also."
                : FormattableString.Invariant($"There are {_vms.Count} VMs, and {ImportLimits.VmsMax} is the most of a scenario; name fewer hosts with --also."));
        }

        return new ScenarioDraft
        {
            Title = $"The cluster of {string.Join(", ", _told.Keys.Take(3))}{(_told.Count > 3 ? " ..." : "")} as it was",
            DurationMs = durationMs,
            Manage = Manage.Tagged,
            Agents = ["host.memory { reserve = 0, overcommit = 1.0 }   # a host's memory is what it may promise", .. isRoundShared ? Numbers(_told.Values.First()) : []],
            Hosts = [.. _hosts.OrderBy(h => h.Name, StringComparer.Ordinal)],
            Vms = [.. _vms.OrderBy(v => v.Name, StringComparer.Ordinal)],
            Talks = [.. _talks.Select(t => new TalkSet(t.Key.From, t.Key.To, t.Value))],
            Events = _events,
            Notes = [.. _notes, .. new[] { _hostNames.Note("hosts"), _vmNames.Note("VMs") }.OfType<string>()],
        };
    }

    /// <summary>Where each VM is: one that is under way is told of by two hosts, and counts where it comes from.</summary>
    private SortedDictionary<string, string> Whole()
    {
        var where = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (host, vm) in _told.SelectMany(t => t.Value.Barter.Vms.Select(v => (t.Key, v))).OrderBy(v => v.v.Status == VmStatus.Arriving))
        {
            where.TryAdd(vm.Facts.Uuid, host);
        }

        return where;
    }

    private void Add(HostStatus status, SortedDictionary<string, string> where, IReadOnlyList<string> numbers)
    {
        var (host, barter) = (status.Host, status.Barter);
        var here = barter.Vms.OrderBy(v => v.Facts.Name, StringComparer.Ordinal).Where(v => where[v.Facts.Uuid] == host).ToArray();

        // No host of a scenario promises more than it has, not even at the beginning.
        var needed = here.Sum(v => (decimal)Math.Max(MiB, v.Facts.MemoryBytes));
        if (needed > Math.Max(0, barter.CapacityBytes))
        {
            _notes.Add($"{host} may promise {Words.Memory(Math.Max(0, barter.CapacityBytes))}, and its VMs have more: it has as much as they here.");
        }

        if ((status.HypervisorError ?? status.HypervisorSilent) is { } error)
        {
            _notes.Add($"{host} does not reach its libvirt ({error.TrimEnd('.')}): what it tells may be old, and VMs may be missing.");
        }

        _hosts.Add(new DraftHost(_nameOf[host], (long)Math.Clamp(needed, Math.Max(MiB, barter.CapacityBytes), ImportLimits.MemoryMaxBytes)) { Agent = numbers, Cpus = barter.Use?.Cpus ?? 0 });
        foreach (var vm in here)
        {
            Add(host, vm);
        }

        foreach (var gone in barter.Vms.Where(v => where[v.Facts.Uuid] != host))
        {
            _notes.Add($"{gone.Facts.Name} is told of by {host} and {where[gone.Facts.Uuid]}; it is on {where[gone.Facts.Uuid]} here.");
        }

        if (status.Drain is not null)
        {
            _events.Add($"{{ at = 0s, drain = {ScenarioWriter.Name(_nameOf[host])} }}");
        }

        if (status.Brake is { Frozen: not null } && !_events.Any(e => e.Contains(" freeze = ", StringComparison.Ordinal)))
        {
            _events.Add($"{{ at = 0s, freeze = {ScenarioWriter.Name(_nameOf[host])} }}");
            _notes.Add("The cluster is frozen, and so is the scenario: take the freeze out of its events, or nothing moves.");
        }

        if (barter.OpenBarters.Count + status.Migrations.Count(m => m.Phase != MigrationPhase.Ended) is > 0 and var open)
        {
            _notes.Add(FormattableString.Invariant($"{open} barters and migrations of {host} are under way, and are not in the scenario: it begins before them."));
        }
    }

    private void Add(string host, VmView vm)
    {
        var facts = vm.Facts;
        var name = _vmNames.Take(facts.Name);
        if (vm.IsManaged && vm.CannotMove is { } why)
        {
            _notes.Add($"{facts.Name} cannot be moved and is not tagged here: {why.TrimEnd('.')}.");
        }

        if (vm.Status is VmStatus.InDoubt or VmStatus.NeedsOperator or VmStatus.Arriving)
        {
            _notes.Add($"{facts.Name} on {host} is {Words.Of(vm.Status)}; here it runs there.");
        }

        if (vm.Status == VmStatus.Paused)
        {
            _events.Add($"{{ at = 0s, owner-pauses = {ScenarioWriter.Name(name)} }}");
        }

        if (facts.Use is null || facts.DirtyBytePerSecond is null)
        {
            _unmeasured.Add(facts.Name);
        }

        if (facts.Rules?.Rules.Where(r => r.Kind == RuleKind.Pin).Select(r => r.Hosts ?? []).ToArray() is { Length: > 1 } pins && !pins.Aggregate<IEnumerable<string>>(Enumerable.Intersect).Any())
        {
            _notes.Add($"{facts.Name} is pinned to hosts that have none in common; that is left out here.");
        }

        _vmOf[facts.Uuid] = name;
        var memory = Math.Max(MiB, facts.MemoryBytes);
        _vms.Add(new ScenarioVm(name, _nameOf[host], memory, Load(facts.LoadBitPerSecond))
        {
            Cpus = facts.Use?.Cpus ?? 0,
            UsedMemoryBytes = facts.Use is { } use ? Math.Min(memory, use.MemoryBytes) : null,
            DirtyBytePerSecond = facts.DirtyBytePerSecond ?? 0,
            Wish = Wish(facts.Rules),
            IsTagged = vm.IsManaged && vm.CannotMove is null,
            IsPersistent = facts.IsPersistent,
            IsAutostart = facts.IsAutostart,
            Migration = facts.Mode == MigrationMode.Hybrid ? null : facts.Mode,
        });
    }

    /// <summary>Who says what to whom, of VMs of the scenario: each direction counts where it was sent. The rest of a VM's load is with everybody else.</summary>
    private void Talk()
    {
        foreach (var (vm, partner) in _told.Values.SelectMany(s => s.Barter.Vms).SelectMany(v => (v.Traffic?.Partners ?? []).Select(p => (v.Facts.Uuid, p))))
        {
            if (_vmOf.TryGetValue(vm, out var one) && _vmOf.TryGetValue(partner.Uuid, out var other) && one != other)
            {
                Take(one, other, partner.SentBitPerSecond);
                Take(other, one, partner.HeardBitPerSecond ?? 0);
            }
        }

        var said = _talks.SelectMany(t => (IEnumerable<(string Vm, double BitPerSecond)>)[(t.Key.From, t.Value), (t.Key.To, t.Value)])
            .GroupBy(t => t.Vm, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(t => t.BitPerSecond), StringComparer.Ordinal);
        for (var i = 0; i < _vms.Count; i++)
        {
            if (said.TryGetValue(_vms[i].Name, out var talked))
            {
                _vms[i] = _vms[i] with { Load = Load(Math.Max(0, _vms[i].Load.Sum(l => l.BitPerSecond) - talked)) };
            }
        }

        void Take(string from, string to, double bitPerSecond)
        {
            if (bitPerSecond >= 1)
            {
                _talks[(from, to)] = Math.Max(_talks.GetValueOrDefault((from, to)), Math.Round(bitPerSecond));
            }
        }
    }

    /// <summary>The rules that bind a VM, as its metadata could say them; hosts by their names in the scenario.</summary>
    private VmWish? Wish(VmRules? rules)
    {
        if (rules is null)
        {
            return null;
        }

        string? Groups(RuleKind kind) => OrNull(rules.Rules.Where(r => r.Kind == kind).Select(r => r.Name.Replace(' ', '-')));
        string[] Hosts(RuleKind kind, Func<IEnumerable<string>, IEnumerable<string>, IEnumerable<string>> both) => rules.Rules.Where(r => r.Kind == kind)
            .Select(r => r.Hosts ?? []).Aggregate((IEnumerable<string>?)null, (a, b) => a is null ? b : both(a, b))?.Select(h => _nameOf.GetValueOrDefault(h, h)).ToArray() ?? [];
        return new VmWish
        {
            Tags = OrNull(rules.Tags ?? []),
            Together = Groups(RuleKind.Together),
            Apart = Groups(RuleKind.Apart),
            Pin = OrNull(Hosts(RuleKind.Pin, Enumerable.Intersect)),
            NeverOn = OrNull(Hosts(RuleKind.NeverOn, Enumerable.Union)),
            Priority = rules.Priority == 0 ? null : rules.Priority.ToString(System.Globalization.CultureInfo.InvariantCulture),
            NotDuring = rules.NotDuring is { Count: > 0 } hours ? string.Join("; ", hours) : null,
        };
    }

    private static string? OrNull(IEnumerable<string> words) => string.Join(' ', words.Distinct(StringComparer.Ordinal)) is { Length: > 0 } text ? text : null;

    private void Add(Digest digest)
    {
        var name = _nameOf[digest.Host];
        var told = _cluster.Hosts.FirstOrDefault(h => h.Host == digest.Host)?.MemoryBytes;
        var free = Math.Max(0, digest.FreeBytes);
        var rest = told is { } capacity ? capacity - free : RestBytes;
        _hosts.Add(new DraftHost(name, Math.Max(MiB, told ?? (free + RestBytes))) { Cpus = digest.Use?.Cpus ?? 0 });
        if (rest < MiB && digest.LoadBitPerSecond <= 0)
        {
            _notes.Add($"Of {digest.Host} only a digest is known: it has {Words.Memory(free)} free and carries nothing.");
        }
        else
        {
            var vm = _vmNames.Take("rest-of-" + name);
            _vms.Add(new ScenarioVm(vm, name, Math.Max(MiB, rest), Load(digest.LoadBitPerSecond))
            {
                Cpus = digest.Use?.UsedCpus ?? 0,
                UsedMemoryBytes = digest.Use is { } use ? Math.Min(Math.Max(MiB, rest), use.UsedMemoryBytes) : null,
            });
            _notes.Add($"Of {digest.Host} only a digest is known: {Words.Rate(digest.LoadBitPerSecond)}, and {Words.Memory(free)} free{(told is null ? $" (what it has in all is not known: {Words.Memory(RestBytes)} more)" : "")}. "
                + $"What it carries is one VM here, {vm}, which is never moved; --also names its agent.");
        }

        if (digest.IsDraining)
        {
            _notes.Add($"{digest.Host} is being emptied: nothing goes there.");
            _events.Add($"{{ at = 0s, drain = {ScenarioWriter.Name(name)} }}");
        }
    }

    /// <summary>The numbers of an agent that its status tells; the windows of the swap are not among them.</summary>
    private static List<string> Numbers(HostStatus status)
    {
        var (lines, reference) = (new List<string>(), new ActorMigOptions { HostName = status.Host });
        if (status.RoundMs != reference.RoundMs)
        {
            lines.Add($"round.interval = {ScenarioWriter.Time(status.RoundMs)}");
        }

        if (status.OverloadBitPerSecond != reference.Threshold.OverloadBitPerSecond)
        {
            var share = status.OverloadBitPerSecond / reference.Threshold.OverloadBitPerSecond;
            var (low, high) = (reference.Threshold.WindowLowBitPerSecond * share, reference.Threshold.WindowHighBitPerSecond * share);
            lines.Add($"threshold {{ overload = {ScenarioWriter.Rate(status.OverloadBitPerSecond)}, window-low = {ScenarioWriter.Rate(Math.Floor(low))}, window-high = {ScenarioWriter.Rate(Math.Floor(high))} }}");
        }

        return lines;
    }

    private void NoteModes(IEnumerable<Digest> digests)
    {
        var modes = _told.Values.Select(s => (s.Host, s.Mode)).Concat(digests.Select(d => (d.Host, d.Mode)))
            .Where(h => h.Mode != Mode.Auto).OrderBy(h => h.Host, StringComparer.Ordinal).ToArray();
        if (modes.Length > 0)
        {
            _notes.Add($"The scenario's hosts have mode = auto, so that it shows what they would do; now {string.Join(", ", modes.Select(m => $"{m.Host} has {Words.Of(m.Mode)}"))}.");
        }
    }

    private void NoteUnknown()
    {
        var without = _cluster.Hosts.Where(h => !_nameOf.ContainsKey(h.Host) && h.State != MemberState.Left)
            .Select(h => h.State is { } state and not MemberState.Alive ? $"{h.Host} ({Words.Of(state)})" : h.Host).ToArray();
        if (without.Length > 0)
        {
            _notes.Add($"Left out, since neither their agents were asked nor a digest of theirs is known: {string.Join(", ", without)}; --also names their agents.");
        }

        if (_unmeasured.Count > 0)
        {
            const int Named = 10;
            _notes.Add($"What they take of CPUs and memory, or how fast they write to it, is not measured yet, and nothing here: {string.Join(", ", _unmeasured.Take(Named))}"
                + (_unmeasured.Count > Named ? FormattableString.Invariant($" and {_unmeasured.Count - Named} more.") : "."));
        }

        if (_vms.Any(v => v.IsTagged) is false)
        {
            _notes.Add("No VM is managed, so none is moved: say manage = all in the scenario to see what would be, if all were.");
        }

        _notes.Add("Not known, and as in hocon/reference.conf here: the agents' other settings (hold times, cool-downs, leases, the windows of the swap, policies). "
            + "Not known either, and as the simulator has it: how fast memory streams, how load changes from now on, which VMs rest, and what they need of a host.");
    }

    private static LoadStep[] Load(double bitPerSecond) => bitPerSecond >= 1 ? [new LoadStep(0, Math.Round(bitPerSecond))] : [];
}
