using ActorMig.Edges;
using ActorMig.Hosts;

namespace ActorMig.Simulation.Tests;

/// <summary>A drain that is asked for on another host than the one that is to be emptied: it is obeyed once, or a sentence says why not.</summary>
public sealed class RemoteDrains
{
    private const long Second = 1_000;
    private const long Minute = 60_000;
    private readonly SimWorld _world = new(17);
    private readonly List<(string From, SendToPeer Send)> _sent = [];

    public RemoteDrains()
    {
        for (var i = 1; i <= 4; i++)
        {
            _world.AddHost(Story.Options($"h{i}") with { MemoryTotalBytes = 8L << 30, MemoryOvercommit = 1.0, Migration = new() });
        }

        foreach (var guest in (string[])["vm1", "vm2"])
        {
            _world.AddGuest("h1", guest, 1L << 30);
        }

        _world.Network.Tap = (from, send) => _sent.Add((from, send));
        _world.Start();
        _world.Run(2 * Minute);
    }

    private object[] Journaled => [.. _world.Hosts["h1"].Journal.Replay("host").Where(e => e is DrainBegan or DrainEnded)];

    [Fact]
    public void Any_host_drains_another_one_shows_it_and_any_third_one_ends_it()
    {
        var answer = Drain("h2");
        Assert.True(answer.IsAccepted, answer.Text);
        Assert.Equal("h1 is being emptied; nothing comes to it until `actormig host drain h1 --cancel`", answer.Text);
        var began = Assert.IsType<DrainBegan>(Assert.Single(Journaled));
        Assert.Equal(("user 7", "a new kernel", "h2", "user 7 on h2"), (began.Person, began.Why, began.Via!.Host, began.Who()));
        Assert.Equal(began.WallMs + (30 * Minute), began.DeadlineWallMs);

        var shown = Show("h3");
        Assert.Equal((true, began), (shown.IsAccepted, shown.Drain!.Began));
        Assert.True(_world.Time.RunUntil(() => !_world.Hosts["h1"].Hypervisor.Domains.Any(), 10 * Minute));
        _world.Run(2 * Minute);
        shown = Show("h3");
        Assert.Empty(shown.Drain!.Left!);
        Assert.False(shown.IsBusy);
        Assert.Equal("user 7 on h2", Story.Status(_world, _world.Hosts["h1"]).Drain!.Began.Who());

        var ended = Cancel("h4");
        Assert.True(ended.IsAccepted, ended.Text);
        Assert.Equal("user 7 on h4", Assert.IsType<DrainEnded>(Journaled[^1]).Who());
        Assert.Null(Show("h3").Drain);
        Assert.Equal((false, "h1 is not being drained; there is nothing to cancel"), (Cancel("h3").IsAccepted, Cancel("h3").Text));
        Assert.Empty(_world.Violations);
    }

    /// <summary>The same on any host as at home.</summary>
    [Fact]
    public void What_is_left_is_named_with_its_reason()
    {
        _world.Guests["vm1"].Device = "pci 0000:3b:00.0";
        _world.Run(2 * Minute);
        Drain("h2");
        _world.Run(5 * Minute);
        var left = Assert.Single(Show("h3").Drain!.Left!);
        Assert.Equal("vm1", left.Vm);
        Assert.Contains("0000:3b:00.0", left.Why, StringComparison.Ordinal);
        Assert.Equal(Show("h1").Drain!.Left, Show("h3").Drain!.Left);
        Assert.Equal(0, Show("h3").Drain!.More);
    }

    [Fact]
    public void A_host_that_only_observes_says_so()
    {
        _world.Hosts["h1"].Reload(_world.Hosts["h1"].Options with { Mode = Mode.Observe });
        var answer = Drain("h2");
        Assert.Equal((false, false, "the agent of h1 only observes; set actormig.mode there to recommend or auto"), (answer.IsAccepted, answer.IsSilent, answer.Text));
        Assert.Empty(Journaled);
    }

    [Fact]
    public void Who_is_no_member_or_has_failed_is_not_asked()
    {
        var stranger = Ask("h2", r => new DrainHost(r, "h9", null, "", "user 7"));
        Assert.Equal((false, false), (stranger.IsAccepted, stranger.IsSilent));
        Assert.StartsWith("h9 is no member of the cluster, as far as h2 knows; ", stranger.Text, StringComparison.Ordinal);

        _world.Hosts["h1"].Kill();
        IReadOnlyList<Member> members = [new Member("h1", "h1", "h1") { State = MemberState.Failed }, new Member("h3", "h3", "h3"), new Member("h4", "h4", "h4")];
        _world.Network.MembersOf = host => host == "h2" ? members : null;
        _world.Hosts["h2"].Tell(new MembersChanged(members));
        _sent.Clear();
        var failed = Drain("h2");
        Assert.Equal((false, true), (failed.IsAccepted, failed.IsSilent));
        Assert.StartsWith("h1 has failed, so its agent was not asked and nothing has changed there; ", failed.Text, StringComparison.Ordinal);
        Assert.True(Cancel("h2").IsSilent);
        Assert.True(Show("h2").IsSilent);
        Assert.Empty(OfDrain("h2"));
    }

