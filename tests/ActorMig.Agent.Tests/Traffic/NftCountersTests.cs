using ActorMig.Agent.Traffic;
using ActorMig.Edges;

namespace ActorMig.Agent.Tests.Traffic;

/// <summary>Our tables in a real kernel, by the real nft, in network namespaces of the test's own.</summary>
public sealed class NftCountersTests : IDisposable
{
    private const string Table = "bridge actormig";
    private readonly TestNetwork _network = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _network.Dispose();

    [Fact]
    public async Task What_local_guests_send_is_counted_to_the_byte_and_once()
    {
        // Guests 1 and 2 are VMs here; 3 is one of another host, behind the uplink.
        AddGuests(1, 2, 3);
        await using var counters = Counters();
        var (first, _) = await counters.ReadAsync([TestNetwork.Nic(1), TestNetwork.Nic(2)], Token);
        Assert.Empty(Assert.Single(first).Pairs);
        _network.Send(1, 2, 1_000, 1_000);
        _network.Send(2, 1, 200, 500);
        _network.Send(1, 3, 100, 1_000);
        _network.Broadcast(1, 50, 100);
        _network.Send(3, 1, 300, 1_000);
        _network.Broadcast(3, 10, 100);
        var (readings, lost) = await counters.ReadAsync([TestNetwork.Nic(1), TestNetwork.Nic(2)], Token);
        Assert.Empty(lost);
        var reading = Assert.Single(readings);
        Assert.Equal(
            [((TestNetwork.Mac(1), TestNetwork.Mac(2)), 1_042_000), ((TestNetwork.Mac(1), TestNetwork.Mac(3)), 104_200), ((TestNetwork.Mac(2), TestNetwork.Mac(1)), 108_400)],
            reading.Pairs.OrderBy(p => p.Key).Select(p => (p.Key, p.Value.FrameBytes)));
        Assert.Equal((TestNetwork.Mac(1), new NftCounter(50, 50 * 128)), (Assert.Single(reading.Groups).Key, reading.Groups.Values.Single()));
        Assert.Empty(reading.Others);
    }

    [Fact]
    public async Task What_one_sends_in_the_name_of_another_is_not_counted()
    {
        AddGuests(1, 2, 3);
        await using var counters = Counters();

        // To libvirt vnet1 has the address of guest 3, and guest 1 sends with its own.
        await counters.ReadAsync([TestNetwork.Nic(1) with { Mac = TestNetwork.Mac(3) }], Token);
        _network.Send(1, 2, 10, 100);
        _network.Send(3, 2, 10, 100);
        Assert.Empty((await counters.ReadAsync([TestNetwork.Nic(1) with { Mac = TestNetwork.Mac(3) }], Token)).Readings.Single().Pairs);
    }

    [Fact]
    public async Task What_has_no_room_among_the_pairs_is_counted_together()
    {
        AddGuests(1);
        for (var other = 11; other <= 14; other++)
        {
            _network.Know(1, other);
        }

        await using var counters = Counters(Options() with { PairsMax = 2 });
        await counters.ReadAsync([TestNetwork.Nic(1)], Token);
        for (var other = 11; other <= 14; other++)
        {
            _network.Send(1, other, 10, 100);
        }

        var reading = Assert.Single((await counters.ReadAsync([TestNetwork.Nic(1)], Token)).Readings);
        Assert.Equal(2, reading.Pairs.Count);
        Assert.Equal(new NftCounter(20, 20 * 128), reading.Others[TestNetwork.Mac(1)]);
    }

    [Fact]
    public async Task Who_comes_later_is_counted_from_then_on_and_what_was_counted_stays()
    {
        AddGuests(1, 2);
        await using var counters = Counters();
        await counters.ReadAsync([TestNetwork.Nic(1)], Token);
        _network.Send(1, 2, 10, 100);
        _network.Send(2, 1, 10, 100);
        await counters.ReadAsync([TestNetwork.Nic(1), TestNetwork.Nic(2)], Token);
        _network.Send(2, 1, 20, 100);
        var reading = Assert.Single((await counters.ReadAsync([TestNetwork.Nic(1), TestNetwork.Nic(2)], Token)).Readings);
        Assert.Equal((10, 20), (reading.Pairs[(TestNetwork.Mac(1), TestNetwork.Mac(2))].Packets, reading.Pairs[(TestNetwork.Mac(2), TestNetwork.Mac(1))].Packets));
    }

