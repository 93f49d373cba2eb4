using System.Globalization;
using ActorMig.Actors.Tests;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Lab;
using ActorMig.Migrations;

namespace ActorMig.LabTests;

/// <summary>
/// Each phase of a migration and each fault, on real libvirt: struck when the journal shows the phase, which a bandwidth limit holds open. Afterwards every
/// guest that can be alive is alive exactly once, counters are whole, and no reservation is left. What came of each is appended to
/// <c>artifacts/phase-fault.txt</c>.
/// </summary>
public sealed class Faults(LabFixture fixture)
{
    /// <summary>A cut may last 40 s, and TCP waits about as long again before it tries once more.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(180);

    /// <summary>A full disk at the destination is among those of the cluster, and agents that are killed are those of <see cref="Crashes"/>.</summary>
    private static readonly (Phase Phase, Fault Fault)[] s_oneOfEachKind =
    [
        (Phase.PostCopy, Fault.SourceLibvirtd), (Phase.PostCopy, Fault.DestinationQemu), (Phase.PostCopy, Fault.CutFor5S),
    ];

    public enum Phase
    {
        Preparing,
        PreCopy,
        Switching,
        PostCopy,
    }

    public enum Fault
    {
        SourceAgent,
        DestinationAgent,
        SourceLibvirtd,
        DestinationLibvirtd,
        SourceQemu,
        DestinationQemu,
        CutFor5S,
        CutFor40S,
        DestinationFull,
    }

    [Theory]
    [MemberData(nameof(OneOfEachKind))]
    public Task One_of_each_kind(Phase phase, Fault fault) => StrikeAsync(phase, fault);

    /// <summary>And with libvirt's own keepalive, which hears of a cut after 30 s.</summary>
    [Theory]
    [Trait("kind", "matrix")]
    [MemberData(nameof(Others))]
    public async Task All_others(Phase phase, Fault fault, bool hasLongKeepalive)
    {
        if (!hasLongKeepalive)
        {
            await StrikeAsync(phase, fault);
            return;
        }

        await SetKeepaliveAsync((5, 5));
        try
        {
            await StrikeAsync(phase, fault, "keepalive 5 s x 5: ");
        }
        finally
        {
            await SetKeepaliveAsync((1, 3));
        }
    }

