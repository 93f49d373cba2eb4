using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>
/// A post-copy that breaks is told to go on, again and again. One that breaks each time becomes the operator's: neither copy is touched, the journal has both states and the commands that decide it, both hosts are free
/// for other barters, and the arrival stays charged for as long as libvirt shows it.
/// </summary>
public sealed class BrokenPostCopy
{
    [Fact]
    public void It_is_needs_operator_and_holds_up_nobody()
    {
        var world = Story.TwoHosts(3);
        var (h1, h2) = (world.Hosts["h1"], world.Hosts["h2"]);
        h1.Hypervisor.BreaksInPostCopy = () => true;
        Story.Loads(world, 50, 50, 40, 40);
        world.Start();
        world.Run(3 * 60_000);
        h1.Tell(new MoveVm(VirtualActorSystem.Listen("asker", _ => { }), "vm1", "h2", "a person"));
        world.Run(15 * 60_000);

        var uuid = world.Guests["vm1"].Uuid;
        Assert.Equal((DomainState.Paused, StateReason.PostCopyFailed), (h1.Hypervisor.Find(uuid)!.State, h1.Hypervisor.Find(uuid)!.Reason));
        Assert.Equal((DomainState.Running, StateReason.PostCopyFailed), (h2.Hypervisor.Find(uuid)!.State, h2.Hypervisor.Find(uuid)!.Reason));
        Assert.Equal(h1.Options.Migration.ResumeTries, h1.Journal.Replay("migration-h1-1-1.1").OfType<ResumeIntended>().Count());
        var settled = h1.Journal.Replay("migration-h1-1-1.1").OfType<MigrationSettled>().Single();
        Assert.Equal(LegOutcome.NeedsOperator, settled.Outcome);
        Assert.Contains("On h1: paused (post-copy-failed). On h2: running (post-copy-failed).", settled.Reason, StringComparison.Ordinal);
        Assert.Contains("virsh migrate --live --p2p --postcopy --postcopy-resume vm1", settled.Reason, StringComparison.Ordinal);
        foreach (var host in world.Hosts.Values)
        {
            var status = Story.Status(world, host);
            Assert.Empty(status.Barter.OpenBarters);
            Assert.Equal(host.Hypervisor.Domains.Sum(d => d.Guest.MemoryBytes), status.Barter.PromisedBytes);
        }

        // Other VMs barter on.
        h1.Hypervisor.BreaksInPostCopy = () => false;
        h1.Tell(new MoveVm(VirtualActorSystem.Listen("asker", _ => { }), "vm2", "h2", "a person"));
        world.Run(3 * 60_000);
        Assert.Equal(["h1"], world.WhereRuns("vm2")); // h2 has no room for it beside vm1, vm3 and vm4
        Assert.Contains(world.Log, l => l.Contains("h2 declines h1-1-2: no-room", StringComparison.Ordinal));
        h2.Tell(new MoveVm(VirtualActorSystem.Listen("asker", _ => { }), "vm3", "h1", "a person"));
        world.Run(3 * 60_000);
        Assert.Equal(["h1"], world.WhereRuns("vm3"));
        Assert.Empty(world.Violations);
    }

    /// <summary>In post-copy each process has what the other has not: with one of them the guest is gone, and the journal says so instead of asking for patience.</summary>
    [Theory]
    [InlineData("h1", "vm1 is lost: its process on h1 is gone", "End it with `virsh destroy vm1` on h2")]
    [InlineData("h2", "vm1 is lost: it ran on h2, its process there is gone", "End that with `virsh destroy vm1` on h1")]
    public void A_process_dies_and_the_guest_is_lost(string where, string why, string todo)
    {
        var world = Story.TwoHosts(3);
        var (h1, h2) = (world.Hosts["h1"], world.Hosts["h2"]);
        world.Guests["vm1"].DirtyBytePerSecond = 400 << 20;
        Story.Loads(world, 50, 50, 40, 40);
        world.Start();
        world.Run(3 * 60_000);
        world.Do(new MoveAsked("vm1", "h2"));
        Assert.True(world.Time.RunUntil(() => h2.Journal.Replay("arrival-h1-1-1.1").OfType<ArrivalRan>().Any(), 60_000));
        world.Run(200);
        world.Do(new QemuCrashed("vm1", where));
        world.Run(15 * 60_000);

        var settled = h1.Journal.Replay("migration-h1-1-1.1").OfType<MigrationSettled>().Single();
        Assert.Equal(LegOutcome.NeedsOperator, settled.Outcome);
        Assert.Contains(why, settled.Reason, StringComparison.Ordinal);
        Assert.Contains(todo, settled.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("--postcopy-resume", settled.Reason, StringComparison.Ordinal);
        Assert.Empty(world.Violations);
    }

    /// <summary>What a host has said that is silent now is quoted, and nothing is concluded from it: the guest may have all its memory by now.</summary>
    [Fact]
    public void A_silent_host_s_old_word_does_not_make_it_lost()
    {
        var world = Story.TwoHosts(3);
        var (h1, h2) = (world.Hosts["h1"], world.Hosts["h2"]);
        h1.Hypervisor.BreaksInPostCopy = () => true;
        Story.Loads(world, 50, 50, 40, 40);
        world.Start();
        world.Run(3 * 60_000);
        world.Do(new MoveAsked("vm1", "h2"));
        Assert.True(world.Time.RunUntil(() => h1.Journal.Replay("migration-h1-1-1.1").OfType<ResumeIntended>().Any(), 60_000));
        h2.Kill();
        world.Do(new QemuCrashed("vm1", "h1"));
        world.Run(15 * 60_000);

        var settled = h1.Journal.Replay("migration-h1-1-1.1").OfType<MigrationSettled>().Single();
        Assert.Equal(LegOutcome.NeedsOperator, settled.Outcome);
        Assert.Contains("On h2: no answer, and running (post-copy-failed) before that.", settled.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("is lost", settled.Reason, StringComparison.Ordinal);
        Assert.Empty(world.Violations);
    }

    /// <summary>It breaks three times, and its agent is killed in between: the guest arrives all the same.</summary>
    [Fact]
    public void It_is_told_to_go_on()
    {
        var world = Story.TwoHosts(3);
        var h1 = world.Hosts["h1"];
        var breaks = 0;
        h1.Hypervisor.BreaksInPostCopy = () => breaks++ < 3;
        Story.Loads(world, 50, 50, 40, 40);
        world.Start();
        world.Run(3 * 60_000);
        h1.Tell(new MoveVm(VirtualActorSystem.Listen("asker", _ => { }), "vm1", "h2", "a person"));
        while (!h1.Journal.Replay("migration-h1-1-1.1").OfType<ResumeIntended>().Any())
        {
            world.Run(10);
        }

        h1.Kill();
        world.Run(1_000);
        h1.Start();
        world.Run(3 * 60_000);

        var events = h1.Journal.Replay("migration-h1-1-1.1").ToArray();
        Assert.Equal(LegOutcome.Completed, events.OfType<MigrationSettled>().Single().Outcome);
        Assert.Equal([1, 2, 3], events.OfType<ResumeIntended>().Select(r => r.Try).Take(3));
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Assert.Empty(world.Violations);
    }
}
