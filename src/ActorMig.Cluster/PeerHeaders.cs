namespace ActorMig.Cluster;

/// <summary>How a request between hosts looks; what it carries, <see cref="BatchFormat"/> says.</summary>
internal static class PeerHeaders
{
    /// <summary>The first protocol's path: its agents, too, answer one of another protocol with a sentence.</summary>
    public const string Path = "/v1/messages";

    public const string Protocol = "actormig-protocol";

    public const string From = "actormig-from";

    public const string Incarnation = "actormig-incarnation";
}
