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
}
