using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Migrations;
using ActorMig.Policies;

namespace ActorMig.Simulation.Tests;

/// <summary>A VM rests after a move, also if its arrival is found out in the middle of a round that would move it again.</summary>
public sealed class Resting
{
    [Fact]
    public void A_round_that_began_before_a_VM_was_known_to_have_come_does_not_move_it()
    {
        var late = new LateEnd();
        var world = new SimWorld(4) { InterceptorOf = h => h.Options.HostName == "h2" ? late : null };
        foreach (var host in (string[])["h1", "h2"])
        {
            world.AddHost(Story.Options(host) with { HoldRounds = 1, CoolDownRounds = 20, MemoryTotalBytes = 8L << 30 });
        }

        foreach (var (host, guest) in new[] { ("h1", "vm1"), ("h1", "vm2"), ("h2", "vm3"), ("h2", "vm4") })
        {
            world.AddGuest(host, guest, 1L << 30);
        }

        Story.Loads(world, 180, 250, 20, 20);
        world.Start();
        var there = world.Hosts["h2"];
        Assert.True(world.Time.RunUntil(() => there.Journal.Ids.SelectMany(there.Journal.Replay).Any(e => e is ArrivalRan), 20 * 60_000));

        // Nobody can look there until the source has given up and the barter is over; then there is more load than there should be.
        world.Do(new LibvirtdKilled("h2"));
        world.Run(20 * 60_000);
        Assert.Contains(there.Journal.Replay("barter"), e => e is BarterEnded);
        Story.Loads(world, 180, 60, 500, 20);
        world.Do(new LibvirtdRestarted("h2"));
        world.Run(10 * 60_000);
        Assert.True(late.IsSaid);
        Assert.Contains(there.Journal.Replay("barter"), e => e is VmArrived { Name: "vm2", Moves: 1 });
        Assert.DoesNotContain(there.Journal.Replay("barter"), e => e is BarterOffered { Give.Name: "vm2" });
    }

    /// <summary>The end of the arrival is heard just before the policies' third answer.</summary>
    private sealed class LateEnd : VirtualInterceptor
    {
        private ArrivalEnded? _held;
        private int _answers;

        public bool IsSaid { get; private set; }

        public override object? Receive(ActorRef actor, object message)
        {
            if (IsSaid || actor.Path != "/host/barter")
            {
                return message;
            }

            switch (message)
            {
                case ArrivalEnded ended:
                    _held = ended;
                    return null;
                case HalfClosed:
                    return null;
                case PoliciesProposed proposed when _held is not null && ++_answers == 3:
                    IsSaid = true;
                    SayAs(actor, actor, _held);
                    SayAs(actor, actor, proposed);
                    return null;
                default:
                    return message;
            }
        }
    }
}
