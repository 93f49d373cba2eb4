using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMig.Cluster.Tls;

/// <summary>What a person wants to know of a certificate.</summary>
/// <param name="File">Where it lies.</param>
/// <param name="Names">Whose it is.</param>
/// <param name="IsAuthority">True if it may make others.</param>
/// <param name="Issuer">Who made it.</param>
/// <param name="NotBefore">From when it counts.</param>
/// <param name="NotAfter">Until when.</param>
/// <param name="DaysLeft">For how many days more; below zero if it counts no more.</param>
/// <param name="Fingerprint">SHA-256 of it, in hex.</param>
public sealed record CertificateInfo(
    string File, IReadOnlyList<string> Names, bool IsAuthority, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter, int DaysLeft, string Fingerprint)
{
    /// <summary>All certificates of a PEM file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="TlsException">It cannot be read, or has none.</exception>
    public static IReadOnlyList<CertificateInfo> Read(string file, DateTimeOffset now) => [.. PemFile.Certificates(file).Select(c => Of(file, c, now))];

    internal static CertificateInfo Of(string file, X509Certificate2 certificate, DateTimeOffset now)
    {
        var end = CertificateCheck.End(certificate);
        return new CertificateInfo(
            file,
            CertificateNames.Of(certificate),
            certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority),
            certificate.Issuer,
            new DateTimeOffset(certificate.NotBefore).ToUniversalTime(),
            end,
            Days(end - now),
            certificate.GetCertHashString(HashAlgorithmName.SHA256));
    }

    private static int Days(TimeSpan left) => left < TimeSpan.Zero ? Math.Min(-1, (int)left.TotalDays) : (int)Math.Round(left.TotalDays);
}
