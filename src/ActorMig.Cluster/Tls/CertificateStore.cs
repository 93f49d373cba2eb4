using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace ActorMig.Cluster.Tls;

/// <summary>
/// A host's certificates in use. Files that change are taken anew: by and by, before connections, and when somebody says so; what cannot be used is
/// refused with a sentence, and the old one stays. Thread-safe.
/// </summary>
public sealed class CertificateStore : IDisposable
{
    private static readonly TimeSpan LookedJustNow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReminderInterval = TimeSpan.FromDays(1);

    /// <summary>A certificate and its key are two files: between the one and the other they may not belong together.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly PeerTlsOptions _options;
    private readonly string _host;
    private readonly TimeProvider _time;
    private readonly Action<string> _note;
    private readonly Lock _looking = new();
    private readonly ITimer _timer;
    private volatile Held _held;
    private string _refused = "";
    private (string Stamp, long Since) _doubtful = ("", 0);
    private long _lookedAt;
    private long? _remindedAt;

    private CertificateStore(PeerTlsOptions options, string host, TimeProvider time, Action<string> note)
    {
        (_options, _host, _time, _note) = (options, host, time, note);
        var stamp = Stamp();
        _held = new Held(HostCertificates.Read(options.Files, host, time.GetUtcNow()), stamp, 1);
        _lookedAt = time.GetTimestamp();
        WarnOfOpenKeys();
        Remind();
        _timer = time.CreateTimer(_ => Look(), null, options.LookInterval, options.LookInterval);
    }

    /// <summary>Reads the files for the first time.</summary>
    /// <param name="options">Where they lie.</param>
    /// <param name="host">Whose they must be.</param>
    /// <param name="time">The clock.</param>
    /// <param name="note">Is told in a sentence what a person should know of them; must not block.</param>
    /// <exception cref="TlsException">They cannot be used. With what has expired the host begins nevertheless, and says so: it has guests to look after.</exception>
    public static CertificateStore Open(PeerTlsOptions options, string host, TimeProvider time, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new CertificateStore(options, host, time, note);
    }

    /// <summary>What is in use now.</summary>
    internal HostCertificates Now => _held.Certificates;

    /// <summary>What this host answers with now, with its key, for a transport that is not ours.</summary>
    public X509Certificate2 Own => Now.Server;

    /// <summary>True if a certificate counts now, whatever it is for and whosever it is.</summary>
    /// <param name="certificate">The certificate.</param>
    public bool IsTrusted(X509Certificate2 certificate) => Now.WhyNot(certificate, Time) is null;

    /// <summary>How many have been in use, this one counted: another number is another certificate.</summary>
    internal int Generation => _held.Generation;

    /// <summary>The options.</summary>
    internal PeerTlsOptions Options => _options;

    /// <summary>The time by which certificates are judged.</summary>
    internal DateTimeOffset Time => _time.GetUtcNow();

    /// <summary>Looks at the files, and takes them if they have changed.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever a file does, the old certificate stays in use.")]
    public void Look()
    {
        lock (_looking)
        {
            _lookedAt = _time.GetTimestamp();
            var stamp = Stamp();
            if (stamp != _held.Stamp && stamp != _refused)
            {
                try
                {
                    Take(stamp);
                }
                catch (Exception e)
                {
                    if (_doubtful.Stamp != stamp)
                    {
                        _doubtful = (stamp, _lookedAt);
                        _timer.Change(2 * Patience, _options.LookInterval);
                    }
                    else if (_time.GetElapsedTime(_doubtful.Since) >= Patience)
                    {
                        Refuse(stamp, e.Message);
                    }
                }
            }

            Remind();
        }
    }

    /// <summary>Before a connection: looks, unless somebody just did.</summary>
    internal void LookAgain()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= LookedJustNow)
        {
            Look();
        }
    }

    /// <summary>Looks no more.</summary>
    public void Dispose() => _timer.Dispose();

    private void Take(string stamp)
    {
        var certificates = HostCertificates.Read(_options.Files, _host, Time);
        if (certificates.WhyNotNow(Time) is { } why)
        {
            throw new TlsException(why);
        }

        // What was read while it was written is read again.
        if (Stamp() == stamp)
        {
            _held = new Held(certificates, stamp, _held.Generation + 1);
            (_refused, _remindedAt) = ("", null);
            _note(FormattableString.Invariant($"The certificate {_options.Files.Certificate} was taken anew: SHA-256 {certificates.Fingerprint}, until {certificates.End:yyyy-MM-dd HH:mm} UTC."));
            WarnOfOpenKeys();
        }
    }

    private void Refuse(string stamp, string why)
    {
        _refused = stamp;
        _note($"The changed certificates are refused, and those before stay in use: {why}");
    }

    private void Remind()
    {
        var left = Now.End - Time;
        if (left > _options.ExpiryWarning || (_remindedAt is { } at && _time.GetElapsedTime(at) < ReminderInterval))
        {
            return;
        }

        _remindedAt = _time.GetTimestamp();
        _note(left <= TimeSpan.Zero
            ? FormattableString.Invariant($"A certificate of {_host} expired at {Now.End:yyyy-MM-dd HH:mm} UTC: no peer hears this host; renew it (actormig tls renew), and put it at {_options.Files.Certificate}.")
            : FormattableString.Invariant($"A certificate of {_host} ends in {left.TotalDays:0} days, at {Now.End:yyyy-MM-dd HH:mm} UTC; renew it (actormig tls renew), and put it at {_options.Files.Certificate}."));
    }

    private void WarnOfOpenKeys()
    {
        foreach (var key in ((string[])[_options.Files.Key, _options.Files.ClientKey]).Distinct().Where(IsOpen))
        {
            _note($"The key {key} can be read by everybody on this host, who can be this host then; say `chmod 600 {key}`.");
        }

        static bool IsOpen(string file)
        {
            try
            {
                return File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>Sizes and times of the files: others are other files.</summary>
    private string Stamp()
    {
        try
        {
            return string.Join('|', _options.Files.All.Select(f => new FileInfo(f) is { Exists: true } i
                ? FormattableString.Invariant($"{i.Length}:{i.LastWriteTimeUtc.Ticks}")
                : "-"));
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    private sealed record Held(HostCertificates Certificates, string Stamp, int Generation);
}
