using System.Globalization;
using ActorMig.Directories;

namespace ActorMig.Tests;

public sealed class RendezvousTests
{
    private static readonly string[] s_hosts = [.. Enumerable.Range(1, 30).Select(n => string.Create(CultureInfo.InvariantCulture, $"kvm{n}"))];
    private static readonly string[] s_keys = [.. Enumerable.Range(1, 3_000).Select(n => string.Create(CultureInfo.InvariantCulture, $"vm{n}"))];

    [Fact]
    public void Keys_are_spread_evenly()
    {
        var counts = s_hosts.ToDictionary(h => h, _ => 0);
        foreach (var key in s_keys)
        {
            var owners = Rendezvous.Owners(key, s_hosts, 2);
            Assert.Equal(2, owners.Distinct().Count());
            counts[owners[0]]++;
        }

        // 100 each on average; 60 to 140 is four standard deviations.
        Assert.All(counts.Values, c => Assert.InRange(c, 60, 140));
    }

    [Fact]
    public void When_a_host_goes_only_its_keys_change_hands()
    {
        var without = s_hosts.Where(h => h != "kvm7").ToArray();
        foreach (var key in s_keys)
        {
            var before = Rendezvous.Owners(key, s_hosts, 2);
            var after = Rendezvous.Owners(key, without, 2);
            Assert.Equal(before.Where(h => h != "kvm7"), after.Take(before.Count(h => h != "kvm7")));
        }
    }

    [Fact]
    public void The_order_of_the_hosts_does_not_matter() =>
        Assert.All(s_keys.Take(100), key => Assert.Equal(Rendezvous.Owners(key, s_hosts, 3), Rendezvous.Owners(key, s_hosts.Reverse(), 3)));

    [Theory]
    [InlineData("52:54:00:AB:CD:EF", "52:54:00:ab:cd:ef")]
    [InlineData("77000000-0000-4000-8000-00000000000A", "77000000-0000-4000-8000-00000000000a")]
    [InlineData("DB-Server", "DB-Server")]
    [InlineData("ABBA", "ABBA")]
    public void Keys_are_written_alike(string typed, string key) => Assert.Equal(key, VmKey.Of(typed));
}
