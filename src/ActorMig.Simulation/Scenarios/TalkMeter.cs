namespace ActorMig.Simulation.Scenarios;

/// <summary>Reads once in a while what crosses the links between hosts.</summary>
internal sealed class TalkMeter
{
    private readonly List<double> _bitPerSecond = [];

    public void Read(SimWorld world) => _bitPerSecond.Add(world.BetweenHostsBitPerSecond());

    /// <summary>Null if nobody has talked.</summary>
    public BetweenHosts? Traffic() => _bitPerSecond.All(b => b == 0)
        ? null
        : new BetweenHosts(_bitPerSecond.First(b => b > 0), _bitPerSecond[^1], _bitPerSecond.Average(), TrafficMeter.SampleMs, _bitPerSecond);
}
