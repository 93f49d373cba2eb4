using ActorMig.Actors;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Policies;

namespace ActorMig.Simulation;

/// <summary>A simulated host: its libvirt, its disk, and the agent that may be killed and started again.</summary>
public sealed class SimHost : IActorObserver
{
    /// <summary>After how long an agent that has ended by itself is started again.</summary>
    public const long RestartMs = 5_000;

    private readonly SimWorld _world;
    private bool _isKeptDown;
    private VirtualActorSystem? _system;
    private int _starts;
    private int _losses;
    private long _wallErrorMs;

    internal SimHost(SimWorld world, ActorMigOptions options, SimHypervisor hypervisor)
    {
        _world = world;
        Options = options;
        Hypervisor = hypervisor;
        Journal = new VirtualJournal(world.Time);
    }

    /// <summary>The agent's numbers.</summary>
    public ActorMigOptions Options { get; private set; }

    /// <summary>The host's libvirt.</summary>
    public SimHypervisor Hypervisor { get; }

    /// <summary>The host's disk.</summary>
    public VirtualJournal Journal { get; }

    /// <summary>After how many events an actor's state is kept as a snapshot.</summary>
    public int SnapshotEvery { get; set; } = 1_000;

    /// <summary>What the next start of the agent knows beside the journal.</summary>
    public HostStart? NextStart { get; set; }

    /// <summary>The HostActor of the running agent.</summary>
    public ActorRef? Actor { get; private set; }

    /// <summary>By how much the host's wall clock is wrong; setting it is a jump.</summary>
    public long WallErrorMs
    {
        get => _wallErrorMs;
        set
        {
            _wallErrorMs = value;
            if (_system is not null)
            {
                _system.WallErrorMs = value;
            }
        }
    }

    /// <summary>True while the agent runs.</summary>
    public bool IsUp => _system is not null;

    /// <summary>The agent's policies with its numbers.</summary>
    public Func<ActorMigOptions, IReadOnlyList<PolicySpec>> PoliciesOf { get; set; } = static options => [ThresholdPolicyActor.Spec(options)];

    private IReadOnlyList<PolicySpec> Policies => PoliciesOf(Options);

    /// <summary>The agent's process stands still, and goes on; an agent that is down does neither.</summary>
    /// <param name="isStopped">Whether it stands still from now on.</param>
    public void Stand(bool isStopped)
    {
        if (isStopped)
        {
            _system?.Stop();
        }
        else
        {
            _system?.Continue();
        }
    }

    /// <summary>The host loses power: agent, libvirt and guests are gone at once; each batch on its way to the disk lands or is lost.</summary>
    public void PowerOff()
    {
        Kill();
        Hypervisor.PowerOff();
    }

    /// <summary>The host has power again: libvirt starts, what starts with the host, and the agent.</summary>
    public void PowerOn()
    {
        Hypervisor.PowerOn();
        Start();
    }

    /// <summary>Starts the agent, if it does not run and the host has power.</summary>
    public void Start()
    {
        if (IsUp || !Hypervisor.IsPowered)
        {
            return;
        }

        _isKeptDown = false;
        var name = Options.HostName;
        var system = _system = new VirtualActorSystem(_world.Time, Journal, this)
        {
            SnapshotEvery = SnapshotEvery,
            WallErrorMs = _wallErrorMs,
            Interceptor = _world.InterceptorOf?.Invoke(this),
            Watcher = _world.WatcherOf?.Invoke(this),
        };
        Hypervisor.Attach(system.Tell);
        var hypervisor = system.Spawn(Hypervisor.Edge(_world.Hypervisors), "hypervisor");
        var membership = system.Spawn(_world.Network.Edge(name, _world.MembersBut(name)), "membership");
        var records = VirtualActorSystem.Listen("records", r =>
        {
            if (r is Record record)
            {
                _world.Record(name, record);
            }
        });
        var traffic = _world.CountsTraffic ? system.Spawn(Props.Of(() => new SimTrafficEdge(_world, name)), "traffic") : null;
        var edges = new HostEdges(hypervisor, membership, records, traffic);
        var (startId, start) = ($"{name}-{++_starts}", NextStart);
        var actor = Actor = system.Spawn(Props.Of(() => new HostActor(Options, Policies, edges, startId, start)), "host");
        _world.Network.Attach(name, said => system.Tell(actor, said));
    }

    /// <summary>The disk has torn the journal: the agent is killed, and its next start finds a fresh one and knows of the loss.</summary>
    public void LoseJournal()
    {
        Kill();

        // A journal that is torn once more before the next start says nothing; the floor is a clock's, and falls never.
        var incarnation = Math.Max(
            NextStart?.IncarnationFloor ?? 0, Journal.Replay("host").OfType<AgentStarted>().Select(s => s.Incarnation).LastOrDefault());
        Journal.Clear();
        NextStart = new HostStart(incarnation, new JournalLost($"loss-{++_losses}", "journal.db is damaged"));
    }

    /// <summary>Changes the agent's numbers while it runs, as SIGHUP does.</summary>
    /// <param name="options">The new ones; the host's name stays.</param>
    public void Reload(ActorMigOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options with { HostName = Options.HostName };
        Tell(new OptionsChanged(Options, Policies));
    }

    /// <summary>Kill -9 of the agent; guests and libvirt go on.</summary>
    public void Kill()
    {
        _isKeptDown = true;
        _system?.Kill();
        _system = null;
        _world.Network.Attach(Options.HostName, null);
        Hypervisor.Attach(null);
    }

    /// <summary>Sends the HostActor a message.</summary>
    /// <param name="message">The message.</param>
    public void Tell(object message) => _system?.Tell(Actor!, message);

    /// <inheritdoc/>
    public void Noted(ActorRef actor, int id, string text) => _world.Say($"{Options.HostName} note {id}: {text}");

    /// <inheritdoc/>
    public void Restarted(ActorRef actor, Exception cause, object message) => _world.Violations.Add($"{Options.HostName}{actor} threw on {message}: {cause}");

    /// <inheritdoc/>
    public void Failed(ActorRef actor, Exception cause)
    {
        if (cause is not NotDurableException)
        {
            _world.Violations.Add($"{Options.HostName}{actor} failed: {cause}");
            return;
        }

        _world.Say($"{Options.HostName}{actor} stopped: {cause.Message}");
        if (ReferenceEquals(actor, Actor))
        {
            // The agent ends when its HostActor does, and whatever watches over it starts it again.
            var system = _system;
            _world.Time.After(0, () => EndAndStartAgain(system));
        }
    }

    private void EndAndStartAgain(VirtualActorSystem? system)
    {
        if (system is not null && ReferenceEquals(system, _system))
        {
            Kill();
            _isKeptDown = false;
            _world.Time.After(RestartMs, () =>
            {
                if (!_isKeptDown)
                {
                    Start();
                }
            });
        }
    }

    /// <inheritdoc/>
    public void SnapshotFailed(ActorRef actor, Exception cause) => _world.Violations.Add($"{Options.HostName}{actor} made no snapshot: {cause}");

    /// <inheritdoc/>
    public void DeadLetter(ActorRef target, object message)
    {
    }
}
