namespace ActorMig.Cluster.Tls;

/// <summary>Where a host's certificates and keys lie: PEM files.</summary>
/// <param name="Authority">The authorities whose certificates are trusted, and no others; one, or more while one takes another's place.</param>
/// <param name="Certificate">With which the host answers; those between it and the authority may follow it.</param>
/// <param name="Key">Its key, without a passphrase.</param>
/// <param name="ClientCertificate">With which the host calls others; may be the same.</param>
/// <param name="ClientKey">Its key.</param>
public sealed record TlsFiles(string Authority, string Certificate, string Key, string ClientCertificate, string ClientKey)
{
    /// <summary>All of them, each once.</summary>
    public IEnumerable<string> All => ((string[])[Authority, Certificate, Key, ClientCertificate, ClientKey]).Distinct();
}
