using ActorMig.Bartering;
using ActorMig.Policies;

namespace ActorMig.Simulation.Tests;

/// <summary>What must not make the policy affinity move anything, with the real actors and default knobs; and, so that this means something, what does.</summary>
public sealed class AffinityControls
{
    private const int Hosts = 4;
    private const int VmsPerHost = 6;
    private const long HostBytes = 24L << 30;
    private const long MinuteMs = 60_000;
    private const long HoursMs = Stillness.HoursMs;
    private const double Rate = 20e6;

    [Fact]
    public void Everybody_talks_to_everybody_alike()
    {
        // One more VM has room on each host, but to gather some for that is not worth their moves.
        var world = World();
        TalkAll(world, (_, _) => 0.1 * Rate);
        Stillness.AssertStill(world);
    }

    [Fact]
    public void Groups_that_are_together_already()
    {
        var world = World();
        TalkAll(world, Together);
        Stillness.AssertStill(world);
    }

    [Fact]
    public void Noise()
    {
        // Groups are together; all rates change each half minute, from a fifth of their mean to nearly twice that, and all talk a little past their groups.
        var (world, random) = (World(), new Random(7));
        void Draw()
        {
            TalkAll(world, (a, b) => (Together(a, b) + (0.02 * Rate)) * (0.2 + (1.6 * random.NextDouble())));
            world.Time.After(MinuteMs / 2, Draw);
        }

        Draw();
        Stillness.AssertStill(world);
    }

    [Fact]
    public void One_burst()
    {
        var world = World();
        TalkAll(world, Together);
        world.Time.After(HoursMs / 2, () => world.Do(new TalkSet("vm0-1", "vm2-1", 10 * Rate)));
        world.Time.After((HoursMs / 2) + MinuteMs, () => world.Do(new TalkSet("vm0-1", "vm2-1", 0)));
        Stillness.AssertStill(world);
    }

    [Fact]
    public void But_groups_that_are_scattered_move()
    {
        var world = World();
        TalkAll(world, (a, b) => a.Vm == b.Vm ? Rate : 0);
        Stillness.Play(world);
        Assert.Contains(Stillness.Barters(world), e => e is BarterConfirmed);
    }

    private static double Together((int Host, int Vm) a, (int Host, int Vm) b) => a.Host == b.Host ? Rate : 0;

    private static SimWorld World()
    {
        var world = new SimWorld(5) { CountsTraffic = true };
        for (var host = 0; host < Hosts; host++)
        {
            var added = world.AddHost(new ActorMigOptions
            {
                HostName = $"h{host}",
                Mode = Mode.Auto,
                Manage = Manage.All,
                MemoryTotalBytes = HostBytes * (VmsPerHost + 1) / VmsPerHost,
                MemoryReserveBytes = 0,
            });
            added.PoliciesOf = static options => [AffinityPolicyActor.Spec(options)];
            for (var vm = 0; vm < VmsPerHost; vm++)
            {
                world.AddGuest($"h{host}", $"vm{host}-{vm}", HostBytes / VmsPerHost);
            }
        }

        return world;
    }

    private static void TalkAll(SimWorld world, Func<(int Host, int Vm), (int Host, int Vm), double> rate)
    {
        var all = Enumerable.Range(0, Hosts * VmsPerHost).Select(i => (Host: i / VmsPerHost, Vm: i % VmsPerHost)).ToArray();
        for (var i = 0; i < all.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                world.Do(new TalkSet($"vm{all[j].Host}-{all[j].Vm}", $"vm{all[i].Host}-{all[i].Vm}", rate(all[j], all[i])));
            }
        }
    }
}
