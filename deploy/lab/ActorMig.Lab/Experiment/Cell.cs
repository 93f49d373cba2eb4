using System.Globalization;

namespace ActorMig.Lab.Experiment;

/// <summary>One cell of the experiment: a workload, a guest's memory and a link.</summary>
/// <param name="Workload">What the guest does.</param>
/// <param name="MemoryMiB">The guest's memory.</param>
/// <param name="LinkGbitPerSecond">What the link between the hosts carries.</param>
internal sealed record Cell(Workload Workload, int MemoryMiB, double LinkGbitPerSecond)
{
    /// <summary>So much of a guest's memory is written with what cannot be compressed.</summary>
    public const double FilledShare = 0.6;

    private const double MiBPerGbit = 1e9 / 8 / (1 << 20);

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Workload.Name},{MemoryMiB / 1024.0:0.####},{LinkGbitPerSecond:0.##}");

    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Workload.Name}, {MemoryMiB / 1024.0:0.##} GB, {LinkGbitPerSecond:0.##} Gbit/s");

    public int FilledMiB => (int)(MemoryMiB * FilledShare);

    /// <summary>How much of what the link carries the guest writes anew.</summary>
    public double DirtyShare => Workload.DirtyMiBPerSecond / (LinkGbitPerSecond * MiBPerGbit);

    /// <summary>
    /// All cells, first the one with the musts, chosen before anything was measured: it is the first row of the paper's table (streaming, 4 GB), and on the
    /// fast link one migration takes seconds, so that 20 of each in question, there and back, with a look at the calm guest before each, fit into an hour.
    /// </summary>
    public static readonly IReadOnlyList<Cell> Matrix =
    [
        .. from gbitPerSecond in (double[])[10, 1] from memoryMiB in (int[])[4096, 6144] from workload in Workload.All
           select new Cell(workload, memoryMiB, gbitPerSecond),
    ];

    /// <summary>The version for CI: small guests, and a link that carries what two cores can. On the slower one the guest writes more than half of it.</summary>
    public static readonly IReadOnlyList<Cell> Small = [new(Workload.All[0], 320, 1), new(Workload.All[2], 320, 1)];

    public static Cell Chosen => Matrix[0];

    /// <summary>Reads <c>WORKLOAD,GB,GBIT</c>.</summary>
    /// <exception cref="InvalidOperationException">It is none; the message says why.</exception>
    public static Cell Parse(string text)
    {
        const double MostGB = 8;
        const double MostGbit = 100;
        var parts = text.Split(',');
        if (parts.Length != 3)
        {
            throw new InvalidOperationException($"--cell is '{text}'; write it as WORKLOAD,GB,GBIT, such as {Chosen.Name}.");
        }

        var workload = Workload.All.FirstOrDefault(w => w.Name == parts[0])
            ?? throw new InvalidOperationException($"--cell has the workload '{parts[0]}'; there are {string.Join(", ", Workload.All.Select(w => w.Name))}.");
        return new Cell(
            workload,
            (int)Math.Round(1024 * Number(parts[1], 0.25, MostGB, "GB of memory")),
            Number(parts[2], 0.1, MostGbit, "Gbit/s"));
    }

    private static double Number(string text, double least, double most, string what) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"--cell has '{text}' for the {what}; that is a number from {least} to {most}."));
}
