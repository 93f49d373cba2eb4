using ActorMig.Cluster.Tls;

namespace ActorMig.Cluster.Tests;

/// <summary>A folder with an authority and hosts' certificates, as `actormig tls` makes them.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("actormig-tls-").FullName;

    public TestCertificates() => ClusterAuthority.Create(Authority, TimeSpan.FromDays(3_650), DateTimeOffset.UtcNow);

    public string Authority => Folder("authority");

    public string Folder(string name) => Path.Combine(_folder, name);

    public string Issue(string host, DateTimeOffset? at = null, int days = 30)
    {
        using var authority = ClusterAuthority.Open(Authority);
        authority.Issue(host, [], Folder(host), TimeSpan.FromDays(days), at ?? DateTimeOffset.UtcNow);
        return Folder(host);
    }

    public CertificateStore Open(string host, Action<string>? note = null)
    {
        if (!Directory.Exists(Folder(host)))
        {
            Issue(host, days: 60);
        }

        return CertificateStore.Open(new PeerTlsOptions { Files = Files(Folder(host)) }, host, TimeProvider.System, note ?? (_ => { }));
    }

    public static TlsFiles Files(string folder)
    {
        var (certificate, key) = (Path.Combine(folder, "host.crt"), Path.Combine(folder, "host.key"));
        return new TlsFiles(Path.Combine(folder, "ca.crt"), certificate, key, certificate, key);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
