using ActorMig.Actors;
using ActorMig.Edges;
using ActorMig.Hosts;

namespace ActorMig.Simulation.Tests;

/// <summary>A libvirt that is connected and answers nothing: one guest's QEMU hangs, and whoever asks for all of them waits for it.</summary>
public sealed class SilentHypervisor : IActorObserver
{
    private const long RoundMs = 60_000;
    private readonly VirtualTime _time = new(1);
    private readonly List<(string Token, Action Answer)> _asked = [];
    private readonly List<string> _notes = [];
    private readonly VirtualActorSystem _system;
    private ActorRef _host = null!;
    private bool _hangs;
    private long _session = 1;

    public SilentHypervisor() => _system = new VirtualActorSystem(_time, new VirtualJournal(_time), this);

    [Fact]
    public void It_is_asked_once_and_said_once_and_what_it_says_late_counts_for_nothing()
    {
        Start();
        _time.Run(RoundMs * 11 / 2);
        Assert.Equal(10e6, Status().LoadBitPerSecond, 1e5);
        Assert.Null(Status().HypervisorSilent);
        var (asked, round) = (_asked.Count, Status().Round);

        _hangs = true;
        _time.Run(RoundMs);
        Assert.Empty(_notes);
        _time.Run(9 * RoundMs);
        Assert.Equal((asked + 1, round + 1), (_asked.Count, Status().Round));
        Assert.StartsWith("318 libvirt of h1 is connected and silent: for 1 min it has not told what runs here: a guest's QEMU hangs", Assert.Single(_notes), StringComparison.Ordinal);
        var status = Status();
        Assert.Null(status.HypervisorError);
        Assert.StartsWith("for 9 min ", status.HypervisorSilent, StringComparison.Ordinal);
        Assert.Contains("`virsh domstats VM`", status.HypervisorSilent, StringComparison.Ordinal);
        Assert.StartsWith("stale-view: h1 has not measured for 10 min ", status.Barter.Decision, StringComparison.Ordinal);

        // It began to count ten minutes ago and ended now: by that the guest would have sent ten times as much.
        _hangs = false;
        _asked[^1].Answer();
        _time.Run(RoundMs / 10);
        Assert.Equal(asked + 2, _asked.Count);
        Assert.Equal(10e6, Status().LoadBitPerSecond, 1e5);
        Assert.Null(Status().HypervisorSilent);
        Assert.StartsWith("319 libvirt of h1 tells again what runs, after ", Assert.Single(_notes.Skip(1)), StringComparison.Ordinal);
        _time.Run(3 * RoundMs);
        Assert.Equal((asked + 5, 2), (_asked.Count, _notes.Count));
        Assert.Equal(10e6, Status().LoadBitPerSecond, 1e5);
    }

    /// <summary>Inside of an agent nothing is told twice: a question that was lost must not be waited for for ever.</summary>
    [Fact]
    public void After_a_long_while_it_is_asked_once_more()
    {
        Start();
        _time.Run(RoundMs);
        var asked = _asked.Count;
        _hangs = true;
        _time.Run(60 * RoundMs);
        Assert.InRange(_asked.Count - asked, 3, 5);
        Assert.Single(_notes);
        _hangs = false;
        _asked[^1].Answer();
        _time.Run(2 * RoundMs);
        Assert.Equal(2, _notes.Count);
        Assert.Null(Status().HypervisorSilent);

        // The earlier ones are heard by nobody.
        foreach (var (_, answer) in _asked.Skip(asked).ToArray())
        {
            answer();
        }

        _time.Run(RoundMs / 2);
        Assert.Equal(10e6, Status().LoadBitPerSecond, 1e5);
    }

    [Fact]
    public void A_new_connection_is_asked_at_once()
    {
        Start();
        _time.Run(2 * RoundMs);
        _hangs = true;
        _time.Run(5 * RoundMs);
        var asked = _asked.Count;
        _hangs = false;
        _system.Tell(_host, new HypervisorLost("the connection to libvirt is closed (keepalive)"));
        Assert.Null(Status().HypervisorSilent);
        _session = 2;
        _system.Tell(_host, new HypervisorConnected(_session, 8L << 30, null));
        _time.Run(RoundMs / 10);
        Assert.Equal(asked + 1, _asked.Count);
        Assert.Equal((null, null), (Status().HypervisorError, Status().HypervisorSilent));

        // The old connection's answer is nobody's.
        _asked[asked - 1].Answer();
        _time.Run(3 * RoundMs);
        Assert.Equal(asked + 4, _asked.Count);
        Assert.Equal(10e6, Status().LoadBitPerSecond, 1e5);
    }

