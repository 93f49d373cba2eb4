using ActorMig.Simulation.Scenarios;

namespace ActorMig.Simulation.Imports;

/// <summary>
/// Bitbrains' traces (Grid Workloads Archive, GWA-T-12): a CSV file for each VM, with ';' and a tab between columns. The first line names the columns and
/// their units; the columns are found by it. Its <c>Timestamp [ms]</c> is in seconds since 1970 in the files that are published, so what is too small for
/// milliseconds is taken for seconds. A KB is 1,024 bytes, as the sizes of memory show.
/// </summary>
internal sealed class BitbrainsImport(ImportOptions options) : TraceImport(options)
{
    private const long SampleMs = 300_000;
    private const double KB = 1_024;
    private const double BitsPerByte = 8;
    private const double RateMax = ImportLimits.RateMaxBitPerSecond / KB / BitsPerByte;

    /// <summary>The year 5138 in seconds, and 1973 in milliseconds.</summary>
    private const double SecondsMax = 1e11;
    private const double TimeMax = 1e14;

    private static readonly string[] Columns =
        ["Timestamp [ms]", "Memory capacity provisioned [KB]", "Network received throughput [KB/s]", "Network transmitted throughput [KB/s]"];

    private long? _beginMs;

    protected override string Title => "Traffic of VMs of Bitbrains";

    protected override string Extension => ".csv";

    protected override IEnumerable<string> Notes => ["Load is what a VM received and transmitted; CPU and disks are not part of a scenario."];

    protected override Trace? ReadOne(string file, string name)
    {
        var lines = Reader.Lines(file);
        var at = lines.Count > 0 ? Find(file, lines[0]) : throw new ImportException($"{file} is empty; a trace has a line that names its columns, and one for each sample. Take the file out.");
        var width = Cells(lines[0]).Length;
        var end = lines.Count;
        while (end > 1 && lines[end - 1].Length == 0)
        {
            end--;
        }

        var load = new List<LoadStep>();
        var (memory, lastMs, intervalMs, beyondMs) = (0.0, -1L, SampleMs, (long?)null);
        for (var i = 1; i < end; i++)
        {
            var cells = Cells(lines[i]);
            if (cells.Length != width)
            {
                throw new ImportException(
                    file, i + 1, FormattableString.Invariant($"{ImportReader.Show(lines[i])} has {cells.Length} columns, and the first line names {width}; complete the line or take it out"));
            }

            var time = Number(0, TimeMax);
            var atMs = (long)(time < SecondsMax ? time * 1_000 : time);
            if (atMs <= lastMs)
            {
                throw new ImportException(file, i + 1, $"{ImportReader.Show(cells[at[0]])} is not later than the line before it; put the lines in order");
            }

            // Files begin at different times; the first one tells how far a scenario of this length can reach, and what is beyond it is not read.
            _beginMs ??= atMs;
            if (Options.DurationMs is { } durationMs && atMs - _beginMs >= durationMs)
            {
                beyondMs = atMs;
                break;
            }

            memory = Math.Max(memory, Number(1, ImportLimits.MemoryMaxBytes / KB));
            Add(load, atMs, Kbit((Number(2, RateMax) + Number(3, RateMax)) * KB * BitsPerByte));
            (intervalMs, lastMs) = (lastMs < 0 ? SampleMs : atMs - lastMs, atMs);

            double Number(int column, double max) => ImportReader.TryNumber(cells[at[column]], max, out var number)
                ? number
                : throw new ImportException(file, i + 1, $"{ImportReader.Show(cells[at[column]])} is no '{Columns[column]}'; write a number from 0 on, such as 12.5");
        }

        if (lastMs < 0)
        {
            return end > 1 ? null : throw new ImportException($"{file} has no line after the one that names the columns; take the file out.");
        }

        // The last sample of a file counts as long as the one before it did.
        return new Trace(name, Memory(file, memory), load, beyondMs ?? lastMs + intervalMs);
    }

    /// <summary>Where the columns are that are needed.</summary>
    private static int[] Find(string file, string header)
    {
        var names = Cells(header);
        return [.. Columns.Select(column => Array.IndexOf(names, column) is >= 0 and var index
            ? index
            : throw new ImportException(file, 1, $"{ImportReader.Show(header)} names no column '{column}'; the first line names the columns with their units, as GWA-T-12 does"))];
    }

    private static string[] Cells(string line) => line.Split(';', StringSplitOptions.TrimEntries);

    /// <summary>In whole kbit/s: what is beyond that is no figure of the trace's.</summary>
    private static double Kbit(double bitPerSecond) => Math.Round(bitPerSecond / 1_000) * 1_000;

    /// <summary>The most that it was given, in whole MiB.</summary>
    private long Memory(string file, double kilobytes)
    {
        var mib = Math.Ceiling(kilobytes / KB);
        return mib > 0 ? (long)mib << 20
            : Options.VmMemoryBytes ?? throw new ImportException($"{file} tells no memory in any line; say with --vm-memory how much such a VM has, or take the file out.");
    }
}
