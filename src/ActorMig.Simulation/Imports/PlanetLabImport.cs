using ActorMig.Simulation.Scenarios;

namespace ActorMig.Simulation.Imports;

/// <summary>
/// PlanetLab's traces as CloudSim reads them: a file for each VM, in it a line for each five minutes, on it the CPU in percent. A first line that begins
/// with '#' tells how many there are, in CloudSim Plus. There is no traffic in them: a VM that uses all of its CPU has the rate that is asked for.
/// </summary>
internal sealed class PlanetLabImport(ImportOptions options) : TraceImport(options)
{
    private const long IntervalMs = 300_000;

    protected override string Title => "CPU of VMs on PlanetLab, taken for traffic";

    protected override string Extension => "";

    protected override IEnumerable<string> Notes =>
    [
        $"The traces have CPU alone, and it is taken for traffic: 100 % stands for {Words.Rate(Rate)} (--rate).",
        $"They tell no memory: each VM has {Words.Memory(Memory)} (--vm-memory).",
    ];

    private double Rate => Options.RateBitPerSecond ?? ImportOptions.CpuRateDefault;

    private long Memory => Options.VmMemoryBytes ?? ImportOptions.VmMemoryDefaultBytes;

    protected override Trace? ReadOne(string file, string name)
    {
        var lines = Reader.Lines(file);
        var first = lines.Count > 0 && lines[0].StartsWith('#') ? 1 : 0;
        var end = lines.Count;
        while (end > first && lines[end - 1].Length == 0)
        {
            end--;
        }

        var load = new List<LoadStep>();
        var endMs = 0L;
        for (var i = first; i < end && endMs < (Options.DurationMs ?? long.MaxValue); i++)
        {
            if (!ImportReader.TryNumber(lines[i].Trim(), 100, out var percent))
            {
                throw new ImportException(file, i + 1, $"{ImportReader.Show(lines[i])} is no CPU in percent; write one number from 0 to 100 a line, or take the file out if it is no trace");
            }

            Add(load, endMs, Math.Round(percent / 100 * Rate));
            endMs += IntervalMs;
        }

        return endMs > 0 ? new Trace(name, Memory, load, endMs) : throw new ImportException($"{file} is empty; a trace has a line for each five minutes. Take the file out.");
    }
}
