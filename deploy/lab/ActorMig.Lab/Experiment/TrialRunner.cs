using System.Diagnostics;
using LibvirtSharp;

namespace ActorMig.Lab.Experiment;

/// <summary>Makes one migration: waits until all is at rest, looks at the calm guest, migrates it, measures, and sees whether the guest is well.</summary>
internal sealed class TrialRunner(Lab lab, LibvirtWatch watch, Mover mover)
{
    private const int AfterMs = 1_000;

    /// <summary>For how long after the switch a gap counts as its: pages that the guest asks for first come in that time.</summary>
    private const int SwitchAfterMs = 1_000;
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(30);

    /// <summary>A first migration in a cell, which counts nowhere: it shows how long a pass takes, and both hosts have seen the guest.</summary>
    public async Task<PassTime> TryOutAsync(CellGuest guest, CancellationToken cancellation)
    {
        var mode = Competitor.All.First(m => m.Name == Competitor.VirshPostCopy);
        var trial = await RunAsync(guest, mode, "", 0, isBack: false, new PassTime(0), 0, cancellation);
        var back = await RunAsync(guest, mode, "", 0, isBack: true, new PassTime(0), 0, cancellation);
        return (trial.Problem ?? back.Problem) is { } problem
            ? throw new InvalidOperationException($"The first migration failed: {problem}")
            : new PassTime((((trial.PassDoneMs - trial.JobBeganMs) ?? trial.WallMs) + ((back.PassDoneMs - back.JobBeganMs) ?? back.WallMs)) / 2);
    }

    /// <summary>True if the guest is not on the first host.</summary>
    public bool IsAway(CellGuest guest) => lab.Where(guest.Guest) is [var only] && only.Host != lab.Hosts[0].Name;

    /// <summary>One migration.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="mode">How.</param>
    /// <param name="cell">The cell's name.</param>
    /// <param name="block">The block.</param>
    /// <param name="isBack">True from h2 to h1.</param>
    /// <param name="pass">How long a pass takes here.</param>
    /// <param name="calmSpanMs">For how long the guest is looked at before.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Trial> RunAsync(
        CellGuest guest, Competitor mode, string cell, int block, bool isBack, PassTime pass, long calmSpanMs, CancellationToken cancellation)
    {
        var (from, to) = isBack ? (lab.Hosts[1], lab.Hosts[0]) : (lab.Hosts[0], lab.Hosts[1]);
        await RestAsync(guest.Guest, cancellation);
        var before = await guest.CountAsync();
        var calmFromMs = Heartbeats.NowMs;
        await Task.Delay((int)calmSpanMs, cancellation);
        var calmGapMs = calmSpanMs > 0 ? lab.Heartbeats!.LongestGapMs(guest.Guest, calmFromMs, Heartbeats.NowMs) : null;
        var counts = await guest.CountAsync();
        var (dirty, work) = counts.Since(before);

        var (agentsCpu, ownCpu) = (AgentsCpu(), Environment.CpuUsage.TotalTime);
        var moved = await mover.MoveAsync(mode, guest.Guest, from, to, pass, cancellation);
        (agentsCpu, ownCpu) = (AgentsCpu() - agentsCpu, Environment.CpuUsage.TotalTime - ownCpu);
        await Task.Delay(AfterMs, cancellation);
        var gap = lab.Heartbeats!.LongestGap(guest.Guest, moved.BeganMs, moved.EndMs + AfterMs);
        var loss = await guest.LossAsync(moved.Problem is null ? to.Name : from.Name);
        var told = watch.Since(moved.BeganMs);
        long? At(Func<Told, bool> isIt) => told.FirstOrDefault(isIt) is { } first ? first.AtMs - moved.BeganMs : null;
        bool Is(Told t, LabHost host, LifecycleEventType type) => t.Host == host.Name && t.Event is DomainLifecycleEvent e && e.Type == type;
        var (stoppedMs, resumedMs) = (At(t => Is(t, from, LifecycleEventType.Suspended)), At(t => Is(t, to, LifecycleEventType.Resumed)));
        var switchGap = stoppedMs is { } stopped && resumedMs is { } resumed
            ? lab.Heartbeats!.LongestGap(guest.Guest, moved.BeganMs + stopped, moved.BeganMs + resumed + SwitchAfterMs)
            : null;
        var job = told.Where(t => t.Host == from.Name).Select(t => t.Event).OfType<JobCompletedEvent>().LastOrDefault()?.Job;
        return new Trial
        {
            Cell = cell,
            Mode = mode.Name,
            Block = block,
            From = from.Name,
            BeganMs = moved.BeganMs,
            WallMs = moved.EndMs - moved.BeganMs,
            TotalMs = job?.TimeElapsedMs,
            DowntimeMs = job?.DowntimeMs,
            Bytes = job?.DataProcessedBytes,
            Passes = job?.MemoryIteration,
            PostCopyRequests = job?.MemoryPostcopyRequests,
            InUseBytes = counts.InUseBytes,
            GapMs = gap?.LengthMs,
            GapAtMs = gap?.BeganMs - moved.BeganMs,
            SwitchGapMs = switchGap?.LengthMs,
            CalmGapMs = calmGapMs,
            CalmSpanMs = calmSpanMs,
            DirtyMiBPerSecond = dirty,
            WorkPerSecond = work,
            JobBeganMs = At(t => t.Event is MigrationIterationEvent { Iteration: 1 }),
            PassDoneMs = At(t => t.Event is MigrationIterationEvent { Iteration: 2 }),
            SwitchDecidedMs = moved.SwitchDecidedMs - moved.BeganMs,
            StoppedMs = stoppedMs,
            ResumedMs = resumedMs,
            AgentsCpuMs = agentsCpu.TotalMilliseconds,
            OwnCpuMs = ownCpu.TotalMilliseconds,
            WasSuspended = told.Any(t => Is(t, from, LifecycleEventType.Suspended) && t.Event is DomainLifecycleEvent { Detail: (int)SuspendedDetail.Paused }),
            Problem = moved.Problem ?? loss,
            IsLost = loss is not null,
        };
    }

    private TimeSpan AgentsCpu() => lab.Hosts.Aggregate(TimeSpan.Zero, (sum, h) => sum + (h.AgentCpu ?? TimeSpan.Zero));

    /// <summary>Until the guest beats steadily and neither host has something under way.</summary>
    private async Task RestAsync(LabGuest guest, CancellationToken cancellation)
    {
        const int SteadyMs = 1_000;
        const int SteadyGapMs = 100;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < RestLimit;)
        {
            await Task.Delay(SteadyMs, cancellation);
            var nowMs = Heartbeats.NowMs;
            if (lab.Heartbeats!.LongestGapMs(guest, nowMs - SteadyMs, nowMs) is <= SteadyGapMs && nowMs - lab.Heartbeats.LastMs(guest) <= SteadyGapMs && AreHostsAtRest(guest))
            {
                return;
            }
        }
    }

    private bool AreHostsAtRest(LabGuest guest) =>
        lab.Where(guest).Count == 1
        && lab.Hosts.All(h => h.TryVirsh("domjobinfo", guest.Name) is var (code, said) && (code != 0 || said.Trim().EndsWith("None", StringComparison.Ordinal)));
}
