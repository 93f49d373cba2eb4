using ActorMig.Agent;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.LabTests;

/// <summary>A person moves a guest with virsh while agents are in mode auto: they see it on both hosts, do not fight it, and know it at its new host.</summary>
public sealed class ForeignMigrations(LabFixture fixture)
{
    [Fact]
    public async Task Somebody_moves_a_guest_with_virsh()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab);
        var move = Task.Run(() => one.H1.TryVirsh(
            "migrate", "--live", "--p2p", "--persistent", "--undefinesource", "--bandwidth", "8", "vm1", $"qemu+tcp://{one.H2.Address}/system", $"tcp://{one.H2.Address}"));
        await one.UntilAsync(
            () => LabCase.StatusAsync(one.H1).GetAwaiter().GetResult().Foreign is [{ Name: "vm1", IsOutgoing: true }]
                && LabCase.StatusAsync(one.H2).GetAwaiter().GetResult().Foreign is [{ Name: "vm1", IsOutgoing: false }],
            "both hosts see it");
        Assert.Contains("foreign   vm1 leaves by somebody else's hand since", one.H1.Actormig(ExitCodes.Ok, "status"), StringComparison.Ordinal);
        Assert.Contains("foreign   vm1 comes by somebody else's hand since", one.H2.Actormig(ExitCodes.Ok, "migration", "list"), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^vm1 +foreign \(leaves\)", one.H1.Actormig(ExitCodes.Ok, "vm", "list"));
        await one.UntilAsync(() => one.Log.Of<ChargeBegan>().Any(c => c.Host == "h2"), "it is charged where it comes");
        await one.UntilAsync(() => move.IsCompleted, "it has ended");
        Assert.Equal(0, (await move).Code);
        await one.UntilAsync(
            () => one.Log.Of<ForeignMigrationEnded>().Select(e => (e.Host, e.Message.Outcome)).Order().SequenceEqual([("h1", "left"), ("h2", "came")]),
            "both hosts have recorded its end");
        Assert.True(one.Log.Of<ForeignMigrationEnded>().Single(e => e.Host == "h1").Message is { TotalMs: > 0 });
        Assert.Empty(one.Log.Of<MigrationPrepared>());
        await one.UntilAsync(
            () => LabCase.StatusAsync(one.H2).GetAwaiter().GetResult().Barter.Vms.Any(v => v is { Facts.Name: "vm1", Status: Vms.VmStatus.Idle }), "its new host knows it");
        await one.CheckAtRestAsync();
    }
}
