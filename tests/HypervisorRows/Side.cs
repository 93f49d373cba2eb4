namespace ActorMig.HypervisorRows;

/// <summary>One of the two hosts; the guest begins on the source.</summary>
public enum Side
{
    /// <summary>h1.</summary>
    Source,

    /// <summary>h2.</summary>
    Destination,
}
