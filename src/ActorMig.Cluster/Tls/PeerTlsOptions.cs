namespace ActorMig.Cluster.Tls;

/// <summary>How certificates are used.</summary>
public sealed record PeerTlsOptions
{
    /// <summary>The files.</summary>
    public required TlsFiles Files { get; init; }

    /// <summary>How long a connection lives at most: so long at most goes on what was accepted with a certificate that counts no more.</summary>
    public TimeSpan ConnectionAgeMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long before its end a certificate is spoken of.</summary>
    public TimeSpan ExpiryWarning { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often the files are looked at; they are looked at before a connection is made, too.</summary>
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromSeconds(30);
}
