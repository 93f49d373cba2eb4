using ActorMig.Policies;

namespace ActorMig.Simulation.Tests;

/// <summary>Hosts that are alike, with as many VMs each, all with one policy and default knobs.</summary>
internal static class ControlWorld
{
    public const int Hosts = 6;
    public const int VmsPerHost = 8;
    private const int Cpus = 16;
    private const long HostBytes = 32L << 30;

    public static SimWorld Of(Func<ActorMigOptions, PolicySpec> spec)
    {
        var world = new SimWorld(5);
        for (var host = 0; host < Hosts; host++)
        {
            // Defaults, but that agents move VMs, and may move all; and memory is no reason for a host to take nothing.
            var added = world.AddHost(new ActorMigOptions
            {
                HostName = $"h{host}",
                Mode = Mode.Auto,
                Manage = Manage.All,
                MemoryTotalBytes = HostBytes,
                MemoryReserveBytes = 0,
                MemoryOvercommit = 1.5,
            });
            added.PoliciesOf = options => [spec(options)];
            added.Hypervisor.Cpus = Cpus;
            for (var vm = 0; vm < VmsPerHost; vm++)
            {
                world.AddGuest($"h{host}", $"vm{host}-{vm}", HostBytes / VmsPerHost);
            }
        }

        return world;
    }

    /// <summary>All loads at once, each as a share of the level at which the policy that looks at it calls a host overloaded.</summary>
    public static void Load(SimWorld world, Func<int, int, double> share)
    {
        var options = world.Hosts["h0"].Options;
        for (var host = 0; host < Hosts; host++)
        {
            for (var vm = 0; vm < VmsPerHost; vm++)
            {
                var (guest, part) = (world.Guests[$"vm{host}-{vm}"], share(host, vm));
                guest.BitPerSecond = part * options.Threshold.OverloadBitPerSecond;
                guest.Cpus = part * options.Cpu.Overload * Cpus;
                guest.UsedMemoryBytes = (long)(part * options.Memory.Overload * HostBytes);
            }
        }
    }
}
