using ActorMig.Edges;
using ActorMig.HypervisorRows;

namespace ActorMig.Simulation.Tests;

/// <summary>Two simulated hosts and a guest, as the lab has them. After each step it is looked at where the guest's CPUs run: never on both.</summary>
internal sealed class SimPair : IHypervisorPair
{
    private const double MiB = 1 << 20;
    private const long LimitMs = 200_000;

    /// <summary>As in the lab's configuration: a second, and three that may stay without an answer.</summary>
    private const long KeepaliveMs = 4_000;

    private readonly SimWorld _world = new(1);
    private readonly SimGuest _guest;
    private readonly List<string>[] _events = [[], []];
    private readonly List<int> _iterations = [];
    private readonly List<SimCall> _calls = [];
    private bool _isStarting;

    public SimPair()
    {
        foreach (var (number, name) in new[] { (0, "h1"), (1, "h2") })
        {
            var hypervisor = _world.AddHost(new ActorMigOptions { HostName = name, MemoryTotalBytes = 2L << 30 }).Hypervisor;
            hypervisor.KeepaliveMs = KeepaliveMs;
            hypervisor.LocksDisks = true;
            hypervisor.Told = (domain, @event) =>
            {
                if (!_isStarting && domain.Guest == _guest)
                {
                    _events[number].Add(@event);
                }
            };
        }

        Of(Side.Source).IterationTold = (_, n) => _iterations.Add(n);
        Of(Side.Source).CompletionTold = _ => CompletedJobs++;
        _guest = _world.AddGuest("h1", "vm1", (long)(96 * MiB));
        _guest.DirtyBytePerSecond = 2 * MiB;
        _events[0].Clear();
    }

    public IReadOnlyList<int> Iterations => _iterations;

    public int CompletedJobs { get; private set; }

    /// <summary>True if libvirt itself, in this row, lets the guest run on both.</summary>
    public bool MayRunTwice { get; init; }

    public DomainLook Look(Side side)
    {
        Assert.True(Of(side).IsDaemonUp, "A dead daemon shows nothing.");
        return Of(side).Find(_guest.Uuid) is { } d
            ? new DomainLook(d.State, d.Reason, d.Job, null, d.IsPersistent, 0)
            : new DomainLook(DomainState.Absent, StateReason.None, DomainJob.None, null, false, 0);
    }

    public string State(Side side) => Look(side).InWords();

    public bool IsAutostart(Side side) => Of(side).Find(_guest.Uuid) is { IsAutostart: true };

    public IReadOnlyList<string> Events(Side side) => _events[(int)side];

    public ICall Migrate(MigrateOptions options)
    {
        var call = new SimCall();
        _calls.Add(call);
        Of(Side.Source).Migrate(_guest.Uuid, Of(Side.Destination), options, call.Return);
        return call;
    }

    public async Task MigrateAndKillCallerAsync(MigrateOptions options)
    {
        // Nobody listens any more.
        Of(Side.Source).Migrate(_guest.Uuid, Of(Side.Destination), options, _ => { });
        await UntilAsync(() => _iterations.Count > 0, "pre-copy has begun");
    }

    /// <summary>The guest writes all the time.</summary>
    public Task WriteAsync() => Task.CompletedTask;

    public Task BeatsThereAsync()
    {
        Pass(1_500);
        return Task.CompletedTask;
    }

    public Task<LibvirtError?> AskAsync(Side side, Verb verb)
    {
        var (libvirt, uuid) = (Of(side), _guest.Uuid);
        var answer = verb switch
        {
            Verb.StartPostCopy => libvirt.StartPostCopy(uuid),
            Verb.Abort => libvirt.AbortJob(uuid),
            Verb.PausePostCopy => libvirt.AbortJob(uuid, isPostCopy: true),
            Verb.Unlimit => libvirt.SetMaxSpeed(uuid, 0, isPostCopy: true) ?? libvirt.SetMaxSpeed(uuid, 0),
            Verb.Suspend => libvirt.Suspend(uuid),
            Verb.Resume => libvirt.Resume(uuid),
            Verb.Destroy => libvirt.Destroy(uuid),
            Verb.Boot => libvirt.Boot(_guest),
            Verb.Undefine => libvirt.Undefine(uuid),
            Verb.SetAutostart => libvirt.SetAutostart(uuid, true),
            Verb.DefineNamesake => Define(libvirt),
            Verb.UndefineNamesake => libvirt.Undefine(new SimGuest(_world.Time, "vm1", 1, "another").Uuid),
            _ => throw new ArgumentOutOfRangeException(nameof(verb)),
        };
        Pass(1);
        return Task.FromResult(answer);
    }

