using ActorMig.Lab.Experiment;

namespace ActorMig.LabTests.Experiment;

/// <summary>What is run, and in which order.</summary>
public sealed class PlanTests
{
    [Fact]
    public void Each_mode_has_its_migrations_and_blocks_are_the_same_for_the_same_seed()
    {
        (Competitor Mode, int Migrations)[] modes = [.. Competitor.Usual.Select(m => (m, m.IsInQuestion ? 20 : 3))];
        var blocks = Plan.Blocks(modes, 7);
        Assert.Equal(10, blocks.Count);
        Assert.All(modes, m => Assert.Equal(m.Migrations, blocks.Sum(b => b.Where(t => t.Mode == m.Mode).Sum(t => t.Migrations))));
        Assert.All(blocks, b => Assert.Equal(b.DistinctBy(t => t.Mode).Count(), b.Count));
        Assert.Equal(blocks.SelectMany(b => b), Plan.Blocks(modes, 7).SelectMany(b => b));
        Assert.NotEqual(blocks.SelectMany(b => b), Plan.Blocks(modes, 8).SelectMany(b => b));
    }

    [Fact]
    public void Those_of_fewer_migrations_are_not_all_at_one_end_and_the_last_of_an_odd_number_is_one_way()
    {
        var (many, few) = (Competitor.All[0], Competitor.All[1]);
        var blocks = Plan.Blocks([(many, 20), (few, 3)], 1);
        Assert.Equal([(4, 2), (9, 1)], Enumerable.Range(0, 10).SelectMany(b => blocks[b].Where(t => t.Mode == few).Select(t => (b, t.Migrations))));
    }

    [Fact]
    public void The_matrix_is_three_workloads_two_memories_and_two_links_and_names_are_read_back()
    {
        Assert.Equal(12, Cell.Matrix.Distinct().Count());
        Assert.Equal("stream,4,10", Cell.Chosen.Name);
        Assert.All(Cell.Matrix.Concat(Cell.Small), c => Assert.Equal(c, Cell.Parse(c.Name)));
    }

    [Fact]
    public void The_guest_writes_more_than_half_of_what_the_link_carries_in_some_cells() =>
        Assert.Equal(["busy,4,1", "busy,6,1"], Cell.Matrix.Where(c => c.DirtyShare > 0.5).Select(c => c.Name));

    [Theory]
    [InlineData("stream", "write it as WORKLOAD,GB,GBIT")]
    [InlineData("sleep,4,1", "there are stream, file, busy")]
    [InlineData("busy,many,1", "'many' for the GB of memory")]
    [InlineData("busy,64,1", "'64' for the GB of memory")]
    [InlineData("busy,4,0", "'0' for the Gbit/s")]
    public void A_cell_that_is_none_is_told_so(string text, string why) =>
        Assert.Contains(why, Assert.Throws<InvalidOperationException>(() => Cell.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_mode_that_is_none_is_told_so()
    {
        Assert.Equal([Competitor.Hybrid, "direct"], Competitor.Parse("hybrid,direct,hybrid").Select(m => m.Name));
        Assert.Contains("there are hybrid, direct", Assert.Throws<InvalidOperationException>(() => Competitor.Parse("fast")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Competitor.Parse(","));
    }

    [Fact]
    public void Bounds_follow_from_how_long_a_pass_takes()
    {
        Assert.Equal((72, 36), (new PassTime(24_000).BoundSeconds, new PassTime(24_000).SwitchSeconds));
        Assert.Equal((10, 1), (new PassTime(300).BoundSeconds, new PassTime(300).SwitchSeconds));
    }
}
