using ActorMig.Simulation.Scenarios;

namespace ActorMig.Simulation.Imports;

/// <summary>
/// A cluster of Ganeti's in the text format of its htools: sections with an empty line between them, of which the first three count (node groups, nodes,
/// instances), and columns with '|' between them. Memory is in MiB. See htools(1), <c>--text-data</c>; that there is the node's own memory in the third
/// column of a node, and which columns may be missing at the end, is what hscan writes and hbal reads.
/// </summary>
internal sealed class HbalImport(string path, ImportOptions options)
{
    private const double MiB = 1 << 20;
    private const int NodeColumnsMin = 9;
    private const int InstanceColumnsMin = 10;
    private const int ForthcomingColumn = 12;
    private static readonly string[] Policies = ["preferred", "allocable", "unallocable"];

    /// <summary>What htools counts as running, and what not.</summary>
    private static readonly string[] Running = ["running", "ERROR_up"];

    private static readonly string[] NotRunning = ["ADMIN_down", "ADMIN_offline", "ERROR_down", "ERROR_nodedown", "ERROR_nodeoffline", "ERROR_wrongnode", "USER_down"];

    private readonly ImportReader _reader = new();
    private readonly List<string> _notes = [];
    private readonly NameBook _hostNames = new();
    private readonly NameBook _vmNames = new();

    /// <summary>The names of the groups by their UUIDs.</summary>
    private readonly SortedDictionary<string, string> _groups = new(StringComparer.Ordinal);

    /// <summary>The nodes by their own names; null: one that is offline or of another group.</summary>
    private readonly SortedDictionary<string, DraftHost?> _nodes = new(StringComparer.Ordinal);

    public ScenarioDraft Read()
    {
        var sections = Sections(_reader.Lines(path));
        var group = Group(sections[0]);
        ReadNodes(sections[1], group);
        var hosts = _nodes.Values.OfType<DraftHost>().ToArray();
        if (hosts.Length is 0 or > ImportLimits.HostsMax)
        {
            throw new ImportException(hosts.Length == 0
                ? $"{path} has no node that is online in the group {_groups[group]}; a cluster has at least one."
                : FormattableString.Invariant($"{path} has {hosts.Length} nodes, and {ImportLimits.HostsMax} is the most; take one group with --group."));
        }

        var vms = ReadInstances(sections[2]);
        hosts = [.. hosts.Select(h => Roomy(h, vms))];
        _notes.Add(options.UtilFile is null
            ? $"Without a file of dynamic utilisation (--util-file, hbal's -U) each VM has hbal's default, a net_util of 1: {Words.Rate(Rate)}."
            : $"A net_util of 1 stands for {Words.Rate(Rate)} (--rate); CPU, memory and disk utilisation are not part of a scenario.");
        _notes.Add("What is not in the scenario: disks and secondary nodes, vCPUs, tags and exclusion tags, and the policies of the cluster and its groups.");
        return new ScenarioDraft
        {
            Title = $"A cluster of Ganeti's, from {Path.GetFileName(path)}",
            DurationMs = options.DurationMs ?? ImportOptions.StillDurationDefaultMs,
            Agents = ["host.memory.reserve = 0"],
            Hosts = hosts,
            Vms = vms,
            Notes = [.. _notes, .. new[] { _hostNames.Note("nodes"), _vmNames.Note("instances") }.OfType<string>()],
        };
    }

    private double Rate => options.RateBitPerSecond ?? ImportOptions.UtilRateDefault;

    /// <summary>The sections that count; each line with its number.</summary>
    private List<(int Number, string[] Columns)>[] Sections(IReadOnlyList<string> lines)
    {
        const int Wanted = 3;
        var sections = new List<List<(int, string[])>> { new() };
        for (var i = 0; i < lines.Count && sections.Count <= Wanted; i++)
        {
            if (lines[i].Length == 0)
            {
                sections.Add([]);
            }
            else
            {
                sections[^1].Add((i + 1, lines[i].Split('|')));
            }
        }

        return sections.Count >= Wanted
            ? [.. sections.Take(Wanted)]
            : throw new ImportException(FormattableString.Invariant(
                $"{path} has {sections.Count} sections, and a cluster has at least 3 with an empty line after each: groups, nodes, instances; write one with `hscan` or `hbal -S FILE`."));
    }

