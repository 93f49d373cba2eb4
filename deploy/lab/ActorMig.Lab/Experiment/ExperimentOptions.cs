namespace ActorMig.Lab.Experiment;

/// <summary>What a run is to do.</summary>
/// <param name="IsSmall">The version for CI.</param>
/// <param name="Cells">The cells, in order.</param>
/// <param name="Modes">Who migrates.</param>
/// <param name="Pairs">How many migrations by each in question there are in the chosen cell.</param>
/// <param name="Repetitions">How many there are by all others, and in other cells.</param>
/// <param name="Seed">Seeds the order.</param>
/// <param name="Limit">After which time no block is begun.</param>
internal sealed record ExperimentOptions(
    bool IsSmall, IReadOnlyList<Cell> Cells, IReadOnlyList<Competitor> Modes, int Pairs, int Repetitions, int Seed, TimeSpan Limit)
{
    /// <summary>The cell with the musts, if it is one of those that are run; of the small ones the first. Null: none of these has musts.</summary>
    public Cell? ChosenCell => Cells.FirstOrDefault(c => c.Name == Cell.Chosen.Name) ?? (IsSmall ? Cells[0] : null);

    /// <summary>How many migrations of a mode there are in a cell.</summary>
    public int Migrations(Cell cell, Competitor mode) => cell == ChosenCell && mode.IsInQuestion ? Pairs : Repetitions;
}
