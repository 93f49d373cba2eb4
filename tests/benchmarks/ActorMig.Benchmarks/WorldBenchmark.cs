using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ActorMig.Simulation;

namespace ActorMig.Benchmarks;

/// <summary>
/// What one seed of a campaign costs: six virtual hours of a small world whose network loses and repeats, whose agents are killed, whose links are cut
/// and whose loads change. The digest tells whether two builds simulate the same.
/// </summary>
internal static class WorldBenchmark
{
    private const long GiB = 1L << 30;
    private const long HoursMs = 6 * 3_600_000;

    public static Task RunAsync()
    {
        foreach (var (hosts, seeds, isJson, isChecked) in new[]
        {
            (2, 40, true, true), (10, 20, true, true), (10, 20, false, true), (10, 20, true, false), (10, 20, false, false), (40, 5, true, true), (40, 5, false, false),
        })
        {
            for (ulong seed = 0; seed < 3; seed++)
            {
                Play(seed, hosts, isJson, isChecked);
            }

            GC.Collect();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var (cpu, clock) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
            long steps = 0, messages = 0, barters = 0;
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (ulong seed = 1; seed <= (ulong)seeds; seed++)
            {
                var world = Play(seed, hosts, isJson, isChecked);
                steps += world.Time.Steps;
                messages += world.Network.Sent;
                barters += world.Log.Count(l => l.Contains(" grants ", StringComparison.Ordinal));
                foreach (var line in world.Log.Concat(world.Notes))
                {
                    digest.AppendData(Encoding.UTF8.GetBytes(line));
                }

                digest.AppendData(Encoding.UTF8.GetBytes(world.Time.Random.Next().ToString(CultureInfo.InvariantCulture)));
            }

            var cpuMs = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{hosts,2} hosts, 6 h{(isJson ? "" : ", messages as objects")}{(isChecked ? "" : ", unchecked")}: {cpuMs / seeds:0.0} ms CPU a seed ({clock.Elapsed.TotalMilliseconds / seeds:0.0} ms on the clock), {steps / seeds:N0} steps, {cpuMs * 1e6 / steps:0} ns a step, {(GC.GetAllocatedBytesForCurrentThread() - allocated) / steps:N0} bytes a step, {messages / seeds:N0} messages, {(double)barters / seeds:0.0} barters a seed; digest {Convert.ToHexStringLower(digest.GetHashAndReset())[..16]}"));
        }

        return Task.CompletedTask;
    }

    private static SimWorld Play(ulong seed, int hosts, bool isJson, bool isChecked)
    {
        var world = new SimWorld(seed) { ChecksEachSlice = isChecked };
        world.Network.CrossesAsJson = isJson;
        var time = world.Time;
        var (hostNames, vmNames) = (new List<string>(), new List<string>());
        for (var i = 0; i < hosts; i++)
        {
            var host = string.Create(CultureInfo.InvariantCulture, $"h{i:00}");
            hostNames.Add(host);
            world.AddHost(new ActorMigOptions
            {
                HostName = host, Mode = Mode.Auto, Manage = Manage.All, MemoryTotalBytes = 16 * GiB, MemoryReserveBytes = 0, CoolDownRounds = 2,
            });
            for (var j = 0; j < 4; j++)
            {
                var vm = string.Create(CultureInfo.InvariantCulture, $"vm{i:00}-{j}");
                vmNames.Add(vm);
                world.AddGuest(host, vm, GiB + (time.Draw(3) * GiB));
                world.Guests[vm].BitPerSecond = time.Draw(150) * 1e6;
            }
        }

        world.Do(new NetworkSet(1 + time.Draw(2_000), (int)time.Draw(100), (int)time.Draw(100)));
        world.Start();
        while (time.NowMs < HoursMs)
        {
            world.Run(time.Draw(600_000));
            var host = hostNames[(int)time.Draw(hosts)];
            var other = hostNames[(int)time.Draw(hosts)];
            switch (time.Draw(6))
            {
                case 0:
                    world.Do(new AgentKilled(host));
                    world.Run(time.Draw(90_000));
                    world.Do(new AgentRestarted(host));
                    break;
                case 1:
                    world.Do(new LinkCut(host, other));
                    world.Run(time.Draw(120_000));
                    world.Do(new LinkHealed(host, other));
                    break;
                case 2:
                    world.Do(new DiskSlowed(host, 1 + time.Draw(50)));
                    break;
                default:
                    for (var i = 0; i < hosts; i++)
                    {
                        world.Do(new LoadSet(vmNames[(int)time.Draw(vmNames.Count)], time.Draw(300) * 1e6));
                    }

                    break;
            }
        }

        if (world.Violations.Count > 0)
        {
            throw new InvalidOperationException($"Seed {seed} with {hosts} hosts: {world.Violations[0]}");
        }

        return world;
    }
}
