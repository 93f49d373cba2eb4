namespace ActorMig.Cluster.Tls;

/// <summary>What a certificate is shown for.</summary>
public enum CertificateUse
{
    /// <summary>To call another host.</summary>
    Client,

    /// <summary>To answer.</summary>
    Server,
}
