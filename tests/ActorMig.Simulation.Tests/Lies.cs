using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Simulation.Tests;

/// <summary>A member that lies: about its name, its VMs, and what is between two others. Nothing comes of it, it is said once and counted.</summary>
public sealed class Lies
{
    private const long MiB = 1L << 20;
    private const long LongerThanALeaseMs = 2 * 60_000;

    /// <summary>Whether a guest ever ran there, only the host says to which it goes: the source copy is resumed on that word.</summary>
    [Fact]
    public void What_a_third_host_says_of_a_migration_counts_for_nothing()
    {
        var world = Quiet();
        world.Do(new MoveAsked("vm1", "h2"));
        Story.While(world, () => !Story.Has<MigrationPrepared>(world, "h1"));
        var plan = Story.Events<MigrationPrepared>(world, "h1").Single().Plan;
        var absent = new DomainLook(DomainState.Absent, StateReason.None, DomainJob.None, null, false, 1);
        object[] lies =
        [
            new ArrivalRefused(plan.Migration, Refusal.NoRoom, "a lie"),
            new ArrivalReady(plan.Migration, 1),
            new ArrivalStands(plan.Migration, 1, absent, HasRun: false, IsGapless: true),
            new ArrivalClosed(plan.Migration),
        ];
        Say(world, "h1", "migration/" + plan.Migration, lies);
        Story.While(world, () => !Story.Has<PreCopyBegan>(world, "h1"));
        Say(world, "h1", "migration/" + plan.Migration, lies);
        Say(world, "h2", "arrival/" + plan.Migration, new CloseArrival(plan.Migration, LegOutcome.Failed), new GetArrival(plan, 9));
        world.Run(LongerThanALeaseMs);

        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Assert.Equal(LegOutcome.Completed, Story.Events<MigrationSettled>(world, "h1").Single().Outcome);
        Assert.Equal((2L * lies.Length, 2L), (Dropped(world, "h1"), Dropped(world, "h2")));
        Assert.Equal((1, 1), (Notes(world, "h1", 204), Notes(world, "h2", 204)));
        Story.AssertNothingIsOpen(world);
    }

    /// <summary>The name of a barter that its offerer has yet to make would stop that one's ledger.</summary>
    [Theory]
    [InlineData("h1-1-1")]
    [InlineData("h2-1-1")]
    [InlineData("h3")]
    [InlineData("h3-1")]
    [InlineData("h3-1-1-1")]
    [InlineData("h3-1-x")]
    [InlineData("h3--1-1")]
    [InlineData("h3-1-99999999999999999999")]
    [InlineData("")]
    public void An_offer_whose_barter_has_not_its_offerers_name_is_refused(string barter)
    {
        var world = Quiet();
        var answers = AnswersOf(world, "h1", "h3");
        Say(world, "h1", "barter", OfferOf(barter, Ghost));
        world.Run(1_000);
        Assert.Equal(Refusal.Nonsense, Assert.IsType<Decline>(Assert.Single(answers)).Refusal);

        // Whose name it was can still make it.
        world.Do(new MoveAsked("vm1", "h2"));
        world.Run(LongerThanALeaseMs);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Story.AssertNothingIsOpen(world);
    }

    [Fact]
    public void A_VM_that_runs_here_is_not_taken_from_one_who_says_that_it_runs_there()
    {
        var world = Quiet();
        var before = Story.Status(world, world.Hosts["h2"]).Barter.PromisedBytes;
        var answers = AnswersOf(world, "h2", "h3");
        Say(world, "h2", "barter", OfferOf("h3-1-1", Ghost with { Uuid = world.Guests["vm3"].Uuid, Name = "vm3" }));
        world.Run(1_000);
        var declined = Assert.IsType<Decline>(Assert.Single(answers));
        Assert.Equal((Refusal.NotMovable, "h2 shows that VM itself"), (declined.Refusal, declined.Reason));
        Assert.Equal(before, Story.Status(world, world.Hosts["h2"]).Barter.PromisedBytes);
        Story.AssertNothingIsOpen(world);
    }

    [Fact]
    public void A_VM_that_its_offerer_does_not_run_holds_room_for_a_lease_and_no_longer()
    {
        var world = Quiet();
        var before = Story.Status(world, world.Hosts["h2"]).Barter.PromisedBytes;
        var answers = AnswersOf(world, "h2", "h3");
        Say(world, "h2", "barter", OfferOf("h3-1-1", Ghost));
        world.Run(1_000);
        Assert.IsType<Grant>(Assert.Single(answers));
        Assert.Equal(before + Ghost.MemoryBytes, Story.Status(world, world.Hosts["h2"]).Barter.PromisedBytes);
        world.Run(LongerThanALeaseMs);
        Assert.Equal(before, Story.Status(world, world.Hosts["h2"]).Barter.PromisedBytes);
        var ended = Story.Events<BarterEnded>(world, "h2").Single();
        Assert.Equal((BarterOutcome.Withdrawn, Refusal.LeaseOver), (ended.Outcome, ended.Refusal));
        Story.AssertNothingIsOpen(world);
    }