    /// <summary>It is down, and nobody watches the members: the wait has an end, and then it can be said again.</summary>
    [Fact]
    public void Who_does_not_answer_is_waited_for_so_long_and_no_longer()
    {
        _world.Hosts["h1"].Kill();
        _sent.Clear();
        var beganMs = _world.Time.NowMs;
        var silent = Drain("h2");
        Assert.Equal((false, true), (silent.IsAccepted, silent.IsSilent));
        Assert.StartsWith("h1 has not answered in 9.0 s, and may have heard it or not; ", silent.Text, StringComparison.Ordinal);
        Assert.Contains("`actormig host drain h1 --show`", silent.Text, StringComparison.Ordinal);
        Assert.InRange(_world.Time.NowMs - beganMs, 9 * Second, (9 * Second) + 100);
        Assert.Equal(3, OfDrain("h2").Length);
        Assert.StartsWith("h1 has not answered in 9.0 s; see that its agent runs, and ask again", Show("h3").Text, StringComparison.Ordinal);

        _world.Hosts["h1"].Start();
        _world.Run(Minute);
        Assert.Empty(Journaled);
        Assert.True(Drain("h2").IsAccepted);
        Assert.Single(Journaled);
    }

    [Fact]
    public void A_question_that_is_lost_is_asked_again()
    {
        _world.Do(new LinkCut("h2", "h1"));
        DrainAnswered? answer = null;
        _world.Hosts["h2"].Tell(Wish(VirtualActorSystem.Listen("asker", m => answer = (DrainAnswered)m)));
        _world.Run(2 * Second);
        Assert.Null(answer);
        _world.Do(new LinkHealed("h2", "h1"));
        _world.Run(2 * Second);
        Assert.True(answer!.IsAccepted, answer.Text);
        Assert.Single(Journaled);
    }

    /// <summary>Its answers are lost: it has obeyed once, and the person who says it again hears so.</summary>
    [Fact]
    public void An_answer_that_is_lost_leaves_one_drain()
    {
        _world.Do(new LinkCut("h1", "h2"));
        Assert.True(Drain("h2").IsSilent);
        Assert.Single(Journaled);
        _world.Do(new LinkHealed("h1", "h2"));
        Assert.Equal("h2", Show("h2").Drain!.Began.Via!.Host);
        Assert.True(Cancel("h2").IsAccepted);
        Assert.Equal(2, Journaled.Length);
    }

    /// <summary>What comes twice, or once more after minutes, when another host has ended it, and over a restart, is obeyed once.</summary>
    [Fact]
    public void What_is_repeated_is_obeyed_once()
    {
        _world.Network.RepeatedPerMille = 1_000;
        foreach (var from in (string[])["h2", "h3"])
        {
            _world.Network.Echoes[(from, "h1")] = 5 * Minute;
        }

        Assert.True(Drain("h2").IsAccepted);
        _world.Run(Minute);
        Assert.True(Cancel("h3").IsAccepted);
        _world.Hosts["h1"].Kill();
        _world.Hosts["h1"].SnapshotEvery = 1;
        _world.Run(5 * Second);
        _world.Hosts["h1"].Start();
        _world.Run(10 * Minute);
        Assert.IsType<DrainBegan>(Journaled[0]);
        Assert.IsType<DrainEnded>(Journaled[1]);
        Assert.Equal(2, Journaled.Length);
        Assert.Null(Show("h4").Drain);

        // From a snapshot, too: what it has obeyed is part of it.
        Assert.True(Drain("h2").IsAccepted);
        Assert.True(Cancel("h3").IsAccepted);
        _world.Hosts["h1"].Kill();
        _world.Hosts["h1"].Start();
        _world.Run(10 * Minute);
        Assert.Null(Story.Status(_world, _world.Hosts["h1"]).Drain);
        Assert.Empty(_world.Violations);
    }

    /// <summary>The person gave up, and took it back: what comes late is not obeyed any more.</summary>
    [Fact]
    public void What_is_overtaken_by_a_later_word_is_not_obeyed()
    {
        _world.Network.Delays[("h2", "h1")] = 20 * Second;
        Assert.True(Drain("h2").IsSilent);
        _world.Network.Delays.Clear();
        Assert.Equal("h1 is not being drained; there is nothing to cancel", Cancel("h2").Text);
        _world.Run(Minute);
        Assert.Empty(Journaled);
    }

