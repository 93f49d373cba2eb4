using ActorMig.Lab.Experiment;

namespace ActorMig.LabTests.Experiment;

/// <summary>What a run's lines lead to: verdicts and reports, from made-up migrations.</summary>
public sealed class VerdictTests
{
    [Fact]
    public void A_run_as_good_as_virsh_meets_its_musts()
    {
        var verdicts = Of(Run(gap: 1, downtime: 1, total: 1));
        Assert.All(verdicts, v => Assert.True(v is { IsMust: true, IsMet: true }, v.ToString()));
        Assert.Equal(5, verdicts.Count);
    }

    [Theory]
    [InlineData(1.5, 1, 1, "guest gap in")]
    [InlineData(1, 1.5, 1, "downtime in")]
    [InlineData(1, 1, 1.5, "total in")]
    public void What_is_worse_than_noise_alone_is_missed(double gap, double downtime, double total, string name) =>
        Assert.StartsWith(name, Assert.Single(Of(Run(gap, downtime, total)), v => v.IsMet == false).Name, StringComparison.Ordinal);

    [Fact]
    public void Of_too_few_pairs_nothing_is_judged_but_that_none_was_lost()
    {
        var verdicts = Of(Run(gap: 9, downtime: 9, total: 9, pairs: Verdict.PairsNeeded - 1));
        Assert.True(verdicts[0].IsMet);
        Assert.All(verdicts.Skip(1), v => Assert.Null(v.IsMet));
    }

    [Fact]
    public void A_guest_that_was_lost_is_a_must_missed()
    {
        var lost = Trial(Competitor.Hybrid, 1, 1, 1) with { IsLost = true, Problem = "it should run on h2 alone and is nowhere" };
        var verdict = Of([.. Run(1, 1, 1), lost])[0];
        Assert.True(verdict is { Name: "never lost", IsMet: false }, verdict.ToString());
    }

    [Fact]
    public void A_migration_that_failed_counts_nowhere_else()
    {
        var failed = Trial(Competitor.Hybrid, 90, 90, 90) with { Problem = "the agent did not take it" };
        Assert.All(Of([.. Run(1, 1, 1), failed]), v => Assert.True(v.IsMet, v.ToString()));
    }

    [Theory]
    [InlineData(0.7, true)]
    [InlineData(0.9, false)]
    public void The_target_is_where_the_guest_writes_more_than_half_of_what_the_link_carries(double gap, bool isMet)
    {
        var verdict = Assert.Single(Of(Run(gap, 1, 1, cell: "busy,4,1")), v => !v.IsMust);
        Assert.Equal(isMet, verdict.IsMet);
    }

    [Fact]
    public void Lines_are_read_back_as_they_were_written() =>
        Assert.All(Run(1, 1, 1), line => Assert.Equal(line, Line.Parse(line.ToJson())));

    [Fact]
    public void Both_reports_have_the_figures_the_paper_s_and_the_verdicts()
    {
        var results = new Results(Run(gap: 0.5, downtime: 1, total: 1.5));
        foreach (var report in (string[])[TextReport.Of(results), ExperimentHtml.Of(results)])
        {
            Assert.Contains("stream, 4 GB, 10 Gbit/s", report, StringComparison.Ordinal);
            Assert.Contains("MISSED", report, StringComparison.Ordinal);
            Assert.Contains("80 ms", report, StringComparison.Ordinal);
            Assert.Contains("A/A", report, StringComparison.Ordinal);
        }

        Assert.Contains("paper A (means)", TextReport.Of(results), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_without_a_beginning_are_told_so() => Assert.Throws<InvalidOperationException>(() => new Results([]));

    private static IReadOnlyList<Verdict> Of(IReadOnlyList<Line> lines) => Verdict.Of(new Results(lines));

    /// <summary>A run in which virsh's figures vary by a twentieth, and hybrid's are so many times theirs.</summary>
    private static Line[] Run(double gap, double downtime, double total, int pairs = Verdict.PairsNeeded, string cell = "stream,4,10") =>
    [
        new RunLine(0, "made up", 2, 24_000, "none", 1, false, cell),
        new LinkLine(10, 9.5, 9.4),
        new CellLine(cell, 4_000),
        .. Enumerable.Range(0, pairs).SelectMany(n =>
        {
            var noise = 1 + (0.01 * (n % 6));
            return (Line[])
            [
                Trial(Competitor.Hybrid, gap * noise, downtime * noise, total * noise, cell),
                Trial(Competitor.VirshPostCopy, noise, noise, noise, cell),
                Trial(Competitor.VirshPostCopyAgain, noise, noise, noise, cell),
            ];
        }),
        new CellLine(cell, 4_000, 50 * 60_000),
    ];

    private static Trial Trial(string mode, double gap, double downtime, double total, string cell = "stream,4,10") => new()
    {
        Cell = cell,
        Mode = mode,
        Block = 0,
        From = "h1",
        BeganMs = 1,
        WallMs = (long)(5_200 * total),
        TotalMs = (long)(5_000 * total),
        DowntimeMs = (long)(1_000 * downtime),
        GapMs = (long)(2_000 * gap),
        CalmGapMs = 30,
        CalmSpanMs = 5_000,
        Bytes = 3L << 30,
        InUseBytes = 3L << 30,
        DirtyMiBPerSecond = 10,
        WorkPerSecond = 250_000,
    };
}
