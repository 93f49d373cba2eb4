namespace ActorMig.Simulation;

/// <summary>What happens from outside, in a few stable words: those with which a scenario says it.</summary>
public static class WorldEventText
{
    /// <summary>An event in words, such as <c>kill-agent h1</c>.</summary>
    /// <param name="event">The event.</param>
    public static string Of(WorldEvent @event) => @event switch
    {
        LoadSet e => $"load {e.Vm} = {Words.Rate(e.BitPerSecond)}",
        CpuLoadSet e => FormattableString.Invariant($"cpu {e.Vm} = {e.Cpus:0.00} CPUs"),
        MemoryUsedSet e => $"memory-used {e.Vm} = {Words.Memory(e.Bytes)}",
        DirtyRateSet e => $"dirty-rate {e.Vm} = {Words.Memory((long)e.BytePerSecond)} a second",
        AgentKilled e => $"kill-agent {e.Host}",
        AgentRestarted e => $"start-agent {e.Host}",
        AgentStopped e => $"stop-agent {e.Host}",
        AgentContinued e => $"continue-agent {e.Host}",
        LinkDelayed e => $"delay {e.From} to {e.To} by {Words.Duration(e.LateMs)}",
        LinkEchoed e => $"echo {e.From} to {e.To} after {Words.Duration(e.AfterMs)}",
        PowerLost e => $"power-loss {e.Host}",
        PowerBack e => $"power-back {e.Host}",
        LibvirtdKilled e => $"kill-libvirtd {e.Host}",
        LibvirtdRestarted e => $"start-libvirtd {e.Host}",
        QemuCrashed e => $"crash-qemu {e.Vm} on {e.Host}",
        StreamBroken e => $"break-stream {e.Vm}",
        LinkCut e => $"cut {e.From} to {e.To}",
        LinkHealed e => $"heal {e.From} to {e.To}",
        NetworkSet e => FormattableString.Invariant($"network: up to {e.LatencyMaxMs} ms, {e.LostPerMille} of 1000 lost, {e.RepeatedPerMille} repeated"),
        FinishLost e => $"lose-finish {e.Host}",
        DiskSlowed e => $"slow-disk {e.Host} = {Words.Duration(e.LatencyMs)}",
        DiskFilled e => $"fill-disk {e.Host}",
        DiskTightened e => $"tighten-disk {e.Host}",
        DiskFreed e => $"free-disk {e.Host}",
        JournalTorn e => $"tear-journal {e.Host}",
        LossAccepted e => $"accept-loss {e.Host}",
        WallClockSet e => $"wall-clock {e.Host} {(e.ErrorMs < 0 ? "-" : "+")}{Words.Duration(Math.Abs(e.ErrorMs))}",
        OwnerDefinedNamesake e => $"owner-defines-namesake {e.Vm} on {e.Host}",
        OwnerStarted e => $"owner-starts {e.Vm}",
        OwnerDestroyed e => $"owner-destroys {e.Vm}",
        OwnerShutDown e => $"owner-shuts-down {e.Vm}",
        OwnerDeleted e => $"owner-deletes {e.Vm}",
        OwnerPaused e => $"owner-pauses {e.Vm}",
        OwnerResumed e => $"owner-resumes {e.Vm}",
        OwnerMigrated e => $"owner-migrates {e.Vm} to {e.To}",
        OwnerAbortedJob e => $"owner-aborts-job {e.Vm}",
        DeviceAttached e => $"attach-device {e.Device} to {e.Vm}",
        DeviceDetached e => $"detach-device of {e.Vm}",
        BridgeRemoved e => $"remove-bridge {e.Bridge} of {e.Host}",
        BridgeAdded e => $"add-bridge {e.Bridge} to {e.Host}",
        MoveAsked e => $"migrate {e.Vm} to {e.To}",
        ResolveAsked e => $"resolve {e.Vm} = {e.RunsOn ?? "lost"}",
        FreezeAsked e => $"freeze {e.Host}{(e.ForMs is { } ms ? " for " + Words.Span(ms) : "")}",
        ThawAsked e => $"thaw {e.Host}",
        DrainAsked e => $"drain {e.Host}{(e.DeadlineMs is { } ms ? " within " + Words.Span(ms) : "")}",
        DrainEndAsked e => $"end-drain {e.Host}",
        OptionsSet e => $"configure {e.Host}",
        _ => throw new ArgumentOutOfRangeException(nameof(@event), @event.GetType().Name, "This event has no words yet."),
    };
}
