using ActorMig.Cluster;

namespace ActorMig.Agent.Engine;

/// <summary>What connects this host with the others.</summary>
/// <param name="Peers">What carries messages.</param>
/// <param name="Membership">What watches the others; null if the configuration lists them.</param>
/// <param name="Owned">What ends with it, the last first.</param>
internal sealed record ClusterLink(IPeerTransport Peers, IMembership? Membership, IReadOnlyList<IAsyncDisposable> Owned) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        foreach (var owned in Owned.Reverse())
        {
            await owned.DisposeAsync().ConfigureAwait(false);
        }
    }
}
