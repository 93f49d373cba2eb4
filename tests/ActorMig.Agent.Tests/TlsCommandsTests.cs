using ActorMig.Agent.Commands;
using ActorMig.Cluster.Tls;

namespace ActorMig.Agent.Tests;

/// <summary><c>actormig tls</c>: what it writes, and what it refuses.</summary>
public sealed class TlsCommandsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly StringWriter _output = new();

    private string Authority => _folder.File("authority");

    private string Host => _folder.File("kvm1");

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
    }

    [Fact]
    public void An_authority_is_made_once_and_only_its_owner_may_read_the_key()
    {
        Assert.Equal(ExitCodes.Ok, Commands().Init(Authority, 3_650));
        var key = Path.Combine(Authority, "ca.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        var before = File.ReadAllText(key);
        Assert.Contains("it is not overwritten", Assert.Throws<TlsException>(() => Commands().Init(Authority, 3_650)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(Authority, "ca.crt"));
        Assert.Contains($"There is {key} already", Assert.Throws<TlsException>(() => Commands().Init(Authority, 3_650)).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(key));
    }

    [Fact]
    public void A_host_gets_its_certificate_key_and_authority_once()
    {
        Commands().Init(Authority, 3_650);
        Assert.Equal(ExitCodes.Ok, Commands().Issue("kvm1", ["10.0.0.1", "kvm1.example.com"], Authority, Host, 30));
        Assert.Equal(["ca.crt", "host.crt", "host.key"], Directory.GetFiles(Host).Select(Path.GetFileName).Order());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Host, "host.key")));
        var made = Assert.Single(CertificateInfo.Read(Path.Combine(Host, "host.crt"), DateTimeOffset.UtcNow));
        Assert.Equal(["kvm1", "kvm1.example.com"], made.Names);
        Assert.Equal((false, 30), (made.IsAuthority, made.DaysLeft));
        Assert.Contains("say `actormig tls renew`", Assert.Throws<TlsException>(() => Commands().Issue("kvm1", [], Authority, Host, 30)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a..b")]
    [InlineData("a/b")]
    [InlineData("*.example.com")]
    [InlineData("hööst")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234.x")]
    public void What_is_no_name_is_refused_and_nothing_is_written(string name)
    {
        Commands().Init(Authority, 3_650);
        Assert.Contains($"'{name}' is no name for a certificate", Assert.Throws<TlsException>(() => Commands().Issue(name, [], Authority, Host, 30)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Host));
    }

    [Fact]
    public void A_renewed_certificate_has_the_names_and_the_key_and_another_end_and_the_key_is_not_needed()
    {
        Commands().Init(Authority, 100);
        Commands().Issue("kvm1", ["kvm1.example.com"], Authority, Host, 1);
        var key = File.ReadAllText(Path.Combine(Host, "host.key"));
        File.Move(Path.Combine(Host, "host.key"), _folder.File("away"));
        Assert.Equal(ExitCodes.Ok, Commands().Renew(Authority, Host, 50));
        var made = Assert.Single(CertificateInfo.Read(Path.Combine(Host, "host.crt"), DateTimeOffset.UtcNow));
        Assert.Equal(["kvm1", "kvm1.example.com"], made.Names);
        Assert.Equal(50, made.DaysLeft);
        using var whole = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(Host, "host.crt")), key);
        Assert.True(whole.HasPrivateKey);
        Assert.Equal(["ca.crt", "host.crt"], Directory.GetFiles(Host).Select(Path.GetFileName).Order());

        // Never longer than the authority itself.
        Commands().Renew(Authority, Host, 1_000);
        Assert.Equal(100, Assert.Single(CertificateInfo.Read(Path.Combine(Host, "host.crt"), DateTimeOffset.UtcNow)).DaysLeft);
    }

    [Fact]
    public void What_is_not_there_or_of_another_authority_is_not_renewed()
    {
        Assert.Contains($"make one with `actormig tls init --dir {Authority}`", Assert.Throws<TlsException>(() => Commands().Renew(Authority, Host, 1)).Message, StringComparison.Ordinal);
        Commands().Init(Authority, 100);
        Assert.Contains("to renew; make one with", Assert.Throws<TlsException>(() => Commands().Renew(Authority, Host, 1)).Message, StringComparison.Ordinal);
        Commands().Init(_folder.File("other"), 100);
        Commands().Issue("kvm1", [], _folder.File("other"), Host, 1);
        var before = File.ReadAllText(Path.Combine(Host, "host.crt"));
        Assert.Contains("is not of this authority", Assert.Throws<TlsException>(() => Commands().Renew(Authority, Host, 1)).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Path.Combine(Host, "host.crt")));
    }

    [Fact]
    public void Each_certificate_of_a_folder_is_shown_with_whose_it_is_until_when_and_its_fingerprint()
    {
        Commands().Init(Authority, 100);
        Commands().Issue("kvm1", [], Authority, Host, 30);
        _output.GetStringBuilder().Clear();
        Assert.Equal(ExitCodes.Ok, Commands().Show(Host));
        var fingerprint = CertificateInfo.Read(Path.Combine(Host, "host.crt"), default)[0].Fingerprint;
        Assert.Matches($"host.crt +kvm1 +[0-9-]+ [0-9:]+ UTC +30 +{fingerprint}\n", _output.ToString());
        Assert.Matches("ca.crt +ActorMig authority [0-9a-f]{8} \\(authority\\) ", _output.ToString());
        _output.GetStringBuilder().Clear();
        Commands(isJson: true).Show(Path.Combine(Host, "host.crt"));
        Assert.Contains("\"names\":[\"kvm1\"],\"isAuthority\":false", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("name one with --dir", Assert.Throws<TlsException>(() => Commands().Show("/none")).Message, StringComparison.Ordinal);
    }

    private TlsCommands Commands(bool isJson = false) => new(isJson, _output, TimeProvider.System);
}
