using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Agent.Tests;

public sealed class MigrationAverageTests
{
    [Fact]
    public void Means_are_of_completed_migrations_by_mode_and_destination_and_of_the_figures_that_are_known()
    {
        var averages = MigrationAverage.Of(
        [
            Ended("h3", MigrationMode.Hybrid, LegOutcome.Completed, new MigrationFigures(1_000, 30, 100, 1, 5)),
            Ended("h2", MigrationMode.PreCopy, LegOutcome.Failed, new MigrationFigures(9_000, null, 900, 9, null)),
            Ended("h3", MigrationMode.Hybrid, LegOutcome.Completed, new MigrationFigures(2_000, null, 300, 2, 10)),
            Ended("h3", MigrationMode.Hybrid, LegOutcome.Failed, new MigrationFigures(7_000, 7_000, 7_000, 7, 7)),
            Ended("h3", MigrationMode.Direct, null, null),
            Ended("h2", MigrationMode.Hybrid, LegOutcome.Completed, null),
        ]);
        Assert.Equal(
            [
                new MigrationAverage(MigrationMode.Hybrid, "h2", 1, 1, null, null, null, null, null),
                new MigrationAverage(MigrationMode.Hybrid, "h3", 3, 2, 1_500, 30, 200, 1.5, 7.5),
                new MigrationAverage(MigrationMode.PreCopy, "h2", 1, 0, null, null, null, null, null),
            ],
            averages);
    }

    private static MigrationInfo Ended(string to, MigrationMode mode, LegOutcome? outcome, MigrationFigures? figures) =>
        new(new MigrationPlan("h1-1-1.1", "h1-1-1", 1, new VmFacts("u", "vm1", 1, 1, 0, true, false, Mode: mode), "h1", to, BarterKind.Command), [], outcome, null, figures);
}
