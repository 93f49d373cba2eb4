using ActorMig.Agent.Traffic;
using ActorMig.Edges;

namespace ActorMig.Agent.Tests.Traffic;

/// <summary>Counters that begin anew, vanish and come back are added up.</summary>
public sealed class TrafficTotalsTests
{
    private static readonly NicSample[] Nics = [new("b", "vnet1"), new("a", "vnet0")];
    private readonly TrafficTotals _totals = new();

    [Fact]
    public void What_a_counter_has_risen_by_is_added()
    {
        Take(Reading(pair: 100, group: 10, other: 1));
        Take(Reading(pair: 250, group: 10, other: 3));
        var senders = _totals.Of(Nics);
        Assert.Equal(["a", "b"], senders.Select(s => s.Mac));
        Assert.Equal(new PairCount("x", 250), Assert.Single(senders[0].To));
        Assert.Equal((10, 3), (senders[0].GroupBytes, senders[0].OtherBytes));
        Assert.Equal((0, 0, 0), (senders[1].To.Count, senders[1].GroupBytes, senders[1].OtherBytes));
    }

    [Fact]
    public void A_counter_that_was_reset_begins_at_zero()
    {
        Take(Reading(pair: 100, group: 100, other: 100));
        Take(Reading(pair: 30, group: 30, other: 30));
        var sender = _totals.Of(Nics)[0];
        Assert.Equal((130, 130, 130), (sender.To[0].Bytes, sender.GroupBytes, sender.OtherBytes));
    }

    [Fact]
    public void A_pair_that_expired_is_forgotten_and_a_sum_that_expired_does_not_fall()
    {
        Take(Reading(pair: 100, group: 100, other: 100));
        Take(new NftReading(true, new Dictionary<(string, string), NftCounter>(), new Dictionary<string, NftCounter>(), new Dictionary<string, NftCounter>()));
        var sender = _totals.Of(Nics)[0];
        Assert.Equal((0, 100, 100), (sender.To.Count, sender.GroupBytes, sender.OtherBytes));
        Take(Reading(pair: 20, group: 20, other: 20));
        sender = _totals.Of(Nics)[0];
        Assert.Equal((20, 120, 120), (sender.To[0].Bytes, sender.GroupBytes, sender.OtherBytes));
    }

    [Fact]
    public void Headers_of_Ethernet_are_counted_for_each_packet()
    {
        _totals.Take([Reading(new NftCounter(1_000, 1_028_000))]);
        Assert.Equal(1_042_000, _totals.Of(Nics)[0].To[0].Bytes);
    }

    [Fact]
    public void A_NIC_that_is_in_two_tables_is_one_and_one_that_has_left_is_forgotten()
    {
        _totals.Take([Reading(new NftCounter(0, 5)), Reading(new NftCounter(0, 7))]);
        Assert.Equal(12, _totals.Of(Nics)[0].To[0].Bytes);
        Assert.Empty(_totals.Of([new NicSample("b", "vnet1")])[0].To);
        Assert.Empty(_totals.Of(Nics)[0].To);
    }

    [Fact]
    public void Who_was_not_counted_for_a_while_begins_anew_though_the_kernel_has_all_from_before()
    {
        Take(Reading(pair: 1_000, group: 100, other: 10));
        Assert.Equal(1_000, _totals.Of(Nics)[0].To[0].Bytes);
        _totals.Of([new NicSample("b", "vnet1")]);
        Take(Reading(pair: 9_000, group: 900, other: 90));
        var sender = _totals.Of(Nics)[0];
        Assert.Equal((0, 0, 0), (sender.To[0].Bytes, sender.GroupBytes, sender.OtherBytes));
        Take(Reading(pair: 9_500, group: 950, other: 95));
        sender = _totals.Of(Nics)[0];
        Assert.Equal((500, 50, 5), (sender.To[0].Bytes, sender.GroupBytes, sender.OtherBytes));
    }

    private static NftReading Reading(long pair, long group, long other) => new(
        true,
        new Dictionary<(string, string), NftCounter> { [("a", "x")] = new(0, pair) },
        new Dictionary<string, NftCounter> { ["a"] = new(0, group) },
        new Dictionary<string, NftCounter> { ["a"] = new(0, other) });

    private static NftReading Reading(NftCounter pair) => new(
        true, new Dictionary<(string, string), NftCounter> { [("a", "x")] = pair }, new Dictionary<string, NftCounter>(), new Dictionary<string, NftCounter>());

    private void Take(NftReading reading) => _totals.Take([reading]);
}
