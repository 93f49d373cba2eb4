using System.Globalization;
using ActorMig.Actors;
using ActorMig.Edges;
using ActorMig.Simulation;

namespace ActorMig.Benchmarks;

/// <summary>An agent of another process, as its host in the world has it: what it says goes to the host's hypervisor. Used by the world's thread alone.</summary>
internal sealed class FarAgent : IActorObserver
{
    private readonly SimWorld _world;
    private readonly SimHypervisor _hypervisor;
    private readonly VirtualActorSystem _system;
    private readonly ActorRef _edge;
    private readonly EdgeFormat _format;
    private readonly WorldLine _line;
    private readonly Dictionary<long, ActorRef> _actors = [];

    /// <summary>The agent begins.</summary>
    /// <param name="world">The world.</param>
    /// <param name="host">Its host there.</param>
    /// <param name="hypervisors">All hosts' hypervisors, by how libvirt daemons call each other.</param>
    /// <param name="line">The connection to it.</param>
    public FarAgent(SimWorld world, SimHost host, SortedDictionary<string, SimHypervisor> hypervisors, WorldLine line)
    {
        (_world, _hypervisor, _line) = (world, host.Hypervisor, line);
        _format = new EdgeFormat(static actor => throw new InvalidOperationException($"The world names {actor} to another process."), ActorOf);
        _system = new VirtualActorSystem(world.Time, host.Journal, this);
        _hypervisor.Attach(_system.Tell);
        _edge = _system.Spawn(_hypervisor.Edge(hypervisors), "hypervisor");
    }

    /// <summary>It has said something.</summary>
    public void Hear(string line)
    {
        switch (_format.Read(line).Message)
        {
            case FarActorEnded ended:
                if (_actors.Remove(ended.Number, out var actor))
                {
                    _system.Tell(actor, FarActor.End);
                }

                break;
            case MigrateDomain migrate:
                var nowMs = _world.Time.NowMs;
                _system.Tell(_edge, migrate with { LatestMs = migrate.LatestMs > long.MaxValue - nowMs ? long.MaxValue : nowMs + migrate.LatestMs });
                break;
            case var question:
                _system.Tell(_edge, question);
                break;
        }
    }

    /// <summary>Its process is gone; guests and migrations go on.</summary>
    public void End()
    {
        _hypervisor.Attach(null);
        _system.Kill();
    }

    public void Noted(ActorRef actor, int id, string text)
    {
    }

    public void Restarted(ActorRef actor, Exception cause, object message) => _world.Violations.Add($"The hypervisor of {_hypervisor.Host} threw on {message}: {cause}");

    public void Failed(ActorRef actor, Exception cause) => _world.Violations.Add($"The hypervisor of {_hypervisor.Host} failed: {cause}");

    public void DeadLetter(ActorRef target, object message)
    {
        // Somebody ended while an answer was under way.
    }

    private ActorRef ActorOf(long number)
    {
        if (!_actors.TryGetValue(number, out var actor))
        {
            actor = _system.Spawn(
                Props.Of(() => new FarActor(message => _line.Send(_format.Write(number, message)))),
                string.Create(CultureInfo.InvariantCulture, $"far-{number}"));
            _actors.Add(number, actor);
        }

        return actor;
    }
}