    [Theory]
    [InlineData("delete table " + Table)]
    [InlineData("flush chain " + Table + " count")]
    [InlineData("flush ruleset")]
    public async Task A_table_that_somebody_takes_away_is_made_anew_and_that_is_said(string command)
    {
        AddGuests(1, 2);
        await using var counters = Counters();
        await counters.ReadAsync([TestNetwork.Nic(1)], Token);
        _network.Send(1, 2, 10, 100);
        _network.Nft(command.Split(' '));
        var (readings, lost) = await counters.ReadAsync([TestNetwork.Nic(1)], Token);
        Assert.Equal([Table], lost);
        Assert.Empty(readings.Single().Pairs);
        _network.Send(1, 2, 5, 100);
        (readings, lost) = await counters.ReadAsync([TestNetwork.Nic(1)], Token);
        Assert.Empty(lost);
        Assert.Equal(5, readings.Single().Pairs.Values.Single().Packets);
    }

    [Fact]
    public async Task A_table_that_is_gone_when_another_VM_comes_is_made_anew()
    {
        AddGuests(1, 2);
        await using var counters = Counters();
        await counters.ReadAsync([TestNetwork.Nic(1)], Token);
        _network.Nft("delete", "table", "bridge", "actormig");
        Assert.Equal([Table], (await counters.ReadAsync([TestNetwork.Nic(1), TestNetwork.Nic(2)], Token)).Lost);
        _network.Send(2, 1, 5, 100);
        Assert.Equal(5, (await counters.ReadAsync([TestNetwork.Nic(1), TestNetwork.Nic(2)], Token)).Readings.Single().Pairs.Values.Single().Packets);
    }

    [Fact]
    public async Task A_table_of_that_name_that_is_somebody_elses_is_not_touched()
    {
        AddGuests(1);
        _network.Nft("add", "table", "bridge", "actormig");
        _network.Nft("add", "chain", "bridge", "actormig", "theirs");
        await using (var counters = Counters())
        {
            var e = await Assert.ThrowsAsync<TrafficException>(() => counters.ReadAsync([TestNetwork.Nic(1)], Token));
            Assert.Equal("there is a table bridge actormig that is not ours; set actormig.traffic.table to another name", e.Message);
        }

        Assert.Contains("chain theirs", _network.Nft("list", "ruleset"), StringComparison.Ordinal);
        await using var another = Counters(Options() with { Table = "other" });
        Assert.Single((await another.ReadAsync([TestNetwork.Nic(1)], Token)).Readings);
    }

    [Fact]
    public async Task What_an_agent_left_that_was_killed_is_replaced_and_a_proper_end_leaves_nothing()
    {
        AddGuests(1, 2);

        // Not disposed of: killed.
        await Counters().ReadAsync([TestNetwork.Nic(1)], Token);
        _network.Send(1, 2, 10, 100);
        await using (var counters = Counters())
        {
            Assert.Empty((await counters.ReadAsync([TestNetwork.Nic(1)], Token)).Readings.Single().Pairs);
            await counters.DisposeAsync();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => counters.ReadAsync([TestNetwork.Nic(1)], Token));
        }

