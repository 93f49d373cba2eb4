using ActorMig.Actors;
using ActorMig.Brakes;

namespace ActorMig.Hosts;

/// <content>What a person holds up or empties: the brake, which is the whole cluster's, and the drain of this host.</content>
public sealed partial class HostActor
{
    /// <summary>Nothing begins before the brake's journal has been read.</summary>
    private const string BrakeUnknown = "it is not known yet whether the cluster is frozen";
    private ActorRef? _brake;
    private BrakeStatus? _brakeStatus;
    private DrainBegan? _drain;
    private IReadOnlyList<StillHere>? _drainLeft;
    private bool _isOverdueSaid;

    private bool IsOverdue => _drain?.DeadlineWallMs <= Context.Now.WallMs;

    private DrainOrder? Order => _drain is null ? null : new DrainOrder(_drain.Person, _drain.Why, IsOverdue);

    private string? Frozen => _brakeStatus is null ? BrakeUnknown : _brakeStatus.Frozen;

    /// <summary>True if it was a message about the brake or a drain.</summary>
    private bool HandleHold(object message)
    {
        switch (message)
        {
            case SetBrake or BrakeMarkHeard:
                Context.Tell(_brake!, message);
                return true;
            case BrakeChanged changed:
                _brakeStatus = changed.Status;
                Context.Tell(_barter!, Limits(_loss));
                return true;
            case Terminated { Actor.Name: BrakeActor.Name }:
                Context.StartTimer(BrakeActor.Name, BrakeActor.Name, 1_000);
                return true;
            case BrakeActor.Name:
                SpawnBrake(_incarnation);
                Context.Tell(_brake!, new Edges.MembersChanged(_members));
                return true;
            case DrainHost drain:
                Drain(drain);
                return true;
            case CancelDrain cancel:
                Cancel(cancel);
                return true;
            case DrainStands stands when _drain is not null:
                Take(stands);
                return true;
            case RoundWanted when _drain is not null:
                Context.StartTimer(RoundTick, RoundTick, 0);
                return true;
            default:
                return false;
        }
    }

    private void SpawnBrake(long incarnation)
    {
        var self = Context.Self;
        _brake = Context.Spawn(Props.Of(() => new BrakeActor(options, edges, self, incarnation)), BrakeActor.Name);
        Context.Watch(_brake);
    }

    private void Drain(DrainHost drain)
    {
        if (drain.Host != options.HostName)
        {
            Context.Tell(drain.ReplyTo, new DrainAnswered(false, NotHere(drain.Host)));
            return;
        }

        if (_loss is null && options.Mode == Mode.Observe)
        {
            Context.Tell(drain.ReplyTo, new DrainAnswered(false, "this agent only observes; set actormig.mode to recommend or auto"));
            return;
        }

        var began = new DrainBegan(drain.Person, drain.Why, Context.Now.WallMs, drain.DeadlineMs is { } ms ? Context.Now.WallMs + ms : null);
        Context.Persist(began);
        (_drainLeft, _isOverdueSaid) = (null, false);
        Context.Note(310, $"{drain.Person} drains {options.HostName}{(drain.DeadlineMs is { } limit ? $", for at most {Words.Span(limit)}" : "")}: {drain.Why}. Nothing comes to it any more.");
        Context.Tell(_barter!, Limits(_loss) with { Drain = new DrainOrder(began.Person, began.Why, IsOverdue: false) });
        Context.StartTimer(RoundTick, RoundTick, 0);
        Context.Tell(drain.ReplyTo, new DrainAnswered(true, $"{options.HostName} is being emptied; nothing comes to it until `actormig host drain {options.HostName} --cancel`"));
    }

    private void Cancel(CancelDrain cancel)
    {
        if (cancel.Host != options.HostName)
        {
            Context.Tell(cancel.ReplyTo, new DrainAnswered(false, NotHere(cancel.Host)));
            return;
        }

        if (_drain is null)
        {
            Context.Tell(cancel.ReplyTo, new DrainAnswered(false, $"{options.HostName} is not being drained; there is nothing to cancel"));
            return;
        }

        Context.Persist(new DrainEnded(cancel.Person));
        Context.Note(310, $"{cancel.Person} ended the drain of {options.HostName}; VMs may come to it again.");
        Context.Tell(_barter!, Limits(_loss) with { Drain = null });
        Context.Tell(cancel.ReplyTo, new DrainAnswered(true, $"VMs may come to {options.HostName} again; a move that has begun is followed to its end"));
    }

    private string NotHere(string host) => $"this is the agent of {options.HostName}; ask that of {host}, on {host}";

    /// <summary>Said once when it is empty, and once when its deadline is over, with each VM's name.</summary>
    private void Take(DrainStands stands)
    {
        if (stands.Left.Count == 0 && _drainLeft is not { Count: 0 })
        {
            Context.Note(311, $"{options.HostName} is empty, as {_drain!.Person} wanted; nothing comes to it until the drain is ended.");
        }
        else if (stands.Left.Count > 0 && IsOverdue && !_isOverdueSaid)
        {
            _isOverdueSaid = true;
            Context.Note(311, $"The time for the drain of {options.HostName} is over; left are {string.Join("; ", stands.Left.Select(l => $"{l.Vm}: {l.Why}"))}.");
        }

        _drainLeft = stands.Left;
    }
}
