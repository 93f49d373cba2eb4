using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ActorMig.Cluster.Tls;

/// <summary>What a host has in use: its certificates, and whom it trusts. Immutable.</summary>
internal sealed class HostCertificates
{
    private readonly X509Certificate2 _server;
    private readonly X509Certificate2 _client;
    private readonly SslStreamCertificateContext _serverContext;
    private readonly SslStreamCertificateContext _clientContext;
    private readonly X509Certificate2Collection _authorities;

    private HostCertificates(
        (X509Certificate2 Own, X509Certificate2Collection Between) server, (X509Certificate2 Own, X509Certificate2Collection Between) client, X509Certificate2Collection authorities)
    {
        (_server, _client, _authorities) = (server.Own, client.Own, authorities);
        _serverContext = SslStreamCertificateContext.Create(server.Own, server.Between, offline: true);
        _clientContext = SslStreamCertificateContext.Create(client.Own, client.Between, offline: true);
    }

    /// <summary>What it answers with.</summary>
    public X509Certificate2 Server => _server;

    /// <summary>Why a certificate of another does not count, in a sentence; null if it does. Whose it is, is not looked at.</summary>
    public string? WhyNot(X509Certificate2 certificate, DateTimeOffset now) => CertificateCheck.WhyNot(certificate, _authorities, Between(_serverContext), null, now)?.Sentence;

    /// <summary>When the first of them ends.</summary>
    public DateTimeOffset End => new[] { _server, _client }.Concat(_authorities.Count == 1 ? _authorities : []).Min(CertificateCheck.End);

    /// <summary>Which one it answers with.</summary>
    public string Fingerprint => CertificateInfo.Of("", _server, default).Fingerprint;

    /// <summary>Reads the files.</summary>
    /// <param name="files">Where they lie.</param>
    /// <param name="host">Whose they must be.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="TlsException">They cannot be used. What has expired is one that can, see <see cref="WhyNotNow"/>.</exception>
    public static HostCertificates Read(TlsFiles files, string host, DateTimeOffset now)
    {
        var authorities = PemFile.Certificates(files.Authority);
        var server = PemFile.WithKey(files.Certificate, files.Key);
        var client = (files.ClientCertificate, files.ClientKey) == (files.Certificate, files.Key) ? server : PemFile.WithKey(files.ClientCertificate, files.ClientKey);
        foreach (var (file, (own, between), use) in new[] { (files.Certificate, server, CertificateUse.Server), (files.ClientCertificate, client, CertificateUse.Client) })
        {
            var names = CertificateNames.Of(own);
            if (!CertificateNames.Match(names, host))
            {
                throw new TlsException($"{file} is the certificate of {CertificateNames.InWords(names)}, and this host is {host}; name its own, or set actormig.host-name as the certificate has it.");
            }

            if (CertificateCheck.WhyNot(own, authorities, between, use, now) is { Reason: not (RefusalReason.Expired or RefusalReason.NotYetValid) } why)
            {
                throw new TlsException($"{file} cannot be used with {files.Authority}: {why.Sentence}.");
            }
        }

        return new HostCertificates(server, client, authorities);
    }

    /// <summary>Why the time is not right for them, in a sentence; null if it is.</summary>
    public string? WhyNotNow(DateTimeOffset now) =>
        (CertificateCheck.WhyNot(_server, _authorities, Between(_serverContext), CertificateUse.Server, now)
            ?? CertificateCheck.WhyNot(_client, _authorities, Between(_clientContext), CertificateUse.Client, now))?.Sentence;

    /// <summary>How a call is answered.</summary>
    /// <param name="seen">Is told what the caller has shown, and whether it is accepted.</param>
    /// <param name="now">The time.</param>
    public SslServerAuthenticationOptions AsServer(Action<ShownCertificate> seen, DateTimeOffset now) => new()
    {
        ServerCertificateContext = _serverContext,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowRenegotiation = false,

        // One that comes back shows its certificate again.
        AllowTlsResume = false,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        CertificateChainPolicy = CertificateCheck.Policy(_authorities, CertificateUse.Client, now),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsAccepted(certificate, chain, errors, CertificateUse.Client, now, seen),
    };

    /// <summary>How a host is called.</summary>
    /// <param name="host">Its name.</param>
    /// <param name="seen">Is told what it has shown, and whether that is accepted.</param>
    /// <param name="now">The time.</param>
    public SslClientAuthenticationOptions AsClient(string host, Action<ShownCertificate> seen, DateTimeOffset now) => new()
    {
        TargetHost = host,
        ClientCertificateContext = _clientContext,
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        CertificateChainPolicy = CertificateCheck.Policy(_authorities, CertificateUse.Server, now),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsAccepted(
            certificate,
            chain,
            errors,
            CertificateUse.Server,
            now,
            shown => seen(shown.WhyNot is null && !CertificateNames.Match(shown.Names, host)
                ? shown with { WhyNot = (RefusalReason.WrongName, $"it is the certificate of {CertificateNames.InWords(shown.Names)}, and not of {host}") }
                : shown),
            host),
    };

    private static X509Certificate2Collection Between(SslStreamCertificateContext context) => [.. context.IntermediateCertificates];

    private bool IsAccepted(
        X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, CertificateUse use, DateTimeOffset now, Action<ShownCertificate> seen, string? host = null)
    {
        if (certificate is not X509Certificate2 shown)
        {
            seen(new ShownCertificate([], default, (RefusalReason.NoCertificate, "it shows no certificate")));
            return false;
        }

        var names = CertificateNames.Of(shown);
        var why = CertificateCheck.WhyNot(shown, _authorities, chain?.ChainPolicy.ExtraStore, use, now);
        if (why is null && errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            why = (RefusalReason.ForeignAuthority, $"it does not count: {string.Join(", ", chain?.ChainStatus.Select(s => s.Status) ?? [])}");
        }

        seen(new ShownCertificate(names, CertificateCheck.End(shown), why));
        return why is null && (host is null || CertificateNames.Match(names, host));
    }
}

/// <summary>What the other side has shown.</summary>
/// <param name="Names">Whose certificate it is.</param>
/// <param name="End">When it ends.</param>
/// <param name="WhyNot">Why it does not count; null if it does.</param>
internal sealed record ShownCertificate(IReadOnlyList<string> Names, DateTimeOffset End, (RefusalReason Reason, string Sentence)? WhyNot);
