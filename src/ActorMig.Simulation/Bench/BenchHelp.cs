using ActorMig.Bartering;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Simulation.Bench;

/// <summary>
/// Looks at a whole world at once, as no agent can, and by the policy's own rules: which hosts are over the threshold, and which of those some other
/// host could help if they met.
/// </summary>
internal static class BenchHelp
{
    /// <summary>How the hosts stand.</summary>
    public static BenchLoads Loads(SimWorld world, BenchOptions options)
    {
        var loads = world.Hosts.Values.Select(Load).ToArray();
        var mean = loads.Average();
        return new BenchLoads(
            loads.Count(l => l > options.Agent.Threshold.OverloadBitPerSecond), mean, Math.Sqrt(loads.Average(l => (l - mean) * (l - mean))), loads.Max());
    }

    /// <summary>How many hosts over the threshold could still be helped, rests of VMs left aside.</summary>
    public static int CouldBeHelped(SimWorld world, BenchOptions options, CancellationToken stop)
    {
        var rules = new ThresholdRules(options.Agent.Threshold, options.Agent.Margin);
        var views = world.Hosts.Values.Select(View).ToArray();
        var peers = views.Where(v => v.LoadBitPerSecond <= options.Agent.Threshold.WindowHighBitPerSecond).OrderBy(v => v.LoadBitPerSecond).ToArray();
        return views
            .Where(v => v.LoadBitPerSecond > options.Agent.Threshold.OverloadBitPerSecond)
            .Count(v => peers.Any(p => !stop.IsCancellationRequested && CanHelp(rules, v, p)));
    }

    /// <summary>The busiest hosts that are over the threshold, and why they are still.</summary>
    public static IReadOnlyList<string> StillOver(SimWorld world, BenchMeter meter, BenchOptions options)
    {
        const int LinesMax = 5;
        return
        [
            .. world.Hosts.Values.Where(h => Load(h) > options.Agent.Threshold.OverloadBitPerSecond).OrderByDescending(Load).Take(LinesMax).Select(h =>
                meter.LastDecision(h.Options.HostName) is { } last
                    ? FormattableString.Invariant($"{h.Options.HostName} with {Words.Rate(Load(h))} decided in its round {last.Round}: {last.Answer}: {last.Reason}")
                    : $"{h.Options.HostName} with {Words.Rate(Load(h))} has decided nothing"),
        ];
    }

    private static bool CanHelp(ThresholdRules rules, HostView view, HostView peer)
    {
        var digest = new Digest(0, peer.Host, peer.LoadBitPerSecond, peer.FreeBytes, Mode.Auto);
        if (rules.Propose(view with { Peers = [digest] }).Proposal is not { } proposal)
        {
            return false;
        }

        var give = view.Vms.First(v => v.Facts.Uuid == proposal.Give).Facts;
        var offer = new Offer("", proposal.Kind, proposal.Give, [give], view.LoadBitPerSecond, view.FreeBytes, "");
        var (refusal, giveBack, _) = rules.Judge(offer, peer);
        var back = peer.Vms.FirstOrDefault(v => v.Facts.Uuid == giveBack)?.Facts;
        return refusal is null && SwapOrder.Find(view.Host, view.FreeBytes, peer.Host, peer.FreeBytes, give, back).Refusal is null;
    }

    private static double Load(SimHost host) => host.Hypervisor.Domains.Sum(d => d.Guest.BitPerSecond);

    private static HostView View(SimHost host)
    {
        var (options, domains) = (host.Options, host.Hypervisor.Domains.ToArray());
        var capacityBytes = (long)((options.MemoryTotalBytes - options.MemoryReserveBytes) * options.MemoryOvercommit);
        VmView[] vms =
        [
            .. domains.Select(d => new VmView(
                new VmFacts(d.Guest.Uuid, d.Guest.Name, d.Guest.MemoryBytes, 1, d.Guest.BitPerSecond, true, false), VmStatus.Idle, IsManaged: true)),
        ];
        return new HostView(options.HostName, 0, Load(host), vms, capacityBytes - domains.Sum(d => d.Guest.MemoryBytes), []);
    }
}
