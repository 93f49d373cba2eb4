using System.Globalization;
using ActorMig.Agent;
using ActorMig.Hosts;
using ActorMig.Lab;
using ActorMig.Vms;

namespace ActorMig.LabTests;

/// <summary>Who talks to whom, as the agents measure it with nftables on the lab's bridges, and as the guests themselves count what they send.</summary>
public sealed class TrafficTests(LabFixture fixture)
{
    /// <summary>Nothing moves, and each round has a rate of its own.</summary>
    private const string Measuring = """
        actormig { mode = observe, round { interval = 2s, smoothing = 1, jitter = 0 }, traffic.interval = 500ms }
        """;

    private const int FrameBytes = 1_442;
    private const int Rounds = 8;
    private const double Tolerance = 0.05;

    [Fact]
    public async Task Rates_of_pairs_are_what_the_guests_send()
    {
        await using var one = await LabCase.StartAsync(fixture.Lab, Measuring);
        var (vm1, vm2, vm3) = (one.Vm(1), one.Vm(2), one.Vm(3));

        // On one host, and from one to the other both ways.
        (LabHost Host, LabGuest From, LabGuest To, double MbitPerSecond)[] pairs = [(one.H1, vm1, vm2, 4), (one.H1, vm1, vm3, 2), (one.H2, vm3, vm1, 1)];
        try
        {
            foreach (var (_, from, to, mbit) in pairs)
            {
                await from.TellAsync(FormattableString.Invariant($"send {to.Address} {FrameBytes} {mbit * 1e6 / 8:0}"));
            }

            await one.UntilAsync(() => pairs.All(p => Partner(StatusOf(p.Host), p.From, p.To) is { SentBitPerSecond: > 0 }), "each agent knows with whom its guests talk");
            var before = await Task.WhenAll(pairs.Select(p => SentAsync(p.From, p.To)));
            var measured = pairs.Select(_ => new List<double>()).ToArray();
            var seen = pairs.Select(p => StatusOf(p.Host).Round).ToArray();
            await one.UntilAsync(
                () =>
                {
                    for (var i = 0; i < pairs.Length; i++)
                    {
                        var status = StatusOf(pairs[i].Host);
                        if (status.Round > seen[i] && Partner(status, pairs[i].From, pairs[i].To) is { } partner)
                        {
                            seen[i] = status.Round;
                            measured[i].Add(partner.SentBitPerSecond);
                        }
                    }

                    return measured.All(m => m.Count >= Rounds);
                },
                "both hosts have measured for some rounds");
            var after = await Task.WhenAll(pairs.Select(p => SentAsync(p.From, p.To)));
            for (var i = 0; i < pairs.Length; i++)
            {
                var sent = (after[i].Bytes - before[i].Bytes) * 8_000.0 / (after[i].AtMs - before[i].AtMs);
                var mean = measured[i].Average();
                var text = string.Create(CultureInfo.InvariantCulture, $"{pairs[i].From.Name} -> {pairs[i].To.Name}: sent {sent:0} bit/s, measured {mean:0} bit/s ({mean / sent - 1:+0.0%;-0.0%})");
                TestContext.Current.SendDiagnosticMessage(text);
                TestContext.Current.TestOutputHelper?.WriteLine(text);
                Assert.True(Math.Abs(mean - sent) <= Tolerance * sent, $"{text}\n{one.Story()}");
                Assert.InRange(sent, pairs[i].MbitPerSecond * 0.5e6, pairs[i].MbitPerSecond * 1.1e6);
            }

            // Whose frame it is is told once: on the host of who sends.
            var h1 = StatusOf(one.H1);
            Assert.Equal(("h1", "h2"), (Partner(h1, vm1, vm2)!.Host, Partner(h1, vm1, vm3)!.Host));
            Assert.Null(Partner(h1, vm1, vm3)!.HeardBitPerSecond);
            Assert.True(Partner(h1, vm2, vm1) is { HeardBitPerSecond: > 2e6 });
            Assert.Null(h1.TrafficUnseen);

            // The guests' hearts beat for somebody who is no VM.
            Assert.True(TrafficOf(h1, vm1)!.RoutedBitPerSecond > 0, one.Story());

            // What an operator sees of it.
            var shown = one.H1.Actormig(ExitCodes.Ok, "vm", "partners", "vm1");
            Assert.Matches(@"(?m)^VM +TALKS WITH +ON +SENDS +HEARS$", shown);
            Assert.Matches(@"(?m)^vm1 +vm2 +h1 +[0-9.]+ Mbit/s +[0-9.]+ Mbit/s$", shown);
            Assert.Matches(@"(?m)^vm1 +vm3 +h2 +[0-9.]+ Mbit/s +counted there$", shown);
            Assert.Matches(@"(?m)^traffic +vm1 -> vm2 [0-9.]+ Mbit/s, vm1 -> vm3 ", one.H1.Actormig(ExitCodes.Ok, "status"));
            Assert.Contains("No VM 'vm3' runs on h1", one.H1.Actormig(ExitCodes.Refused, "vm", "partners", "vm3"), StringComparison.Ordinal);
        }
        finally
        {
            await vm1.TellAsync("unsend");
            await vm3.TellAsync("unsend");
        }

        await one.CheckAtRestAsync();
    }

    private static HostStatus StatusOf(LabHost host) => LabCase.StatusAsync(host).GetAwaiter().GetResult();

    private static VmTraffic? TrafficOf(HostStatus status, LabGuest guest) => status.Barter.Vms.FirstOrDefault(v => v.Facts.Uuid == guest.Uuid)?.Traffic;

    private static Partner? Partner(HostStatus status, LabGuest from, LabGuest to) => TrafficOf(status, from)?.Partners.FirstOrDefault(p => p.Uuid == to.Uuid);

    private static async Task<(long AtMs, long Bytes)> SentAsync(LabGuest from, LabGuest to)
    {
        var answer = await from.AskAsync("sent " + to.Address, a => a.Split(' ').Length == 3);
        var numbers = answer.Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[2]);
    }
}
