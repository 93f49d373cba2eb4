using System.Text;
using ActorMig.Agent.Edges;
using ActorMig.Agent.Traffic;
using ActorMig.Edges;

namespace ActorMig.Agent.Tests.Traffic;

/// <summary>What nft writes is read, and what is written for it can do nothing else.</summary>
public sealed class NftTableTests
{
    /// <summary>What nftables 1.0.6 lists of our table after two pairs, a broadcast, and nobody who had no room.</summary>
    private const string Listed = """
        {"nftables": [
            {"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}},
            {"table": {"family": "bridge", "name": "actormig", "handle": 6}},
            {"set": {"family": "bridge", "name": "nics", "table": "actormig", "type": ["ifname", "ether_addr"], "handle": 2, "size": 4096, "elem": [{"concat": ["va", "02:00:00:00:00:01"]}, {"concat": ["vb", "02:00:00:00:00:02"]}]}},
            {"set": {"family": "bridge", "name": "pairs", "table": "actormig", "type": ["ether_addr", "ether_addr"], "handle": 3, "size": 16384, "flags": ["timeout"], "timeout": 600, "elem": [{"elem": {"val": {"concat": ["02:00:00:00:00:01", "02:00:00:00:01:01"]}, "expires": 599, "counter": {"packets": 10, "bytes": 10280}}}, {"elem": {"val": {"concat": ["02:00:00:00:00:01", "02:00:00:00:01:02"]}, "expires": 599, "counter": {"packets": 10, "bytes": 10280}}}], "stmt": [{"counter": null}]}},
            {"set": {"family": "bridge", "name": "groups", "table": "actormig", "type": "ether_addr", "handle": 4, "size": 4096, "flags": ["timeout"], "timeout": 600, "elem": [{"elem": {"val": "02:00:00:00:00:01", "expires": 599, "counter": {"packets": 3, "bytes": 3084}}}], "stmt": [{"counter": null}]}},
            {"set": {"family": "bridge", "name": "others", "table": "actormig", "type": "ether_addr", "handle": 5, "size": 4096, "flags": ["timeout"], "timeout": 600, "stmt": [{"counter": null}]}},
            {"chain": {"family": "bridge", "table": "actormig", "name": "count", "handle": 1, "type": "filter", "hook": "prerouting", "prio": -350, "policy": "accept"}},
            {"rule": {"family": "bridge", "table": "actormig", "chain": "count", "handle": 6, "expr": [{"match": {"op": "!=", "left": {"concat": [{"meta": {"key": "iifname"}}, {"payload": {"protocol": "ether", "field": "saddr"}}]}, "right": "@nics"}}, {"return": null}]}},
            {"rule": {"family": "bridge", "table": "actormig", "chain": "count", "handle": 7, "expr": [{"match": {"op": "==", "left": {"&": [{"payload": {"protocol": "ether", "field": "daddr"}}, "01:00:00:00:00:00"]}, "right": "01:00:00:00:00:00"}}, {"set": {"op": "update", "elem": {"payload": {"protocol": "ether", "field": "saddr"}}, "set": "@groups"}}, {"return": null}]}},
            {"rule": {"family": "bridge", "table": "actormig", "chain": "count", "handle": 8, "expr": [{"set": {"op": "update", "elem": {"concat": [{"payload": {"protocol": "ether", "field": "saddr"}}, {"payload": {"protocol": "ether", "field": "daddr"}}]}, "set": "@pairs"}}, {"return": null}]}},
            {"rule": {"family": "bridge", "table": "actormig", "chain": "count", "handle": 9, "expr": [{"set": {"op": "update", "elem": {"payload": {"protocol": "ether", "field": "saddr"}}, "set": "@others"}}]}}
        ]}
        """;

    [Fact]
    public void Pairs_groups_and_others_are_read()
    {
        var reading = Read(Listed);
        Assert.True(reading.IsWhole);
        Assert.Equal(
            [("02:00:00:00:00:01", "02:00:00:00:01:01"), ("02:00:00:00:00:01", "02:00:00:00:01:02")], reading.Pairs.Keys.Order());
        Assert.All(reading.Pairs.Values, c => Assert.Equal(new NftCounter(10, 10_280), c));
        Assert.Equal((new NftCounter(3, 3_084), 3_126), (reading.Groups["02:00:00:00:00:01"], reading.Groups["02:00:00:00:00:01"].FrameBytes));
        Assert.Empty(reading.Others);
    }

