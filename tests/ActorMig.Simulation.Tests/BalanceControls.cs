using ActorMig.Bartering;
using ActorMig.Policies;

namespace ActorMig.Simulation.Tests;

/// <summary>What is worse for the policy balance than for those that look for an overload: it may find something to do on hosts that are calm. The real actors, with default knobs.</summary>
public sealed class BalanceControls
{
    private const int VmsPerHost = ControlWorld.VmsPerHost;
    private const long MinuteMs = 60_000;
    private const long HoursMs = Stillness.HoursMs;

    [Fact]
    public void Noise_that_the_VMs_of_a_host_share_moves_nothing()
    {
        // All guests of a host do the same each half minute: its load is off by eight times as much as one guest's.
        var (world, random) = (World(), new Random(11));
        void Draw()
        {
            var of = Enumerable.Range(0, ControlWorld.Hosts).Select(_ => 0.2 + (1.6 * random.NextDouble())).ToArray();
            ControlWorld.Load(world, (host, _) => 0.65 / VmsPerHost * of[host]);
            world.Time.After(MinuteMs / 2, Draw);
        }

        Draw();
        Stillness.AssertStill(world);
    }

    [Fact]
    public void Loads_that_wander_for_minutes_move_nothing()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var (world, random) = (World(), new Random(seed));
            void Draw()
            {
                ControlWorld.Load(world, (_, _) => 0.65 / VmsPerHost * (0.2 + (1.6 * random.NextDouble())));
                world.Time.After(5 * MinuteMs, Draw);
            }

            Draw();
            Stillness.AssertStill(world);
        }
    }

    [Fact]
    public void A_quarter_of_an_hour_of_one_busy_VM_moves_nothing()
    {
        var world = World();
        ControlWorld.Load(world, (_, _) => 0.6 / VmsPerHost);
        world.Time.After(HoursMs / 2, () => ControlWorld.Load(world, (host, vm) => host == 2 && vm == 3 ? 1.1 : 0.6 / VmsPerHost));
        world.Time.After((HoursMs / 2) + (15 * MinuteMs), () => ControlWorld.Load(world, (_, _) => 0.6 / VmsPerHost));
        Stillness.AssertStill(world);
    }

    [Fact]
    public void But_calm_hosts_that_differ_become_alike_and_then_all_is_still()
    {
        var world = World();
        ControlWorld.Load(world, (host, _) => (host < 3 ? 0.6 : 0.2) / VmsPerHost);
        Stillness.Play(world);
        var moves = Moves(world);
        Assert.InRange(moves, 1, 2 * 3 * VmsPerHost);
        Assert.All(world.Hypervisors.Values, h => Assert.InRange(h.Domains.Where(d => d.Runs).Sum(d => d.Guest.Cpus) / (h.Cpus * 0.8), 0.33, 0.47));

        world.Run(HoursMs);
        Assert.Empty(world.Violations);
        Assert.Equal(moves, Moves(world));
    }

    [Fact]
    public void And_what_has_changed_for_good_counts_in_the_end()
    {
        var world = World();
        ControlWorld.Load(world, (_, _) => 0.3 / VmsPerHost);
        world.Time.After(HoursMs / 3, () => ControlWorld.Load(world, (host, _) => (host == 2 ? 0.9 : 0.3) / VmsPerHost));
        Stillness.Play(world);
        Assert.InRange(Moves(world), 1, 2 * VmsPerHost);
    }

    private static SimWorld World() => ControlWorld.Of(BalancePolicyActor.Spec);

    private static int Moves(SimWorld world) => Stillness.Barters(world).OfType<BarterConfirmed>().Sum(c => c.Legs.Count);
}
