using ActorMig.Cluster.Tls;

namespace ActorMig.Agent.Configuration;

/// <summary>Whether messages between agents are encrypted.</summary>
internal enum TlsMode
{
    /// <summary>If a certificate is named.</summary>
    Auto,

    /// <summary>Yes.</summary>
    On,

    /// <summary>No, whatever is named.</summary>
    Off,
}

/// <summary>What an agent is told of its certificates.</summary>
internal sealed record AgentTlsOptions
{
    public TlsMode Mode { get; init; }

    public string Ca { get; init; } = "";

    public string Certificate { get; init; } = "";

    public string Key { get; init; } = "";

    public string ClientCertificate { get; init; } = "";

    public string ClientKey { get; init; } = "";

    public long ConnectionAgeMaxMs { get; init; }

    public long ExpiryWarningMs { get; init; }

    public long LookMs { get; init; }

    public bool IsOn => Mode == TlsMode.On || (Mode == TlsMode.Auto && Certificate.Length > 0);

    /// <summary>The same for the transport; null if nothing is encrypted.</summary>
    public PeerTlsOptions? ForPeers => !IsOn ? null : new PeerTlsOptions
    {
        Files = new TlsFiles(Ca, Certificate, Key, ClientCertificate.Length > 0 ? ClientCertificate : Certificate, ClientKey.Length > 0 ? ClientKey : Key),
        ConnectionAgeMax = TimeSpan.FromMilliseconds(ConnectionAgeMaxMs),
        ExpiryWarning = TimeSpan.FromMilliseconds(ExpiryWarningMs),
        LookInterval = TimeSpan.FromMilliseconds(LookMs),
    };
}
