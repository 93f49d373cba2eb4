using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests;

/// <summary>What a host does whose journal is lost, or whose journal's disk is nearly full.</summary>
public sealed class JournalTrouble
{
    private static readonly JournalLost Loss = new("loss-1", "journal.db is missing");

    [Fact]
    public void After_the_loss_of_its_journal_a_host_observes_until_a_person_accepts_that()
    {
        var world = Story.TwoHosts(3);
        Story.Loads(world, 300, 160, 200, 60);
        var host = world.Hosts["h1"];
        host.NextStart = new HostStart(41, Loss);
        world.Start();
        world.Run(10 * 60_000);
        Assert.DoesNotContain(world.Log, l => l.Contains("offers", StringComparison.Ordinal));
        var status = Story.Status(world, host);
        Assert.Equal((42, Mode.Observe), (status.Incarnation, status.Mode));
        Assert.Contains("`actormig journal accept-loss`", status.JournalAlarm, StringComparison.Ordinal);
        Assert.Contains(world.Notes, n => n.Contains("h1 note 305: the journal was lost (journal.db is missing)", StringComparison.Ordinal));

        // It survives a start that knows of no loss, and one that is told of the same loss again.
        host.Kill();
        host.NextStart = null;
        host.Start();
        world.Run(60_000);
        Assert.Equal(Mode.Observe, Story.Status(world, host).Mode);
        Assert.True(Accept(world, host).IsAccepted);
        Assert.False(Accept(world, host).IsAccepted);
        host.Kill();
        host.NextStart = new HostStart(41, Loss);
        host.Start();
        world.Run(10 * 60_000);
        status = Story.Status(world, host);
        Assert.Equal((44, Mode.Auto, null), (status.Incarnation, status.Mode, status.JournalAlarm));
        Assert.Contains(world.Log, l => l.Contains("h1 offers vm1 to h2", StringComparison.Ordinal));
        Assert.Contains(host.Journal.Replay("host"), e => e is JournalLossAccepted { Person: "user 7" });
    }

    [Fact]
    public void A_peer_of_a_host_that_lost_its_journal_hears_observing()
    {
        var world = Story.TwoHosts(4);
        Story.Loads(world, 300, 160, 200, 60);
        world.Hosts["h2"].NextStart = new HostStart(0, Loss);
        world.Start();
        world.Run(10 * 60_000);
        Assert.Contains(world.Log, l => l.Contains("h2 declines", StringComparison.Ordinal) && l.Contains("observing", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Log, l => l.Contains("grants", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("h1", "h1 disk-full")]
    [InlineData("h2", "h2 declines")]
    public void No_barter_begins_while_the_disk_is_nearly_full_and_one_does_when_it_is_not(string full, string expected)
    {
        var world = Story.TwoHosts(5);
        Story.Loads(world, 300, 160, 200, 60);
        world.Start();
        world.Run(1_000);
        world.Hosts[full].Tell(new DiskChanged("20 MiB are left; make room"));
        world.Run(10 * 60_000);
        Assert.Contains(world.Log, l => l.Contains(expected, StringComparison.Ordinal) && l.Contains("20 MiB are left; make room", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Log, l => l.Contains("grants", StringComparison.Ordinal));
        Assert.Contains("20 MiB are left", Story.Status(world, world.Hosts[full]).JournalAlarm, StringComparison.Ordinal);

        world.Hosts[full].Tell(new DiskChanged(null));
        world.Run(10 * 60_000);
        Assert.Contains(world.Log, l => l.Contains("grants", StringComparison.Ordinal));
        Assert.Null(Story.Status(world, world.Hosts[full]).JournalAlarm);
    }

    [Fact]
    public void A_barter_that_has_begun_is_carried_out_on_a_disk_that_is_nearly_full()
    {
        var world = Story.TwoHosts(6);
        Story.Loads(world, 300, 160, 200, 60);
        world.Start();
        for (var i = 0; i < 10_000 && !world.Log.Any(l => l.Contains("grants", StringComparison.Ordinal)); i++)
        {
            world.Run(100);
        }

        world.Hosts["h1"].Tell(new DiskChanged("full"));
        world.Hosts["h2"].Tell(new DiskChanged("full"));
        world.Run(10 * 60_000);
        Assert.Contains(world.Log, l => l.Contains("settled", StringComparison.Ordinal));
        Assert.Empty(world.Violations);
    }

    /// <summary>A post-copy broke because its process died, and the journal that told of it is lost: the barter ends, and the guest is a case where it is, for nobody else knows of it.</summary>
    [Fact]
    public void A_leg_whose_source_has_lost_process_and_journal_is_left_to_a_person()
    {
        var world = Story.TwoHosts(7);
        var (h1, h2) = (world.Hosts["h1"], world.Hosts["h2"]);
        Story.Loads(world, 300, 160, 200, 60);
        foreach (var guest in world.Guests.Values)
        {
            guest.DirtyBytePerSecond = 400 << 20;
        }

        h1.Journal.Landed += (id, events) =>
        {
            if (h2.IsUp && events.OfType<ArrivalRan>().Any())
            {
                world.Do(new QemuCrashed("vm3", "h2"));
                world.Time.After(100, () => world.Do(new JournalTorn("h2")));
            }
        };
        world.Start();
        Assert.True(world.Time.RunUntil(() => !h2.IsUp, 20 * 60_000));
        h2.Start();
        world.Run(60_000);
        world.Do(new LossAccepted("h2"));
        world.Run(30 * 60_000);
        var status = Story.Status(world, h1);
        Assert.Empty(status.Barter.OpenBarters);
        Assert.Contains("because its journal was lost", Assert.Single(status.Cases!).Reason, StringComparison.Ordinal);
        Assert.Empty(world.Violations);
    }

    private static JournalLossAnswered Accept(SimWorld world, SimHost host)
    {
        JournalLossAnswered? answer = null;
        host.Tell(new AcceptJournalLoss(VirtualActorSystem.Listen("asker", m => answer = (JournalLossAnswered)m), "user 7"));
        world.Run(1_000);
        return answer ?? throw new InvalidOperationException("There was no answer.");
    }
}
