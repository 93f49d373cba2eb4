using System.Security.Cryptography;

namespace ActorMig.Cluster.Tls;

/// <summary>What extended key usages are called.</summary>
internal static class KeyUsages
{
    public static readonly Oid Server = new("1.3.6.1.5.5.7.3.1");
    public static readonly Oid Client = new("1.3.6.1.5.5.7.3.2");

    public static Oid Of(CertificateUse use) => use == CertificateUse.Client ? Client : Server;
}
