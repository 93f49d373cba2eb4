namespace ActorMig.Lab.Experiment;

/// <summary>A mode's turn in a block.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Migrations">2: there and back; 1: only one way, the last of an odd number.</param>
internal sealed record Turn(Competitor Mode, int Migrations);

/// <summary>
/// In which order a cell's migrations are made: in blocks, each of which has a round trip of each mode that is due, in an order that is drawn. So all modes
/// have the same share of whatever the machine does meanwhile, and both directions.
/// </summary>
internal static class Plan
{
    /// <summary>The blocks of a cell.</summary>
    /// <param name="modes">The modes, each with its migrations; those of fewer are spread evenly over the blocks of the most.</param>
    /// <param name="seed">Seeds the draws.</param>
    public static IReadOnlyList<IReadOnlyList<Turn>> Blocks(IReadOnlyList<(Competitor Mode, int Migrations)> modes, int seed)
    {
        var draw = new Random(seed);
        var count = modes.Select(m => Turns(m.Migrations)).DefaultIfEmpty(0).Max();
        var left = modes.ToDictionary(m => m.Mode, m => m.Migrations);
        var blocks = new List<IReadOnlyList<Turn>>();
        for (var block = 0; block < count; block++)
        {
            var due = modes.Where(m => IsDue(block, Turns(m.Migrations), count)).Select(m => new Turn(m.Mode, Math.Min(2, left[m.Mode]))).ToArray();
            foreach (var turn in due)
            {
                left[turn.Mode] -= turn.Migrations;
            }

            draw.Shuffle(due);
            blocks.Add(due);
        }

        return blocks;
    }

    private static int Turns(int migrations) => (migrations + 1) / 2;

    private static bool IsDue(int block, int turns, int count) => ((block + 1) * turns / count) > (block * turns / count);
}
