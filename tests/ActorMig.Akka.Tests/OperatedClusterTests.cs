using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorMig.Agent;
using ActorMig.Agent.Control;
using ActorMig.Edges;
using ActorMig.Tests;
using Microsoft.Data.Sqlite;

namespace ActorMig.Akka.Tests;

/// <summary>Three agents in processes of their own on loopback that find each other by Akka.Cluster, and an operator with the built program.</summary>
public sealed class OperatedClusterTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private readonly string _folder = Directory.CreateTempSubdirectory("actormig-").FullName;
    private readonly List<Host> _hosts = [];

    public void Dispose()
    {
        foreach (var host in _hosts)
        {
            host.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Who_is_killed_is_away_and_back_who_leaves_is_gone_and_the_dead_are_forgotten()
    {
        Host h1 = Add("h1", ""), h2 = Add("h2", """akka.persistence.journal.plugin = "akka.persistence.journal.sql" """), h3 = Add("h3", "akka.cluster.seed-nodes = []");
        foreach (var host in _hosts)
        {
            host.Start();
        }

        // One that has no seed nodes joins when it is told to, and has nothing to leave before that.
        await Task.WhenAll(UntilAsync(h1, "h1 alive, h2 alive"), UntilAsync(h2, "h1 alive, h2 alive"), UntilAsync(h3, "h3 alive"));
        var (code, output, errors) = await SayAsync("--socket", h3.Socket, "cluster", "leave");
        Assert.Equal(3, code);
        Assert.StartsWith("This host is no member of a cluster", errors, StringComparison.Ordinal);
        await JoinAsync(h3, h1);
        await Task.WhenAll(_hosts.Select(h => UntilAsync(h, "h1 alive, h2 alive, h3 alive")));
        (code, output, errors) = await SayAsync("--socket", h1.Socket, "cluster", "join", h3.Listen);
        Assert.Equal(3, code);
        Assert.StartsWith("This host is a member of a cluster already", errors, StringComparison.Ordinal);
        Assert.Equal(3, (await SayAsync("--socket", h1.Socket, "cluster", "join", "nowhere")).Code);

        // kill -9: it cannot be reached, and nobody is downed.
        h3.Kill();
        await Task.WhenAll(UntilAsync(h1, "h1 alive, h2 alive, h3 failed"), UntilAsync(h2, "h1 alive, h2 alive, h3 failed"));
        (code, output, _) = await SayAsync("--socket", h2.Socket, "cluster", "show");
        Assert.Equal(0, code);
        Assert.Matches($"h1 +alive +{h1.Listen} +.*\nh2 \\(here\\) +alive +{h2.Listen} +.*\nh3 +failed +{h3.Listen} ", output);
        Assert.Contains("h3 (failed)", (await SayAsync("--socket", h1.Socket, "status")).Output, StringComparison.Ordinal);

        // A host that can be reached is not forgotten by mistake.
        (code, _, errors) = await SayAsync("--socket", h1.Socket, "cluster", "forget", "h2");
        Assert.Equal((3, "The host h2 can be reached, and only a host that has failed can be forgotten; let it leave with `actormig cluster leave` there."), (code, errors.Trim()));

        // Back again, at the same address.
        h3.Start();
        await UntilAsync(h3, "h3 alive");
        await JoinAsync(h3, h1);
        await Task.WhenAll(_hosts.Select(h => UntilAsync(h, "h1 alive, h2 alive, h3 alive")));

        // One that leaves is no member any more, and says so of itself; joining again takes a restart.
        (code, output, _) = await SayAsync("--socket", h2.Socket, "cluster", "leave");
        Assert.Equal(0, code);
        await Task.WhenAll(UntilAsync(h1, "h1 alive, h3 alive"), UntilAsync(h3, "h1 alive, h3 alive"));
        await UntilAsync(h2, "h2 left");
        Assert.Contains("joins again when its agent is restarted", (await SayAsync("--socket", h2.Socket, "cluster", "show")).Output, StringComparison.Ordinal);
        (code, _, errors) = await SayAsync("--socket", h2.Socket, "cluster", "join", h1.Listen);
        Assert.Equal(3, code);
        Assert.Contains("restart its agent, which joins again", errors, StringComparison.Ordinal);
        await h2.StopAsync();
        h2.Start();
        await Task.WhenAll(_hosts.Select(h => UntilAsync(h, "h1 alive, h2 alive, h3 alive")));

        // One that is dead for good is forgotten, by all hosts; if it comes back all the same, it is a new member.
        h2.Kill();
        await UntilAsync(h3, "h1 alive, h2 failed, h3 alive");
        Assert.Equal(0, (await SayAsync("--socket", h3.Socket, "cluster", "forget", "h2")).Code);
        await Task.WhenAll(UntilAsync(h1, "h1 alive, h3 alive"), UntilAsync(h3, "h1 alive, h3 alive"));
        h2.Start();
        await Task.WhenAll(_hosts.Select(h => UntilAsync(h, "h1 alive, h2 alive, h3 alive")));

        // One whose agent is stopped has not failed.
        await h3.StopAsync();
        await UntilAsync(h1, "h1 alive, h2 alive, h3 stopped");

        // All the while h2 wrote by Akka.Persistence.Sql, whose marks of who wrote have no dashes, and h1 by our own plug-in.
        Assert.Equal((32L, 36L), (h2.WriterLength(), h1.WriterLength()));
    }

    [Fact]
    public async Task While_one_is_away_who_leaves_and_who_joins_is_told_what_that_waits_for()
    {
        Host h1 = Add("h1", ""), h2 = Add("h2", ""), h3 = Add("h3", ""), h4 = Add("h4", "akka.cluster.seed-nodes = []");
        foreach (var host in _hosts)
        {
            host.Start();
        }

        await Task.WhenAll(new[] { h1, h2, h3 }.Select(h => UntilAsync(h, "h1 alive, h2 alive, h3 alive")).Append(UntilAsync(h4, "h4 alive")));
        h3.Kill();
        await Task.WhenAll(UntilAsync(h1, "h1 alive, h2 alive, h3 failed"), UntilAsync(h2, "h1 alive, h2 alive, h3 failed"));

        var leave = SayAsync("--socket", h2.Socket, "cluster", "leave");
        var join = SayAsync("--socket", h4.Socket, "cluster", "join", h1.Listen);
        var (code, _, errors) = await leave;
        Assert.Equal((3, "This host has not left in 20 s, because h3 cannot be reached; it leaves when that host is back or forgotten (`actormig cluster forget h3`)."), (code, errors.Trim()));
        (code, var output, errors) = await join;
        Assert.True(code == 0, errors);
        Assert.StartsWith("H4 has joined, and is weakly up until all hosts can be reached", output, StringComparison.Ordinal);

        // Both come about when it is forgotten.
        Assert.Equal(0, (await SayAsync("--socket", h1.Socket, "cluster", "forget", "h3")).Code);
        await Task.WhenAll(UntilAsync(h1, "h1 alive, h4 alive"), UntilAsync(h2, "h2 left"), UntilAsync(h4, "h1 alive, h4 alive"));
    }

    [Theory]
    [InlineData("akka.persistence.journal.plugin = \"akka.persistence.journal.sq1\"", "akka.persistence.journal.plugin is 'akka.persistence.journal.sq1'")]
    [InlineData("akka.persistence.snapshot-store.plugin = \"akka.persistence.snapshot-store.local\"", "akka.persistence.snapshot-store.plugin is 'akka.persistence.snapshot-store.local'")]
    [InlineData("akka.persistence.journal.actormig.class = \"No.Such, ActorMig.Akka\"", "No.Such")]
    [InlineData("akka.persistence.snapshot-store.actormig.class = \"No.Such, NoSuch\"", "NoSuch")]
    [InlineData("akka.actor.provider = nonsense", "nonsense")]
    public async Task Settings_that_Akka_cannot_use_end_the_start_with_a_sentence(string more, string says)
    {
        var (code, errors) = await TryStartAsync(Add("h1", more));
        Assert.Equal(ExitCodes.BadInput, code);
        Assert.StartsWith("The agent cannot start: Akka.NET refuses its settings, which stand in the block akka: ", errors, StringComparison.Ordinal);
        Assert.Contains(says, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_where_another_listens_ends_the_start_with_a_sentence()
    {
        var host = Add("h1", "");
        using var another = new TcpListener(IPEndPoint.Parse(host.Listen));
        another.Start();
        var (code, errors) = await TryStartAsync(host);
        Assert.Equal((ExitCodes.Taken, $"The agent cannot start: actormig.listen is {host.Listen}, where another process listens; stop that one, or set actormig.listen.port to another port."), (code, errors));
    }

    /// <summary>Starts an agent that ends by itself; not its log, but what it says at the end.</summary>
    private static async Task<(int Code, string Errors)> TryStartAsync(Host host)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var process = Program("agent", "--config", host.Configuration);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, (await errors).Trim());
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static async Task JoinAsync(Host host, Host other)
    {
        var (code, output, errors) = await SayAsync("--socket", host.Socket, "cluster", "join", other.Listen);
        Assert.True(code == 0, errors);
        Assert.StartsWith($"H{host.Name[1..]} has joined", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Errors)> SayAsync(params string[] arguments)
    {
        using var process = Program(arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    private static Process Program(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ActorMig.Agent.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Asks the agent of a host until it sees the cluster so.</summary>
    private static async Task UntilAsync(Host host, string expected)
    {
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var seen = "nothing";
        do
        {
            Assert.False(host.HasEnded, $"The agent of {host.Name} has ended: {host.Log}");
            Assert.True(clock.Elapsed < Limit, $"{host.Name} sees {seen}, and not {expected}: {host.Log}");
            try
            {
                using var client = new ControlClient(host.Socket);
                seen = string.Join(", ", (await client.ClusterAsync(TestContext.Current.CancellationToken)).Hosts
                    .Select(h => $"{h.Host} {(h is { State: MemberState.Failed, IsStopped: true } ? "stopped" : h.State?.ToString().ToLowerInvariant())}"));
            }
            catch (Exception e) when (e is IOException or HttpRequestException or ControlException)
            {
                // It is not up yet.
                seen = e.Message;
            }
        }
        while (seen != expected && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken));
    }

    private Host Add(string name, string more)
    {
        var host = new Host(Path.Combine(_folder, name), name, _hosts.FirstOrDefault()?.Listen, more);
        _hosts.Add(host);
        return host;
    }

    private sealed class Host : IDisposable
    {
        private readonly string _log;
        private Process? _process;

        public Host(string folder, string name, string? seed, string more)
        {
            Directory.CreateDirectory(folder);
            (Name, Socket, _log) = (name, Path.Combine(folder, "s"), Path.Combine(folder, "log"));
            var address = $"127.0.0.{90 + name[^1] - '0'}";
            Listen = new IPEndPoint(IPAddress.Parse(address), FreePorts.Next(address)).ToString();
            Configuration = Path.Combine(folder, "agent.conf");
            File.WriteAllText(Configuration, $$"""
                actormig {
                  host-name = {{name}}
                  engine = akka
                  data-dir = "{{Path.Combine(folder, "data")}}"
                  socket = "{{Socket}}"
                  listen { address = {{address}}, port = {{Listen.Split(':')[1]}} }
                  libvirt.uri = "qemu+unix:///system?socket={{Path.Combine(folder, "no-libvirt")}}"
                  membership.kind = akka
                  journal { ballast = 1MiB, free-space-min = 1MiB }
                  traffic.source = off
                }
                akka.cluster.seed-nodes = ["akka.tcp://actormig@{{seed ?? Listen}}"]
                {{ClusterTests.Quick}}
                {{more}}
                """);
        }

        public string Name { get; }

        public string Configuration { get; }

        public string Socket { get; }

        public string Listen { get; }

        public bool HasEnded => _process!.HasExited;

        public string Log => File.Exists(_log) ? string.Join("\n", File.ReadAllLines(_log).TakeLast(30)) : "";

        /// <summary>How long the marks are of who wrote events: all of them the same.</summary>
        public long WriterLength()
        {
            using var connection = new SqliteConnection($"Data Source={Path.Combine(Path.GetDirectoryName(Socket)!, "data", "journal.db")};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT CASE WHEN count(DISTINCT length(writer_uuid)) = 1 THEN max(length(writer_uuid)) END FROM journal";
            return Assert.IsType<long>(command.ExecuteScalar());
        }

        public void Start()
        {
            File.Delete(Socket);
            _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec dotnet '{Path.Combine(AppContext.BaseDirectory, "ActorMig.Agent.dll")}' agent --config '{Configuration}' >>'{_log}' 2>&1"]))!;
        }

        public void Kill()
        {
            _process!.Kill();
            _process.WaitForExit();
        }

        public async Task StopAsync()
        {
            using var term = Process.Start("kill", ["-TERM", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, _process.ExitCode);
        }

        public void Dispose()
        {
            if (_process is { HasExited: false })
            {
                Kill();
            }

            _process?.Dispose();
        }
    }
}
