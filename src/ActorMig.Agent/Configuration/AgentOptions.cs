using System.Net;
using ActorMig.Agent.Traffic;

namespace ActorMig.Agent.Configuration;

/// <summary>All that an agent is told by its configuration.</summary>
internal sealed record AgentOptions
{
    public ActorMigOptions Core { get; init; } = new() { HostName = "" };

    public EngineKind Engine { get; init; }

    /// <summary>Akka.NET's own settings as HOCON, in a block of their name; empty: there are none.</summary>
    public string AkkaBlock { get; init; } = "";

    public string Socket { get; init; } = "";

    /// <summary>Where only questions are answered; empty: nowhere.</summary>
    public string ObserverSocket { get; init; } = "";

    public string DataDir { get; init; } = "";

    public string ListenAddress { get; init; } = "";

    public int ListenPort { get; init; }

    public string LibvirtUri { get; init; } = "";

    public long KeepaliveIntervalMs { get; init; }

    public int KeepaliveCount { get; init; }

    public long RetryMs { get; init; }

    public long LookAbandonedMs { get; init; }

    public int LooksAbandonedMax { get; init; }

    public long PreCopyDowntimeMs { get; init; }

    public long DirtyRateIntervalMs { get; init; }

    public int DirtyRateVmsMax { get; init; }

    public long RecordsMax { get; init; }

    public long RecordsAgeMaxMs { get; init; }

    public long EventsAgeMaxMs { get; init; }

    public long JournalBytesMax { get; init; }

    public int SnapshotEvery { get; init; }

    public long FreeSpaceMinBytes { get; init; }

    public long BallastBytes { get; init; }

    public long JournalCheckMaxMs { get; init; }

    public long WriteTimeoutMs { get; init; }

    public int WriteQueueMax { get; init; }

    public int PeerQueueMax { get; init; }

    public long PeerQueueBytesMax { get; init; }

    public int PeerBatchMax { get; init; }

    public int PeerBatchBytesMax { get; init; }

    public int PeerMessageBytesMax { get; init; }

    public long PeerTimeoutMs { get; init; }

    public int PeerConnectionsMax { get; init; }

    public int PeerStreamsMax { get; init; }

    public int PeerHeaderBytesMax { get; init; }

    public int StrangersPerSecond { get; init; }

    public int RefusedMax { get; init; }

    public AgentTlsOptions Tls { get; init; } = new();

    public TrafficOptions Traffic { get; init; } = new();

    public int MailboxMax { get; init; }

    public string DieAfterEvent { get; init; } = "";

    public string StopAfterEvent { get; init; } = "";

    public long Seed { get; init; }

    /// <summary>The policies of this host, in the order in which their proposals count.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Those of libraries, sorted by name.</summary>
    public IReadOnlyList<PolicyChoice> PolicyLibraries { get; init; } = [];

    public MembershipOptions Membership { get; init; } = new();

    /// <summary>Where serf listens for other hosts.</summary>
    public IPEndPoint SerfBind => Membership.Bind ?? new IPEndPoint(IPAddress.Parse(ListenAddress), MembershipCheck.SerfPort);

    public IReadOnlyList<MemberOptions> Members { get; init; } = [];

    /// <summary>Where the other hosts' agents listen, by name.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> Peers => Members.ToDictionary(m => m.Host, m => m.Address, StringComparer.Ordinal);

    public IPEndPoint Listen => new(IPAddress.Parse(ListenAddress), ListenPort);
}

/// <summary>Another host.</summary>
internal sealed record MemberOptions(string Host, IPEndPoint Address, string Libvirt, string Data);
