using System.Net;

namespace ActorMig.Agent.Configuration;

/// <summary>How the hosts of a cluster know each other.</summary>
internal enum MembershipKind
{
    /// <summary>By the configuration.</summary>
    Static,

    /// <summary>By serf.</summary>
    Serf,

    /// <summary>By Akka.Cluster, over which they also talk.</summary>
    Akka,
}

/// <summary>serf's own sets of times and limits.</summary>
internal enum SerfProfile
{
    Lan,
    Wan,
    Local,
}

/// <summary>How the hosts of a cluster know each other, and how serf is used for it.</summary>
internal sealed record MembershipOptions
{
    public MembershipKind Kind { get; init; }

    public string SerfPath { get; init; } = "";

    public bool UsesRunningSerf { get; init; }

    public IPEndPoint RpcAddress { get; init; } = new(IPAddress.Loopback, 7373);

    public string RpcAuthFile { get; init; } = "";

    /// <summary>Null: where the agent listens, with serf's own port.</summary>
    public IPEndPoint? Bind { get; init; }

    /// <summary>Null: where serf listens.</summary>
    public IPEndPoint? Advertise { get; init; }

    public SerfProfile Profile { get; init; }

    public IReadOnlyList<string> Join { get; init; } = [];

    public string Mdns { get; init; } = "";

    public string KeyFile { get; init; } = "";

    /// <summary>Empty: by the host's name.</summary>
    public string Libvirt { get; init; } = "";

    /// <summary>Empty: by the address where the agent listens.</summary>
    public string Data { get; init; } = "";

    public long RefreshMs { get; init; }

    public long JoinMs { get; init; }

    public long StartMs { get; init; }

    public long AnswerMs { get; init; }

    public long RestartMs { get; init; }

    public long RestartMaxMs { get; init; }

    public int AnswerBytesMax { get; init; }

    public int MembersMax { get; init; }

    public int LogLinesMax { get; init; }
}
