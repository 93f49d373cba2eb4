using System.Diagnostics;
using System.Globalization;
using System.Net;
using ActorMig.Agent.Control;
using ActorMig.Cluster.Serf;
using ActorMig.Cluster.Tls;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Tests;

namespace ActorMig.Benchmarks;

/// <summary>One agent of the cluster: its files, its process, what its log has said, and the door by which it is asked.</summary>
internal sealed class ClusterAgent : IDisposable
{
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff";
    private const int TimestampLength = 23;
    private const int WordsMax = 5;
    private const int AnswerBytesMax = 16 << 20;

    /// <summary>What an agent logs when it hears of a member that has failed: note 504 of its membership.</summary>
    private const string Membership = "[504] /membership: ";
    private const string HasFailed = " has failed";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private readonly string _folder;
    private readonly string _config;
    private readonly string _socket;
    private readonly IPEndPoint _rpc;
    private readonly ControlClient _control;
    private readonly Lock _hearing = new();
    private readonly Queue<string> _lastWords = new();
    private readonly Dictionary<string, DateTimeOffset> _failed = new(StringComparer.Ordinal);
    private Process? _process;

    /// <summary>Writes its files.</summary>
    /// <param name="folder">The cluster's folder.</param>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="seed">Another one, which it joins; null: it is the first.</param>
    /// <param name="options">What the benchmark is asked to do.</param>
    /// <param name="key">The file with serf's key.</param>
    /// <param name="authority">The cluster's authority.</param>
    public ClusterAgent(string folder, int number, ClusterAgent? seed, ClusterOptions options, string key, ClusterAuthority authority)
    {
        Name = NameOf(number);
        _folder = Path.Combine(folder, Name);
        _config = Path.Combine(_folder, "agent.conf");
        _socket = Path.Combine(_folder, "s");
        _control = new ControlClient(_socket);
        var tls = Path.Combine(_folder, "tls");
        authority.Issue(Name, [], tls, TimeSpan.FromDays(1), DateTimeOffset.UtcNow);

        // A loopback address of its own, as hosts have; and ports that nobody else has there.
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.42.{number}");
        _rpc = new IPEndPoint(IPAddress.Parse(address), FreePorts.Next(address));
        Serf = new IPEndPoint(IPAddress.Parse(address), FreePorts.Next(address));
        File.WriteAllText(_config, string.Create(CultureInfo.InvariantCulture, $$"""
            actormig {
              host-name = {{Name}}
              mode = auto
              manage = all
              socket = "{{_socket}}"
              data-dir = "{{Data}}"
              listen { address = {{address}}, port = {{FreePorts.Next(address)}} }
              membership {
                kind = serf
                serf {
                  rpc-address = "{{_rpc}}"
                  bind = "{{Serf}}"
                  join = ["{{seed?.Serf ?? Serf}}"]
                  key-file = "{{key}}"
                  profile = {{options.Profile}}
                  start-timeout = 30s
                }
              }
              tls { ca = "{{tls}}/ca.crt", certificate = "{{tls}}/host.crt", key = "{{tls}}/host.key" }
              round.interval = {{(long)options.Round.TotalMilliseconds}}ms
              barter.moves-per-hour = 0
              host.memory { total = {{SkewedWorld.HostMemoryBytes >> 30}}GiB, reserve = 0 }
              journal.ballast = 1MiB
            }
            """));
    }

    public string Name { get; }

    /// <summary>Its process; 0 before it was started.</summary>
    public int ProcessId => _process?.Id ?? 0;

    /// <summary>The configuration that its serf was started with.</summary>
    public string SerfConfig => Path.Combine(Data, "serf", "serf.json");

    private IPEndPoint Serf { get; }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>The name of the host of a number.</summary>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"kvm{number:00}");

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <param name="world">The world's socket.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public async Task StartAsync(string world, TimeProvider time, CancellationToken stop)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(Environment.ProcessPath!, ["cluster-agent", _config, world]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.OutputDataReceived += (_, said) => Hear(said.Data);
        process.ErrorDataReceived += (_, said) => Hear(said.Data);
        process.Start();
        _process = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!File.Exists(_socket))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The agent of {Name} has ended while it began; its last words:{LastWords()}");
            }

            await Task.Delay(Look, time, stop);
        }
    }

    /// <summary>Whether it knows so many hosts, itself among them, and none that is away.</summary>
    public async Task<bool> KnowsAsync(int hosts, CancellationToken stop)
    {
        try
        {
            var cluster = await _control.ClusterAsync(stop);
            return cluster.Hosts.Count == hosts && cluster.Hosts.All(h => h.State == MemberState.Alive);
        }
        catch (ControlException)
        {
            return false;
        }
    }

    /// <summary>How it is.</summary>
    /// <exception cref="ControlException">It does not answer.</exception>
    public Task<HostStatus> StatusAsync(CancellationToken stop) => _control.StatusAsync(stop);

    /// <summary>Another connection to its serf.</summary>
    /// <exception cref="SerfException">It does not answer.</exception>
    public async Task<SerfClient> SerfAsync(CancellationToken stop)
    {
        var key = await File.ReadAllTextAsync(Path.Combine(Data, "serf", "rpc-auth"), stop);
        return await SerfClient.ConnectAsync(new SerfEndpoint(_rpc, key, AnswerTimeout, AnswerBytesMax), static () => { }, stop);
    }

    /// <summary>When it has logged of another one for the first time since <see cref="ForgetFailed"/> that it has failed; null: not yet.</summary>
    public DateTimeOffset? FailedAt(string host)
    {
        lock (_hearing)
        {
            return _failed.TryGetValue(host, out var at) ? at : null;
        }
    }

    /// <summary>Who has failed so far does not count any more.</summary>
    /// <returns>How many those are.</returns>
    public int ForgetFailed()
    {
        lock (_hearing)
        {
            var count = _failed.Count;
            _failed.Clear();
            return count;
        }
    }

    /// <summary>Its last lines, each on one of its own.</summary>
    public string LastWords()
    {
        lock (_hearing)
        {
            return string.Concat(_lastWords.Select(l => Environment.NewLine + "    " + l));
        }
    }

    /// <summary>SIGKILL, if it was started.</summary>
    public void Kill() => _process?.Kill();

    public void Dispose()
    {
        _control.Dispose();
        _process?.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_hearing)
        {
            _lastWords.Enqueue(line);
            if (_lastWords.Count > WordsMax)
            {
                _lastWords.Dequeue();
            }

            var begin = line.IndexOf(Membership, StringComparison.Ordinal);
            if (begin >= TimestampLength
                && line.IndexOf(HasFailed, begin, StringComparison.Ordinal) is > 0 and var end
                && DateTimeOffset.TryParseExact(line[..TimestampLength], TimestampFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var at))
            {
                _failed.TryAdd(line[(begin + Membership.Length)..end], at);
            }
        }
    }
}
