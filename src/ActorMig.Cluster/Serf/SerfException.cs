namespace ActorMig.Cluster.Serf;

/// <summary>serf cannot be used, or has refused what it was asked; the message is a sentence that says why.</summary>
public sealed class SerfException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">The sentence.</param>
    /// <param name="cause">What it comes of.</param>
    public SerfException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>True if another process has an address that serf needs.</summary>
    public bool IsTaken { get; init; }

    /// <summary>True if it may come right by itself: serf is slow, or what it needs of the network is not there yet.</summary>
    public bool MayPass { get; init; }
}