    /// <summary>And one that the commit draws: another with each change, the same wherever it is tested.</summary>
    public static TheoryData<Phase, Fault> OneOfEachKind()
    {
        var rest = All().Except(s_oneOfEachKind).ToList();
        var drawn = Repository.Commit() is { } commit ? int.Parse(commit[..6], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : 0;
        var data = new TheoryData<Phase, Fault>();
        foreach (var (phase, fault) in s_oneOfEachKind.Append(rest[drawn % rest.Count]))
        {
            data.Add(phase, fault);
        }

        return data;
    }

    public static TheoryData<Phase, Fault, bool> Others()
    {
        var data = new TheoryData<Phase, Fault, bool>();
        (Phase Phase, Fault Fault, bool HasLongKeepalive)[] all =
        [
            .. All().Except(s_oneOfEachKind).Select(c => (c.Phase, c.Fault, false)),
            (Phase.PostCopy, Fault.CutFor40S, true), (Phase.PreCopy, Fault.CutFor5S, true),
        ];
        foreach (var (phase, fault, hasLongKeepalive) in Shard.Of(all))
        {
            data.Add(phase, fault, hasLongKeepalive);
        }

        return data;
    }

    /// <summary>All but one: while a migration is prepared there is no QEMU at its destination.</summary>
    private static IEnumerable<(Phase Phase, Fault Fault)> All() =>
        from phase in Enum.GetValues<Phase>()
        from fault in Enum.GetValues<Fault>()
        where (phase, fault) != (Phase.Preparing, Fault.DestinationQemu)
        select (phase, fault);

    /// <summary>What may come of it; several where the fault strikes a moment that libvirt may have left already.</summary>
    private static LegOutcome[] Allowed(Phase phase, Fault fault) => (phase, fault) switch
    {
        (Phase.PostCopy, Fault.SourceQemu or Fault.DestinationQemu) => [LegOutcome.NeedsOperator, LegOutcome.Lost],
        (Phase.PostCopy, _) => [LegOutcome.Completed],
        (Phase.PreCopy, Fault.SourceAgent or Fault.DestinationAgent or Fault.DestinationFull) => [LegOutcome.Completed],
        (Phase.PreCopy, Fault.CutFor5S) => [LegOutcome.Completed, LegOutcome.Failed],

        // A guest whose process is killed has not been ended by its owner: how to start it again is said to a person.
        (Phase.Preparing or Phase.PreCopy, Fault.SourceQemu) => [LegOutcome.Gone, LegOutcome.Failed, LegOutcome.NeedsOperator],
        (Phase.PreCopy, _) => [LegOutcome.Failed],
        (Phase.Switching, Fault.SourceAgent or Fault.DestinationAgent or Fault.DestinationFull) => [LegOutcome.Completed],

        // Whose source was paused already when its daemon died has no job any more, and no proof that the destination never ran: S6 leaves it to a person.
        (Phase.Switching, Fault.SourceLibvirtd or Fault.DestinationLibvirtd or Fault.CutFor5S or Fault.CutFor40S) =>
            [LegOutcome.Completed, LegOutcome.Failed, LegOutcome.NeedsOperator],

        // The guest writes nothing here, so that libvirt may be through with it before a process can be killed; CheckAtRestAsync tells whether it was.
        (Phase.Switching, _) => [LegOutcome.Completed, LegOutcome.Gone, LegOutcome.Failed, LegOutcome.NeedsOperator, LegOutcome.Lost],

        // A daemon that dies just as it begins the process shows a paused guest without one for ever after (libvirt 9.0): nobody may destroy that on a guess.
        (Phase.Preparing, Fault.DestinationLibvirtd) => [LegOutcome.Completed, LegOutcome.Failed, LegOutcome.NeedsOperator],
        _ => [LegOutcome.Completed, LegOutcome.Failed],
    };

    private async Task StrikeAsync(Phase phase, Fault fault, string with = "")
    {
        var more = LabCase.HeldOpen + (fault == Fault.DestinationFull ? "\nactormig.journal { free-space-min = 4MiB, ballast = 8MiB }" : "");
        await using var one = await LabCase.StartAsync(fixture.Lab, more);
        if (fault == Fault.DestinationFull)
        {
            one.H2.KillAgent();
            one.H2.MountSmallDataDir(24);
            await one.RestartAsync(one.H2);
            await one.MeasuredAsync(one.H2);
        }

        try
        {
            await one.BeginMoveAsync(one.H1, "vm1", "h2");
            await one.UntilAsync(() => one.Log.Of<MigrationPrepared>().Any(), "it is prepared");
            await ReachAsync(one, phase);
            var isOver = one.Log.Migrations()[0].Settled is not null;
            Assert.True(!isOver || phase is Phase.Preparing or Phase.Switching, $"It was over before anything could strike.\n{one.Story()}");
            await StrikeAsync(one, fault);
            await one.UntilAsync(() => one.Log.Migrations()[0].Settled is not null && one.AreBartersOver(), "the migration and its barter have an end", EndLimit);
            await JudgeAsync(one, phase, fault, isOver, with);
        }
        finally
        {
            if (fault == Fault.DestinationFull)
            {
                one.H2.KillAgent();
                one.H2.UnmountSmallDataDir();
            }
        }
    }

    private async Task JudgeAsync(LabCase one, Phase phase, Fault fault, bool isOver, string with)
    {
        var settled = one.Log.Migrations()[0].Settled!;
        var where = fixture.Lab.Where(one.Vm(1));
        var line = $"{with}{phase} x {fault}: {Words.Of(settled.Outcome)}; vm1 {(where.Count == 0 ? "ended" : string.Join(", ", where.Select(w => $"{w.State} on {w.Host}")))}; {settled.Reason}";
        await File.AppendAllTextAsync(Path.Combine(Repository.Folder, "artifacts", "phase-fault.txt"), line + "\n");
        Assert.True(isOver || Allowed(phase, fault).Contains(settled.Outcome), $"{line}\n{one.Story()}");
        if (settled.Outcome == LegOutcome.NeedsOperator || fault is Fault.SourceQemu or Fault.DestinationQemu)
        {
            // What cannot be alive, or is a person's, is not seen to run on both; the other guests are looked at all the same.
            Assert.True(where.Count(w => w.State.StartsWith("running", StringComparison.Ordinal)) <= 1, $"{line}\n{one.Story()}");
            if (where is not [{ State: "running (booted)" or "running (migrated)" or "running (unpaused)" or "running (migration canceled)" }])
            {
                await one.BootVm1AnewAsync();
            }

            if (settled.Outcome == LegOutcome.NeedsOperator)
            {
                await one.UntilAsync(() => one.Log.Of<CaseOpened>().Any(c => c.Host == "h1"), "it is a case");
                await one.ResolveCasesAsync();
            }
        }

        await one.CheckAtRestAsync();
    }

    private static Task ReachAsync(LabCase one, Phase phase) => phase switch
    {
        Phase.Preparing => Task.CompletedTask,
        Phase.PreCopy => one.UntilAsync(() => one.Log.Of<ArrivalSeen>().Any(), "pre-copy has begun"),
        Phase.Switching => one.UntilAsync(() => one.Log.Of<SwitchIntended>().Any(), "the switch is intended"),
        _ => one.HoldPostCopyOpenAsync(),
    };

    private static async Task StrikeAsync(LabCase one, Fault fault)
    {
        switch (fault)
        {
            case Fault.SourceAgent or Fault.DestinationAgent:
                var agent = fault == Fault.SourceAgent ? one.H1 : one.H2;
                agent.KillAgent();
                await one.RestartAsync(agent);
                break;
            case Fault.SourceLibvirtd or Fault.DestinationLibvirtd:
                var daemon = fault == Fault.SourceLibvirtd ? one.H1 : one.H2;
                await daemon.ReplaceLibvirtdAsync();
                break;
            case Fault.SourceQemu or Fault.DestinationQemu:
                (fault == Fault.SourceQemu ? one.H1 : one.H2).KillQemu(one.Vm(1));
                break;
            case Fault.CutFor5S or Fault.CutFor40S:
                Lab.Lab.SetLink(isUp: false);
                try
                {
                    // The fault itself lasts so long: nothing is waited for.
                    await Task.Delay(TimeSpan.FromSeconds(fault == Fault.CutFor5S ? 5 : 40));
                }
                finally
                {
                    Lab.Lab.SetLink(isUp: true);
                }

                break;
            default:
                one.H2.FillDataDir(isFull: true);
                await one.UntilAsync(() => one.Log.Migrations()[0].Settled is not null, "the migration ends although the destination's disk is full");
                one.H2.FillDataDir(isFull: false);
                break;
        }
    }

    private async Task SetKeepaliveAsync((int IntervalS, int Count) keepalive)
    {
        foreach (var host in fixture.Lab.Hosts)
        {
            host.Keepalive = keepalive;
            await host.ReplaceLibvirtdAsync();
        }
    }
}