    public Task DoAsync(Side side, Fault fault)
    {
        switch (fault)
        {
            case Fault.KillDaemon:
                Of(side).KillDaemon();
                break;
            case Fault.StartDaemon:
                _isStarting = true;
                Of(side).StartDaemon();
                _isStarting = false;
                break;
            case Fault.HangDaemon:
                Of(side).HangDaemon();
                break;
            case Fault.ContinueDaemon:
                Of(side).ContinueDaemon();
                break;
            case Fault.KillProcess:
                Of(side).Crash(_guest.Uuid);
                break;
            case Fault.CutLink:
                _world.Network.Cuts.Add(("h1", "h2"));
                _world.Network.Cuts.Add(("h2", "h1"));
                break;
            case Fault.HealLink:
                _world.Network.Cuts.Clear();
                break;
            case Fault.BreakStream:
                Of(side).BreakStream(_guest.Uuid);
                break;
        }

        Pass(1);
        return Task.CompletedTask;
    }

    public async Task HoldAtAsync(Moment moment)
    {
        switch (moment)
        {
            case Moment.SwitchedNotAsked:
                Of(Side.Destination).HangDaemon();
                await UntilAsync(() => Of(Side.Source).StartPostCopy(_guest.Uuid) is null, "post-copy is accepted");
                await UntilAsync(() => State(Side.Source) == "paused (post-copy)", "the source is paused");
                break;
            case Moment.ConvergedNotAsked:
                Of(Side.Destination).HangDaemon();
                Of(Side.Source).SetMaxSpeed(_guest.Uuid, 0);
                await UntilAsync(() => State(Side.Source) == "paused (migration)", "the source is paused");
                Pass(300);
                break;
            case Moment.ConvergedNotRunning:
                await ConvergeUntilAsync(() => Phase == SimMigrationPhase.Finishing);
                break;
            case Moment.ConvergedRunning:
                await ConvergeUntilAsync(() => State(Side.Destination) == "running (migrated)");
                break;
            case Moment.Confirming:
                await ConvergeUntilAsync(() => State(Side.Destination) == "running (migrated)");

                // The source has heard of it, and its process still lives.
                Pass(3);
                Assert.Equal(SimMigrationPhase.Confirming, Phase);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(moment));
        }
    }

    public Task UntilAsync(Func<bool> condition, string what)
    {
        for (var untilMs = _world.Time.NowMs + LimitMs; !condition(); Pass(1))
        {
            Assert.True(_world.Time.NowMs < untilMs, $"In {LimitMs / 1_000} s it did not come to pass that {what}.\n{Story()}");
        }

        return Task.CompletedTask;
    }

    public Task LinkTimeoutAsync()
    {
        Pass(KeepaliveMs + 2_000);
        return Task.CompletedTask;
    }

    private string Story() => string.Join('\n', Enum.GetValues<Side>().Select(s => $"{s}: {string.Join(", ", Events(s))}; now {Of(s).Find(_guest.Uuid)?.State} {Of(s).Find(_guest.Uuid)?.Reason}"))
        + string.Concat(_calls.Select(c => $"\ncall: {(c.IsOver ? c.Error?.ToString() ?? "well" : "lasts")}"));

    private SimMigrationPhase? Phase => Of(Side.Source).Find(_guest.Uuid)?.Phase;

    private async Task ConvergeUntilAsync(Func<bool> condition)
    {
        Of(Side.Source).SetMaxSpeed(_guest.Uuid, 0);
        await UntilAsync(condition, "the moment has come");
    }

    private LibvirtError? Define(SimHypervisor libvirt)
    {
        libvirt.Define(new SimGuest(_world.Time, "vm1", 1, "another"));
        return null;
    }

    private SimHypervisor Of(Side side) => _world.Hosts[side == Side.Source ? "h1" : "h2"].Hypervisor;

    private void Pass(long durationMs)
    {
        for (var i = 0; i < durationMs; i++)
        {
            _world.Time.Run(1);
            Assert.True(MayRunTwice || _world.WhereRuns("vm1").Count <= 1, $"It runs on both.\n{Story()}");
        }
    }
}