        Assert.DoesNotContain("table", _network.Nft("list", "ruleset"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_VMs_has_no_table()
    {
        await using var counters = Counters();
        Assert.Empty((await counters.ReadAsync([], Token)).Readings);
        Assert.Empty((await counters.ReadAsync([new NicSample(TestNetwork.Mac(1), null)], Token)).Readings);
        Assert.DoesNotContain("table", _network.Nft("list", "ruleset"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_right_to_administer_the_network_is_needed_and_enough()
    {
        AddGuests(1, 2);
        const string Nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups";
        await using (var without = Counters(Options() with { Nft = _network.NftProgram(Nobody + " --inh-caps=-all --bounding-set=-all") }))
        {
            var e = await Assert.ThrowsAsync<TrafficException>(() => without.ReadAsync([TestNetwork.Nic(1)], Token));
            Assert.Equal("nft may not count here (Operation not permitted): the agent needs CAP_NET_ADMIN and no more (in its unit, AmbientCapabilities=CAP_NET_ADMIN)", e.Message);
        }

        const string Only = "-all,+net_admin";
        await using var with = Counters(Options() with { Nft = _network.NftProgram($"{Nobody} --inh-caps={Only} --ambient-caps={Only} --bounding-set={Only}") });
        await with.ReadAsync([TestNetwork.Nic(1)], Token);
        _network.Send(1, 2, 10, 100);
        Assert.Equal(10, (await with.ReadAsync([TestNetwork.Nic(1)], Token)).Readings.Single().Pairs.Values.Single().Packets);
    }

    [Fact]
    public async Task A_program_that_is_not_there_and_one_that_does_not_end_are_said()
    {
        await using var missing = Counters(Options() with { Nft = "nft-that-is-not-there" });
        var e = await Assert.ThrowsAsync<TrafficException>(() => missing.ReadAsync([TestNetwork.Nic(1)], Token));
        Assert.Equal("there is no program 'nft-that-is-not-there' (actormig.traffic.nft); install nftables (`apt-get install nftables`), or set actormig.traffic.source to off", e.Message);
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("nft"), "#!/bin/sh\nexec sleep 60\n", Token);
        File.SetUnixFileMode(folder.File("nft"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var slow = Counters(Options() with { Nft = folder.File("nft"), AnswerMs = 100 });
        e = await Assert.ThrowsAsync<TrafficException>(() => slow.ReadAsync([TestNetwork.Nic(1)], Token));
        Assert.Contains("did not end in 0.1 s (actormig.traffic.answer-timeout)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Devices_of_a_switch_that_is_no_bridge_are_counted_one_by_one()
    {
        // Guests 1 and 2 are on a switch that nftables' bridge family does not see; 3 is on a bridge.
        foreach (var guest in (int[])[1, 2])
        {
            _network.AddGuest(guest, isOnBridge: false);
        }

        AddGuests(3);
        await using var counters = Counters();
        await counters.ReadAsync([TestNetwork.Nic(1, isOnOpenVswitch: true), TestNetwork.Nic(3)], Token);
        _network.Send(1, 2, 10, 100);
        _network.Send(2, 1, 10, 100);
        _network.Send(3, 1, 7, 100);
        NicSample[] all = [TestNetwork.Nic(1, isOnOpenVswitch: true), TestNetwork.Nic(2, isOnOpenVswitch: true), TestNetwork.Nic(3)];
        var (readings, _) = await counters.ReadAsync(all, Token);
        Assert.Equal([(TestNetwork.Mac(3), TestNetwork.Mac(1))], readings[0].Pairs.Keys);
        Assert.Equal([(TestNetwork.Mac(1), TestNetwork.Mac(2))], readings[1].Pairs.Keys);
        _network.Send(2, 1, 20, 100);
        _network.Broadcast(2, 5, 100);
        (readings, _) = await counters.ReadAsync(all, Token);
        Assert.Equal((10, 20), (readings[1].Pairs[(TestNetwork.Mac(1), TestNetwork.Mac(2))].Packets, readings[1].Pairs[(TestNetwork.Mac(2), TestNetwork.Mac(1))].Packets));
        Assert.Equal(5, readings[1].Groups[TestNetwork.Mac(2)].Packets);

        // A guest ends between two looks: those that are left are counted.
        _network.Unplug(2);
        (readings, _) = await counters.ReadAsync([all[0], all[2]], Token);
        _network.Send(1, 2, 1, 100);
        (readings, _) = await counters.ReadAsync([all[0], all[2]], Token);
        Assert.Equal(11, readings[1].Pairs[(TestNetwork.Mac(1), TestNetwork.Mac(2))].Packets);

        // And when the last has left, the table stays, without devices.
        (readings, _) = await counters.ReadAsync([all[2]], Token);
        Assert.Equal(2, readings.Count);
    }

    private void AddGuests(params int[] guests)
    {
        foreach (var guest in guests)
        {
            _network.AddGuest(guest);
        }
    }

    private TrafficOptions Options() => new()
    {
        Source = TrafficSource.Auto, IntervalMs = 20, Table = "actormig", Nft = _network.NftProgram(), PairsMax = 1_000, IdleMs = 600_000, AnswerMs = 20_000,
    };

    private NftCounters Counters(TrafficOptions? options = null) => new(options ?? Options());
}
