using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorMig.Actors;
using ActorMig.Agent.Control;
using ActorMig.Tests;
using Microsoft.Data.Sqlite;

namespace ActorMig.Agent.Tests;

/// <summary>The real program: what may pass by itself ends it with the code after which its unit starts it again, what a person must change with another.</summary>
public sealed class AgentRestartTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly AgentUnderTest _agent;

    public AgentRestartTests() => _agent = new AgentUnderTest(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_journal_that_takes_no_write_ends_the_agent_and_its_unit_starts_it_again()
    {
        _agent.More = "actormig.journal.write-timeout = 2s";
        using var process = Actormig.Start("agent", "--config", _agent.Configuration());
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            while (!File.Exists(_agent.Socket))
            {
                Assert.False(process.HasExited, "The agent ended.");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            using var client = new ControlClient(_agent.Socket);
            await client.StatusAsync(TestContext.Current.CancellationToken);
            await using var connection = new SqliteConnection($"Data Source={_folder.File("data/journal.db")};Pooling=False");
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var standsStill = connection.BeginTransaction(deferred: false);
            await Assert.ThrowsAsync<ControlException>(() => client.DrainAsync(new DrainRequest("h1", null, "so that something is written"), TestContext.Current.CancellationToken));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            process.Kill();
        }

        Assert.Equal(ExitCodes.TryAgain, process.ExitCode);
        Assert.Contains("actormig[911] The HostActor stopped, most likely because its journal could not be written", await said, StringComparison.Ordinal);

        // Nothing stands in its way now.
        Assert.Null((await _agent.RunAsync(c => c.StatusAsync(TestContext.Current.CancellationToken))).JournalAlarm);
    }

    /// <summary>A fault of the program; an agent that is deaf and does not know it would be worse.</summary>
    [Fact]
    public async Task An_edge_that_ends_ends_the_agent() =>
        Assert.Equal(ExitCodes.TryAgain, await AgentProcess.RunAsync(_agent.Configuration(), Props.Of(() => new Ending()), TestContext.Current.CancellationToken));

    [Fact]
    public async Task An_address_that_this_host_does_not_have_is_a_sentence_and_is_waited_for()
    {
        _agent.More = "actormig.listen { address = 10.255.254.253, port = 7601 }";
        await EndsAsync(
            ExitCodes.TryAgain,
            "^The agent cannot start: actormig.listen is 10.255.254.253:7601, an address that this host does not have, or not yet; bring its interface up, or set actormig.listen.address to one that `ip -brief address` shows here.\n$");
    }

    [Fact]
    public async Task An_address_that_another_process_has_is_a_sentence_for_a_person()
    {
        using var taken = new TcpListener(IPAddress.Parse("127.0.0.71"), 0);
        taken.Start();
        _agent.More = FormattableString.Invariant($"actormig.listen.port = {((IPEndPoint)taken.LocalEndpoint).Port}");
        await EndsAsync(ExitCodes.Taken, "^The agent cannot start: actormig.listen is 127.0.0.71:[0-9]+, where another process listens; stop that one, or set actormig.listen.port to another port.\n$");
    }

    [Fact]
    public async Task A_port_that_is_for_root_is_a_sentence_for_a_person()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can take the right away from the agent.");
        _agent.More = "actormig.listen.port = 1";
        using var process = Actormig.StartWith(["setpriv", "--bounding-set", "-net_bind_service", "--inh-caps", "-net_bind_service"], "agent", "--config", _agent.Configuration());
        await AssertEndsAsync(
            process, ExitCodes.BadInput,
            "^The agent cannot start: actormig.listen is 127.0.0.71:1, where this user may not listen; set actormig.listen.port to 1024 or more, or start the agent as root.\n$");
    }

    [Fact]
    public async Task A_socket_that_cannot_be_made_is_a_sentence_for_a_person()
    {
        _agent.More = "actormig.socket = /sys/actormig.sock";
        await EndsAsync(ExitCodes.BadInput, "^The agent cannot start: no socket can be made at /sys/actormig.sock \\(.*\\); set actormig.socket and actormig.observer-socket to paths where this user may write.\n$");
    }

    [Fact]
    public async Task A_serf_that_is_slow_to_answer_is_waited_for_and_one_that_is_not_there_is_not()
    {
        using var serf = new SerfFolder();
        var more = $$"""
            actormig {
              data-dir = "{{serf.File("data")}}"
              membership { kind = serf, serf { bind = "127.0.0.71:{{FreePorts.Next("127.0.0.71")}}", rpc-address = "127.0.0.1:{{FreePorts.Next("127.0.0.1")}}" } }
            }

            """;
        _agent.More = more + "actormig.membership.serf.start-timeout = 1ms";
        await EndsAsync(ExitCodes.TryAgain, "The agent cannot start: serf \\(process [0-9]+\\) does not answer 0 s after its start");
        _agent.More = more + "actormig.membership.serf.path = no-such-serf";
        await EndsAsync(ExitCodes.BadInput, "^The agent cannot start: There is no program 'no-such-serf' ");
    }

    [Fact]
    public void The_unit_starts_an_agent_again_for_hours_and_not_for_ever_and_never_where_a_person_must_look()
    {
        var unit = File.ReadLines(Path.Combine(Repository.Folder, "deploy", "systemd", "actormig.service"))
            .Where(l => !l.StartsWith('#')).Select(l => l.Split('=', 2)).Where(l => l.Length == 2 && l[0] is "Restart" or "RestartSec" or "StartLimitIntervalSec" or "StartLimitBurst" or "RestartPreventExitStatus")
            .ToDictionary(l => l[0], l => l[1]);
        Assert.Equal(("on-failure", "1d"), (unit["Restart"], unit["StartLimitIntervalSec"]));
        Assert.InRange(Number("RestartSec") * Number("StartLimitBurst"), 2 * 3_600, 12 * 3_600);
        Assert.Equal([ExitCodes.BadInput, ExitCodes.Journal, ExitCodes.Taken], unit["RestartPreventExitStatus"].Split(' ').Select(c => int.Parse(c, CultureInfo.InvariantCulture)));

        int Number(string key) => int.Parse(unit[key].TrimEnd('s'), CultureInfo.InvariantCulture);
    }

    private async Task EndsAsync(int code, string sentence)
    {
        using var process = Actormig.Start("agent", "--config", _agent.Configuration());
        await AssertEndsAsync(process, code, sentence);
    }

    private static async Task AssertEndsAsync(Process process, int code, string sentence)
    {
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            process.Kill();
        }

        Assert.DoesNotContain("   at ", await output + await errors, StringComparison.Ordinal);
        Assert.Matches(sentence, await errors);
        Assert.Equal(code, process.ExitCode);
    }

    private sealed class Ending : EphemeralActor
    {
        protected override void Started() => Context.Stop(Context.Self);

        protected override void Handle(object message)
        {
        }
    }
}
