using ActorMig.Cluster.Serf;

namespace ActorMig.Cluster;

/// <summary>What finds the other hosts and watches how they are. Thread-safe.</summary>
public interface IMembership
{
    /// <summary>All hosts now, this one among them.</summary>
    IReadOnlyList<SerfMember> Members { get; }

    /// <summary>True if this host has left, and stays alone.</summary>
    bool HasLeft { get; }

    /// <summary>From now on this host says these tags of itself.</summary>
    /// <param name="tags">The tags, small.</param>
    void SetTags(IReadOnlyDictionary<string, string> tags);

    /// <summary>Joins the cluster of those at some addresses.</summary>
    /// <param name="addresses">One of them is enough. None: those of the configuration.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How many answered.</returns>
    Task<int> JoinAsync(IReadOnlyCollection<string> addresses, CancellationToken cancellation);

    /// <summary>Tells the others that this host leaves.</summary>
    /// <param name="cancellation">Gives up.</param>
    Task LeaveAsync(CancellationToken cancellation);

    /// <summary>Declares that a host which has failed is no member any more.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Gives up.</param>
    Task ForgetAsync(string name, CancellationToken cancellation);
}
