using ActorMig.Agent;
using ActorMig.Bartering;
using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>Rules in a guest's own metadata, as an operator writes them with virsh.</summary>
public sealed class RuleTests(LabFixture fixture)
{
    private const string Uri = "https://actormig.org/domain/1";

    [Fact]
    public async Task A_rule_in_the_metadata_is_mended_travels_with_the_guest_and_is_kept()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab, LabCase.Quick);
        one.H1.Virsh("metadata", "vm1", "--uri", Uri, "--key", "actormig", "--live", "--config", "--set", """<managed pin="h2"/>""");
        try
        {
            await one.UntilAsync(() => one.Log.Barters().Any(b => b is { Kind: BarterKind.Mend, Outcome: BarterOutcome.Settled }), "the rule is mended");
            Assert.Equal("h2", Assert.Single(fixture.Lab.Where(one.Vm(1))).Host);
            Assert.Contains("pin", one.H1.Actormig(ExitCodes.Ok, "barter", "why", "vm1"), StringComparison.Ordinal);
            Assert.Contains("pin=\"h2\"", one.H2.Virsh("metadata", "vm1", "--uri", Uri), StringComparison.Ordinal);

            // Whoever wants it elsewhere is told, and must say that he means it.
            await one.UntilAsync(one.AreBartersOver, "the barter is over");
            Assert.Contains("h2", one.H2.Actormig(ExitCodes.Refused, "migrate", "vm1", "--to", "h1"), StringComparison.Ordinal);
        }
        finally
        {
            foreach (var host in fixture.Lab.Hosts)
            {
                host.TryVirsh("metadata", "vm1", "--uri", Uri, "--live", "--config", "--remove");
            }
        }

        Assert.Single(one.Log.Barters());
        await one.CheckAtRestAsync();
    }
}
