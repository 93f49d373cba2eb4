using System.Diagnostics;
using System.Globalization;

namespace ActorMig.Simulation.Tests;

/// <summary>One seed repeats everything to the byte: in this process, in another one, and with messages that cross as objects.</summary>
public sealed class SameSeedSameBytes
{
    private const string FileVariable = "ACTORMIG_DIGEST_FILE";
    private const int Hosts = 50;
    private const long GiB = 1L << 30;

    [Fact]
    public void Fifty_hosts_twice_do_the_same() => Assert.Equal(Play(5), Play(5));

    [Fact]
    public void Another_seed_does_something_else() => Assert.NotEqual(Play(5), Play(6));

    [Fact]
    public void Messages_that_cross_as_objects_change_nothing() => Assert.Equal(Play(5), Play(5, crossesAsJson: false));

    [Fact]
    public async Task Another_process_does_the_same()
    {
        // Hashes of strings differ from process to process: an order that came from them would show here.
        var file = Path.GetTempFileName();
        try
        {
            using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
            {
                ArgumentList = { "-explicit", "only", "-noLogo", "-noColor", "-method", $"{typeof(SameSeedSameBytes).FullName}.{nameof(What_the_other_process_plays)}" },
                Environment = { [FileVariable] = file },
                RedirectStandardOutput = true,
            })!;
            var output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(child.ExitCode == 0, output);
            Assert.Equal(Play(5), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact(Explicit = true)]
    public void What_the_other_process_plays() => File.WriteAllText(Environment.GetEnvironmentVariable(FileVariable)!, Play(5));

    private static string Play(ulong seed, bool crossesAsJson = true)
    {
        var world = new SimWorld(seed);
        var digest = new WorldDigest(world);
        world.Network.CrossesAsJson = crossesAsJson;
        var vms = new List<string>();
        for (var i = 0; i < Hosts; i++)
        {
            var host = string.Create(CultureInfo.InvariantCulture, $"h{i:00}");
            world.AddHost(new ActorMigOptions { HostName = host, Mode = Mode.Auto, Manage = Manage.All, MemoryTotalBytes = 8 * GiB, MemoryReserveBytes = 0, CoolDownRounds = 2 });
            for (var j = 0; j < 4; j++)
            {
                vms.Add(string.Create(CultureInfo.InvariantCulture, $"vm{i:00}-{j}"));
                world.AddGuest(host, vms[^1], GiB).BitPerSecond = world.Time.Draw(150) * 1e6;
            }
        }

        world.Do(new NetworkSet(500, 50, 50));
        world.Start();
        for (var i = 0; i < 20; i++)
        {
            var (host, other) = (Host(world), Host(world));
            world.Do(new LoadSet(vms[(int)world.Time.Draw(vms.Count)], world.Time.Draw(500) * 1e6));
            world.Do(new LinkCut(host, other));
            world.Do(new AgentKilled(host));
            world.Run(world.Time.Draw(120_000));
            world.Do(new AgentRestarted(host));
            world.Do(new LinkHealed(host, other));
            world.Run(world.Time.Draw(60_000));
        }

        Assert.Empty(world.Violations);
        Assert.Contains(world.Log, l => l.Contains("settled", StringComparison.Ordinal));
        Assert.True(digest.Count > 10_000);
        return digest.End();
    }

    private static string Host(SimWorld world) => string.Create(CultureInfo.InvariantCulture, $"h{world.Time.Draw(Hosts):00}");
}
