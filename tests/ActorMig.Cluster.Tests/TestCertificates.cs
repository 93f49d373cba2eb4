using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMig.Cluster.Tls;

namespace ActorMig.Cluster.Tests;

/// <summary>What can be wrong with a certificate.</summary>
public enum BadCertificate
{
    None,
    Expired,
    NotYetValid,
    Foreign,
    WrongUse,
}

/// <summary>A folder with an authority and hosts' certificates, as `actormig tls` makes them, and others.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("actormig-tls-").FullName;

    public TestCertificates() => ClusterAuthority.Create(Authority, TimeSpan.FromDays(3_650), DateTimeOffset.UtcNow.AddDays(-100));

    public string Authority => Folder("authority");

    public string Folder(string name) => Path.Combine(_folder, name);

    public void Issue(string host, DateTimeOffset? at = null, int days = 60) => Issue(Authority, host, Folder(host), at, days);

    public static void IssueForeign(string host, string folder)
    {
        ClusterAuthority.Create(folder + "-authority", TimeSpan.FromDays(100), DateTimeOffset.UtcNow);
        Issue(folder + "-authority", host, folder, null, 60);
    }

    public void Renew(string host)
    {
        using var authority = ClusterAuthority.Open(Authority);
        authority.Renew(Folder(host), TimeSpan.FromDays(90), DateTimeOffset.UtcNow);
    }

    public CertificateStore Open(string host, Action<string>? note = null, TimeProvider? time = null)
    {
        if (!Directory.Exists(Folder(host)))
        {
            Issue(host);
        }

        return CertificateStore.Open(new PeerTlsOptions { Files = Files(Folder(host)) }, host, time ?? TimeProvider.System, note ?? (_ => { }));
    }

    public X509Certificate2 Certificate(string name)
    {
        var files = Files(Folder(name));
        return X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
    }

    /// <summary>A certificate of a host's name that must not count.</summary>
    /// <param name="kind">Why.</param>
    /// <param name="host">The name.</param>
    /// <param name="onlyUse">What it is for, if that is what is wrong with it.</param>
    public X509Certificate2? Bad(BadCertificate kind, string host, CertificateUse onlyUse)
    {
        var bad = "bad-" + host;
        switch (kind)
        {
            case BadCertificate.None:
                return null;
            case BadCertificate.Expired:
                Issue(Authority, host, Folder(bad), DateTimeOffset.UtcNow.AddDays(-20), 10);
                return Certificate(bad);
            case BadCertificate.NotYetValid:
                Issue(Authority, host, Folder(bad), DateTimeOffset.UtcNow.AddDays(10), 10);
                return Certificate(bad);
            case BadCertificate.Foreign:
                IssueForeign(host, Folder(bad));
                return Certificate(bad);
            default:
                using (var authority = X509Certificate2.CreateFromPemFile(Path.Combine(Authority, "ca.crt"), Path.Combine(Authority, "ca.key")))
                using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                {
                    return Sign(authority, new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256), onlyUse).CopyWithPrivateKey(key);
                }
        }
    }

    /// <summary>An RSA key, a certificate for each direction, and no name but the common name.</summary>
    public TlsFiles LikeLibvirt(string host)
    {
        var ca = Folder("cacert.pem");
        if (!File.Exists(ca))
        {
            using var caKey = RSA.Create(2_048);
            var request = new CertificateRequest("CN=libvirt CA", caKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(100));
            File.WriteAllText(Folder("cakey.pem"), caKey.ExportRSAPrivateKeyPem());
            File.WriteAllText(ca, made.ExportCertificatePem());
        }

        using var authority = X509Certificate2.CreateFromPemFile(ca, Folder("cakey.pem"));
        var files = new TlsFiles(ca, Folder(host + "-servercert.pem"), Folder(host + "-serverkey.pem"), Folder(host + "-clientcert.pem"), Folder(host + "-clientkey.pem"));
        foreach (var (file, keyFile, use) in new[] { (files.Certificate, files.Key, CertificateUse.Server), (files.ClientCertificate, files.ClientKey, CertificateUse.Client) })
        {
            using var key = RSA.Create(2_048);
            using var made = Sign(authority, new CertificateRequest($"O=libvirt.org, CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), use);
            File.WriteAllText(file, made.ExportCertificatePem());
            File.WriteAllText(keyFile, key.ExportRSAPrivateKeyPem());
        }

        return files;
    }

    public static TlsFiles Files(string folder)
    {
        var (certificate, key) = (Path.Combine(folder, "host.crt"), Path.Combine(folder, "host.key"));
        return new TlsFiles(Path.Combine(folder, "ca.crt"), certificate, key, certificate, key);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Issue(string authorityFolder, string host, string folder, DateTimeOffset? at, int days)
    {
        using var authority = ClusterAuthority.Open(authorityFolder);
        authority.Issue(host, [], folder, TimeSpan.FromDays(days), at ?? DateTimeOffset.UtcNow);
    }

    private static X509Certificate2 Sign(X509Certificate2 authority, CertificateRequest request, CertificateUse use)
    {
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use == CertificateUse.Server ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        return request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(10), RandomNumberGenerator.GetBytes(8));
    }
}