    [Theory]
    [InlineData("\"name\": \"others\"", "\"name\": \"theirs\"")]
    [InlineData("\"chain\": \"count\", \"handle\": 9", "\"chain\": \"else\", \"handle\": 9")]
    public void A_table_of_which_a_part_is_missing_is_not_whole(string part, string other)
    {
        Assert.Contains(part, Listed, StringComparison.Ordinal);
        Assert.False(Read(Listed.Replace(part, other, StringComparison.Ordinal)).IsWhole);
    }

    [Theory]
    [InlineData("")]
    [InlineData("table bridge actormig {")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"nftables\": [1]}")]
    [InlineData("{\"nftables\": [{\"set\": {\"name\": \"pairs\", \"elem\": [{\"elem\": {\"val\": 5, \"counter\": {}}}]}}]}")]
    [InlineData("{\"nftables\": [{\"set\": {\"name\": \"pairs\", \"elem\": [{\"elem\": {\"val\": \"a\", \"counter\": {\"packets\": \"many\", \"bytes\": 1}}}]}}]}")]
    public void What_nft_does_not_write_is_said(string text) =>
        Assert.Contains("is it nftables 1.0.5 or later?", Assert.Throws<TrafficException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("52:54:00:00:00:01", "vnet0", true)]
    [InlineData("52:54:00:00:00:01", "tap-a.100", true)]
    [InlineData("52:54:00:00:00:01", null, false)]
    [InlineData("52:54:00:00:00:01", "", false)]
    [InlineData("52:54:00:00:00:01", "a-name-that-is-too-long", false)]
    [InlineData("52:54:00:00:00:01", "a\" }; flush", false)]
    [InlineData("52:54:00:00:00:01 }", "vnet0", false)]
    [InlineData("52:54:00:00:00:0g", "vnet0", false)]
    public void Only_what_is_a_name_and_an_address_stands_in_a_command(string mac, string? device, bool expected) =>
        Assert.Equal(expected, NftTable.CanCount(new NicSample(mac, device)));

    [Theory]
    [InlineData("Operation not permitted (you must be root)\nnetlink: Error: cache initialization failed: Operation not permitted\n", "nft may not count here (Operation not permitted): the agent needs CAP_NET_ADMIN")]
    [InlineData("netlink: Error: cache initialization failed: Protocol not supported", "the kernel does not know tables like bridge actormig (netlink: Error: cache initialization failed: Protocol not supported)")]
    [InlineData("/dev/stdin:1:53-53: Error: syntax error, unexpected '}', expecting newline or semicolon\ntable", "nft does not understand how the table bridge actormig is made (/dev/stdin:1:53-53: Error: syntax error")]
    [InlineData("Error: Could not process rule: No buffer space available", "nft failed with the table bridge actormig: Error: Could not process rule: No buffer space available")]
    [InlineData("", "nft failed with the table bridge actormig: it said nothing")]
    public void What_nft_complains_of_is_said_with_a_remedy(string error, string expected) =>
        Assert.StartsWith(expected, NftFailure.Sentence("bridge actormig", new NftResult(1, default, error)), StringComparison.Ordinal);

    [Fact]
    public void The_devices_behind_NICs_stand_in_the_XML_of_a_domain_that_runs()
    {
        const string Xml = """
            <domain type='kvm'><devices>
              <interface type='bridge'><mac address='52:54:00:AA:00:01'/><source bridge='br0'/><target dev='vnet3'/></interface>
              <interface type='bridge'><mac address='52:54:00:aa:00:02'/><virtualport type='openvswitch'/><target dev='vnet4'/></interface>
              <interface type='hostdev'><mac address='52:54:00:aa:00:03'/></interface>
              <interface type='user'/>
            </devices></domain>
            """;
        var nics = DomainXml.Read(Xml, new HostDescription(9_000_000, 7_002_000, "<capabilities/>"), _ => null, hasLockManager: false).Nics;
        Assert.Equal([new("52:54:00:aa:00:01", "vnet3"), new("52:54:00:aa:00:02", "vnet4", IsOnOpenVswitch: true), new NicSample("52:54:00:aa:00:03", null)], nics);
    }

    private static NftReading Read(string text) => NftTable.Read(Encoding.UTF8.GetBytes(text));
}
