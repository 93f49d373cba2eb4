using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Policies;

namespace ActorMig.Simulation.Tests;

/// <summary>
/// What must not make anything move, whatever the policy: load that is alike everywhere, a placement that is as good as it can be, noise, and one burst that is
/// over before it has held. The real actors, with default knobs. What shows that these worlds could move is the last case, in which they do.
/// </summary>
public sealed class NegativeControls
{
    private const int VmsPerHost = ControlWorld.VmsPerHost;
    private const long MinuteMs = 60_000;
    private const long HoursMs = Stillness.HoursMs;

    /// <summary>The policies that are tried; another one has its line here.</summary>
    private static readonly (string Name, Func<ActorMigOptions, PolicySpec> Spec)[] s_policies =
    [
        ("threshold", ThresholdPolicyActor.Spec),
        ("cpu", LoadPolicyActor.Cpu),
        ("memory", LoadPolicyActor.Memory),
        ("balance", BalancePolicyActor.Spec),
    ];

    public static TheoryData<string> Policies => [.. s_policies.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Load_that_is_alike_everywhere_moves_nothing(string policy)
    {
        // Calm, and just under the level at which a host is overloaded.
        foreach (var share in (double[])[0.3, 0.98])
        {
            var world = World(policy);
            ControlWorld.Load(world, (_, _) => share / VmsPerHost);
            Stillness.AssertStill(world);
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void The_best_placement_moves_nothing(string policy)
    {
        // VMs from small to large, as many of each on every host: no host could have less without another one having more. Once calm, and once all are over.
        foreach (var share in (double[])[0.9, 1.05])
        {
            var world = World(policy);
            ControlWorld.Load(world, (_, vm) => share * 2 * (vm + 1) / (VmsPerHost * (VmsPerHost + 1)));
            Stillness.AssertStill(world);
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Noise_moves_nothing(string policy)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            // Each VM takes something else each half minute, from a fifth of its mean to nearly twice that; its host is at 0.65 of its level on average.
            var (world, random) = (World(policy), new Random(seed));
            void Draw()
            {
                ControlWorld.Load(world, (_, _) => 0.65 / VmsPerHost * (0.2 + (1.6 * random.NextDouble())));
                world.Time.After(MinuteMs / 2, Draw);
            }

            Draw();
            Stillness.AssertStill(world);
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void One_burst_moves_nothing(string policy)
    {
        // For a minute one VM alone takes all that its host has and more.
        var world = World(policy);
        ControlWorld.Load(world, (_, _) => 0.6 / VmsPerHost);
        world.Time.After(HoursMs / 2, () => ControlWorld.Load(world, (host, vm) => host == 2 && vm == 3 ? 1.1 : 0.6 / VmsPerHost));
        world.Time.After((HoursMs / 2) + MinuteMs, () => ControlWorld.Load(world, (_, _) => 0.6 / VmsPerHost));
        Stillness.AssertStill(world);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void But_what_is_over_and_stays_over_is_moved(string policy)
    {
        var world = World(policy);
        ControlWorld.Load(world, (host, _) => (host == 2 ? 1.1 : 0.3) / VmsPerHost);
        Stillness.Play(world);
        Assert.Contains(Stillness.Barters(world), e => e is BarterConfirmed);
    }

    private static SimWorld World(string policy) => ControlWorld.Of(s_policies.Single(p => p.Name == policy).Spec);
}
