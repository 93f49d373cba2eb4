using ActorMig.Simulation;
using static ActorMig.HypervisorRows.Side;

namespace ActorMig.HypervisorRows;

/// <summary>What can be aborted, and when (B.4).</summary>
internal static class AbortRows
{
    public static IEnumerable<Row> All =>
    [
        new("B.4-0", "Without a job there is nothing to abort and nothing to switch", async pair =>
        {
            await pair.RefusesAsync(Source, Verb.Abort, LibvirtErrorKind.OperationInvalid, "no job is active on the domain");
            await pair.RefusesAsync(Source, Verb.StartPostCopy, LibvirtErrorKind.OperationInvalid, "post-copy can only be started while outgoing migration is in progress");
        }),
        new("B.4-1", "In pre-copy it is cancelled, and the guest goes on where it was", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.ObeysAsync(Source, Verb.Abort);
            await pair.FailsAsync(call, LibvirtErrorKind.OperationAborted, "canceled by client");
            pair.Show("running", "absent");
            await pair.ToldAsync(Destination, "started/migrated", "stopped/failed");
            await pair.ToldAsync(Source);
        }),
        new("B.4-2", "Once the source is paused in post-copy, an abort is refused, also while the destination has not run yet", async pair =>
        {
            await pair.WriteAsync();
            await pair.BeginAsync(Scripts.Open);
            await pair.WriteAsync();
            await pair.HoldAtAsync(Moment.SwitchedNotAsked);
            await pair.RefusesAsync(Source, Verb.Abort, LibvirtErrorKind.OperationInvalid, "cannot abort migration in post-copy mode");
            await pair.DoAsync(Destination, Fault.ContinueDaemon);
            await pair.ShowsAsync(Destination, "running (post-copy)");
        }),
        new("B.4-3", "In post-copy an abort is refused", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.RefusesAsync(Source, Verb.Abort, LibvirtErrorKind.OperationInvalid, "cannot abort migration in post-copy mode");
            pair.Show("paused (post-copy), leaving", "running (post-copy), arriving");
        }),
        new("B.4-4", "Post-copy can be paused: then it has failed on both sides, and both keep their jobs", async pair =>
        {
            var call = await pair.BeginPostCopyAsync();
            await pair.BeatsThereAsync();
            await pair.ObeysAsync(Source, Verb.PausePostCopy);
            await pair.FailsAsync(call, LibvirtErrorKind.OperationFailed);
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            await pair.ShowsAsync(Destination, "running (post-copy-failed)");
            pair.Show("paused (post-copy-failed), leaving", "running (post-copy-failed), arriving");
            await pair.ToldAsync(Source, "suspended/migrated", "suspended/post-copy", "suspended/post-copy-failed");
            await pair.ToldAsync(Destination, "started/migrated", "resumed/post-copy", "resumed/post-copy-failed");
        }),
        new("B.4-5", "Before post-copy it cannot be paused so", async pair =>
        {
            await pair.BeginAsync();
            await pair.RefusesAsync(Source, Verb.PausePostCopy, LibvirtErrorKind.OperationInvalid, "current job is not outgoing migration in post-copy mode");
        }),
        new("B.4-6", "On the destination an abort waits for the job, and gives up after half a minute", async pair =>
        {
            await pair.BeginAsync();
            await pair.RefusesAsync(Destination, Verb.Abort, LibvirtErrorKind.OperationTimeout, "cannot acquire state change lock");
            pair.Show("running, leaving", "paused (migration), arriving");
        }),
        new("B.4-7", "Without the flag for it there is no switch", async pair =>
        {
            await pair.BeginAsync(Scripts.Slow with { IsPostCopy = false });
            await pair.RefusesAsync(Source, Verb.StartPostCopy, LibvirtErrorKind.OperationInvalid, "switching to post-copy requires migration to be started with VIR_MIGRATE_POSTCOPY flag");
        }),
        new("B.4-8", "In post-copy a second switch is accepted, and changes nothing", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.ObeysAsync(Source, Verb.StartPostCopy);
            pair.Show("paused (post-copy), leaving", "running (post-copy), arriving");
        }),
        new("B.4-9", "A second migration is refused at once, and the first goes on", async pair =>
        {
            await pair.BeginAsync();
            await pair.FailsAsync(pair.Migrate(Scripts.Slow), LibvirtErrorKind.OperationInvalid, "another migration job is already running for domain 'vm1'");
            pair.Show("running, leaving", "paused (migration), arriving");
        }),
        new("B.4-10", "A paused post-copy cannot be paused again, nor aborted", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.BeatsThereAsync();
            await pair.ObeysAsync(Source, Verb.PausePostCopy);
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            await pair.RefusesAsync(Source, Verb.PausePostCopy, LibvirtErrorKind.InternalError, "migrate-pause is currently only supported during postcopy-active state");
            await pair.RefusesAsync(Source, Verb.Abort, LibvirtErrorKind.OperationInvalid);
        }),
    ];
}
