using ActorMig.Agent.Configuration;
using ActorMig.Cluster.Tls;
using ActorMig.PreFlight;

namespace ActorMig.Agent.Doctor;

/// <summary>Until when the host's own certificates count.</summary>
internal static class CertificateLook
{
    /// <summary>Of each certificate that is named; nothing if messages are not encrypted.</summary>
    public static IEnumerable<Finding> At(AgentOptions options, DateTimeOffset now)
    {
        if (options.Tls.ForPeers is not { } tls)
        {
            return [];
        }

        var files = tls.Files;
        return ((string[])[files.Certificate, files.ClientCertificate, files.Authority]).Distinct().SelectMany(f => Look(f)).ToArray();

        IEnumerable<Finding> Look(string file)
        {
            try
            {
                return CertificateInfo.Read(file, now).Select(c => Of(c));
            }
            catch (TlsException e)
            {
                return [new Finding(options.Core.HostName, FindingLevel.Warning, e.Message.TrimEnd('.'))];
            }
        }

        Finding Of(CertificateInfo c)
        {
            var until = FormattableString.Invariant($"{c.NotAfter:yyyy-MM-dd HH:mm} UTC");
            return c.NotAfter < now ? Found(FindingLevel.Refusal, $"{c.File} expired at {until}, and no peer hears this host with it; {Remedy(c)}")
                : c.NotAfter - now < tls.ExpiryWarning ? Found(FindingLevel.Warning, FormattableString.Invariant($"{c.File} ends in {c.DaysLeft} days, at {until}; {Remedy(c)}"))
                : Found(FindingLevel.Good, $"{c.File} counts until {until}");
        }

        Finding Found(FindingLevel level, string text) => new(options.Core.HostName, level, text);
    }

    private static string Remedy(CertificateInfo certificate) => certificate.IsAuthority
        ? "make a new authority (actormig tls init), put its ca.crt behind the old one on all hosts, and then issue new certificates"
        : "renew it (actormig tls renew)";
}
