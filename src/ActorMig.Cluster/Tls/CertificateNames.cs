using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMig.Cluster.Tls;

/// <summary>Whose a certificate is.</summary>
public static class CertificateNames
{
    private const string CommonName = "2.5.4.3";

    /// <summary>The DNS names of the certificate; if it has none, its common name. Never throws: a certificate that cannot be read has no names.</summary>
    /// <param name="certificate">The certificate.</param>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        try
        {
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames()).ToArray();
            return names.Length > 0
                ? names
                : [.. certificate.SubjectName.EnumerateRelativeDistinguishedNames()
                    .Where(n => !n.HasMultipleElements && n.GetSingleElementType().Value == CommonName)
                    .Select(n => n.GetSingleElementValue() ?? "")
                    .Where(n => n.Length > 0)];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    /// <summary>True if it is this host's: names are compared as they are written, and there are no wildcards.</summary>
    /// <param name="names">The certificate's.</param>
    /// <param name="host">The host.</param>
    public static bool Match(IReadOnlyList<string> names, string host)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Any(n => string.Equals(n, host, StringComparison.Ordinal));
    }

    /// <summary>The names in words.</summary>
    /// <param name="names">The certificate's.</param>
    public static string InWords(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        const int Most = 5;
        return names.Count == 0 ? "nobody" : string.Join(", ", names.Take(Most).Select(Readable)) + (names.Count > Most ? ", ..." : "");
    }

    /// <summary>A stranger wrote it, and it goes to the log.</summary>
    internal static string Readable(string text)
    {
        const int Longest = 100;
        return string.Concat(text.Take(Longest).Select(c => c is >= ' ' and < '\u007f' ? c : '?'));
    }
}