    /// <summary>The UUID of the group that is wanted.</summary>
    private string Group(List<(int Number, string[] Columns)> lines)
    {
        foreach (var (number, columns) in lines)
        {
            if (columns.Length < 3)
            {
                throw Wrong(number, $"a group has at least 3 columns (name, UUID, allocation policy), and this line has {Count(columns.Length)}");
            }

            if (!Policies.Contains(columns[2]))
            {
                throw Wrong(number, $"{ImportReader.Show(columns[2])} is no allocation policy; write {Either(Policies)}");
            }

            if (!_groups.TryAdd(columns[1], columns[0]))
            {
                throw Wrong(number, $"the group {ImportReader.Show(columns[1])} is there twice; take one out");
            }
        }

        if (options.Group is { } wanted)
        {
            var found = _groups.Where(g => g.Key == wanted || g.Value == wanted).Select(g => g.Key).ToArray();
            return found is [var only]
                ? only
                : throw new ImportException($"{path} has {(found.Length == 0 ? "no group" : "several groups")} {ImportReader.Show(wanted)}; --group is one of {string.Join(", ", _groups.Select(g => $"{g.Value} ({g.Key})"))}.");
        }

        return _groups.Count switch
        {
            0 => throw new ImportException($"{path} has no group in its first section; a cluster has at least one."),
            1 => _groups.Keys.First(),
            _ => throw new ImportException($"{path} has several groups, and VMs do not move from one to another; name one with --group: {string.Join(", ", _groups.Select(g => $"{g.Value} ({g.Key})"))}."),
        };
    }

    private void ReadNodes(List<(int Number, string[] Columns)> lines, string group)
    {
        var (offline, elsewhere) = (new List<string>(), 0);
        foreach (var (number, columns) in lines)
        {
            if (columns.Length < NodeColumnsMin)
            {
                throw Wrong(number, $"a node has at least {Count(NodeColumnsMin)} columns (name, total, own and free memory, total and free disk, CPUs, offline, group), and this line has {Count(columns.Length)}");
            }

            var name = Name(number, columns[0], "node");
            if (_nodes.ContainsKey(name))
            {
                throw Wrong(number, $"the node {ImportReader.Show(name)} is there twice; take one out");
            }

            if (columns[7] is not ("Y" or "N" or "M"))
            {
                throw Wrong(number, $"{ImportReader.Show(columns[7])} does not say whether the node {name} is offline; write Y, N, or M for the master");
            }

            if (!_groups.ContainsKey(columns[8]))
            {
                throw Wrong(number, $"{ImportReader.Show(columns[8])} is the UUID of none of the groups above; correct it");
            }

            _nodes[name] = null;
            if (columns[8] != group)
            {
                elsewhere++;
            }
            else if (columns[7] == "Y" || columns.AsSpan(1, 6).Contains("?"))
            {
                // As htools: what is not known of a node makes it one that is offline.
                offline.Add(name);
            }
            else
            {
                var total = Memory(number, columns[1], $"the total memory of the node {name}");
                var own = columns[2] == "0" ? 0 : Memory(number, columns[2], $"the own memory of the node {name}");
                if (own >= total)
                {
                    throw Wrong(number, $"the node {name} has {columns[1]} MiB and needs {columns[2]} MiB for itself; correct one of them");
                }

                _nodes[name] = new DraftHost(_hostNames.Take(name), total) { ReserveBytes = own };
            }
        }

        Note(offline, "Nodes that are offline");
        if (elsewhere > 0)
        {
            _notes.Add($"Nodes of other groups, left out: {Count(elsewhere)}.");
        }
    }

