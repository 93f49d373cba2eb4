using ActorMig.Edges;
using ActorMig.Migrations;
using ActorMig.Simulation;
using Xunit;
using static ActorMig.HypervisorRows.Side;

namespace ActorMig.HypervisorRows;

/// <summary>What both hosts show together, how that comes to be, and what an agent concludes from it (B.7).</summary>
internal static class StateRows
{
    public static IEnumerable<Row> All =>
    [
        new("B.7-1", "Running with a job, paused: pre-copy", async pair =>
        {
            await pair.BeginAsync();
            pair.Show("running, leaving", "paused (migration), arriving");
            pair.Means(Verdict.Running);
        }),
        new("B.7-2", "Running without a job, absent: nothing was moved", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.ObeysAsync(Source, Verb.Abort);
            await pair.FailsAsync(call, LibvirtErrorKind.OperationAborted);
            pair.Show("running", "absent");
            pair.Means(Verdict.Failed);
        }),
        new("B.7-3", "Paused for the migration with a job, paused: the guest has converged, and is about to run", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.HoldAtAsync(Moment.ConvergedNotAsked);
            Assert.Equal((DomainState.Paused, StateReason.Migration, DomainJob.Outgoing), Part(pair.Look(Source)));
            await pair.DoAsync(Destination, Fault.ContinueDaemon);
            await pair.ReturnsAsync(call);
            pair.Show("shutoff (migrated)", "running (migrated)");
        }),
        new("B.7-4", "Paused in post-copy, running in post-copy: watch", async pair =>
        {
            await pair.BeginPostCopyAsync();
            pair.Show("paused (post-copy), leaving", "running (post-copy), arriving");
            pair.Means(Verdict.Running);
        }),
        new("B.7-5", "Paused and running in a post-copy that failed: resume", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.BeatsThereAsync();
            await pair.ObeysAsync(Source, Verb.PausePostCopy);
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            await pair.ShowsAsync(Destination, "running (post-copy-failed)");
            pair.Show("paused (post-copy-failed), leaving", "running (post-copy-failed), arriving");
            pair.Means(Verdict.ResumePostCopy);
        }),
        new("B.7-6", "Failed on the source and not on the destination: one of them noticed first", async pair =>
        {
            var call = await pair.BeginPostCopyAsync();
            await pair.DoAsync(Source, Fault.CutLink);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            pair.Show("paused (post-copy-failed), leaving", "running (post-copy), arriving");
            pair.Means(Verdict.ResumePostCopy);
        }),
        new("B.7-7", "Shut off as migrated, running as migrated: done, and a definition is left", async pair =>
        {
            await pair.ReturnsAsync(pair.Migrate(new()));
            pair.Show("shutoff (migrated)", "running (migrated)");
            pair.Means(Verdict.CompletedUndefineSource);
        }),
        new("B.7-8", "Absent, running as migrated: done", async pair =>
        {
            await pair.ReturnsAsync(pair.Migrate(Scripts.Managed with { BandwidthMiBPerSecond = 0 }));
            pair.Show("absent", "running (migrated)");
            pair.Means(Verdict.Completed);
        }),
        new("B.7-9", "The source's process is dead and the destination's runs in a post-copy that failed: at risk, hands off", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.BeatsThereAsync();
            await pair.DoAsync(Source, Fault.KillProcess);
            await pair.ShowsAsync(Destination, "running (post-copy-failed)");
            await pair.DoAsync(Source, Fault.KillDaemon);
            Assert.Equal((DomainState.Running, StateReason.PostCopyFailed, DomainJob.Incoming), Part(pair.Look(Destination)));
        }),
        new("B.7-10", "Shut off as migrated, shut off: done, then ended by its owner", async pair =>
        {
            await pair.ReturnsAsync(pair.Migrate(Scripts.Managed with { BandwidthMiBPerSecond = 0, UndefinesSource = false }));
            await pair.ObeysAsync(Destination, Verb.Destroy);
            pair.Show("shutoff (migrated)", "shutoff (ended)");
            pair.Means(Verdict.Gone, hasRun: true);
        }),
        new("B.7-11", "Ended by its owner in pre-copy: shut off so on the source, and nothing arrives", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.ObeysAsync(Source, Verb.Destroy);
            await pair.UntilAsync(() => call.IsOver, "the migration returns");
            await pair.ShowsAsync(Destination, "absent");
            pair.Show("shutoff (ended)", "absent");
            pair.Means(Verdict.Gone);
            await pair.ToldAsync(Source, "shutdown/host", "stopped/destroyed");
        }),
        new("B.7-12", "Paused in a post-copy that failed, absent as its owner ended it there", async pair =>
        {
            var call = await pair.BeginPostCopyAsync();
            await pair.AskAsync(Destination, Verb.Destroy);
            await pair.UntilAsync(() => call.IsOver, "the migration returns");
            await pair.ShowsAsync(Destination, "absent");
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            pair.Show("paused (post-copy-failed), leaving", "absent");
            pair.Means(Verdict.Wait);
            await pair.ToldAsync(Destination, "started/migrated", "resumed/post-copy", "shutdown/host", "stopped/destroyed or stopped/failed");
        }),
        new("B.7-13", "Paused in a post-copy that failed, absent as QEMU died there: lost", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.DoAsync(Destination, Fault.KillProcess);
            await pair.ShowsAsync(Destination, "absent");
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            pair.Show("paused (post-copy-failed), leaving", "absent");
            pair.Means(Verdict.Wait);
        }),
        new("B.7-14", "Shut off as migrated, paused by its owner: done, and a definition is left", async pair =>
        {
            await pair.ReturnsAsync(pair.Migrate(new()));
            await pair.ObeysAsync(Destination, Verb.Suspend);
            pair.Show("shutoff (migrated)", "paused (user)");
            pair.Means(Verdict.CompletedUndefineSource);
        }),
        new("B.7-15", "Absent and absent: nobody can tell", async pair =>
        {
            await pair.ObeysAsync(Source, Verb.Undefine);
            await pair.ObeysAsync(Source, Verb.Destroy);
            pair.Show("absent", "absent");
            pair.Means(Verdict.NeedsOperator);
        }),
    ];

    private static (DomainState State, StateReason Reason, DomainJob Job) Part(DomainLook look) => (look.State, look.Reason, look.Job);

    /// <summary>What follows for an agent that has been looking all the time, and had the switch in mind.</summary>
    private static void Means(this IHypervisorPair pair, Verdict verdict, bool hasRun = false)
    {
        var there = new ArrivalStands("m", 1, pair.Look(Destination), hasRun, IsGapless: true);
        Assert.Equal(verdict, Reconcile.Judge(pair.Look(Source), there, isSwitchIntended: true));
    }
}