    /// <summary>The whole of it: with a swap that both hosts want, nothing is offered or granted by the host whose libvirt hangs, and afterwards it is.</summary>
    [Theory]
    [InlineData("h1")]
    [InlineData("h2")]
    public void No_barter_begins_on_old_loads_and_one_does_when_it_answers_again(string silent)
    {
        var world = Story.TwoHosts(7);
        Story.Loads(world, 50, 50, 40, 40);
        world.Start();
        world.Run(6 * 60_000);
        var hypervisor = world.Hosts[silent].Hypervisor;
        hypervisor.HangDaemon();
        Story.Loads(world, 300, 160, 200, 60);
        world.Run(30 * 60_000);
        Assert.DoesNotContain(world.Log, l => l.Contains("grants", StringComparison.Ordinal) || l.Contains($"{silent} offers", StringComparison.Ordinal));
        var status = Story.Status(world, world.Hosts[silent]);
        Assert.Equal((null, false), (status.HypervisorError, status.HypervisorSilent is null));
        Assert.Single(world.Notes, n => n.Contains($"{silent} note 318", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Notes, n => n.Contains("note 319", StringComparison.Ordinal));

        hypervisor.ContinueDaemon();
        world.Run(10 * 60_000);
        Assert.Single(world.Notes, n => n.Contains($"{silent} note 319", StringComparison.Ordinal));
        Assert.Contains(world.Log, l => l.Contains("grants", StringComparison.Ordinal));
        Assert.Equal(720e6, world.Hosts.Values.Sum(h => Story.Status(world, h).LoadBitPerSecond), 10e6);
        Assert.Empty(world.Violations);
    }

    void IActorObserver.Noted(ActorRef actor, int id, string text) => _notes.Add($"{id} {text}");

    void IActorObserver.Restarted(ActorRef actor, Exception cause, object message) => throw new InvalidOperationException(message.ToString(), cause);

    void IActorObserver.Failed(ActorRef actor, Exception cause) => throw new InvalidOperationException(actor.ToString(), cause);

    void IActorObserver.DeadLetter(ActorRef target, object message)
    {
    }

    private HostStatus Status()
    {
        HostStatus? status = null;
        _system.Tell(_host, new GetHostStatus(VirtualActorSystem.Listen("person", m => status = (HostStatus)m)));
        Assert.True(_time.RunUntil(() => status is not null, 1_000));
        return status!;
    }

    private void Start()
    {
        var hypervisor = VirtualActorSystem.Listen("hypervisor", message =>
        {
            switch (message)
            {
                case SubscribeHypervisor subscribe:
                    _system.Tell(subscribe.Subscriber, new HypervisorConnected(_session, 8L << 30, null));
                    break;
                case SampleDomains sample:
                    // The time is read before, the counters after libvirt has come back.
                    var (session, atMs) = (_session, _time.NowMs);
                    var vm = new DomainSample("u1", "vm1", DomainState.Running, StateReason.None, DomainJob.None, 1L << 30, 1, 0, 0, true, true, false);
                    void Answer() => _system.Tell(sample.ReplyTo, new DomainsSampled(sample.Token, session, [vm with { TxBytes = _time.NowMs * 1_250 }], atMs));
                    _asked.Add((sample.Token, Answer));
                    if (!_hangs)
                    {
                        _time.After(20, Answer);
                    }

                    break;
            }
        });
        var membership = VirtualActorSystem.Listen("membership", _ => { });
        var edges = new HostEdges(hypervisor, membership, VirtualActorSystem.Listen("records", _ => { }));
        var options = new ActorMigOptions { HostName = "h1", RoundMs = RoundMs, RoundJitter = 0, Smoothing = 1 };
        _host = _system.Spawn(Props.Of(() => new HostActor(options, [], edges, "start")), "host");
    }
}
