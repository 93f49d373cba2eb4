using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>The three ways to migrate, who chooses among them, and how a person ends one.</summary>
public sealed class Modes
{
    private readonly SimWorld _world = Story.TwoHosts(5);

    public Modes()
    {
        Story.Loads(_world, 50, 50, 40, 40);
        _world.Start();
    }

    private SimHost H1 => _world.Hosts["h1"];

    private SimGuest Vm1 => _world.Guests["vm1"];

    [Fact]
    public void Direct_switches_before_a_pass_is_done()
    {
        var events = Move(MigrationMode.Direct);
        Assert.True(events.OfType<SwitchIntended>().Single().Iterations <= 1);
        var figures = events.OfType<MigrationSettled>().Single(s => s.Outcome == LegOutcome.Completed).Figures!;
        Assert.InRange(figures.Bytes!.Value, Vm1.MemoryBytes * 9 / 10, Vm1.MemoryBytes * 11 / 10);
    }

    [Fact]
    public void Pre_copy_never_switches_and_its_guest_is_never_in_post_copy()
    {
        Vm1.DirtyBytePerSecond = 1 << 20;
        var events = Move(MigrationMode.PreCopy);
        Assert.DoesNotContain(events, e => e is SwitchIntended or PostCopyBegan);
        Assert.Equal(LegOutcome.Completed, events.OfType<MigrationSettled>().Single().Outcome);
        Assert.Equal(["h2"], _world.WhereRuns("vm1"));
    }

    /// <summary>It writes faster than the link carries: it stays, what it was, and the reason names figures and remedy.</summary>
    [Fact]
    public void Pre_copy_that_cannot_converge_is_given_up()
    {
        (H1.Hypervisor.BandwidthBytePerSecond, Vm1.DirtyBytePerSecond) = (100 << 20, 120 << 20);
        var events = Move(MigrationMode.PreCopy);
        Assert.Single(events.OfType<AbortIntended>());
        var settled = events.OfType<MigrationSettled>().Single();
        Assert.Equal(LegOutcome.Failed, settled.Outcome);
        Assert.Contains("pre-copy did not end in 150.0 s: the guest writes", settled.Reason, StringComparison.Ordinal);
        Assert.Equal(["h1"], _world.WhereRuns("vm1"));
        Assert.Equal(300, H1.Hypervisor.Find(Vm1.Uuid)!.MaxDowntimeMs);
    }

    [Fact]
    public void Hybrid_makes_another_pass_if_that_wins()
    {
        foreach (var host in _world.Hosts.Values)
        {
            host.Hypervisor.BandwidthBytePerSecond = 80 << 20;
        }

        Vm1.DirtyBytePerSecond = H1.Hypervisor.BandwidthBytePerSecond / 12;
        Assert.Equal(3, Move(null).OfType<SwitchIntended>().Single().Iterations);
        Vm1.DirtyBytePerSecond = H1.Hypervisor.BandwidthBytePerSecond / 5;
        Assert.Equal(2, Move(null, "h1").OfType<SwitchIntended>().Single().Iterations);
    }

    /// <summary>A command wins over the VM's metadata, and that over the host's configuration.</summary>
    [Fact]
    public void Who_chooses()
    {
        Vm1.MigrationMode = "direct";
        Assert.Equal(MigrationMode.Direct, ModeOf(Move(null)));
        Assert.Equal(MigrationMode.Hybrid, ModeOf(Move(MigrationMode.Hybrid, "h1")));
        Vm1.MigrationMode = null;
        H1.Reload(H1.Options with { Migration = H1.Options.Migration with { Mode = MigrationMode.PreCopy } });
        _world.Run(2 * 60_000);
        Assert.Equal(MigrationMode.PreCopy, ModeOf(Move(null)));
    }

    [Fact]
    public void A_wish_that_cannot_be_read_keeps_the_vm_where_it_is()
    {
        Vm1.MigrationMode = "fastest";
        _world.Run(3 * 60_000);
        var vm1 = Story.Status(_world, H1).Barter.Vms.Single(v => v.Facts.Name == "vm1");
        Assert.Equal((true, false), (vm1.IsManaged, vm1.IsMovable));
        MoveAnswered? answer = null;
        H1.Tell(new MoveVm(VirtualActorSystem.Listen("asker", m => answer = (MoveAnswered)m), "vm1", "h2", "a person"));
        RunUntil(() => answer is not null);
        Assert.Equal(
            (false, "vm1 cannot be moved: its metadata says migration='fastest', which is none of hybrid, pre-copy and direct; put that right with `virsh metadata`"),
            (answer!.IsAccepted, answer.Text));
        Assert.Single(_world.Notes, l => l.Contains("its metadata says migration='fastest'", StringComparison.Ordinal));
    }

    [Fact]
    public void A_person_aborts_it_while_it_runs_here_and_not_later()
    {
        Begin(null, "h2");
        RunUntil(() => Events("h1").OfType<PreCopyBegan>().Any());
        _world.Run(200);
        Assert.True(Abort("h1-1-1.1").IsAccepted);
        _world.Run(60_000);
        var settled = Events("h1").OfType<MigrationSettled>().Single();
        Assert.Equal((LegOutcome.Failed, true), (settled.Outcome, settled.Reason.Contains("a person wanted it aborted", StringComparison.Ordinal)));
        Assert.Equal(["h1"], _world.WhereRuns("vm1"));

        Begin(null, "h2");
        RunUntil(() => H1.Journal.Replay("migration-h1-1-2.1").OfType<PostCopyBegan>().Any());
        var refused = Abort("h1-1-2.1");
        Assert.False(refused.IsAccepted);
        Assert.Contains("neither host has all of its memory", refused.Text, StringComparison.Ordinal);
        _world.Run(60_000);
        Assert.Equal(["h2"], _world.WhereRuns("vm1"));
        Assert.Empty(_world.Violations);
    }

    private static MigrationMode ModeOf(IEnumerable<object> events) => events.OfType<MigrationPrepared>().Single().Plan.Vm.Mode;

    private AbortAnswered Abort(string migration)
    {
        AbortAnswered? answer = null;
        H1.Tell(new AbortMigration(VirtualActorSystem.Listen("asker", m => answer = (AbortAnswered)m), migration, "a person"));
        RunUntil(() => answer is not null);
        return answer!;
    }

    /// <summary>The events of vm1's newest migration from a host.</summary>
    private object[] Events(string from)
    {
        var newest = _world.Hosts[from].Journal.Replay("host").OfType<Hosts.MigrationOpened>().LastOrDefault()?.Plan.Migration;
        return newest is null ? [] : [.. _world.Hosts[from].Journal.Replay("migration-" + newest)];
    }

    private object[] Move(MigrationMode? mode, string to = "h2")
    {
        Begin(mode, to);
        _world.Run(6 * 60_000);
        Assert.Empty(_world.Violations);
        return Events(to == "h2" ? "h1" : "h2");
    }

    private void Begin(MigrationMode? mode, string to)
    {
        _world.Run(3 * 60_000);
        MoveAnswered? answer = null;
        _world.Hosts[to == "h2" ? "h1" : "h2"].Tell(new MoveVm(VirtualActorSystem.Listen("asker", m => answer = (MoveAnswered)m), "vm1", to, "a person", mode));
        RunUntil(() => answer is not null);
        Assert.True(answer!.IsAccepted, answer.Text);
    }

    private void RunUntil(Func<bool> condition)
    {
        for (var i = 0; i < 100_000 && !condition(); i++)
        {
            _world.Run(1);
        }

        Assert.True(condition());
    }
}
