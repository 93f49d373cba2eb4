namespace ActorMig.Simulation;

/// <summary>What came of many seeds.</summary>
public sealed class CampaignSummary
{
    /// <summary>How many seeds.</summary>
    public int Seeds { get; private set; }

    /// <summary>How many of them broke what must hold.</summary>
    public int Failed { get; private set; }

    /// <summary>How many hosts were simulated.</summary>
    public long Hosts { get; private set; }

    /// <summary>How many offers were made.</summary>
    public long Barters { get; private set; }

    /// <summary>How many VMs were moved.</summary>
    public long Moves { get; private set; }

    /// <summary>How many faults began.</summary>
    public long Faults { get; private set; }

    /// <summary>How many replays were compared with what an actor was.</summary>
    public long Replays { get; private set; }

    /// <summary>How many steps were taken, and looked at.</summary>
    public long Steps { get; private set; }

    /// <summary>How much time passed in all worlds.</summary>
    public long VirtualMs { get; private set; }

    /// <summary>What met what.</summary>
    public CampaignCoverage Coverage { get; } = new();

    /// <summary>Adds a seed.</summary>
    /// <param name="result">What came of it.</param>
    public void Add(SeedResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Seeds++;
        Failed += result.Violation is null ? 0 : 1;
        Hosts += result.Hosts;
        Barters += result.Barters;
        Moves += result.Moves;
        Faults += result.Faults;
        Replays += result.Replays;
        Steps += result.Steps;
        VirtualMs += result.VirtualMs;
        Coverage.Add(result.Coverage);
    }

    /// <summary>The cells that can happen and did not.</summary>
    public IReadOnlyList<string> EmptyCells() =>
        [.. CampaignCoverage.AllCells.Where(c => !CampaignCoverage.Impossible.ContainsKey(c) && !Coverage.Cells.ContainsKey(c))];

    /// <summary>The cells that are said to be impossible and happened all the same.</summary>
    public IReadOnlyList<string> WrongCells() => [.. Coverage.Cells.Keys.Where(c => CampaignCoverage.Impossible.ContainsKey(c) && !CampaignCoverage.IsRare(c))];
}
