using ActorMig.Agent.Commands;
using ActorMig.Agent.Control;
using ActorMig.Tests;

namespace ActorMig.Agent.Tests;

/// <summary>Two whole agents: what a person says to one of the other one's drain.</summary>
public sealed class RemoteDrainTests
{
    [Fact]
    public async Task A_host_is_drained_shown_and_filled_again_by_the_agent_of_another_one()
    {
        using var folder1 = new TestFolder();
        using var folder2 = new TestFolder();
        var (one, two) = (Agent(folder1, 74), Agent(folder2, 75));
        one.More = More("h1", "h2", two.Listen);
        two.More = More("h2", "h1", one.Listen);
        await one.RunAsync(async c1 =>
        {
            await two.RunAsync(async c2 =>
            {
                var began = await c1.DrainAsync(new DrainRequest("h2", null, "a new kernel"), TestContext.Current.CancellationToken);
                Assert.True(began.IsAccepted, began.Text);
                Assert.StartsWith("h2 is being emptied;", began.Text, StringComparison.Ordinal);
                var drain = (await c2.StatusAsync(TestContext.Current.CancellationToken)).Drain!;
                Assert.Equal(("h1", "a new kernel"), (drain.Began.Via!.Host, drain.Began.Why));
                Assert.Null((await c1.StatusAsync(TestContext.Current.CancellationToken)).Drain);
                var shown = await c1.ShowDrainAsync("h2", TestContext.Current.CancellationToken);
                Assert.Equal(drain.Began, shown.Drain!.Began);
                using (var text = new StringWriter())
                {
                    await new ClientCommands(two.Socket, isJson: false, text).StatusAsync(TestContext.Current.CancellationToken);
                    Assert.Matches("drain +by user [0-9]+ on h1 since .*: a new kernel; nothing has been looked at yet", text.ToString());
                }

                Assert.True((await c1.CancelDrainAsync("h2", TestContext.Current.CancellationToken)).IsAccepted);
                Assert.Null((await c1.ShowDrainAsync("h2", TestContext.Current.CancellationToken)).Drain);
                var said = new List<string>();
                await foreach (var entry in c2.JournalAsync(50, follow: false, TestContext.Current.CancellationToken))
                {
                    said.Add(JournalText.Of(entry));
                }

                Assert.Single(said, s => s.Contains(" on h1 drains this host: a new kernel", StringComparison.Ordinal));
                Assert.Single(said, s => s.Contains(" on h1 ended the drain of this host", StringComparison.Ordinal));
                return 0;
            });

            // Its agent is gone: a sentence, after a while, and an exit code of its own.
            var silent = await Assert.ThrowsAsync<ControlException>(() => c1.CancelDrainAsync("h2", TestContext.Current.CancellationToken));
            Assert.Equal(ExitCodes.NoAgent, silent.ExitCode);
            Assert.StartsWith("h2 has not answered in 6.0 s, and may have heard it or not; ", silent.Message, StringComparison.Ordinal);
            var unknown = await Assert.ThrowsAsync<ControlException>(() => c1.ShowDrainAsync("h9", TestContext.Current.CancellationToken));
            Assert.Equal((ExitCodes.Refused, "h9 is no member of the cluster, as far as h1 knows; `actormig cluster show` lists the members."), (unknown.ExitCode, unknown.Message));
            return 0;
        });
    }

    private static AgentUnderTest Agent(TestFolder folder, int lastByte) => new(folder) { Listen = $"127.0.0.{lastByte}:{FreePorts.Next($"127.0.0.{lastByte}")}" };

    private static string More(string name, string other, string address) => $$"""
        actormig {
          host-name = {{name}}
          barter { answer-timeout = 2s, answer-tries = 3 }
          members.{{other}} { address = "{{address}}", libvirt = "test:///default", data = "tcp://{{address.Split(':')[0]}}" }
        }
        """;
}
