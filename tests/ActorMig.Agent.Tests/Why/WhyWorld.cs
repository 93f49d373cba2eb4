using ActorMig.Actors;
using ActorMig.Agent.Why;
using ActorMig.Hosts;
using ActorMig.Migrations;
using ActorMig.Simulation;

namespace ActorMig.Agent.Tests.Why;

/// <summary>A simulated cluster that remembers what each host writes down, as its journal would.</summary>
internal sealed class WhyWorld
{
    private const long GiB = 1L << 30;
    private readonly SortedDictionary<string, List<(long WallMs, object What)>> _told = new(StringComparer.Ordinal);

    public WhyWorld(ulong seed, params string[] hosts)
    {
        World = new SimWorld(seed)
        {
            Written = (host, e) => Told(host).Add((NowWallMs, e)),
            Recorded = (host, r) => Told(host).Add((NowWallMs, r)),
        };
        foreach (var host in hosts)
        {
            World.AddHost(Options(host));
        }
    }

    public SimWorld World { get; }

    private long NowWallMs => VirtualTime.WallStartMs + World.Time.NowMs;

    public static ActorMigOptions Options(string host) => new()
    {
        HostName = host,
        Mode = Mode.Auto,
        Manage = Manage.All,
        MemoryTotalBytes = 4 * GiB,
        MemoryReserveBytes = 0,
        RoundJitter = 0,
        HoldRounds = 1,
        CoolDownRounds = 10,
    };

    /// <summary>Two VMs on each of two hosts, after some minutes.</summary>
    /// <param name="vm1">What it says, in Mbit/s.</param>
    /// <param name="vm2">As above.</param>
    /// <param name="vm3">As above.</param>
    /// <param name="vm4">As above.</param>
    /// <param name="minutes">How many.</param>
    public static WhyWorld OfFour(double vm1, double vm2, double vm3, double vm4, int minutes)
    {
        var world = new WhyWorld(3, "h1", "h2");
        world.Add("h1", "vm1", vm1);
        world.Add("h1", "vm2", vm2);
        world.Add("h2", "vm3", vm3);
        world.Add("h2", "vm4", vm4);
        world.World.Start();
        world.Minutes(minutes);
        return world;
    }

    public void Add(string host, string vm, double mbitPerSecond)
    {
        World.AddGuest(host, vm, GiB);
        World.Guests[vm].BitPerSecond = mbitPerSecond * 1e6;
    }

    /// <summary>Lets minutes pass.</summary>
    public void Minutes(int minutes)
    {
        World.Run(minutes * 60_000L);
        Assert.Empty(World.Violations);
    }

    /// <summary>What a host answers; null if it knows no such VM.</summary>
    public WhyReply? Why(string host, string vm) => WhyAnswer.Of(Status(host), vm, Told(host), m => Figures(host, m), NowWallMs);

    /// <summary>What a host answers, in words.</summary>
    public string Words(string host, string vm) => string.Join('\n', WhyText.Lines(Why(host, vm) ?? throw new InvalidOperationException($"{host} knows no {vm}.")));

    public HostStatus Status(string host)
    {
        HostStatus? status = null;
        World.Hosts[host].Tell(new GetHostStatus(VirtualActorSystem.Listen("asker", m => status = (HostStatus)m)));
        World.Run(1_000);
        return status ?? throw new InvalidOperationException($"{host} did not answer.");
    }

    private MigrationFigures? Figures(string host, string migration) =>
        Told(host).Select(t => t.What).OfType<MigrationSettled>().LastOrDefault(s => s.Migration == migration)?.Figures;

    private List<(long WallMs, object What)> Told(string host)
    {
        if (!_told.TryGetValue(host, out var told))
        {
            _told.Add(host, told = []);
        }

        return told;
    }
}
