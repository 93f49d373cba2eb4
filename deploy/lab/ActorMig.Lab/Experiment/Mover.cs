using System.Diagnostics;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Migrations;

namespace ActorMig.Lab.Experiment;

/// <summary>What came of a move.</summary>
/// <param name="BeganMs">When it was called: milliseconds since 1970.</param>
/// <param name="EndMs">When the call returned.</param>
/// <param name="SwitchDecidedMs">When ActorMig had decided to switch to post-copy.</param>
/// <param name="Problem">Why it failed; null if it did not.</param>
internal sealed record Moved(long BeganMs, long EndMs, long? SwitchDecidedMs, string? Problem);

/// <summary>Migrates the guest, as a person would: by a command to the agent, or with virsh.</summary>
internal sealed class Mover(LabLog log)
{
    private static readonly TimeSpan AcceptLimit = TimeSpan.FromSeconds(90);

    /// <summary>Longer than any migration that ends, however slow the machine.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(10);

    public Task<Moved> MoveAsync(Competitor mode, LabGuest guest, LabHost from, LabHost to, PassTime pass, CancellationToken cancellation) =>
        mode.Agent is { } way ? ByAgentAsync(way, guest, from, to, cancellation) : ByVirshAsync(mode.VirshOptions(pass), guest, from, to, cancellation);

    private async Task<Moved> ByAgentAsync(MigrationMode way, LabGuest guest, LabHost from, LabHost to, CancellationToken cancellation)
    {
        using var client = new ControlClient(from.Socket);
        var clock = Stopwatch.StartNew();
        long beganMs;
        MoveReply reply;
        while (true)
        {
            // An agent learns from libvirt that a guest has come; one that virsh brought was not announced.
            beganMs = Heartbeats.NowMs;
            reply = await client.MoveAsync(new MoveRequest(guest.Name, to.Name, way), cancellation);
            if (reply.IsAccepted || clock.Elapsed > AcceptLimit)
            {
                break;
            }

            await Task.Delay(200, cancellation);
        }

        if (!reply.IsAccepted)
        {
            return new Moved(beganMs, Heartbeats.NowMs, null, $"the agent of {from.Name} did not take it: {reply.Text}");
        }

        var migration = BarterIds.Migration(reply.Barter!, 1);
        while (clock.Elapsed < EndLimit)
        {
            if (log.Of<MigrationSettled>().FirstOrDefault(s => s.Message.Migration == migration && s.Host == from.Name) is { Message: { } settled } line)
            {
                var switchMs = log.Of<SwitchIntended>().Where(s => s.Message.Migration == migration).Select(s => (long?)s.WallMs).FirstOrDefault();
                return new Moved(beganMs, line.WallMs, switchMs, settled.Outcome == LegOutcome.Completed ? null : $"{Words.Of(settled.Outcome)}: {settled.Reason}");
            }

            if (log.Of<BarterEnded>().FirstOrDefault(b => b.Message.Barter == reply.Barter && b.Message.Outcome != BarterOutcome.Settled) is { Message: { } ended })
            {
                return new Moved(beganMs, Heartbeats.NowMs, null, $"{Words.Of(ended.Outcome)}: {ended.Reason}");
            }

            // When it ended, the journal says; looking often would only take from the guest what virsh leaves it.
            await Task.Delay(250, cancellation);
        }

        return new Moved(beganMs, Heartbeats.NowMs, null, $"it did not end in {EndLimit.TotalMinutes:0} minutes");
    }

    private static async Task<Moved> ByVirshAsync(string[] options, LabGuest guest, LabHost from, LabHost to, CancellationToken cancellation)
    {
        var beganMs = Heartbeats.NowMs;
        var virsh = Task.Run(
            () => from.TryVirsh(
                ["migrate", "--live", "--p2p", "--persistent", "--undefinesource", .. options, guest.Name, $"qemu+tcp://{to.Address}/system", $"tcp://{to.Address}"]),
            cancellation);
        if (await Task.WhenAny(virsh, Task.Delay(EndLimit, cancellation)) != virsh)
        {
            cancellation.ThrowIfCancellationRequested();
            from.TryVirsh("domjobabort", guest.Name);
        }

        var (code, output) = await virsh;
        return new Moved(beganMs, Heartbeats.NowMs, null, code == 0 ? null : $"virsh ended with {code}: {output.Trim()}");
    }
}
