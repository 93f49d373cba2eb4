using System.Diagnostics;
using ActorMig.Agent.Edges;
using ActorMig.Edges;
using ActorMig.HypervisorRows;
using ActorMig.Lab;
using ActorMig.Simulation;
using LibvirtSharp;
using DomainState = ActorMig.Edges.DomainState;

namespace ActorMig.LabTests;

/// <summary>The lab's two real daemons, and vm1.</summary>
internal sealed class RealPair : IHypervisorPair, IAsyncDisposable
{
    private const string Namesake = "<domain type='qemu'><name>vm1</name><uuid>77770000-0000-4000-8000-000000000999</uuid><memory>1024</memory><os><type arch='x86_64'>hvm</type></os></domain>";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly Lab.Lab _lab;
    private readonly LabGuest _guest;
    private readonly RealSide[] _sides;
    private readonly List<RealCall> _calls = [];

    private RealPair(Lab.Lab lab)
    {
        _lab = lab;
        _guest = lab.Guests[0];
        _sides = [new RealSide(lab.Hosts[0], _guest), new RealSide(lab.Hosts[1], _guest)];
    }

    public IReadOnlyList<int> Iterations => [.. _sides[0].All.OfType<MigrationIterationEvent>().Where(e => e.Uuid == _guest.Uuid).Select(e => e.Iteration)];

    public int CompletedJobs => _sides[0].All.OfType<JobCompletedEvent>().Count();

    /// <summary>Both daemons up and vm1 on h1, whatever was before.</summary>
    public static async Task<RealPair> MakeAsync(Lab.Lab lab)
    {
        var pair = new RealPair(lab);
        await pair.HealAsync();

        // As if it had never moved: else libvirt goes on to say that it runs because it has migrated.
        lab.Hosts[0].Virsh("suspend", pair._guest.Name);
        lab.Hosts[0].Virsh("resume", pair._guest.Name);
        foreach (var side in pair._sides)
        {
            side.Connect();
        }

        return pair;
    }

    public DomainLook Look(Side side) => Of(side).Look();

    public string State(Side side) => Of(side).State().InWords();

    public bool IsAutostart(Side side) => Of(side).Ask(d => d.IsAutostart, false);

    public IReadOnlyList<string> Events(Side side) => [.. Of(side).All.OfType<DomainLifecycleEvent>().Where(e => e.Uuid == _guest.Uuid).Select(e => e.InWords())];

