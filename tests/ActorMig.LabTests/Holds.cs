using ActorMig.Agent;
using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Hosts;

namespace ActorMig.LabTests;

/// <summary>The hand on the brake, and a host that is emptied, on real libvirt, as an operator meets them.</summary>
public sealed class Holds(LabFixture fixture)
{
    [Fact]
    public async Task A_frozen_cluster_begins_nothing_and_remembers_it()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab);
        Assert.Contains("-m", one.H1.Actormig(ExitCodes.BadInput, "cluster", "freeze"), StringComparison.Ordinal);
        Assert.Contains("--for is '2 fortnights'", one.H1.Actormig(ExitCodes.BadInput, "cluster", "freeze", "--for", "2 fortnights", "-m", "x"), StringComparison.Ordinal);
        Assert.Contains("nothing to thaw", one.H1.Actormig(ExitCodes.Refused, "cluster", "thaw"), StringComparison.Ordinal);
        var said = one.H1.Actormig(ExitCodes.Ok, "cluster", "freeze", "-m", "the storage is being changed");
        Assert.Contains("No move begins on h1 any more.", said, StringComparison.Ordinal);
        Assert.Contains("All 1 other hosts know it.", said, StringComparison.Ordinal);

        // The other host has heard it, and remembers it.
        await one.H2.StopAgentAsync();
        await one.RestartAsync(one.H2);
        await one.UntilAsync(() => LabCase.StatusAsync(one.H2).GetAwaiter().GetResult().Round > 0, "h2 has had a round");
        Assert.Contains("user 0 on h1 froze the cluster: the storage is being changed", one.H2.Actormig(ExitCodes.Refused, "migrate", "vm3", "--to", "h1"), StringComparison.Ordinal);
        Assert.Contains("frozen    user 0 on h1 froze the cluster", one.H2.Actormig(ExitCodes.Ok, "status"), StringComparison.Ordinal);
        await one.LoadForSwapAsync();
        await one.UntilAsync(() => one.H1.Actormig(ExitCodes.Ok, "status").Contains("decision  frozen: ", StringComparison.Ordinal), "h1 would barter, and must not");
        Assert.Empty(one.Log.Of<BarterOffered>());

        one.H2.Actormig(ExitCodes.Ok, "cluster", "thaw");
        await one.UntilAsync(() => one.Log.Of<BarterEnded>().Any(e => e.Message.Outcome == BarterOutcome.Settled), "the swap has been made");
        Assert.Equal(["h1", "h2"], one.Log.Of<BrakeSet>().Where(e => e.Message.IsFrozen).Select(e => e.Host).Order(StringComparer.Ordinal));
        await one.CheckAtRestAsync();
    }

    [Fact]
    public async Task A_host_is_emptied_and_filled_again()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab, LabCase.Quick + "\nactormig.host.memory.total = 400MiB");
        Assert.Contains("h9 is no member of the cluster, as far as h1 knows", one.H1.Actormig(ExitCodes.Refused, "host", "drain", "h9"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("nothing to cancel", one.H1.Actormig(ExitCodes.Refused, "host", "drain", "h1", "--cancel"), StringComparison.Ordinal);
        var said = one.H2.Actormig(ExitCodes.Ok, "host", "drain", "h1", "--deadline", "10m", "-m", "a new kernel");
        Assert.Contains("H1 is being emptied", said, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("a new kernel; the host is empty", said, StringComparison.Ordinal);
        Assert.All([one.Vm(1), one.Vm(2)], vm => Assert.Equal("h2", Assert.Single(fixture.Lab.Where(vm)).Host));
        Assert.All(one.Log.Of<BarterOffered>(), e => Assert.Equal(("h1", BarterKind.Drain), (e.Host, e.Message.Kind)));

        // Nothing comes to it, not even by a person's wish.
        Assert.Contains("user 0 on h2 drains h1: a new kernel", one.H2.Actormig(ExitCodes.Refused, "migrate", "vm1", "--to", "h1"), StringComparison.Ordinal);
        await one.H1.StopAgentAsync();
        await one.RestartAsync(one.H1);
        await one.UntilAsync(() => LabCase.StatusAsync(one.H1).GetAwaiter().GetResult().Drain is { Left.Count: 0 }, "h1 remembers that it is to be empty");
        Assert.Contains("a new kernel; the host is empty", one.H2.Actormig(ExitCodes.Ok, "host", "drain", "h1", "--show"), StringComparison.Ordinal);
        one.H1.Actormig(ExitCodes.Ok, "host", "drain", "h1", "--cancel");
        foreach (var vm in (string[])["vm1", "vm2"])
        {
            var barter = await one.BeginMoveAsync(one.H2, vm, "h1");
            await one.UntilAsync(() => one.Log.Of<BarterEnded>().Any(e => e.Host == "h2" && e.Message.Barter == barter), $"{vm} is back");
        }

        await one.CheckAtRestAsync();
        Assert.Single(one.Log.Of<DrainEnded>());
    }
}