    private List<ScenarioVm> ReadInstances(List<(int Number, string[] Columns)> lines)
    {
        var utils = Utils();
        var (vms, names, stopped, away) = (new List<ScenarioVm>(), new SortedSet<string>(StringComparer.Ordinal), new List<string>(), new List<string>());
        foreach (var (number, columns) in lines)
        {
            if (columns.Length < InstanceColumnsMin)
            {
                throw Wrong(number, $"an instance has at least {Count(InstanceColumnsMin)} columns (name, memory, disk, vCPUs, status, auto-balance, primary and secondary node, disk template, tags), and this line has {Count(columns.Length)}");
            }

            var name = Name(number, columns[0], "instance");
            if (!names.Add(name))
            {
                throw Wrong(number, $"the instance {ImportReader.Show(name)} is there twice; take one out");
            }

            if (!_nodes.TryGetValue(columns[6], out var node))
            {
                throw Wrong(number, $"the primary node {ImportReader.Show(columns[6])} of the instance {name} is none of the nodes above; correct it");
            }

            var isForthcoming = columns.Length > ForthcomingColumn && columns[ForthcomingColumn] == "Y";
            if (!Running.Contains(columns[4]) && !NotRunning.Contains(columns[4]))
            {
                throw Wrong(number, $"{ImportReader.Show(columns[4])} is no status of an instance; write {Either([.. Running, .. NotRunning])}");
            }

            var memory = Memory(number, columns[1], $"the memory of the instance {name}");
            var util = utils.Remove(name, out var told) ? told : 1;
            if (node is null)
            {
                away.Add(name);
            }
            else if (isForthcoming || !Running.Contains(columns[4]))
            {
                stopped.Add(name);
            }
            else if (vms.Count == ImportLimits.VmsMax)
            {
                throw Wrong(number, $"this is the running instance after the {Count(ImportLimits.VmsMax)}th, which is the most; take some out");
            }
            else
            {
                vms.Add(new ScenarioVm(_vmNames.Take(name), node.Name, memory, Load(util)));
            }
        }

        if (utils.Keys.FirstOrDefault() is { } unknown)
        {
            throw new ImportException($"{options.UtilFile} tells of {ImportReader.Show(unknown)}, and {path} has no instance of this name; take it out.");
        }

        Note(stopped, "Instances that do not run");
        Note(away, "Instances on nodes that are left out");
        return vms.Count > 0 ? vms : throw new ImportException($"{path} has no instance that runs on a node of this scenario; a scenario has at least one VM.");
    }

    /// <summary>No host promises more than it has, not even at the beginning; Ganeti's may.</summary>
    private DraftHost Roomy(DraftHost host, List<ScenarioVm> vms)
    {
        var needed = vms.Where(v => v.Host == host.Name).Sum(v => v.MemoryBytes) + host.ReserveBytes;
        if (needed <= host.MemoryBytes)
        {
            return host;
        }

        _notes.Add($"The instances on {host.Name} and the node itself have {Words.Memory(needed)}, more than its {Words.Memory(host.MemoryBytes)}: it has as much here.");
        return host with { MemoryBytes = needed };
    }

    private LoadStep[] Load(double util) => util > 0 ? [new LoadStep(0, Math.Round(util * Rate))] : [];

    /// <summary>The net_util of each instance: lines of a name and four numbers, for CPU, memory, disk and net.</summary>
    private SortedDictionary<string, double> Utils()
    {
        var utils = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var lines = options.UtilFile is { } file ? _reader.Lines(file) : [];
        for (var i = 0; i < lines.Count; i++)
        {
            var words = lines[i].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            if (words.Length != 5)
            {
                throw new ImportException(options.UtilFile!, i + 1, $"{ImportReader.Show(lines[i])} is not a name and four numbers; write 'NAME CPU MEMORY DISK NET'");
            }

            for (var n = 1; n < words.Length; n++)
            {
                if (!ImportReader.TryNumber(words[n], ImportLimits.RateMaxBitPerSecond / Rate, out _))
                {
                    throw new ImportException(options.UtilFile!, i + 1, $"{ImportReader.Show(words[n])} is no utilisation; write a number from 0 on, such as 1.5");
                }
            }

            ImportReader.TryNumber(words[4], double.MaxValue, out var net);
            if (!utils.TryAdd(words[0], net))
            {
                throw new ImportException(options.UtilFile!, i + 1, $"the instance {ImportReader.Show(words[0])} is there twice; take one out");
            }
        }

        return utils;
    }

    private string Name(int number, string name, string what) => name.Length is > 0 and <= ImportLimits.NameMax
        ? name
        : throw Wrong(number, $"{ImportReader.Show(name)} is no name of {(what[0] == 'i' ? "an" : "a")} {what}; write 1 to {Count(ImportLimits.NameMax)} characters");

    /// <summary>So many MiB in bytes.</summary>
    private long Memory(int number, string text, string what) =>
        ImportReader.TryNumber(text, ImportLimits.MemoryMaxBytes / MiB, out var mib) && mib * MiB >= 1 && mib == Math.Floor(mib)
            ? (long)(mib * MiB)
            : throw Wrong(number, $"{ImportReader.Show(text)} is not {what}; write whole MiB, such as 4096");

    private void Note(List<string> names, string what)
    {
        const int Shown = 10;
        if (names.Count > 0)
        {
            _notes.Add($"{what}, left out ({Count(names.Count)}): {string.Join(", ", names.Take(Shown))}{(names.Count > Shown ? " ..." : "")}.");
        }
    }

    private ImportException Wrong(int number, string sentence) => new(path, number, sentence);

    private static string Either(string[] words) => $"{string.Join(", ", words[..^1])} or {words[^1]}";

    private static string Count(long n) => FormattableString.Invariant($"{n}");
}
