using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMig.Cluster.Tls;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig tls</c>: the cluster's authority and the hosts' certificates. Needs no running agent.</summary>
internal sealed class TlsCommands(bool isJson, TextWriter output, TimeProvider time)
{
    private const int AuthorityDays = 3_650;
    private const int HostDays = 365;
    private const int DaysMax = 36_500;
    private const string Installed = "/etc/actormig/tls";

    /// <summary>The commands.</summary>
    /// <param name="run">Runs one, with errors in sentences.</param>
    public static Command Build(Func<ParseResult, Func<TlsCommands, int>, Task<int>> run)
    {
        var dir = new Option<string>("--dir") { Description = "The authority's folder: ca.crt, and ca.key, which should lie on no host of the cluster.", HelpName = "DIR", Required = true };
        var outDir = new Option<string>("--out") { Description = "The host's folder: ca.crt, host.crt and host.key.", HelpName = "DIR", Required = true };

        var authorityDays = Days(AuthorityDays);
        var init = new Command("init", "Make the cluster's authority, once. Nothing is overwritten.") { dir, authorityDays };
        init.SetAction((parsed, _) => run(parsed, c => c.Init(parsed.GetValue(dir)!, parsed.GetValue(authorityDays))));

        var host = new Argument<string>("HOST") { Description = "The host, as its actormig.host-name has it." };
        var addresses = new Option<string[]>("--address") { Description = "A further name or an IP address of the host, for other programs that use the certificate; agents go by names.", HelpName = "ADDRESS" };
        var days = Days(HostDays);
        var issue = new Command("issue", "Make a host's certificate and key. Nothing is overwritten.") { host, addresses, dir, outDir, days };
        issue.SetAction((parsed, _) => run(
            parsed, c => c.Issue(parsed.GetValue(host)!, parsed.GetValue(addresses) ?? [], parsed.GetValue(dir)!, parsed.GetValue(outDir)!, parsed.GetValue(days))));

        var renewDays = Days(HostDays);
        var renew = new Command(
            "renew", "Make a new certificate with the names and the key of the host.crt in --out, and put it in its place. The key is not needed here.") { dir, outDir, renewDays };
        renew.SetAction((parsed, _) => run(parsed, c => c.Renew(parsed.GetValue(dir)!, parsed.GetValue(outDir)!, parsed.GetValue(renewDays))));

        var shown = new Option<string>("--dir") { Description = "A folder with certificates (*.crt, *.pem), or a file.", HelpName = "DIR", DefaultValueFactory = _ => Installed };
        var show = new Command("show", "Show whose each certificate is, until when, and its fingerprint.") { shown };
        show.SetAction((parsed, _) => run(parsed, c => c.Show(parsed.GetValue(shown)!)));
        return new Command("tls", "Certificates for the messages between agents.") { init, issue, renew, show };
    }

    /// <summary>Makes the authority.</summary>
    public int Init(string dir, int days)
    {
        var made = ClusterAuthority.Create(dir, TimeSpan.FromDays(days), time.GetUtcNow());
        Tell(made, $"The authority is {made.File}; keep {ClusterAuthority.AuthorityKeyFile} beside it secret, and on no host. Next: actormig tls issue HOST --dir {dir} --out HOST");
        return ExitCodes.Ok;
    }

    /// <summary>Makes a host's certificate.</summary>
    public int Issue(string host, IReadOnlyList<string> addresses, string dir, string outDir, int days)
    {
        using var authority = ClusterAuthority.Open(dir);
        var made = authority.Issue(host, addresses, outDir, TimeSpan.FromDays(days), time.GetUtcNow());
        Tell(made, $"{host}: {made.File}, until {Until(made)}. Put all of {outDir} into {Installed} on {host}, readable for its agent only.");
        return ExitCodes.Ok;
    }

    /// <summary>Renews a host's certificate.</summary>
    public int Renew(string dir, string outDir, int days)
    {
        using var authority = ClusterAuthority.Open(dir);
        var made = authority.Renew(outDir, TimeSpan.FromDays(days), time.GetUtcNow());
        Tell(made, $"{string.Join(", ", made.Names)}: {made.File}, until {Until(made)}. An agent that uses this file takes it by itself.");
        return ExitCodes.Ok;
    }

    /// <summary>Shows certificates.</summary>
    public int Show(string dir)
    {
        string[] files = File.Exists(dir) ? [dir]
            : Directory.Exists(dir) ? [.. Directory.GetFiles(dir).Where(f => Path.GetExtension(f) is ".crt" or ".pem").Order(StringComparer.Ordinal)]
            : throw new TlsException($"There is no folder {dir}; name one with --dir.");
        var all = files.Where(f => !f.EndsWith("key.pem", StringComparison.Ordinal)).SelectMany(f => CertificateInfo.Read(f, time.GetUtcNow())).ToArray();
        if (all.Length == 0)
        {
            throw new TlsException($"There is no certificate (*.crt, *.pem) in {dir}; name another folder with --dir.");
        }

        if (isJson)
        {
            foreach (var one in all)
            {
                output.WriteLine(JsonSerializer.Serialize(one, TlsJson.Default.CertificateInfo));
            }

            return ExitCodes.Ok;
        }

        Table.Write(
            output,
            ["FILE", "WHOSE", "UNTIL", "DAYS LEFT", "SHA-256"],
            all.Select(c => (string[])
            [
                c.File, string.Join(", ", c.Names) + (c.IsAuthority ? " (authority)" : ""), Until(c),
                c.DaysLeft < 0 ? "EXPIRED" : FormattableString.Invariant($"{c.DaysLeft}"), c.Fingerprint,
            ]));
        return ExitCodes.Ok;
    }

    private static Option<int> Days(int normally)
    {
        var days = new Option<int>("--days") { Description = "For how many days it counts; a host's never longer than the authority.", HelpName = "N", DefaultValueFactory = _ => normally };
        days.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() is < 1 or > DaysMax)
            {
                r.AddError(FormattableString.Invariant($"--days is {r.GetValueOrDefault<int>()}; write a number from 1 to {DaysMax}."));
            }
        });
        return days;
    }

    private static string Until(CertificateInfo certificate) => FormattableString.Invariant($"{certificate.NotAfter:yyyy-MM-dd HH:mm} UTC");

    private void Tell(CertificateInfo made, string sentence)
    {
        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(made, TlsJson.Default.CertificateInfo));
            return;
        }

        output.WriteLine(sentence);
        output.WriteLine($"SHA-256 {made.Fingerprint}");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CertificateInfo))]
internal sealed partial class TlsJson : JsonSerializerContext;
