namespace ActorMig.Simulation;

/// <summary>What one guest says to another one.</summary>
/// <param name="time">The clock.</param>
/// <param name="from">Who sends.</param>
/// <param name="to">Who receives.</param>
internal sealed class SimTalk(VirtualTime time, SimGuest from, SimGuest to)
{
    private double _bytes;
    private double _bitPerSecond;
    private long _sinceMs;

    public SimGuest From { get; } = from;

    public SimGuest To { get; } = to;

    /// <summary>How much; it is part of both guests' load.</summary>
    public double BitPerSecond
    {
        get => _bitPerSecond;
        set
        {
            _bytes = TotalBytes;
            From.TalkBitPerSecond += value - _bitPerSecond;
            To.TalkBitPerSecond += value - _bitPerSecond;
            (_bitPerSecond, _sinceMs) = (value, time.NowMs);
        }
    }

    /// <summary>All that it ever was.</summary>
    public double TotalBytes => _bytes + (_bitPerSecond / 8_000 * (time.NowMs - _sinceMs));
}
