namespace ActorMig.Lab.Experiment;

/// <summary>What a guest does while it is migrated: one of paper A's three, and writing noise into its memory at a stated rate.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">What it is, in words.</param>
/// <param name="DirtyMiBPerSecond">How much it writes each second.</param>
/// <param name="DirtySetMiB">Into how much of its memory, round and round.</param>
/// <param name="Arguments">What <c>guest/work.c</c> is told.</param>
/// <param name="Unit">What it counts.</param>
internal sealed record Workload(string Name, string Text, int DirtyMiBPerSecond, int DirtySetMiB, string Arguments, string Unit)
{
    /// <summary>The paper's offline video.</summary>
    public const int FileBytes = 106_000_000;

    /// <summary>Where in the guest's disk the file is: behind the counter.</summary>
    public const int FileOffsetMiB = (int)(DiskChecker.CheckedBytes >> 20);

    private const int FileBytePerSecond = 400_000;

    /// <summary>The paper's three. The busy one writes more than half of what 1 Gbit/s carries (119 MiB/s): there the target is.</summary>
    public static readonly IReadOnlyList<Workload> All =
    [
        new("stream", "receives a stream of 2 Mbit/s (the paper: a video of 360p)", 10, 128,
            FormattableString.Invariant($"stream {LabNames.ControlAddress} {VideoStream.Port}"), "bytes received"),
        new("file", "reads a file of 106 MB from its disk at 3.2 Mbit/s (the paper: a video of that size)", 5, 128,
            FormattableString.Invariant($"file /dev/vda {FileOffsetMiB} {FileBytes} {FileBytePerSecond}"), "bytes read"),
        new("busy", "computes 30 frames a second on 8 MiB (the paper: a small game)", 75, 512, "busy 8", "frames"),
    ];

    /// <summary>The workload as it is in a guest that is too small for its set: a quarter of it at most.</summary>
    /// <param name="memoryMiB">The guest's memory.</param>
    public int SetMiBIn(int memoryMiB) => Math.Min(DirtySetMiB, memoryMiB / 4);
}
