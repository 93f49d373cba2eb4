using System.Globalization;
using ActorMig.Simulation;

namespace ActorMig.Benchmarks;

/// <summary>
/// A world in which a third of the hosts has far more guests than the others: once their guests talk, those hosts are over the threshold, and all
/// together have room for what they have too much.
/// </summary>
internal sealed class SkewedWorld
{
    public const long HostMemoryBytes = 32L << 30;
    private const long GuestMemoryBytes = 1L << 30;
    private const int GuestsOfFull = 8;
    private const int GuestsOfOthers = 1;
    private const int FullOneIn = 3;

    /// <summary>Makes one. Nobody talks yet.</summary>
    /// <param name="hosts">The hosts' names.</param>
    public SkewedWorld(IReadOnlyList<string> hosts)
    {
        for (var i = 0; i < hosts.Count; i++)
        {
            World.AddHost(new ActorMigOptions { HostName = hosts[i], MemoryTotalBytes = HostMemoryBytes, MemoryReserveBytes = 0 });
            World.Hosts[hosts[i]].Hypervisor.CompletionTold = _ => Moves++;
            for (var j = 0; j < (i % FullOneIn == 1 ? GuestsOfFull : GuestsOfOthers); j++)
            {
                World.AddGuest(hosts[i], string.Create(CultureInfo.InvariantCulture, $"{hosts[i]}-vm{j}"), GuestMemoryBytes);
            }
        }
    }

    public SimWorld World { get; } = new(seed: 1);

    /// <summary>How many migrations have ended well.</summary>
    public int Moves { get; private set; }

    /// <summary>All guests begin to talk: 60 to 80 Mbit/s each.</summary>
    public void LetTalk()
    {
        var nr = 0;
        foreach (var guest in World.Guests.Values)
        {
            guest.BitPerSecond = 60e6 + (5e6 * (nr++ % 5));
        }
    }

    /// <summary>How it stands.</summary>
    public WorldLook Look()
    {
        var overload = new ThresholdOptions().OverloadBitPerSecond;
        var hosts = World.Hosts.Select(h => (Name: h.Key, Domains: h.Value.Hypervisor.AllDomains)).ToArray();
        var loads = hosts.Select(h => (h.Name, BitPerSecond: h.Domains.Where(d => d.Runs).Sum(d => d.Guest.BitPerSecond))).ToArray();
        return new WorldLook(
            [.. loads.Where(l => l.BitPerSecond > overload).Select(l => l.Name)],
            loads.Max(l => l.BitPerSecond),
            Moves,
            (hosts.Sum(h => h.Domains.Count(d => d.Phase is not null)) + 1) / 2,
            [.. World.Guests.Keys.Where(g => World.WhereRuns(g).Count != 1)],
            World.Guests.Count,
            hosts.Sum(h => h.Domains.Count),
            hosts.ToDictionary(h => h.Name, h => h.Domains.Where(d => d.IsActive).Sum(d => d.Guest.MemoryBytes), StringComparer.Ordinal),
            [.. World.Violations]);
    }
}

/// <summary>How a world stands at a moment.</summary>
/// <param name="Over">The hosts over their threshold.</param>
/// <param name="HighestBitPerSecond">The load of the fullest.</param>
/// <param name="Moves">Migrations that have ended well so far.</param>
/// <param name="UnderWay">Migrations under way.</param>
/// <param name="NotOnce">Guests that run nowhere, or on more than one host.</param>
/// <param name="Guests">How many guests there are.</param>
/// <param name="Domains">How many domains all hypervisors know together: as many, if no migration has left anything behind.</param>
/// <param name="UsedBytes">The memory of each host's guests.</param>
/// <param name="Violations">What must never be and was.</param>
internal sealed record WorldLook(
    IReadOnlyList<string> Over,
    double HighestBitPerSecond,
    int Moves,
    int UnderWay,
    IReadOnlyList<string> NotOnce,
    int Guests,
    int Domains,
    IReadOnlyDictionary<string, long> UsedBytes,
    IReadOnlyList<string> Violations);
