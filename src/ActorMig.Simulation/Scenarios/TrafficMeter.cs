namespace ActorMig.Simulation.Scenarios;

/// <summary>Reads once in a while what crosses the NICs of the guests that run on a host.</summary>
internal sealed class TrafficMeter(ScenarioHost host)
{
    /// <summary>The time between two samples.</summary>
    public const long SampleMs = 10_000;

    private readonly List<double> _bitPerSecond = [];

    public void Read(SimWorld world) => _bitPerSecond.Add(
        world.Hosts[host.Name].Hypervisor.Domains.Where(d => d.Runs).Sum(d => d.Guest.BitPerSecond));

    public HostTraffic Traffic()
    {
        var threshold = host.Options.Threshold.OverloadBitPerSecond;
        return new HostTraffic(
            host.Name,
            threshold,
            _bitPerSecond.DefaultIfEmpty().Average(),
            _bitPerSecond.DefaultIfEmpty().Max(),
            _bitPerSecond.Select(b => b > threshold ? 1.0 : 0.0).DefaultIfEmpty().Average(),
            SampleMs,
            _bitPerSecond);
    }
}
