using ActorMig.Edges;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>Counters of pairs become rates with partners.</summary>
public sealed class PartnersTests
{
    private const string Vm1 = "52:54:00:00:00:01";
    private const string Vm2 = "52:54:00:00:00:02";
    private const string Vm2Too = "52:54:00:00:00:12";
    private const string Vm3 = "52:54:00:00:00:03";
    private const string Gateway = "02:00:00:00:00:fe";
    private readonly Partners _partners = new();

    [Fact]
    public void The_first_reading_is_a_base_and_the_second_a_rate()
    {
        Take(1_000, Sent(Vm2, 5_000_000));
        Assert.Null(View());
        Take(11_000, Sent(Vm2, 6_250_000));
        var view = View()!;
        Assert.Equal(new Partner("u2", "vm2", "h1", 1e6, null, 1e6), Assert.Single(view.Partners));
        Assert.Equal((0, 0, 0), (view.OthersBitPerSecond, view.RoutedBitPerSecond, view.GroupBitPerSecond));
        Assert.Equal(1_250_000, _partners.SentBytes);
    }

    [Fact]
    public void Rates_are_smoothed_as_loads_are_and_fade_when_nothing_is_said()
    {
        Take(0, Sent(Vm2, 0));
        Take(1_000, Sent(Vm2, 1_000));
        Take(2_000, Sent(Vm2, 3_000));
        Assert.Equal(12_000, View()!.Partners[0].SentBitPerSecond);

        // The pair has been silent for long and is left out.
        Take(3_000);
        Assert.Equal(6_000, View()!.Partners[0].SentBitPerSecond);
        Assert.Equal(0, _partners.SentBytes);
        for (var round = 4; round < 40; round++)
        {
            Take(round * 1_000);
        }

        Assert.Empty(View()!.Partners);
    }

    [Fact]
    public void A_pair_that_is_new_begins_at_zero()
    {
        Take(0);
        Take(1_000);
        Take(2_000, Sent(Vm2, 1_000));
        Assert.Equal(4_000, View()!.Partners[0].SentBitPerSecond);
        Take(3_000);
        Take(4_000, Sent(Vm2, 500));
        Assert.Equal(500, _partners.SentBytes);
    }

    [Fact]
    public void The_same_reading_twice_is_once_and_another_series_is_a_base()
    {
        Take(0, Sent(Vm2, 0));
        Take(1_000, Sent(Vm2, 1_000));
        var view = View();
        Take(1_000, Sent(Vm2, 1_000));
        Assert.Equal(view!.Partners, View()!.Partners);
        _partners.Take(new VmCounted(2, 2_000, [Sent(Vm2, 10_000_000)], 0, 0), 0.5);
        Assert.Equal(view.Partners, View()!.Partners);
        Assert.Null(_partners.SentBytes);
        _partners.Take(new VmCounted(2, 3_000, [Sent(Vm2, 10_001_000)], 0, 0), 0.5);
        Assert.Equal(8_000, View()!.Partners[0].SentBitPerSecond);
    }

    [Fact]
    public void A_partner_with_two_NICs_is_one_and_those_beyond_the_bound_are_summed()
    {
        Take(0);
        Take(1_000, Sent(Vm2, 1_000), Sent(Vm3, 1_500), Sent(Vm2Too, 1_000), Sent(Gateway, 125));
        var view = _partners.View(1, isUnseen: false)!;
        Assert.Equal(("vm2", 16_000), (Assert.Single(view.Partners).Name, view.Partners[0].SentBitPerSecond));
        Assert.Equal((12_000, 1_000), (view.OthersBitPerSecond, view.RoutedBitPerSecond));
    }

    [Fact]
    public void Who_has_come_beside_it_is_heard_in_full_at_once()
    {
        Take(0, Sent(Vm2, 0));
        Take(1_000, Sent(Vm2, 1_000));
        Take(2_000, new PeerCount(Vm2, Who(Vm2), 2_000, 3_000));
        Assert.Equal((8_000, 24_000), (View()!.Partners[0].SentBitPerSecond, View()!.Partners[0].HeardBitPerSecond));
        Take(3_000, new PeerCount(Vm2, Who(Vm2), 3_000, 3_000));
        Assert.Equal((8_000, 12_000), (View()!.Partners[0].SentBitPerSecond, View()!.Partners[0].HeardBitPerSecond));
    }

