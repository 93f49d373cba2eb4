using Xunit;
using static ActorMig.HypervisorRows.Side;

namespace ActorMig.HypervisorRows;

/// <summary>A migration that goes well, as it can be seen (B.2).</summary>
internal static class SuccessRows
{
    public static IEnumerable<Row> All =>
    [
        new("B.2-1", "At its start the guest runs on the source with a job, and comes into being, paused, on the destination", async pair =>
        {
            await pair.BeginAsync();
            pair.Show("running, leaving", "paused (migration), arriving");
            await pair.ToldAsync(Destination, "started/migrated");
            Assert.Empty(pair.Events(Source));
        }),
        new("B.2-2", "Each pass is told on the source by its number, from 1", async pair =>
        {
            await pair.WriteAsync();
            var call = await pair.BeginAsync(Scripts.Open);
            await pair.WriteAsync();
            await pair.UntilAsync(() => pair.Iterations.Count >= 2 || call.IsOver, "the second pass has begun");
            Assert.Equal([1, 2], pair.Iterations.Take(2));
        }),
        new("B.2-3", "The switch pauses the source for post-copy and lets the destination run", async pair =>
        {
            await pair.BeginPostCopyAsync();
            pair.Show("paused (post-copy), leaving", "running (post-copy), arriving");
            await pair.ToldAsync(Source, "suspended/migrated", "suspended/post-copy");
            await pair.ToldAsync(Destination, "started/migrated", "resumed/post-copy");
        }),
        new("B.2-4", "When all pages are there, the source ends, the job is told as completed, and the destination runs as migrated", async pair =>
        {
            var call = await pair.BeginPostCopyAsync();
            await pair.EndAsync(call);
            await pair.ShowsAsync(Destination, "running (migrated)");
            pair.Show("shutoff (migrated)", "running (migrated)");
            await pair.ToldAsync(Source, "suspended/migrated", "suspended/post-copy", "stopped/migrated");
            await pair.ToldAsync(Destination, "started/migrated", "resumed/post-copy", "resumed/migrated");
            await pair.UntilAsync(() => pair.CompletedJobs == 1, "the job is told as completed");
        }),
        new("B.2-5", "A guest that converges is never in post-copy", async pair =>
        {
            var call = pair.Migrate(new());
            await pair.ReturnsAsync(call);
            pair.Show("shutoff (migrated)", "running (migrated)");
            await pair.ToldAsync(Source, "suspended/migrated", "stopped/migrated");
            await pair.ToldAsync(Destination, "started/migrated", "resumed/migrated");
        }),
        new("B.2-6", "Asked to, libvirt takes the definition along: defined on the destination, gone from the source", async pair =>
        {
            var call = await pair.BeginPostCopyAsync(Scripts.Managed);
            Assert.True(pair.Look(Destination).IsPersistent);
            await pair.EndAsync(call);
            pair.Show("absent", "running (migrated)");
            Assert.True(pair.Look(Destination).IsPersistent);
            await pair.ToldAsync(Source, "suspended/migrated", "suspended/post-copy", "stopped/migrated");
            await pair.ToldAsync(Destination, "started/migrated", "defined/added", "resumed/post-copy", "resumed/migrated");
        }),
        new("B.2-7", "Not asked to, it leaves a definition on the source and none on the destination", async pair =>
        {
            await pair.ReturnsAsync(pair.Migrate(new()));
            Assert.True(pair.Look(Source).IsPersistent);
            Assert.False(pair.Look(Destination).IsPersistent);
        }),
    ];
}