    [Fact]
    public void An_agent_that_was_started_anew_is_heard_again()
    {
        Assert.True(Drain("h2").IsAccepted);
        _world.Hosts["h2"].Kill();
        _world.Run(Second);
        _world.Hosts["h2"].Start();
        _world.Run(5 * Second);
        Assert.True(Cancel("h2").IsAccepted);
        Assert.Equal([1L, 2L], Journaled.Select(e => (e as DrainBegan)?.Via!.Incarnation ?? ((DrainEnded)e).Via!.Incarnation));
    }

    /// <summary>From no honest host.</summary>
    [Theory]
    [InlineData("", "", null)]
    [InlineData("somebody", null, null)]
    [InlineData("somebody", "", 0L)]
    [InlineData("somebody", "", long.MaxValue)]
    public void What_cannot_be_meant_is_not_obeyed(string person, string? why, long? deadlineMs)
    {
        _world.Hosts["h1"].Tell(new PeerSaid("h2", 1, "drains", new AskDrain(1, person, why ?? new string('x', 10_000), deadlineMs)));
        _world.Run(Second);
        Assert.Empty(Journaled);
        var said = Assert.IsType<DrainSaid>(_sent.Last(s => s.Send.Actor == "drains").Send.Message);
        Assert.Equal((1L, 1L, false), (said.Question, said.AskedIn, said.IsAccepted));
    }

    /// <summary>An answer to another start of the agent, or of another host than was asked, is none.</summary>
    [Fact]
    public void An_answer_that_is_no_answer_to_the_question_is_not_heard()
    {
        _world.Do(new LinkCut("h1", "h2"));
        DrainAnswered? answer = null;
        _world.Hosts["h2"].Tell(Wish(VirtualActorSystem.Listen("asker", m => answer = (DrainAnswered)m)));
        _world.Run(Second);
        var question = Assert.IsType<AskDrain>(OfDrain("h2")[^1]).Question;
        _world.Hosts["h2"].Tell(new PeerSaid("h3", 1, "drains", new DrainSaid(question, 1, true, "I am h1")));
        _world.Hosts["h2"].Tell(new PeerSaid("h1", 1, "drains", new DrainSaid(question, 7, true, "of old")));
        _world.Hosts["h2"].Tell(new PeerSaid("h1", 1, "drains", new DrainSaid(question, 1, true, "")));
        _world.Run(Second);
        Assert.Null(answer);
        _world.Hosts["h2"].Tell(new PeerSaid("h1", 1, "drains", new DrainSaid(question, 1, true, "so it is")));
        _world.Run(Second);
        Assert.Equal("so it is", answer!.Text);
    }

    [Fact]
    public void A_message_between_hosts_names_a_limited_number_of_vms()
    {
        var world = new SimWorld(3);
        foreach (var host in (string[])["h1", "h2"])
        {
            world.AddHost(Story.Options(host) with { MemoryTotalBytes = host == "h1" ? 1L << 40 : 1L << 30, MemoryOvercommit = 1.0 });
        }

        for (var i = 0; i < 505; i++)
        {
            world.AddGuest("h1", $"vm{i:000}", 1L << 30);
        }

        world.AddGuest("h2", "there", 1L << 30);
        world.Start();
        world.Run(2 * Minute);
        DrainAnswered? answer = null;
        world.Hosts["h2"].Tell(Wish(VirtualActorSystem.Listen("asker", m => answer = (DrainAnswered)m)));
        world.Run(2 * Minute);
        Assert.True(answer!.IsAccepted, answer.Text);
        world.Hosts["h2"].Tell(new ShowDrain(VirtualActorSystem.Listen("asker", m => answer = (DrainAnswered)m), "h1"));
        world.Run(Second);
        Assert.Equal((500, 5), (answer.Drain!.Left!.Count, answer.Drain.More));
    }

    private static DrainHost Wish(Actors.ActorRef replyTo) => new(replyTo, "h1", 30 * Minute, "a new kernel", "user 7");

    private DrainAnswered Drain(string on) => Ask(on, Wish);

    private DrainAnswered Cancel(string on) => Ask(on, r => new CancelDrain(r, "h1", "user 7"));

    private DrainAnswered Show(string on) => Ask(on, r => new ShowDrain(r, "h1"));

    private DrainAnswered Ask(string on, Func<Actors.ActorRef, object> wish)
    {
        DrainAnswered? answer = null;
        _world.Hosts[on].Tell(wish(VirtualActorSystem.Listen("asker", m => answer = (DrainAnswered)m)));
        Assert.True(_world.Time.RunUntil(() => answer is not null, Minute));
        return answer!;
    }

    private object[] OfDrain(string from) => [.. _sent.Where(s => s.From == from && s.Send.Actor == "drains").Select(s => s.Send.Message)];
}