    /// <summary>An exchange says by name what leaves the host that is asked. A policy that looks at loads alone would find nothing wrong with that.</summary>
    [Theory]
    [InlineData("threshold")]
    [InlineData("affinity")]
    [InlineData("")]
    public void No_VM_is_taken_by_name_from_a_host_that_does_not_know_who_talks_to_whom(string policy)
    {
        var world = Quiet();
        var answers = AnswersOf(world, "h2", "h3");
        Say(world, "h2", "barter", ExchangeOf("h3-1-1", policy, [Ghost.Uuid], [world.Guests["vm3"].Uuid]));
        world.Run(1_000);
        Assert.Equal(Refusal.NoOpinion, Assert.IsType<Decline>(Assert.Single(answers)).Refusal);
        Assert.Equal(["h2"], world.WhereRuns("vm3"));
        Story.AssertNothingIsOpen(world);
    }

    [Fact]
    public void An_exchange_that_names_nobody_is_nonsense()
    {
        var world = Quiet();
        var answers = AnswersOf(world, "h2", "h3");
        Say(world, "h2", "barter", ExchangeOf("h3-1-1", "affinity", [Ghost.Uuid, null!], []), ExchangeOf("h3-1-2", "affinity", [Ghost.Uuid], [null!]), ExchangeOf("h3-1-3", "affinity", [], []));
        world.Run(1_000);
        Assert.All(answers, a => Assert.Equal(Refusal.Nonsense, Assert.IsType<Decline>(a).Refusal));
        Assert.Equal(3, answers.Count);
    }

    private static Offer ExchangeOf(string barter, string policy, IReadOnlyList<string> gives, IReadOnlyList<string> takes) =>
        OfferOf(barter, Ghost) with { Kind = BarterKind.Exchange, Policy = policy, Exchange = new Exchange(gives, takes, 1e9), Pair = new PairHalf("h3", [], []) };

    public static TheoryData<string> WrongGrants => ["elsewhere", "twice", "another of ours", "ours for it"];

    [Theory]
    [MemberData(nameof(WrongGrants))]
    public void A_grant_of_what_was_not_offered_is_not_confirmed(string kind)
    {
        var world = Quiet();
        var (offered, vm2) = OfferWhoseGrantIsLost(world);
        var give = offered.Give;
        SayAs(world, "h2", "h1", "barter", new Grant(
            offered.Barter,
            kind switch
            {
                "elsewhere" => (Leg[])[new Leg(1, give, "h1", "h3")],
                "twice" => [new Leg(1, give, "h1", "h2"), new Leg(2, give, "h1", "h3")],
                "another of ours" => [new Leg(1, give, "h1", "h2"), new Leg(2, vm2, "h1", "h2")],
                _ => [new Leg(1, give, "h1", "h2"), new Leg(2, vm2, "h2", "h1")],
            },
            "a lie"));
        world.Run(5_000);
        var ended = Story.Events<BarterEnded>(world, "h1").Single(e => e.Barter == offered.Barter);
        Assert.Equal((BarterOutcome.Withdrawn, Refusal.NotMovable), (ended.Outcome, ended.Refusal));
        world.Do(new LinkHealed("h2", "h1"));
        world.Run(LongerThanALeaseMs);
        Assert.Equal(["h1"], world.WhereRuns("vm1"));
        Assert.Equal(["h1"], world.WhereRuns("vm2"));
        Story.AssertNothingIsOpen(world);
    }

    /// <summary>What the guest was, it stays, whatever its new host says of it.</summary>
    [Fact]
    public void Of_our_own_VM_counts_what_we_know_of_it()
    {
        var world = Quiet();
        var (offered, _) = OfferWhoseGrantIsLost(world);
        var other = offered.Give with { Name = "other", IsAutostart = true, IsPersistent = false, MemoryBytes = 1, Mode = MigrationMode.Direct };
        Story.While(world, () => !Story.Has<BarterGranted>(world, "h2"));
        world.Run(100);
        SayAs(world, "h2", "h1", "barter", new Grant(offered.Barter, [new Leg(1, other, "h1", "h2")], "a lie"));
        world.Do(new LinkHealed("h2", "h1"));
        world.Run(LongerThanALeaseMs);
        Assert.Equivalent(offered.Give, Story.Events<BarterConfirmed>(world, "h1").Single().Legs.Single().Vm);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Story.AssertNothingIsOpen(world);
    }

    /// <summary>How a leg stands that leaves from here, our own libvirt says.</summary>
    [Fact]
    public void A_peer_does_not_say_how_our_own_leg_ended()
    {
        var world = Quiet();
        world.Do(new MoveAsked("vm1", "h2"));
        Story.While(world, () => !Story.Has<PreCopyBegan>(world, "h1"));
        var barter = Story.Events<BarterOffered>(world, "h1").Single().Barter;
        SayAs(world, "h2", "h1", "barter", new LegStands(barter, 1, LegOutcome.Failed, "a lie"), new LegStands(barter, 1, LegOutcome.Gone, "a lie"));
        world.Run(LongerThanALeaseMs);
        Assert.Equal(BarterOutcome.Settled, Story.Events<BarterEnded>(world, "h1").Single().Outcome);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Story.AssertNothingIsOpen(world);
    }

