using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMig.Cluster.Tls;

/// <summary>Whether a certificate counts: by the given authorities alone, without the system's, without asking the network.</summary>
public static class CertificateCheck
{
    /// <summary>Why a certificate does not count; null if it does. Whose it is, is not looked at.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="authorities">Whom to trust.</param>
    /// <param name="between">Certificates that may stand between it and an authority; null for none.</param>
    /// <param name="use">What it is shown for; null for any.</param>
    /// <param name="now">The time.</param>
    public static (RefusalReason Reason, string Sentence)? WhyNot(
        X509Certificate2 certificate, X509Certificate2Collection authorities, X509Certificate2Collection? between, CertificateUse? use, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(authorities);
        using var chain = new X509Chain { ChainPolicy = Policy(authorities, use, now) };
        if (between is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(between);
        }

        try
        {
            if (chain.Build(certificate))
            {
                return null;
            }
        }
        catch (CryptographicException e)
        {
            return (RefusalReason.ForeignAuthority, $"it cannot be read ({e.Message})");
        }

        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
        const X509ChainStatusFlags Foreign = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid;
        if ((flags & Foreign) != 0)
        {
            return (RefusalReason.ForeignAuthority, $"it is not of the cluster's authority, but of '{CertificateNames.Readable(certificate.Issuer)}'");
        }

        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            // The certificate itself, or else one above it.
            var late = chain.ChainElements.Select(e => e.Certificate).FirstOrDefault(c => !IsTimely(c)) ?? certificate;
            var whose = late.Thumbprint == certificate.Thumbprint ? "it" : "its authority's";
            return now < Start(late)
                ? (RefusalReason.NotYetValid, FormattableString.Invariant($"{whose} is not valid before {Start(late):yyyy-MM-dd HH:mm} UTC; see to the clocks of both hosts"))
                : (RefusalReason.Expired, FormattableString.Invariant($"{whose} expired at {End(late):yyyy-MM-dd HH:mm} UTC; renew it (actormig tls renew)"));
        }

        if (flags.HasFlag(X509ChainStatusFlags.NotValidForUsage))
        {
            return (RefusalReason.WrongUse, $"it is not for TLS {(use == CertificateUse.Client ? "client" : "server")} authentication, by its extended key usage");
        }

        return (RefusalReason.ForeignAuthority, $"it does not count: {string.Join(", ", chain.ChainStatus.Select(s => s.Status))}");

        bool IsTimely(X509Certificate2 c) => now >= Start(c) && now <= End(c);
    }

    /// <summary>When a certificate ends.</summary>
    /// <param name="certificate">The certificate.</param>
    public static DateTimeOffset End(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new DateTimeOffset(certificate.NotAfter).ToUniversalTime();
    }

    private static DateTimeOffset Start(X509Certificate2 certificate) => new DateTimeOffset(certificate.NotBefore).ToUniversalTime();

    internal static X509ChainPolicy Policy(X509Certificate2Collection authorities, CertificateUse? use, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.LocalDateTime,
        };
        policy.CustomTrustStore.AddRange(authorities);
        if (use is not null)
        {
            policy.ApplicationPolicy.Add(KeyUsages.Of(use.Value));
        }

        return policy;
    }
}
