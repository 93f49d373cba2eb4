using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>Guests that talk to each other are brought together by real migrations.</summary>
[Collection(ClusterCollection.Name)]
public sealed class AffinityTests(ClusterFixture fixture)
{
    private const string Settings = LabCase.Quick + "\nactormig.policies.list = [affinity]\nactormig.traffic.interval = 500ms";

    [Fact]
    public async Task Two_pairs_that_are_scattered_come_together_and_what_the_links_carry_falls()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab, Settings);
        LabGuest[][] pairs = [[one.Vm(1), one.Vm(3)], [one.Vm(2), one.Vm(4)]];
        var both = pairs.SelectMany(p => (IEnumerable<(LabGuest From, LabGuest To)>)[(p[0], p[1]), (p[1], p[0])]).ToArray();
        try
        {
            foreach (var (from, to) in both)
            {
                await from.TellAsync(string.Create(CultureInfo.InvariantCulture, $"send {to.Address} 1442 {3e6 / 8:0}"));
            }

            var before = await LinkCounters.RatesAsync(fixture.Lab, TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            await one.UntilAsync(() => pairs.All(p => HostOf(p[0]) is { } host && host == HostOf(p[1])), "both pairs are together");
            await one.UntilAsync(() => one.Log.Barters().All(b => b.Outcome is not null), "all barters have ended");
            var after = await LinkCounters.RatesAsync(fixture.Lab, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
            Assert.True(after.Sum() < 0.2 * before.Sum(), $"The links carried {before.Sum():0} bit/s, and now {after.Sum():0}.\n{one.Story()}");
            Assert.Contains(one.Log.Barters(), b => b is { Kind: BarterKind.Exchange, Outcome: BarterOutcome.Settled });
        }
        finally
        {
            foreach (var (from, _) in both)
            {
                await from.TellAsync("unsend");
            }
        }

        await one.CheckAtRestAsync();
    }

    private string? HostOf(LabGuest guest) => fixture.Lab.Where(guest) is [var only] && only.State.StartsWith("running", StringComparison.Ordinal) ? only.Host : null;
}
