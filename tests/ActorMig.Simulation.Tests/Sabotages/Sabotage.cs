using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation.Tests.Sabotages;

/// <summary>
/// One outcome in an agent is another one: made from outside, between the engine and the actors, whose code knows nothing of it. Whoever checks the
/// protocol must notice.
/// </summary>
public abstract class Sabotage : VirtualInterceptor
{
    private readonly SortedDictionary<string, MigrationPlan> _plans = new(StringComparer.Ordinal);

    /// <summary>The host whose agent is sabotaged.</summary>
    internal SimHost? Host { get; set; }

    internal ActorRef? Hypervisor { get; private set; }

    internal ActorRef? Membership { get; private set; }

    private protected static bool IsBarter(ActorRef actor) => actor.Path == "/host/barter";

    private protected static bool IsMigration(ActorRef actor) => actor.Path.StartsWith("/host/migrations/", StringComparison.Ordinal);

    private protected MigrationPlan? PlanOf(ActorRef migration) => _plans.TryGetValue(migration.Name, out var plan) ? plan : null;

    /// <summary>What is said, and to whom at which edge.</summary>
    public sealed override object? Tell(ActorRef actor, ActorRef target, object message)
    {
        if (target.Path == "/hypervisor")
        {
            Hypervisor = target;
        }
        else if (target.Path == "/membership")
        {
            Membership = target;
        }

        if (message is SendToPeer send)
        {
            return Send(actor, send) is { } said ? send with { Message = said } : null;
        }

        return Say(actor, target, message);
    }

    /// <summary>What is written.</summary>
    public sealed override IReadOnlyList<object> Persist(ActorRef actor, IReadOnlyList<object> events)
    {
        foreach (var e in events)
        {
            if (e is MigrationPrepared prepared)
            {
                _plans[actor.Name] = prepared.Plan;
            }
        }

        return Write(actor, events);
    }

    /// <summary>What an agent begins again with.</summary>
    public sealed override object? Replay(ActorRef actor, object @event)
    {
        if (@event is MigrationPrepared prepared)
        {
            _plans[actor.Name] = prepared.Plan;
        }

        return Begin(actor, @event);
    }

    /// <summary>What is said inside the host, or to libvirt.</summary>
    private protected virtual object? Say(ActorRef actor, ActorRef target, object message) => message;

    /// <summary>What is said to another host.</summary>
    private protected virtual object? Send(ActorRef actor, SendToPeer send) => send.Message;

    private protected virtual IReadOnlyList<object> Write(ActorRef actor, IReadOnlyList<object> events) => events;

    private protected virtual object? Begin(ActorRef actor, object @event) => @event;

    /// <summary>In the place of a migration's half, does something to its guest.</summary>
    private protected void Do(ActorRef migration, DomainVerb verb)
    {
        if (PlanOf(migration) is { } plan && Hypervisor is { } hypervisor)
        {
            SayAs(migration, hypervisor, new DoToDomain(migration, "sabotage", plan.Vm.Uuid, verb));
        }
    }

    /// <summary>In the place of the BarterActor, says something to another host.</summary>
    private protected void SendAs(ActorRef barter, string peer, object message)
    {
        if (Membership is { } membership)
        {
            SayAs(barter, membership, new SendToPeer(peer, "barter", message, 1));
        }
    }
}
