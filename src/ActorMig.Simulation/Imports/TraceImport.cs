using ActorMig.Simulation.Scenarios;

namespace ActorMig.Simulation.Imports;

/// <summary>Traces know no hosts: their VMs are dealt out to as many as are wanted, in turn.</summary>
/// <param name="options">What the files do not say.</param>
internal abstract class TraceImport(ImportOptions options)
{
    private const long GiB = 1L << 30;
    private readonly NameBook _names = new();
    private int _steps;

    /// <summary>What the files do not say.</summary>
    protected ImportOptions Options { get; } = options;

    /// <summary>Reads files.</summary>
    protected ImportReader Reader { get; } = new();

    /// <summary>What these traces are, as a title says it.</summary>
    protected abstract string Title { get; }

    /// <summary>How the names of their files end.</summary>
    protected abstract string Extension { get; }

    /// <summary>What was assumed.</summary>
    protected abstract IEnumerable<string> Notes { get; }

    /// <summary>Reads a file; times are counted from whatever it likes, the same in all files. Null: it has nothing within the time that is wanted.</summary>
    protected abstract Trace? ReadOne(string file, string name);

    public ScenarioDraft Read(string path, CancellationToken cancellation)
    {
        var (traces, without) = (new List<Trace>(), 0);
        foreach (var file in TraceFolder.Files(path, Extension, Options.Vms))
        {
            cancellation.ThrowIfCancellationRequested();
            if (ReadOne(file, _names.Take(NameOf(file))) is not { } trace)
            {
                without++;
                continue;
            }

            // The end of a file may be a change, too.
            if (trace.Load.Count >= ImportLimits.StepsOfVmMax)
            {
                throw new ImportException(FormattableString.Invariant($"{file} has {trace.Load.Count} changes of load, and {ImportLimits.StepsOfVmMax - 1} is the most of one VM; take less of it with --duration."));
            }

            _steps += trace.Load.Count;
            traces.Add(_steps <= ImportLimits.StepsMax
                ? trace
                : throw new ImportException(FormattableString.Invariant(
                    $"With {file} there are more than {ImportLimits.StepsMax} changes of load, which is the most; take fewer files with --vms or less of them with --duration.")));
        }

        // The first file always has something: the time that is wanted is counted from it.
        var beginMs = traces.Min(t => t.Load[0].AtMs);
        var wholeMs = traces.Max(t => t.EndMs) - beginMs;
        var durationMs = Options.DurationMs ?? wholeMs;
        if (durationMs > ImportLimits.DurationMaxMs)
        {
            throw new ImportException($"The traces of {path} go over {Words.Span(durationMs)}, and a scenario is {Words.Span(ImportLimits.DurationMaxMs)} at most; take less of them with --duration.");
        }

        var count = Math.Min(Options.Hosts ?? ImportOptions.HostsDefault, ImportLimits.HostsMax);
        var vms = traces.Select((t, i) => new ScenarioVm(t.Name, HostName(i % count), t.MemoryBytes, Load(t, beginMs, durationMs))).ToArray();
        var fullest = vms.GroupBy(v => v.Host).Max(g => g.Sum(v => (decimal)v.MemoryBytes));
        if (fullest > ImportLimits.MemoryMaxBytes)
        {
            throw new ImportException($"The VMs of one host have more than {Words.Memory(ImportLimits.MemoryMaxBytes)} together, which is the most; take more hosts with --hosts.");
        }

        // No host promises more than it has, not even at the beginning.
        if (Options.HostMemoryBytes < fullest)
        {
            throw new ImportException(
                $"The VMs of the fullest host have {Words.Memory((long)fullest)}, and --host-memory is {Words.Memory(Options.HostMemoryBytes.Value)}; give more, or take more hosts with --hosts.");
        }

        var memory = Options.HostMemoryBytes ?? Math.Max(GiB, ((long)fullest * 3 / 2 + GiB - 1) / GiB * GiB);
        return new ScenarioDraft
        {
            Title = $"{Title}, from {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))}",
            DurationMs = durationMs,
            Agents = ["host.memory.reserve = 0"],
            Hosts = [.. Enumerable.Range(0, count).Select(i => new DraftHost(HostName(i), memory))],
            Vms = vms,
            Notes =
            [
                FormattableString.Invariant($"The traces know no hosts: their VMs are dealt out to {count} in turn (--hosts), each with {Words.Memory(memory)} (--host-memory)."),
                .. Notes,
                .. without > 0 ? new[] { FormattableString.Invariant($"Files with no line within the time that is wanted (--duration), left out: {without}.") } : [],
                .. new[] { _names.Note("VMs") }.OfType<string>(),
            ],
        };
    }

    /// <summary>Adds a step; what is as before needs none.</summary>
    protected static void Add(List<LoadStep> load, long atMs, double bitPerSecond)
    {
        if (load.Count == 0 || load[^1].BitPerSecond != bitPerSecond)
        {
            load.Add(new LoadStep(atMs, bitPerSecond));
        }
    }

    /// <summary>The file's name without its ending; a VM whose file is a number is <c>vm</c> and that number.</summary>
    private string NameOf(string file)
    {
        var name = Path.GetFileName(file);
        var stem = Extension.Length > 0 && name.Length > Extension.Length && name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? name[..^Extension.Length] : name;
        return stem.All(char.IsAsciiDigit) ? "vm" + stem : stem;
    }

    private static string HostName(int index) => FormattableString.Invariant($"h{index + 1}");

    /// <summary>From the scenario's beginning, within it; what has no more lines is silent from then on.</summary>
    private static List<LoadStep> Load(Trace trace, long beginMs, long durationMs)
    {
        var load = trace.Load.Select(s => s with { AtMs = s.AtMs - beginMs }).ToList();
        Add(load, trace.EndMs - beginMs, 0);
        load.RemoveAll(s => s.AtMs >= durationMs);

        // Before its first step a VM is silent anyway.
        if (load is [{ BitPerSecond: 0 }, ..])
        {
            load.RemoveAt(0);
        }

        return load;
    }
}
