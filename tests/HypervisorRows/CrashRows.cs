using ActorMig.Edges;
using ActorMig.Simulation;
using Xunit;
using static ActorMig.HypervisorRows.Side;

namespace ActorMig.HypervisorRows;

/// <summary>Who dies in a migration, and what becomes of it (B.6).</summary>
internal static class CrashRows
{
    public static IEnumerable<Row> All =>
    [
        new("B.6-1", "The caller dies: libvirt goes on as if it lived", async pair =>
        {
            await pair.WriteAsync();
            await pair.MigrateAndKillCallerAsync(Scripts.Open);
            pair.Show("running, leaving", "paused (migration), arriving");
            await pair.SwitchAsync();
            await pair.ShowsAsync(Destination, "running (post-copy)");
            await pair.ObeysAsync(Source, Verb.Unlimit);
            await pair.ShowsAsync(Destination, "running (migrated)");
            await pair.ShowsAsync(Source, "shutoff (migrated)");
        }),
        new("B.6-2", "The source's daemon dies in pre-copy: it cancels when it is back, and the guest goes on there", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.DoAsync(Source, Fault.KillDaemon);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.ShowsAsync(Destination, "absent");
            await pair.DoAsync(Source, Fault.StartDaemon);
            await pair.ShowsAsync(Source, "running");
            pair.Show("running", "absent");
            await pair.ToldAsync(Destination, "started/migrated", "shutdown/host", "stopped/destroyed");
        }),
        new("B.6-3", "Both daemons die when the source is paused in post-copy and the destination was not asked to run: what was arriving is ended, and the source stays paused", async pair =>
        {
            await pair.WriteAsync();
            await pair.BeginAsync(Scripts.Open);
            await pair.WriteAsync();
            await pair.HoldAtAsync(Moment.SwitchedNotAsked);
            await pair.DoAsync(Source, Fault.KillDaemon);
            await pair.DoAsync(Destination, Fault.KillDaemon);
            await pair.DoAsync(Destination, Fault.StartDaemon);
            await pair.DoAsync(Source, Fault.StartDaemon);
            await pair.ShowsAsync(Destination, "absent");
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            pair.Show("paused (post-copy-failed), leaving", "absent");
        }),
        new("B.6-4", "The destination's daemon dies when the source is paused in post-copy and it was not asked to run: the same", async pair =>
        {
            await pair.WriteAsync();
            var call = await pair.BeginAsync(Scripts.Open);
            await pair.WriteAsync();
            await pair.HoldAtAsync(Moment.SwitchedNotAsked);
            await pair.DoAsync(Destination, Fault.KillDaemon);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.DoAsync(Destination, Fault.StartDaemon);
            await pair.LinkTimeoutAsync();
            pair.Show("paused (post-copy-failed), leaving", "absent");
        }),
        new("B.6-5", "The source's daemon dies when the guest had converged and the destination was not asked: the guest stays paused, without a job, and nothing arrives", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.HoldAtAsync(Moment.ConvergedNotAsked);
            await pair.DoAsync(Source, Fault.KillDaemon);
            await pair.DoAsync(Destination, Fault.KillDaemon);
            await pair.DoAsync(Source, Fault.StartDaemon);
            await pair.DoAsync(Destination, Fault.StartDaemon);
            await pair.LinkTimeoutAsync();
            pair.Show("paused (migration)", "absent");
        }),
        new("B.6-6", "The source's daemon dies when the guest had converged and the destination reads afterwards that it shall let it run: it does, and the source keeps a paused remnant without a job", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.HoldAtAsync(Moment.ConvergedNotAsked);
            await pair.DoAsync(Source, Fault.KillDaemon);
            await pair.DoAsync(Destination, Fault.ContinueDaemon);
            await pair.LinkTimeoutAsync();
            await pair.DoAsync(Source, Fault.StartDaemon);
            await pair.LinkTimeoutAsync();
            pair.Show("paused (migration)", "running (migrated)");
        }),
        new("B.6-20", "The source's daemon dies when it is paused in post-copy, and the destination reads afterwards that it shall let the guest run: it does", async pair =>
        {
            await pair.WriteAsync();
            await pair.BeginAsync(Scripts.Open);
            await pair.WriteAsync();
            await pair.HoldAtAsync(Moment.SwitchedNotAsked);
            await pair.DoAsync(Source, Fault.KillDaemon);
            await pair.DoAsync(Destination, Fault.ContinueDaemon);
            await pair.ShowsAsync(Destination, "running (post-copy)");
            await pair.DoAsync(Source, Fault.StartDaemon);
            await pair.ShowsAsync(Source, "paused (post-copy)");
            await pair.AskAsync(Source, Verb.Unlimit);
            await pair.ShowsAsync(Source, "shutoff (migrated)");
            await pair.ShowsAsync(Destination, "running (migrated)");
        }),
        new("B.6-7", "The source's daemon dies in post-copy: QEMU ends it unattended, and definitions stay as they are", async pair =>
        {
            var call = await pair.BeginPostCopyAsync(Scripts.Managed);
            await pair.DoAsync(Source, Fault.KillDaemon);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.DoAsync(Source, Fault.StartDaemon);
            await pair.ShowsAsync(Source, "paused (post-copy)");
            pair.Show("paused (post-copy), leaving", "running (post-copy), arriving");
            await pair.AskAsync(Source, Verb.Unlimit);
            await pair.ShowsAsync(Source, "shutoff (migrated)");
            await pair.ShowsAsync(Destination, "running (migrated)");
            Assert.True(pair.Look(Source).IsPersistent && pair.Look(Destination).IsPersistent);
            await pair.ToldAsync(Destination, "started/migrated", "defined/added", "resumed/post-copy", "resumed/migrated");
        }),
        new("B.6-8", "The destination's daemon dies in post-copy: the same", async pair =>
        {
            var call = await pair.BeginPostCopyAsync(Scripts.Managed);
            await pair.BeatsThereAsync();
            await pair.DoAsync(Destination, Fault.KillDaemon);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            await pair.DoAsync(Destination, Fault.StartDaemon);
            await pair.ShowsAsync(Destination, "running (post-copy)");
            pair.Show("paused (post-copy-failed), leaving", "running (post-copy), arriving");
            await pair.ObeysAsync(Source, Verb.Unlimit);
            await pair.ShowsAsync(Source, "shutoff (migrated)");
            await pair.ShowsAsync(Destination, "running (migrated)");
            Assert.True(pair.Look(Source).IsPersistent && pair.Look(Destination).IsPersistent);
            await pair.ToldAsync(Source, "suspended/migrated", "suspended/post-copy", "suspended/post-copy-failed", "stopped/migrated");
        }),
        new("B.6-9", "The destination's daemon dies in pre-copy: the guest goes on on the source, and what was arriving is ended", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.DoAsync(Destination, Fault.KillDaemon);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.ShowsAsync(Source, "running");
            await pair.DoAsync(Destination, Fault.StartDaemon);
            await pair.ShowsAsync(Destination, "absent");
            pair.Show("running", "absent");
        }),
        new("B.6-10", "The destination's daemon dies when it was about to let a guest run that converged: that one is ended, and the source goes on", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.HoldAtAsync(Moment.ConvergedNotRunning);
            await pair.DoAsync(Destination, Fault.KillDaemon);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.ShowsAsync(Source, "running");
            await pair.DoAsync(Destination, Fault.StartDaemon);
            await pair.ShowsAsync(Destination, "absent");
            pair.Show("running", "absent");
        }),
        new("B.6-11", "QEMU dies on the destination in post-copy: the guest is lost, and its remnant stays paused with its job", async pair =>
        {
            var call = await pair.BeginPostCopyAsync();
            await pair.DoAsync(Destination, Fault.KillProcess);
            await pair.FailsAsProcessDiedAsync(call);
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            await pair.ShowsAsync(Destination, "absent");
            pair.Show("paused (post-copy-failed), leaving", "absent");
            await pair.ToldAsync(Destination, "started/migrated", "resumed/post-copy", "stopped/failed");
        }),
        new("B.6-12", "QEMU dies on the source in post-copy: the guest runs on until it needs what is lost", async pair =>
        {
            var call = await pair.BeginPostCopyAsync();
            await pair.BeatsThereAsync();
            await pair.DoAsync(Source, Fault.KillProcess);
            await pair.FailsAsProcessDiedAsync(call);
            await pair.ShowsAsync(Destination, "running (post-copy-failed)");
            pair.Show("shutoff", "running (post-copy-failed), arriving");
            await pair.ToldAsync(Source, "suspended/migrated", "suspended/post-copy", "stopped/failed");
        }),
        new("B.6-13", "QEMU dies on the destination in pre-copy: the guest goes on on the source", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.DoAsync(Destination, Fault.KillProcess);
            await pair.FailsAsProcessDiedAsync(call);
            await pair.ShowsAsync(Source, "running");
            pair.Show("running", "absent");
        }),
        new("B.6-14", "QEMU dies on the source in pre-copy: the guest is gone, and nothing arrives", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.DoAsync(Source, Fault.KillProcess);
            await pair.FailsAsProcessDiedAsync(call);
            await pair.ShowsAsync(Destination, "absent");
            pair.Show("shutoff", "absent");
            await pair.ToldAsync(Source, "stopped/failed");
        }),
        new("B.6-15", "The answer that all is well is lost in post-copy, and QEMU has completed: the call fails, the source ends as migrated, and its definition stays", async pair =>
        {
            var call = await pair.BeginPostCopyAsync(Scripts.Managed);
            await pair.DoAsync(Destination, Fault.HangDaemon);
            await pair.ObeysAsync(Source, Verb.Unlimit);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.ShowsAsync(Source, "shutoff (migrated)");
            await pair.UntilAsync(() => pair.CompletedJobs == 1, "the job is told as completed");
            await pair.DoAsync(Destination, Fault.ContinueDaemon);
            await pair.ShowsAsync(Destination, "running (migrated)");
            Assert.True(pair.Look(Source).IsPersistent && pair.Look(Destination).IsPersistent);
        }),
        new("B.6-16", "The link is cut in pre-copy: the daemons give it up, and the guest goes on on the source", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.DoAsync(Source, Fault.CutLink);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.ShowsAsync(Source, "running");
            await pair.ShowsAsync(Destination, "absent");
            await pair.DoAsync(Source, Fault.HealLink);
        }),
        new("B.6-17", "The link is cut in post-copy: the source notices and the destination does not; when it is whole again, the stream goes on by itself", async pair =>
        {
            var call = await pair.BeginPostCopyAsync();
            await pair.DoAsync(Source, Fault.CutLink);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            pair.Show("paused (post-copy-failed), leaving", "running (post-copy), arriving");
            await pair.DoAsync(Source, Fault.HealLink);
            await pair.ObeysAsync(Source, Verb.Unlimit);
            await pair.ShowsAsync(Destination, "running (migrated)");
            await pair.ShowsAsync(Source, "shutoff (migrated)");
        }),
        new("B.6-18", "The source's daemon dies as it was about to end its process: it ends it when it is back, and the definition stays", async pair =>
        {
            var call = await pair.BeginAsync(Scripts.Slow with { PersistsDestination = true, UndefinesSource = true });
            await pair.HoldAtAsync(Moment.Confirming);
            await pair.DoAsync(Source, Fault.KillDaemon);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.DoAsync(Source, Fault.StartDaemon);
            await pair.ShowsAsync(Source, "shutoff (migrated)");
            pair.Show("shutoff (migrated)", "running (migrated)");
        }) { OnlySimulated = "libvirtd sends SIGTERM a few ms after the answer, and nothing outside can hold it there. A QEMU that is stopped (SIGSTOP) holds the daemon in this phase, but has its SIGTERM pending and ends by itself when it goes on, whatever the daemon does; a hook script runs only after the process is dead" },
        new("B.6-19", "The destination's daemon dies when it has let the guest run and not said so: it runs on there, and libvirt lets it run on the source, too", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.HoldAtAsync(Moment.ConvergedRunning);
            await pair.DoAsync(Destination, Fault.KillDaemon);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.DoAsync(Destination, Fault.StartDaemon);
            pair.Show("running", "running (migrated)");
        }) { OnlySimulated = "between letting it run and saying so the daemon asks QEMU nothing that a stopped QEMU would hold up, and no hook runs; and in the lab QEMU's lock on the disk stops a second copy", MayRunTwice = true },
    ];
}