    [Fact]
    public void Both_directions_are_known_of_a_partner_on_the_same_host()
    {
        Take(0);
        Take(1_000, new PeerCount(Vm2, Who(Vm2), 1_000, 3_000));
        Assert.Equal(new Partner("u2", "vm2", "h1", 8_000, 24_000, 8_000, 24_000), Assert.Single(View()!.Partners));
    }

    [Fact]
    public void Groups_and_those_without_room_are_counted_apart()
    {
        _partners.Take(new VmCounted(1, 0, [], 100, 100), 0.5);
        _partners.Take(new VmCounted(1, 1_000, [], 225, 350), 0.5);
        Assert.Equal((1_000, 2_000), (View()!.GroupBitPerSecond, View()!.OthersBitPerSecond));
        Assert.Equal(375, _partners.SentBytes);
    }

    [Fact]
    public void Whose_an_address_is_may_be_known_later()
    {
        Take(0);
        Take(1_000, Sent(Vm2, 1_000) with { Who = null });
        Assert.Equal((0, 8_000), (View()!.Partners.Count, View()!.RoutedBitPerSecond));
        Take(1_000, Sent(Vm2, 1_000));
        Assert.Equal((1, 0), (View()!.Partners.Count, View()!.RoutedBitPerSecond));
    }

    [Fact]
    public void A_VM_that_scans_takes_bounded_room()
    {
        Take(0);
        Take(1_000, [.. Enumerable.Range(0, 3_000).Select(n => Sent(FormattableString.Invariant($"02:00:00:00:{n >> 8:x2}:{n & 255:x2}"), 125) with { Who = null })]);
        var view = View()!;
        Assert.Equal(3_000 * 1_000, view.RoutedBitPerSecond + view.OthersBitPerSecond);
        Assert.Equal(1_024 * 1_000, view.RoutedBitPerSecond);
    }

    [Fact]
    public void Each_VM_gets_its_part_and_the_receiver_hears_of_it()
    {
        var here = new SortedDictionary<string, Neighbour>(StringComparer.Ordinal);
        foreach (var mac in (string[])[Vm1, Vm2, Vm2Too])
        {
            here[mac] = Who(mac);
        }

        var parts = TrafficOfVms.Divide(
            new ObserveTraffic(
                new TrafficCounted(
                    7,
                    9_000,
                    [
                        new SenderCount(Vm1, [new PairCount(Gateway, 40), new PairCount(Vm2, 10), new PairCount(Vm3, 20)], 30, 1),
                        new SenderCount(Vm2, [new PairCount(Vm1, 50), new PairCount(Vm2Too, 60)], 0, 0),
                        new SenderCount(Vm2Too, [], 5, 0),
                        new SenderCount("02:00:00:00:00:99", [new PairCount(Vm1, 70)], 0, 0),
                    ],
                    null),
                [Who(Vm3, "h2")]),
            here);
        Assert.Equal(["u1", "u2"], parts.Keys);
        Assert.Equal((7, 9_000, 30, 1), (parts["u1"].Session, parts["u1"].AtMonotonicMs, parts["u1"].GroupBytes, parts["u1"].OtherBytes));
        Assert.Equal(
            [new PeerCount(Gateway, null, 40, null), new PeerCount(Vm2, Who(Vm2), 10, 50), new PeerCount(Vm3, Who(Vm3, "h2"), 20, null)], parts["u1"].Peers);
        Assert.Equal([new PeerCount(Vm1, Who(Vm1), 50, 10)], parts["u2"].Peers);
        Assert.Equal(5, parts["u2"].GroupBytes);
    }

    private static Neighbour Who(string mac, string host = "h1") => new(mac, $"u{mac[^1]}", $"vm{mac[^1]}", host);

    private static PeerCount Sent(string mac, long bytes) => new(mac, mac == Gateway ? null : Who(mac), bytes, null);

    private VmTraffic? View() => _partners.View(10, isUnseen: false);

    private void Take(long atMs, params PeerCount[] peers) => _partners.Take(new VmCounted(1, atMs, [.. peers.OrderBy(p => p.Mac, StringComparer.Ordinal)], 0, 0), 0.5);
}
