using ActorMig.Agent.Commands;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Journal;
using ActorMig.Vms;

namespace ActorMig.Agent.Tests.Why;

/// <summary><c>actormig barter why</c> at the socket of a whole agent, with a journal that tells of a VM that has left.</summary>
public sealed class WhyCommandTests : IDisposable
{
    private static readonly VmFacts Vm1 = new("11111111-1111-1111-1111-111111111111", "vm1", 1L << 30, 1, 42e6, true, false);
    private readonly TestFolder _folder = new();
    private readonly AgentUnderTest _agent;

    public WhyCommandTests() => _agent = new AgentUnderTest(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_tells_where_a_VM_went_when_and_why_and_of_others_says_one_sentence()
    {
        await _agent.RunAsync(async client => await client.StatusAsync(TestContext.Current.CancellationToken));
        await WriteAsync();
        await _agent.RunAsync(async _ =>
        {
            foreach (var vm in (string[])[Vm1.Name, Vm1.Uuid])
            {
                await using var output = new StringWriter();
                Assert.Equal(ExitCodes.Ok, await new BarterCommands(_agent.Socket, isJson: false, output).WhyAsync(vm, TestContext.Current.CancellationToken));
                Assert.StartsWith($"vm1 ({Vm1.Uuid}) is not on h1 any more: it left to h2 ", output.ToString(), StringComparison.Ordinal);
                Assert.Contains("(h1-1-1): h1 has too much", output.ToString(), StringComparison.Ordinal);
                Assert.Contains("a person wanted it on h3: pre-flight: no way", output.ToString(), StringComparison.Ordinal);
            }

            await using var json = new StringWriter();
            Assert.Equal(ExitCodes.Ok, await new BarterCommands(_agent.Socket, isJson: true, json).WhyAsync("vm1", TestContext.Current.CancellationToken));
            Assert.Contains("\"left\":{", json.ToString(), StringComparison.Ordinal);
            Assert.Contains("\"outcome\":\"settled\"", json.ToString(), StringComparison.Ordinal);

            var unknown = await Assert.ThrowsAsync<ControlException>(
                () => new BarterCommands(_agent.Socket, isJson: false, TextWriter.Null).WhyAsync("nobody", TestContext.Current.CancellationToken));
            Assert.Equal(ExitCodes.Refused, unknown.ExitCode);
            Assert.Equal("No VM 'nobody' runs on h1, and its journal tells of none; ask its own host (`actormig vm where nobody`).", unknown.Message);

            await using var story = new StringWriter();
            Assert.Equal(ExitCodes.Ok, await new BarterCommands(_agent.Socket, isJson: false, story).ShowAsync("h1-1-1", TestContext.Current.CancellationToken));
            Assert.Contains("h1-1-1: offered vm1 to h2 (migrate): h1 has too much", story.ToString(), StringComparison.Ordinal);
            Assert.Contains("h1-1-1: came to 300.0 Mbit/s here and 90.0 Mbit/s on h2; was to come to 300.0 Mbit/s here and 100.0 Mbit/s on h2: off by 3 %", story.ToString(), StringComparison.Ordinal);
            var none = await Assert.ThrowsAsync<ControlException>(
                () => new BarterCommands(_agent.Socket, isJson: false, TextWriter.Null).ShowAsync("h1-1-11", TestContext.Current.CancellationToken));
            Assert.Equal((ExitCodes.Refused, true), (none.ExitCode, none.Message.StartsWith("The journal of h1 tells of no barter h1-1-11, ", StringComparison.Ordinal)));
            return 0;
        });
    }

    /// <summary>However many rounds have passed since, a barter and what it came to are told; and it says how far back rounds were looked at.</summary>
    [Fact]
    public async Task What_is_rare_is_found_behind_many_rounds_and_it_says_how_far_it_has_looked()
    {
        await _agent.RunAsync(async client => await client.StatusAsync(TestContext.Current.CancellationToken));
        await WriteAsync(rounds: 30_000);
        await _agent.RunAsync(async _ =>
        {
            await using var output = new StringWriter();
            Assert.Equal(ExitCodes.Ok, await new BarterCommands(_agent.Socket, isJson: false, output).WhyAsync("vm1", TestContext.Current.CancellationToken));
            Assert.Contains("    it came to 300.0 Mbit/s here and 90.0 Mbit/s on h2; threshold predicted ", output.ToString(), StringComparison.Ordinal);
            Assert.Contains("a person wanted it on h3: pre-flight: no way", output.ToString(), StringComparison.Ordinal);
            Assert.Contains("Of rounds the newest 5,000 were looked at, those since ", output.ToString(), StringComparison.Ordinal);

            await using var json = new StringWriter();
            Assert.Equal(ExitCodes.Ok, await new BarterCommands(_agent.Socket, isJson: true, json).WhyAsync("vm1", TestContext.Current.CancellationToken));
            Assert.Contains("\"lookedBack\":[{\"what\":\"rounds\",\"newest\":5000,\"sinceWallMs\":", json.ToString(), StringComparison.Ordinal);
            return 0;
        });
    }

    private async Task WriteAsync(int rounds = 0)
    {
        var leg = new Leg(1, Vm1, "h1", "h2");
        await using var journal = SqliteJournal.Open(
            new JournalOptions { Path = _folder.File("data/journal.db"), BallastBytes = 1 << 20 }, Wire.Events(), Wire.Records());
        await journal.WriteAsync("barter", 1,
        [
            new BarterOffered("h1-1-1", 1, 1, "h2", BarterKind.Migrate, Vm1, "threshold", "h1 has too much"),
            new BarterConfirmed("h1-1-1", 1, [leg], "fine"),
            new LegBegan("h1-1-1", 1),
            new LegEnded("h1-1-1", 1, LegOutcome.Completed, "done", 1),
            new VmLeft(Vm1.Uuid, Vm1.Name),
            new BarterEnded("h1-1-1", BarterOutcome.Settled, null, "vm1 runs on h2"),
        ]);
        journal.Add(new StateMeasured("h1-1-1", "threshold", "threshold", "h2", 300e6, 100e6, 300e6, 90e6, 10.0 / 300));
        journal.Add(new MoveRefused("vm1", "h3", Refusal.PreFlight, "no way"));
        for (var round = 1; round <= rounds; round++)
        {
            journal.Add(new RoundDecided(round, "threshold", "calm", null, "all is well"));
            if (round % 1_000 == 0)
            {
                // No more wait than the writer takes.
                await journal.WriteAsync("test", round / 1_000, [new VmLeft("nobody", "nobody")]);
            }
        }
    }
}
