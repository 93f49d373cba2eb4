using ActorMig.HypervisorRows;

namespace ActorMig.Simulation.Tests;

/// <summary>The facts about libvirt, each shown on two simulated hosts; the same scripts play on two real daemons in the lab.</summary>
public sealed class HypervisorRows
{
    [Theory]
    [MemberData(nameof(All))]
    public Task A_row_is_so_in_the_model(string id) => AllRows.Find(id).Play(new SimPair { MayRunTwice = AllRows.Find(id).MayRunTwice });

    public static TheoryData<string> All() => AllRows.Ids(_ => true);
}
