using ActorMig.Simulation;
using Xunit;
using static ActorMig.HypervisorRows.Side;

namespace ActorMig.HypervisorRows;

/// <summary>More that bites (B.12), and what the lab has shown beside the written facts (L).</summary>
internal static class MoreRows
{
    public static IEnumerable<Row> All =>
    [
        new("B.12-1", "The call that ends a migration which converged is given up, and read later: libvirt lets the source go on, and the lock on its disk stops the second copy", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.HoldAtAsync(Moment.ConvergedNotAsked);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.ShowsAsync(Source, "running");
            await pair.DoAsync(Destination, Fault.ContinueDaemon);
            await pair.ShowsAsync(Destination, "absent");
            pair.Show("running", "absent");
            await pair.ToldAsync(Source, "suspended/migrated", "resumed/migrated");
        }),
        new("B.12-2", "The call that lets the guest run after the switch is lost: the source stays paused", async pair =>
        {
            await pair.WriteAsync();
            var call = await pair.BeginAsync(Scripts.Open);
            await pair.WriteAsync();
            await pair.HoldAtAsync(Moment.SwitchedNotAsked);
            await pair.FailsAsync(call, LibvirtErrorKind.Connection);
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            await pair.DoAsync(Destination, Fault.ContinueDaemon);
            await pair.ShowsAsync(Destination, "running (post-copy)");
            pair.Show("paused (post-copy-failed), leaving", "running (post-copy), arriving");
            await pair.ObeysAsync(Source, Verb.Unlimit);
            await pair.ShowsAsync(Source, "shutoff (migrated)");
            await pair.ShowsAsync(Destination, "running (migrated)");
        }),
        new("B.12-3", "Autostart does not go along, and leaves the source with the definition", async pair =>
        {
            await pair.ObeysAsync(Source, Verb.SetAutostart);
            Assert.True(pair.IsAutostart(Source));
            await pair.ReturnsAsync(pair.Migrate(Scripts.Managed with { BandwidthMiBPerSecond = 0 }));
            pair.Show("absent", "running (migrated)");
            Assert.False(pair.IsAutostart(Destination));
        }),
        new("B.12-4", "After an unattended end the source keeps definition and autostart: at its next boot it would run twice", async pair =>
        {
            await pair.ObeysAsync(Source, Verb.SetAutostart);
            await pair.BeginPostCopyAsync(Scripts.Managed);
            await pair.DoAsync(Source, Fault.KillDaemon);
            await pair.DoAsync(Source, Fault.StartDaemon);
            await pair.ShowsAsync(Source, "paused (post-copy)");
            await pair.AskAsync(Source, Verb.Unlimit);
            await pair.ShowsAsync(Source, "shutoff (migrated)");
            await pair.ShowsAsync(Destination, "running (migrated)");
            Assert.True(pair.IsAutostart(Source));
            Assert.False(pair.IsAutostart(Destination));
        }),
        new("B.12-5", "A transient guest stays so unless libvirt is told to make it persistent", async pair =>
        {
            await pair.ObeysAsync(Source, Verb.Undefine);
            await pair.ReturnsAsync(pair.Migrate(new()));
            pair.Show("absent", "running (migrated)");
            Assert.False(pair.Look(Destination).IsPersistent);
        }),
        new("B.12-6", "Told to, it makes a transient guest persistent", async pair =>
        {
            await pair.ObeysAsync(Source, Verb.Undefine);
            await pair.ReturnsAsync(pair.Migrate(new() { PersistsDestination = true }));
            pair.Show("absent", "running (migrated)");
            Assert.True(pair.Look(Destination).IsPersistent);
        }),
        new("B.12-7", "A guest of the same name and another UUID on the destination is in the way", async pair =>
        {
            await pair.ObeysAsync(Destination, Verb.DefineNamesake);
            await pair.FailsAsync(pair.Migrate(new()), LibvirtErrorKind.OperationFailed, "domain 'vm1' already exists with uuid");
            await pair.ObeysAsync(Destination, Verb.UndefineNamesake);
            await pair.ReturnsAsync(pair.Migrate(new()));
        }),
        new("B.12-8", "Its own definition on the destination is not", async pair =>
        {
            await pair.ReturnsAsync(pair.Migrate(Scripts.Managed with { BandwidthMiBPerSecond = 0, UndefinesSource = false }));
            pair.Show("shutoff (migrated)", "running (migrated)");
            Assert.True(pair.Look(Source).IsPersistent && pair.Look(Destination).IsPersistent);
        }),
        new("L-1", "Right after its start a migration cannot be switched yet, and then it can", async pair =>
        {
            await pair.WriteAsync();
            var call = pair.Migrate(Scripts.Open);
            await pair.UntilAsync(() => call.IsOver || pair.State(Destination) == "paused (migration)", "it begins to arrive");
            var refused = 0;
            for (; await pair.AskAsync(Source, Verb.StartPostCopy) is { } refusal; refused++)
            {
                Assert.Contains(refusal.Kind, (LibvirtErrorKind[])[LibvirtErrorKind.OperationInvalid, LibvirtErrorKind.InternalError, LibvirtErrorKind.OperationFailed]);
            }

            Assert.True(refused > 0, "It was never refused.");
            await pair.ShowsAsync(Destination, "running (post-copy)");
        }),
        new("L-2", "Paused by its owner in pre-copy it shows no owner's pause, and runs where it arrives", async pair =>
        {
            var call = await pair.BeginAsync();
            await pair.ObeysAsync(Source, Verb.Suspend);
            pair.Show("paused (migration), leaving", "paused (migration), arriving");
            await pair.EndAsync(call);
            pair.Show("shutoff (migrated)", "running (migrated)");
        }),
        new("L-3", "Paused by its owner before, it is not migrated with post-copy in mind", async pair =>
        {
            await pair.ObeysAsync(Source, Verb.Suspend);
            await pair.FailsAsync(
                pair.Migrate(new()), LibvirtErrorKind.ArgumentUnsupported, "post-copy migration is not supported with non-live or paused migration");
            pair.Show("paused (user)", "absent");
        }),
        new("L-9", "Without post-copy in mind it is, and stays paused", async pair =>
        {
            await pair.ObeysAsync(Source, Verb.Suspend);
            await pair.ReturnsAsync(pair.Migrate(new() { IsPostCopy = false }));
            pair.Show("shutoff (migrated)", "paused (user)");
        }),
        new("L-4", "In post-copy its owner cannot pause it where it runs: libvirt waits for the migration's end, and gives up after half a minute", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.RefusesAsync(Destination, Verb.Suspend, LibvirtErrorKind.OperationTimeout, "cannot acquire state change lock");
        }),
        new("L-5", "While it leaves, its owner cannot undefine it: libvirt waits, and gives up after half a minute", async pair =>
        {
            await pair.BeginAsync();
            await pair.RefusesAsync(Source, Verb.Undefine, LibvirtErrorKind.OperationTimeout, "cannot acquire state change lock");
            Assert.True(pair.Look(Source).IsPersistent);
        }),
        new("L-6", "The source cannot be resumed while its job lasts", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.RefusesAsync(Source, Verb.Resume, LibvirtErrorKind.OperationTimeout, "cannot acquire state change lock");
        }),
        new("L-7", "When both processes of a broken post-copy are gone, the guest can be booted from its definition: told as resumed, and then as started", async pair =>
        {
            await pair.BeginPostCopyAsync();
            await pair.DoAsync(Destination, Fault.KillProcess);
            await pair.ShowsAsync(Source, "paused (post-copy-failed)");
            await pair.DoAsync(Source, Fault.KillProcess);
            await pair.ShowsAsync(Source, "shutoff");
            await pair.ObeysAsync(Source, Verb.Boot);
            await pair.ToldAsync(
                Source, "suspended/migrated", "suspended/post-copy", "suspended/post-copy-failed", "stopped/failed", "resumed/unpaused", "started/booted");
            pair.Show("running", "absent");
        }),
        new("L-8", "A guest that runs on the destination is not migrated there again", async pair =>
        {
            await pair.ReturnsAsync(pair.Migrate(new()));
            await pair.FailsAsync(pair.Migrate(new()), LibvirtErrorKind.OperationInvalid, "domain is not running");
        }),
    ];
}
