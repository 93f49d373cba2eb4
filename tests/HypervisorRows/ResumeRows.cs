using ActorMig.Simulation;
using static ActorMig.HypervisorRows.Side;

namespace ActorMig.HypervisorRows;

/// <summary>How a post-copy that broke goes on (B.5).</summary>
internal static class ResumeRows
{
    private static readonly MigrateOptions Resume = Scripts.Open with { IsResume = true };

    public static IEnumerable<Row> All =>
    [
        new("B.5-1", "While a call attends to it, a resume is refused", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.FailsAsync(pair.Migrate(Resume), LibvirtErrorKind.OperationInvalid, "is being actively monitored by another thread");
        }),
        new("B.5-2", "In pre-copy, too", async pair =>
        {
            await pair.BeginAsync();
            await pair.FailsAsync(pair.Migrate(Resume), LibvirtErrorKind.OperationInvalid, "is being actively monitored by another thread");
        }),
        new("B.5-3", "Without a migration there is nothing to resume", async pair =>
            await pair.FailsAsync(pair.Migrate(Resume), LibvirtErrorKind.OperationInvalid, "is not being migrated")),
        new("B.5-4", "A paused post-copy is resumed to its end", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.PauseAsync();
            var call = await pair.ResumeAsync(Resume);
            pair.Show("paused (post-copy), leaving", "running (post-copy), arriving");
            await pair.EndAsync(call);
            pair.Show("shutoff (migrated)", "running (migrated)");
            await pair.ToldAsync(Source, "suspended/migrated", "suspended/post-copy", "suspended/post-copy-failed", "suspended/post-copy", "stopped/migrated");
            await pair.ToldAsync(Destination, "started/migrated", "resumed/post-copy", "resumed/post-copy-failed", "resumed/post-copy", "resumed/migrated");
        }),
        new("B.5-5", "It can be resumed again and again, with another bandwidth", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.PauseAsync();
            await pair.ResumeAsync(Resume);
            await pair.PauseAsync();
            var call = await pair.ResumeAsync(Resume with { PostCopyBandwidthMiBPerSecond = 1_000 }, mayEnd: true);
            await pair.ReturnsAsync(call);
            pair.Show("shutoff (migrated)", "running (migrated)");
        }),
        new("B.5-6", "Where only the daemons have lost each other, QEMU goes on: a resume is refused, and it ends unattended", async pair =>
        {
            await pair.BeginPostCopyAsync(Scripts.Managed);
            await pair.DoAsync(Destination, Fault.KillDaemon);
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            await pair.DoAsync(Destination, Fault.StartDaemon);
            await pair.FailsAsync(pair.Migrate(Resume), LibvirtErrorKind.OperationInvalid, "QEMU reports migration is still running");
            await pair.ObeysAsync(Source, Verb.Unlimit);
            await pair.ShowsAsync(Destination, "running (migrated)");
            await pair.ShowsAsync(Source, "shutoff (migrated)");
        }),
        new("B.5-7", "A stream that is reset pauses post-copy on both sides, and can be resumed", async pair =>
        {
            var first = await pair.BeginPostCopyAsync();
            await pair.BeatsThereAsync();
            await pair.DoAsync(Source, Fault.BreakStream);
            await pair.FailsAsync(first, LibvirtErrorKind.OperationFailed);
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            await pair.ShowsAsync(Destination, "running (post-copy-failed)");
            await pair.EndAsync(await pair.ResumeAsync(Resume));
            pair.Show("shutoff (migrated)", "running (migrated)");
        }),
        new("B.5-8", "A resume takes the definition along, as the first call would have", async pair =>
        {
            await pair.BeginPostCopyAsync(Scripts.Managed);
            await pair.PauseAsync();
            await pair.EndAsync(await pair.ResumeAsync(Scripts.Managed with { IsResume = true }));
            pair.Show("absent", "running (migrated)");
        }),
    ];

    private static async Task PauseAsync(this IHypervisorPair pair)
    {
        await pair.BeatsThereAsync();
        await pair.ObeysAsync(Source, Verb.PausePostCopy);
        await pair.ShowsAsync(Source, "paused (post-copy-failed)");
        await pair.ShowsAsync(Destination, "running (post-copy-failed)");
    }

    /// <summary>While the call before has not returned yet, or QEMU has not stopped yet, a resume is refused: that means wait.</summary>
    public static async Task<ICall> ResumeAsync(this IHypervisorPair pair, MigrateOptions options, bool mayEnd = false)
    {
        while (true)
        {
            var call = pair.Migrate(options);
            await pair.UntilAsync(() => call.IsOver || pair.State(Source) == "paused (post-copy)", "the resume has begun or is refused");
            if (call.Error is null && (mayEnd || !call.IsOver))
            {
                await pair.UntilAsync(() => call.IsOver || pair.State(Destination) == "running (post-copy)", "the destination knows");
                return call;
            }

            Xunit.Assert.True(call.Error is { Kind: LibvirtErrorKind.OperationInvalid }, $"{call.Error}");
        }
    }
}
