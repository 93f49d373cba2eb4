using ActorMig.Bartering;
using ActorMig.Migrations;

namespace ActorMig.Agent.Control;

/// <summary>Means over the migrations of a mode to a destination; each over those completed ones of which the figure is known, null if it is of none.</summary>
/// <param name="Mode">Their mode.</param>
/// <param name="To">Where they went.</param>
/// <param name="Ended">How many have ended.</param>
/// <param name="Completed">How many of these have completed: the means are of these.</param>
/// <param name="TotalMs">From the call to the end.</param>
/// <param name="DowntimeMs">For how long the guest ran on neither host, as libvirt measures it.</param>
/// <param name="Bytes">What was sent.</param>
/// <param name="Iterations">Passes over the memory.</param>
/// <param name="PostCopyRequests">Pages that the destination asked for.</param>
internal sealed record MigrationAverage(
    MigrationMode Mode, string To, int Ended, int Completed, double? TotalMs, double? DowntimeMs, double? Bytes, double? Iterations, double? PostCopyRequests)
{
    /// <summary>One for each mode and destination that at least one migration of has ended, in the order of the modes and of the destinations' names.</summary>
    public static IReadOnlyList<MigrationAverage> Of(IEnumerable<MigrationInfo> migrations) =>
    [
        .. migrations.Where(m => m.Outcome is not null).GroupBy(m => (m.Plan.Vm.Mode, m.Plan.To)).OrderBy(g => g.Key.Mode).ThenBy(g => g.Key.To, StringComparer.Ordinal).Select(g =>
        {
            var figures = g.Where(m => m.Outcome == LegOutcome.Completed).Select(m => m.Figures).OfType<MigrationFigures>().ToArray();
            double? Mean(Func<MigrationFigures, long?> of) => figures.Average(f => (double?)of(f));
            return new MigrationAverage(
                g.Key.Mode, g.Key.To, g.Count(), g.Count(m => m.Outcome == LegOutcome.Completed),
                Mean(f => f.TotalMs), Mean(f => f.DowntimeMs), Mean(f => f.Bytes), Mean(f => f.Iterations), Mean(f => f.PostCopyRequests));
        }),
    ];
}
