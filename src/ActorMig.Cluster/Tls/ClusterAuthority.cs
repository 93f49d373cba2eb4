using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMig.Cluster.Tls;

/// <summary>The cluster's authority: its certificate and key lie in a folder, and it makes certificates for hosts. Not thread-safe.</summary>
public sealed class ClusterAuthority : IDisposable
{
    /// <summary>The authority's certificate, in its folder and in each host's.</summary>
    public const string AuthorityFile = "ca.crt";

    /// <summary>The authority's key, which only its folder has.</summary>
    public const string AuthorityKeyFile = "ca.key";

    /// <summary>A host's certificate.</summary>
    public const string CertificateFile = "host.crt";

    /// <summary>A host's key.</summary>
    public const string KeyFile = "host.key";

    /// <summary>The longest name that a certificate has room for.</summary>
    private const int NameMax = 64;

    /// <summary>Clocks of hosts are never quite the same.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);
    private readonly string _folder;
    private readonly X509Certificate2 _own;

    private ClusterAuthority(string folder, X509Certificate2 own) => (_folder, _own) = (folder, own);

    /// <summary>Makes an authority and writes it to a folder.</summary>
    /// <param name="folder">The folder; it is made if it is missing.</param>
    /// <param name="validFor">How long it counts.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="TlsException">The folder has one already, or cannot be written to.</exception>
    public static CertificateInfo Create(string folder, TimeSpan validFor, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // A number, so that those of two clusters are not taken for each other by people.
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName($"ActorMig authority {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.CreateSelfSigned(now - Backdated, now + validFor);
        var file = Path.Combine(folder, AuthorityFile);
        if (File.Exists(file))
        {
            throw new TlsException($"There is {file} already, and it is not overwritten; name another folder, or move it away.");
        }

        PemFile.Create(Path.Combine(folder, AuthorityKeyFile), key.ExportPkcs8PrivateKeyPem() + "\n", isSecret: true);
        PemFile.Create(file, certificate.ExportCertificatePem() + "\n", isSecret: false);
        return CertificateInfo.Of(file, certificate, now);
    }

    /// <summary>Opens the authority of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="TlsException">There is none, or it cannot be read.</exception>
    public static ClusterAuthority Open(string folder)
    {
        var file = Path.Combine(folder, AuthorityFile);
        if (!File.Exists(file))
        {
            throw new TlsException($"There is no authority in {folder}; make one with `actormig tls init --dir {folder}`.");
        }

        return new ClusterAuthority(folder, PemFile.WithKey(file, Path.Combine(folder, AuthorityKeyFile)).Own);
    }

    /// <summary>Makes a host's certificate and key, and writes them with the authority's certificate to a folder.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="addresses">Further names and IP addresses that it has; agents look at names alone.</param>
    /// <param name="folder">The folder; it is made if it is missing.</param>
    /// <param name="validFor">How long it counts; never longer than the authority.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="TlsException">A name is none, the folder has one already, or cannot be written to.</exception>
    public CertificateInfo Issue(string host, IReadOnlyList<string> addresses, string folder, TimeSpan validFor, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(Name(host));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        foreach (var address in addresses.Where(a => a != host).Distinct(StringComparer.Ordinal))
        {
            if (IPAddress.TryParse(address, out var ip))
            {
                names.AddIpAddress(ip);
            }
            else
            {
                names.AddDnsName(Name(address));
            }
        }

        var (file, keyFile) = (Path.Combine(folder, CertificateFile), Path.Combine(folder, KeyFile));
        if (File.Exists(file) || File.Exists(keyFile))
        {
            throw new TlsException($"There is a certificate or a key in {folder} already, and it is not overwritten; say `actormig tls renew`, or name another folder.");
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Sign(new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256), names.Build(), validFor, now);
        if (Path.GetFullPath(folder) != Path.GetFullPath(_folder))
        {
            PemFile.Create(Path.Combine(folder, AuthorityFile), _own.ExportCertificatePem() + "\n", isSecret: false);
        }

        PemFile.Create(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n", isSecret: true);
        PemFile.Create(file, certificate.ExportCertificatePem() + "\n", isSecret: false);
        return CertificateInfo.Of(file, certificate, now);
    }

    /// <summary>
    /// Makes a new certificate with the names and the key of an old one, and puts it in the old one's place. The key stays, so it need not be here, and
    /// one file is replaced: at any moment a whole pair is there.
    /// </summary>
    /// <param name="folder">Where the old one lies.</param>
    /// <param name="validFor">How long the new one counts; never longer than the authority.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="TlsException">There is no old one, it is not this authority's, or the new one cannot be written.</exception>
    public CertificateInfo Renew(string folder, TimeSpan validFor, DateTimeOffset now)
    {
        var file = Path.Combine(folder, CertificateFile);
        if (!File.Exists(file))
        {
            throw new TlsException($"There is no {file} to renew; make one with `actormig tls issue HOST --out {folder}`.");
        }

        var old = PemFile.Certificates(file)[0];
        var asOf = CertificateCheck.End(old) is var end && end < now ? end : now;
        if (CertificateCheck.WhyNot(old, [_own], null, null, asOf) is { Reason: RefusalReason.ForeignAuthority })
        {
            throw new TlsException($"{file} is not of this authority ({_own.Subject}); name the folder of the one that made it, or issue a new one into another folder.");
        }

        var names = old.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault()
            ?? throw new TlsException($"{file} has no names to renew; issue a new one into another folder.");
        using var certificate = Sign(new CertificateRequest(old.SubjectName, old.PublicKey, HashAlgorithmName.SHA256), names, validFor, now);
        PemFile.Replace(file, certificate.ExportCertificatePem() + "\n");
        return CertificateInfo.Of(file, certificate, now);
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _own.Dispose();

    private static string Name(string host)
    {
        var isName = host.Length is > 0 and <= NameMax
            && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            && host.Split('.').All(l => l.Length is > 0 and < 64);
        return isName
            ? host
            : throw new TlsException($"'{host}' is no name for a certificate; write at most {NameMax} letters, digits, '-', '_' and '.', as actormig.host-name of that host has them.");
    }

    private X509Certificate2 Sign(CertificateRequest request, X509Extension names, TimeSpan validFor, DateTimeOffset now)
    {
        if (CertificateCheck.End(_own) is var end && end <= now)
        {
            throw new TlsException(FormattableString.Invariant($"The authority itself expired at {end:yyyy-MM-dd HH:mm} UTC; make a new one (actormig tls init) and new certificates for all hosts."));
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([KeyUsages.Server, KeyUsages.Client], critical: false));
        request.CertificateExtensions.Add(names);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_own, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        const int SerialBytes = 16;
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        var begin = now - Backdated < _own.NotBefore ? _own.NotBefore : now - Backdated;
        using var ec = _own.GetECDsaPrivateKey();
        using var rsa = ec is null ? _own.GetRSAPrivateKey() : null;
        var signer = ec is not null ? X509SignatureGenerator.CreateForECDsa(ec)
            : rsa is not null ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1)
            : throw new TlsException($"The authority's key in {_folder} is neither an ECDSA nor an RSA key; make another authority (actormig tls init).");
        return request.Create(_own.SubjectName, signer, begin, now + validFor < end ? now + validFor : end, serial);
    }
}
