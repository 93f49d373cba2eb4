namespace ActorMig.Lab.Experiment;

/// <summary>
/// In which order a cell's migrations are made: in blocks, each of which has a round trip of each mode that is due, in an order that is drawn. So all modes
/// have the same share of whatever the machine does meanwhile, and both directions.
/// </summary>
internal static class Plan
{
    /// <summary>A round trip gives two migrations.</summary>
    public static int RoundTrips(int migrations) => (migrations + 1) / 2;

    /// <summary>The blocks of a cell.</summary>
    /// <param name="modes">The modes, each with its round trips; those of fewer are spread evenly over the blocks of the most.</param>
    /// <param name="seed">Seeds the draws.</param>
    public static IReadOnlyList<IReadOnlyList<Competitor>> Blocks(IReadOnlyList<(Competitor Mode, int RoundTrips)> modes, int seed)
    {
        var draw = new Random(seed);
        var count = modes.Select(m => m.RoundTrips).DefaultIfEmpty(0).Max();
        var blocks = new List<IReadOnlyList<Competitor>>();
        for (var block = 0; block < count; block++)
        {
            var due = modes.Where(m => IsDue(block, m.RoundTrips, count)).Select(m => m.Mode).ToArray();
            draw.Shuffle(due);
            blocks.Add(due);
        }

        return blocks;
    }

    private static bool IsDue(int block, int roundTrips, int count) => ((block + 1) * roundTrips / count) > (block * roundTrips / count);
}
