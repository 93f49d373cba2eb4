namespace ActorMig.Policies;

/// <summary>What a policy looked at besides what it answers, and why that was worse: for whoever asks later why another VM was moved, or none.</summary>
/// <param name="Peer">With which peer.</param>
/// <param name="Vm">The name of the VM that would have gone there; null if the peer was passed over as a whole.</param>
/// <param name="Figure">What it would have come to, or what the peer has: in the unit of the policy's gains; null says nothing.</param>
/// <param name="Reason">Why it was worse, in words.</param>
public sealed record Alternative(string Peer, string? Vm, double? Figure, string Reason)
{
    /// <summary>The most that an answer keeps: the next best.</summary>
    public const int Max = 5;

    /// <summary>The most characters of a reason.</summary>
    public const int ReasonCharsMax = 1_000;
}
