using ActorMig.Directories;
using ActorMig.Edges;

namespace ActorMig.Simulation.Tests;

/// <summary>The directory: any host finds any VM of the cluster, by few messages, and is never told where it is not.</summary>
public sealed class WhereVmsAre
{
    private const long Minute = 60_000;
    private readonly SimWorld _world = new(5);
    private readonly List<(string From, SendToPeer Send)> _sent = [];

    public WhereVmsAre()
    {
        for (var i = 1; i <= 8; i++)
        {
            _world.AddHost(Story.Options($"h{i}") with { MemoryTotalBytes = 16L << 30 });
            for (var n = 1; n <= 3; n++)
            {
                _world.AddGuest($"h{i}", $"vm{i}{n}", 1L << 30);
            }
        }

        _world.Network.Tap = (from, send) => _sent.Add((from, send));
        _world.Start();
        _world.Run(3 * Minute);
    }

    [Fact]
    public void Each_host_finds_each_vm_by_name_uuid_and_address()
    {
        foreach (var guest in _world.Guests.Values)
        {
            foreach (var key in (string[])[guest.Name, guest.Uuid, guest.Mac, guest.Mac.ToUpperInvariant()])
            {
                var where = Assert.Single(Find("h3", key).Where);
                Assert.Equal((guest.Uuid, guest.Name, "h" + guest.Name[2], true), (where.Uuid, where.Name, where.Host, where.IsConfirmed));
            }
        }

        Assert.Empty(Find("h3", "vm99").Where);
    }

    [Fact]
    public void Who_has_no_room_for_all_claims_says_so_once_and_keeps_what_it_has()
    {
        var world = new SimWorld(6);
        foreach (var host in (string[])["h1", "h2"])
        {
            world.AddHost(Story.Options(host) with { MemoryTotalBytes = 16L << 30, DirectoryClaimsMax = 4 });
            world.AddGuest(host, "vm" + host, 1L << 30);
            world.AddGuest(host, "web" + host, 1L << 30);
        }

        world.Start();
        world.Run(30 * Minute);
        Assert.Equal(["h1", "h2"], world.Notes.Where(n => n.Contains(" note 316: ", StringComparison.Ordinal)).Select(n => n[..2]).Order(StringComparer.Ordinal));
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void A_question_costs_few_messages_however_many_hosts_there_are()
    {
        _sent.Clear();
        Find("h3", "vm51");
        var directory = _sent.Where(s => s.Send.Actor == "directory" && s.Send.Message is FindVm or VmFound or AskVm or VmHere).ToArray();
        Assert.InRange(directory.Length, 1, 6);
    }

    [Fact]
    public void Who_has_moved_is_found_where_it_is_at_once()
    {
        _world.Do(new MoveAsked("vm11", "h8"));
        Assert.True(_world.Time.RunUntil(() => _world.WhereRuns("vm11") is ["h8"], 10 * Minute));
        _world.Run(10_000);
        Assert.Equal("h8", Assert.Single(Find("h3", "vm11").Where).Host);

        // By somebody else's hand as well, with the next round.
        _world.Do(new OwnerMigrated("vm12", "h7"));
        _world.Run(4 * Minute);
        Assert.Equal("h7", Assert.Single(Find("h3", "vm12").Where).Host);
    }

    /// <summary>Each VM is kept by two hosts; one that fails takes nothing with it, and what it ran is said to be where it was, unconfirmed.</summary>
    [Fact]
    public void A_host_that_fails_takes_nothing_with_it()
    {
        _world.Hosts["h5"].Kill();
        foreach (var guest in _world.Guests.Values.Where(g => g.Name[2] != '5'))
        {
            Assert.Contains(Find("h3", guest.Name).Where, w => w.IsConfirmed && w.Host == "h" + guest.Name[2]);
        }

        var lost = Assert.Single(Find("h3", "vm52").Where);
        Assert.Equal(("h5", false), (lost.Host, lost.IsConfirmed));

        // What nobody says again is forgotten.
        _world.Run(60 * Minute);
        Assert.Empty(Find("h3", "vm52").Where);
    }

    [Fact]
    public void Who_ends_is_nowhere()
    {
        _world.Do(new OwnerShutDown("vm21"));
        _world.Run(3 * Minute);
        Assert.Empty(Find("h6", "vm21").Where);
    }

    private VmLocated Find(string host, string key)
    {
        VmLocated? located = null;
        _world.Hosts[host].Tell(new WhereIsVm(VirtualActorSystem.Listen("asker", m => located = (VmLocated)m), key));
        Assert.True(_world.Time.RunUntil(() => located is not null, Minute));
        return located!;
    }
}