    [Fact]
    public void Nobody_takes_back_anothers_offer()
    {
        var world = Quiet();
        var offers = 0;
        world.Network.Tap = (from, send) =>
        {
            if (from == "h1" && send.Message is Offer offer)
            {
                offers++;
                for (var ms = 1; ms < 50; ms++)
                {
                    world.Time.After(ms, () => Say(world, "h2", "barter", new Withdraw(offer.Barter, BarterOutcome.Withdrawn, "a lie")));
                }
            }
        };
        world.Do(new MoveAsked("vm1", "h2"));
        world.Run(LongerThanALeaseMs);
        Assert.Equal(1, offers);
        Assert.Equal(["h2"], world.WhereRuns("vm1"));
        Story.AssertNothingIsOpen(world);
    }

    /// <summary>An actor gets the name of a migration, and the journal keeps it: one that no actor can have would come again with each start.</summary>
    [Theory]
    [InlineData("x@y", "x", 1)]
    [InlineData("h1-1-1.1", "h2-1-1", 1)]
    [InlineData("h2-1-1.1", "h2-1-1", 1)]
    [InlineData("h3-1-1.17", "h3-1-1", 17)]
    [InlineData("h3-1-1.1", "h3-1-1", 1)]
    public void A_plan_that_cannot_be_meant_opens_nothing(string migration, string barter, int leg)
    {
        var world = Quiet();
        var isOnlyTheVmWrong = migration == "h3-1-1.1";
        var plan = new MigrationPlan(migration, barter, leg, isOnlyTheVmWrong ? Ghost with { MemoryBytes = 0 } : Ghost, "h3", "h1", BarterKind.Migrate);
        Say(
            world, "h1", "arrival/" + migration,
            new GetArrival(plan, 1), new CloseArrival(migration, LegOutcome.Completed, plan), new CloseArrival(migration, LegOutcome.NeedsOperator, plan));
        world.Run(60_000);
        Assert.False(Story.Has<ArrivalOpened>(world, "h1"));
        Assert.False(Story.Has<CaseOpened>(world, "h1"));
        Story.AssertNothingIsOpen(world);
    }

    [Fact]
    public void What_is_dropped_is_said_once_and_counted()
    {
        const int Many = 100;
        var world = Quiet();
        for (var i = 0; i < Many; i++)
        {
            world.Hosts["h1"].Tell(new PeerSaid("h3", 1_000_000, $"nobody-{i}", new GetDigest(i)));
            world.Hosts["h1"].Tell(new PeerSaid("h3", i, "barter", new GetDigest(i)));
        }

        world.Run(1_000);
        Assert.Equal(2 * Many, Dropped(world, "h1"));
        Assert.Equal((1, 1), (Notes(world, "h1", 304), Notes(world, "h1", 202)));
    }

    private static VmFacts Ghost { get; } = new("77", "ghost", 256 * MiB, 1, 0, true, false);

    private static Offer OfferOf(string barter, VmFacts give) => new(barter, BarterKind.Command, give.Uuid, [give], 0, 0, "a lie");

    private static SimWorld Quiet()
    {
        var world = Story.TwoHosts(5);
        Story.Loads(world, 50, 50, 40, 40);
        world.Start();
        world.Run(3 * 60_000);
        return world;
    }

    /// <summary>vm1 is offered to h2, and what h2 answers does not arrive.</summary>
    private static (BarterOffered Offered, VmFacts Vm2) OfferWhoseGrantIsLost(SimWorld world)
    {
        var vm2 = Story.Status(world, world.Hosts["h1"]).Barter.Vms.Single(v => v.Facts.Name == "vm2").Facts with { Needs = null };
        world.Do(new MoveAsked("vm1", "h2"));
        Story.While(world, () => !Story.Has<BarterOffered>(world, "h1"));
        world.Do(new LinkCut("h2", "h1"));
        return (Story.Events<BarterOffered>(world, "h1").Single(), vm2);
    }

    private static List<object> AnswersOf(SimWorld world, string host, string to)
    {
        var answers = new List<object>();
        world.Network.Tap = (from, send) =>
        {
            if (from == host && send.Host == to)
            {
                answers.Add(send.Message);
            }
        };
        return answers;
    }

    /// <summary>A third member says something.</summary>
    private static void Say(SimWorld world, string to, string actor, params object[] messages) => SayAs(world, "h3", to, actor, messages);

    private static void SayAs(SimWorld world, string from, string to, string actor, params object[] messages)
    {
        foreach (var message in messages)
        {
            world.Hosts[to].Tell(new PeerSaid(from, 1, actor, message));
        }
    }

    private static long Dropped(SimWorld world, string host) => Story.Status(world, world.Hosts[host]).ForeignMessages;

    private static int Notes(SimWorld world, string host, int note) => world.Notes.Count(n => n.StartsWith($"{host} note {note}: ", StringComparison.Ordinal));
}
