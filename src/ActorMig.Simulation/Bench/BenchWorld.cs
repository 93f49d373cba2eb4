using System.Globalization;

namespace ActorMig.Simulation.Bench;

/// <summary>Makes the worlds of the scale benchmark: random and feasible placements whose loads are skewed, so that a good share of hosts is over its threshold.</summary>
internal static class BenchWorld
{
    private const long GiB = 1L << 30;

    /// <summary>Makes a world; its agents start within its first round, each at a moment of its own, as agents of a real cluster do.</summary>
    public static SimWorld Make(BenchOptions options, int hosts)
    {
        var world = new SimWorld(options.Seed) { ChecksEachSlice = false };
        world.Network.CrossesAsJson = hosts < options.ObjectsFromHosts;
        var capacityBytes = (long)((options.Agent.MemoryTotalBytes - options.Agent.MemoryReserveBytes) * options.Agent.MemoryOvercommit);
        for (var i = 0; i < hosts; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"h{i:00000}");
            var host = world.AddHost(options.Agent with { HostName = name });
            var freeBytes = capacityBytes;
            for (var j = 0; j < options.VmsPerHost; j++)
            {
                // What is left must hold the host's further VMs, of at least one GiB each.
                var memoryBytes = Math.Min(Memory(world.Time.Draw(10)), freeBytes - ((options.VmsPerHost - 1 - j) * GiB));
                freeBytes -= memoryBytes;
                var guest = world.AddGuest(name, string.Create(CultureInfo.InvariantCulture, $"vm{i:00000}-{j}"), memoryBytes);
                guest.BitPerSecond = Load(world.Time);
            }

            world.Time.After(world.Time.Draw(options.Agent.RoundMs), host.Start);
        }

        return world;
    }

    /// <summary>Half have 1 GiB, three in ten 2 GiB, the others 4 GiB.</summary>
    private static long Memory(long draw) => (draw < 5 ? 1 : draw < 8 ? 2 : 4) * GiB;

    /// <summary>Four in five talk little, 2 to 22 Mbit/s; the fifth talks much, 40 to 160 Mbit/s: a host's load is what it happens to have of those.</summary>
    private static double Load(VirtualTime time) => time.Draw(5) > 0
        ? 2e6 + (time.Draw(20_000) * 1e3)
        : 40e6 + (time.Draw(120_000) * 1e3);
}