    public ICall Migrate(MigrateOptions options)
    {
        var (from, to) = (_lab.Hosts[0], _lab.Hosts[1]);
        var call = new RealCall(Task.Factory.StartNew(
            () =>
            {
                using var own = LibvirtConnection.Open(from.LibvirtUri);
                using var domain = own.FindByUuid(_guest.Uuid)!;
                domain.MigrateToUri($"qemu+tcp://{to.Address}/system", Parameters(options, to), Flags(options));
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        _calls.Add(call);
        return call;
    }

    public async Task MigrateAndKillCallerAsync(MigrateOptions options)
    {
        var to = _lab.Hosts[1];
        using var caller = Shell.Start(
            "/dev/null", "virsh", "-c", _lab.Hosts[0].LibvirtUri, "migrate", "--live", "--p2p", "--postcopy", "--abort-on-error",
            "--bandwidth", FormattableString.Invariant($"{options.BandwidthMiBPerSecond}"), _guest.Name, $"qemu+tcp://{to.Address}/system", $"tcp://{to.Address}");
        await UntilAsync(() => Iterations.Count > 0, "pre-copy has begun");
        caller.Kill();
        await caller.WaitForExitAsync();
    }

    public Task WriteAsync() => _guest.DirtyAsync(12, "a");

    public Task BeatsThereAsync() => Hearts.LiveAsync(_lab, _guest, Heartbeats.NowMs + 1_500);

    public async Task<LibvirtError?> AskAsync(Side side, Verb verb)
    {
        // On a thread and a connection of its own, as it may take half a minute.
        var host = _lab.Hosts[(int)side];
        try
        {
            await Task.Factory.StartNew(() => Ask(host, verb), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Limit);
            return null;
        }
        catch (LibvirtException e)
        {
            return RealCall.Translate(e);
        }
    }

    public async Task DoAsync(Side side, Fault fault)
    {
        var host = _lab.Hosts[(int)side];
        var uplink = (string[])["-n", LabNames.Namespace("h1"), "link", "set", "up0"];
        switch (fault)
        {
            case Fault.KillDaemon:
                host.KillLibvirtd();

                // What held a moment open holds nothing any more.
                Of(side).SignalProcess(Continue);
                break;
            case Fault.StartDaemon:
                await host.RestartLibvirtdAsync();
                Of(side).Connect();
                break;
            case Fault.HangDaemon or Fault.ContinueDaemon:
                foreach (var pid in fault == Fault.HangDaemon ? host.LibvirtdPids : Of(side).DaemonIds)
                {
                    Signals.Send(pid, fault == Fault.HangDaemon ? Stop : Continue);
                }

                break;
            case Fault.KillProcess:
                Of(side).SignalProcess(Signals.Kill);
                break;
            case Fault.CutLink or Fault.HealLink:
                Shell.Run("ip", [.. uplink, fault == Fault.CutLink ? "down" : "up"]);
                break;
            case Fault.BreakStream:
                Shell.Run("ip", "netns", "exec", LabNames.Namespace("h1"), "ss", "-K", "dst", _lab.Hosts[1].Address, "dport", "ge", "49152");
                break;
        }
    }

    public async Task HoldAtAsync(Moment moment)
    {
        switch (moment)
        {
            case Moment.SwitchedNotAsked:
                await DoAsync(Side.Destination, Fault.HangDaemon);
                await UntilAsync(() => Of(Side.Source).Ask(d => d.StartPostCopy()), "post-copy is accepted");
                await UntilAsync(() => State(Side.Source) == "paused (post-copy)", "the source is paused");

                // The call that asks the destination is on its way.
                await Task.Delay(300);
                break;
            case Moment.ConvergedNotAsked:
                await DoAsync(Side.Destination, Fault.HangDaemon);
                Of(Side.Source).Ask(d => d.SetMaxSpeed(1_000));
                await UntilAsync(() => State(Side.Source) == "paused (migration)", "the source is paused");
                await Task.Delay(300);
                break;
            case Moment.ConvergedNotRunning:
                // The daemon waits for a QEMU that does not answer.
                await HoldAtAsync(Moment.ConvergedNotAsked);
                Of(Side.Destination).SignalProcess(Stop);
                await DoAsync(Side.Destination, Fault.ContinueDaemon);
                await Task.Delay(500);
                break;
            default:
                throw new NotSupportedException($"{moment} cannot be held for real.");
        }
    }

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > Limit)
            {
                Assert.Fail($"In {Limit.TotalSeconds:0} s it did not come to pass that {what}.\n{Story()}");
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>libvirt's keepalive is one second here, and three of them may stay without an answer.</summary>
    public Task LinkTimeoutAsync() => Task.Delay(TimeSpan.FromSeconds(6));

    public string Story() => string.Join('\n', Enum.GetValues<Side>().Select(s => $"{s}: {string.Join(", ", Events(s))}; now {Of(s).Ask(_ => State(s), "unknown")}"))
        + string.Concat(_calls.Select(c => $"\ncall: {(c.IsOver ? c.Error?.ToString() ?? "well" : "lasts")}"))
        + $"\npasses: {string.Join(' ', Iterations)}, completed jobs: {CompletedJobs}";

    public async ValueTask DisposeAsync()
    {
        await HealAsync();
        foreach (var side in _sides)
        {
            side.Dispose();
        }
    }

    private const int Stop = 19;
    private const int Continue = 18;

    private static MigrateParameters Parameters(MigrateOptions options, LabHost to) => new()
    {
        MigrateUri = $"tcp://{to.Address}",
        BandwidthMiBPerSecond = options.BandwidthMiBPerSecond,
        PostcopyBandwidthMiBPerSecond = options.PostCopyBandwidthMiBPerSecond,
    };

    private static MigrateFlags Flags(MigrateOptions options) =>
        MigrateFlags.Live | MigrateFlags.Peer2Peer | MigrateFlags.AbortOnError
        | (options.IsPostCopy ? MigrateFlags.Postcopy : 0)
        | (options.PersistsDestination ? MigrateFlags.PersistDest : 0)
        | (options.UndefinesSource ? MigrateFlags.UndefineSource : 0)
        | (options.IsResume ? MigrateFlags.PostcopyResume : 0);

    private RealSide Of(Side side) => _sides[(int)side];

    private void Ask(LabHost host, Verb verb)
    {
        if (verb == Verb.DefineNamesake)
        {
            var xml = $"{LabNames.StateDir}/share/namesake.xml";
            File.WriteAllText(xml, Namesake);
            host.Virsh("define", xml);
            return;
        }

        using var own = LibvirtConnection.Open(host.LibvirtUri);
        using var domain = verb == Verb.UndefineNamesake ? own.FindByName(_guest.Name)! : own.FindByUuid(_guest.Uuid) ?? throw new InvalidOperationException("There is no vm1.");
        switch (verb)
        {
            case Verb.StartPostCopy:
                domain.StartPostCopy();
                break;
            case Verb.Abort:
                domain.AbortJob();
                break;
            case Verb.PausePostCopy:
                domain.AbortJob(AbortJobFlags.Postcopy);
                break;
            case Verb.Unlimit:
                domain.SetMaxSpeed(10_000, MaxSpeedFlags.Postcopy);
                domain.SetMaxSpeed(10_000);
                break;
            case Verb.Suspend:
                domain.Suspend();
                break;
            case Verb.Resume:
                domain.Resume();
                break;
            case Verb.Destroy:
                domain.Destroy();
                break;
            case Verb.Boot:
                domain.Start();
                break;
            case Verb.Undefine or Verb.UndefineNamesake:
                domain.Undefine();
                break;
            case Verb.SetAutostart:
                domain.IsAutostart = true;
                break;
        }
    }

    /// <summary>Everything whole again, and vm1 alone on h1: as it was, where that goes quickly, else booted anew.</summary>
    private async Task HealAsync()
    {
        await DoAsync(Side.Source, Fault.HealLink);
        foreach (var side in Enum.GetValues<Side>())
        {
            var host = _lab.Hosts[(int)side];
            Of(side).SignalProcess(Continue);
            await DoAsync(side, Fault.ContinueDaemon);
            if (host.LibvirtdPids.Count == 0)
            {
                await host.RestartLibvirtdAsync();
            }
        }

        var (h1, h2) = (_lab.Hosts[0], _lab.Hosts[1]);
        if (h2.TryVirsh("domuuid", _guest.Name) is (0, var uuid) && uuid.Trim() != _guest.Uuid)
        {
            h2.Virsh("undefine", _guest.Name);
        }

        if (!await IsBroughtHomeAsync())
        {
            // Its processes first: libvirt's calls would wait for a job that has lost its other half.
            foreach (var side in _sides)
            {
                side.SignalProcess(Signals.Kill);
            }

            // And a job whose process is gone can stay for as long as its daemon lives.
            foreach (var host in _lab.Hosts)
            {
                await host.ReplaceLibvirtdAsync();
            }

            await UntilAsync(() => _sides.All(s => s.ProcessIds.Count == 0) && _calls.All(c => c.IsOver), "vm1 ends");
            await _guest.BootAnewAsync(_lab.Hosts, h1);
        }

        h2.TryVirsh("undefine", _guest.Name);
        h1.Virsh("autostart", "--disable", _guest.Name);
        h1.Virsh("migrate-setspeed", _guest.Name, "100000");
        await _lab.WaitForGuestsAsync(Limit);
    }

    /// <summary>
    /// What still moves ends, or is cancelled; what has arrived is sent back. False if it is not as simple as that, or the guest has booted again by a row's own
    /// words: the numbers on its disk would be of two boots.
    /// </summary>
    private async Task<bool> IsBroughtHomeAsync()
    {
        var (h1, h2) = (_lab.Hosts[0], _lab.Hosts[1]);
        if (!_guest.IsUp || !_guest.HasWholeDisk)
        {
            return false;
        }

        switch (_lab.Where(_guest).Select(w => $"{w.Host} {w.State}").ToArray())
        {
            case ["h1 running (postcopy-failed)"] or ["h2 running (postcopy-failed)"]:
                return false;
            case [var a, var b] when a.StartsWith("h1 running", StringComparison.Ordinal) && b.StartsWith("h2 paused", StringComparison.Ordinal):
                h1.TryVirsh("domjobabort", _guest.Name);
                break;
            case ["h1 paused (post-copy)", "h2 running (post-copy)"]:
                h1.TryVirsh("migrate-setspeed", "--postcopy", _guest.Name, "100000");
                break;
        }

        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(5); await Task.Delay(50))
        {
            switch (_lab.Where(_guest))
            {
                case [{ Host: "h1", State: var state }] when state.StartsWith("running", StringComparison.Ordinal) && _calls.All(c => c.IsOver):
                    return h1.Virsh("domjobinfo", _guest.Name).Contains("None", StringComparison.Ordinal)
                        && h1.Virsh("dominfo", _guest.Name).Replace(" ", "", StringComparison.Ordinal).Contains("Persistent:yes", StringComparison.Ordinal);
                case [{ Host: "h2", State: "running (migrated)" }] when _calls.All(c => c.IsOver):
                    // Paused and resumed, it does not say any more where it came from.
                    string[] home = ["migrate", "--live", "--p2p", "--persistent", _guest.Name, $"qemu+tcp://{h1.Address}/system", $"tcp://{h1.Address}"];
                    return h2.TryVirsh(home).Code == 0 && h1.TryVirsh("suspend", _guest.Name).Code == 0 && h1.TryVirsh("resume", _guest.Name).Code == 0;
                case []:
                    return false;
            }
        }

        return false;
    }
}
