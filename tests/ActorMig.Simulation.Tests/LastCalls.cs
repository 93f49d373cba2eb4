using ActorMig.Bartering;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>What is left on the source when the end of a migration is not as it is meant to be: a definition that would start a second copy one day.</summary>
public sealed class LastCalls
{
    private readonly SimWorld _world = Story.TwoHosts(9);

    private SimHost H1 => _world.Hosts["h1"];

    private SimHost H2 => _world.Hosts["h2"];

    private string Vm1 => _world.Guests["vm1"].Uuid;

    /// <summary>libvirt removes what is inactive at the end of a migration, also if its process had died by itself just before.</summary>
    [Fact]
    public void A_process_that_dies_before_the_last_call_leaves_nothing()
    {
        H1.Hypervisor.Migrate(Vm1, H2.Hypervisor, new MigrateOptions { IsPostCopy = false, PersistsDestination = true, UndefinesSource = true }, static _ => { });
        Assert.True(_world.Time.RunUntil(() => H2.Hypervisor.Find(Vm1) is { Runs: true }, 60_000));
        H1.Hypervisor.Crash(Vm1);
        _world.Run(1_000);
        Assert.Null(H1.Hypervisor.Find(Vm1));
        Assert.Equal(["h2"], _world.WhereRuns("vm1"));
    }

    /// <summary>An end that no daemon attends to skips the undefine of the source, and the guest need not run to have come: its owner may have paused it by then.</summary>
    [Fact]
    public void An_unattended_end_and_a_guest_that_its_owner_pauses_at_once_leave_no_definition()
    {
        _world.Guests["vm1"].DirtyBytePerSecond = 400 << 20;
        Story.Loads(_world, 50, 50, 40, 40);
        _world.Start();
        _world.Run(3 * 60_000);
        H2.Journal.Landed += (_, events) =>
        {
            if (events.OfType<ArrivalRan>().Any())
            {
                _world.Do(new LibvirtdKilled("h1"));
                _world.Time.After(2_000, () => _world.Do(new LibvirtdRestarted("h1")));
            }
            else if (events.OfType<ArrivalSettled>().Any())
            {
                _world.Do(new OwnerPaused("vm1"));
            }
        };
        _world.Do(new MoveAsked("vm1", "h2"));
        _world.Run(60_000);
        Assert.Equal(LegOutcome.Completed, H1.Journal.Replay("migration-h1-1-1.1").OfType<MigrationSettled>().Single().Outcome);
        Assert.Null(H1.Hypervisor.Find(Vm1));
        Assert.True(H2.Hypervisor.Find(Vm1) is { IsActive: true, IsPersistent: true });
        Assert.Empty(_world.Violations);
    }
}
