using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Edges;

namespace ActorMig.Hosts;

/// <content>What a person holds up or empties: the brake, which is the whole cluster's, and the drain of this host, or of another one.</content>
public sealed partial class HostActor
{
    /// <summary>Nothing begins before the brake's journal has been read.</summary>
    private const string BrakeUnknown = "it is not known yet whether the cluster is frozen";

    /// <summary>The most VMs that a message to another host names as left: it must not get too large to be sent.</summary>
    private const int LeftMax = 500;
    private const int DrainAskersMax = 1_000;
    private ActorRef? _brake;
    private BrakeStatus? _brakeStatus;
    private DrainBegan? _drain;
    private IReadOnlyList<StillHere>? _drainLeft;
    private bool _isOverdueSaid;
    private ActorRef? _drains;

    /// <summary>By host: its last word that was obeyed, as the journal has it, and the last that was heard since the agent started.</summary>
    private readonly SortedDictionary<string, DrainMark> _drainMarks = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, DrainMark> _drainHeard = new(StringComparer.Ordinal);

    /// <summary>Who waits to hear how this host's drain stands: somebody here, or another host.</summary>
    private readonly List<(ActorRef? ReplyTo, DrainMark? Peer)> _drainAskers = [];

    private bool IsOverdue => _drain?.DeadlineWallMs <= Context.Now.WallMs;

    private DrainOrder? Order => _drain is null ? null : new DrainOrder(_drain.Who(), _drain.Why, IsOverdue);

    private DrainStatus? DrainStanding => _drain is null ? null : new DrainStatus(_drain, IsOverdue, _drainLeft);

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
                Context.Tell(_brake!, new MembersChanged(_members));
                return true;
            case DrainHost drain when drain.Host != options.HostName:
                PassOn(drain.Host, drain.ReplyTo, drain);
                return true;
            case DrainHost drain:
                Context.Tell(drain.ReplyTo, BeginDrain(drain.Person, drain.Why, drain.DeadlineMs, via: null));
                return true;
            case CancelDrain cancel when cancel.Host != options.HostName:
                PassOn(cancel.Host, cancel.ReplyTo, cancel);
                return true;
            case CancelDrain cancel:
                Context.Tell(cancel.ReplyTo, EndDrain(cancel.Person, via: null));
                return true;
            case ShowDrain show when show.Host != options.HostName:
                PassOn(show.Host, show.ReplyTo, show);
                return true;
            case ShowDrain show:
                LookAtDrain(show.ReplyTo, peer: null);
                return true;
            case Terminated { Actor.Name: DrainsActor.Name }:
                _drains = null;
                return true;
            case WantClusterChange want:
                // There is nothing to decide here: it stands in the journal before it is done.
                Context.Persist(new ClusterChangeWanted(want.Person, want.What));
                Context.Tell(want.ReplyTo, new ClusterChangeNoted());
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

    private DrainAnswered BeginDrain(string person, string why, long? deadlineMs, DrainMark? via)
    {
        if (_loss is null && options.Mode == Mode.Observe)
        {
            return new DrainAnswered(false, $"the agent of {options.HostName} only observes; set actormig.mode there to recommend or auto");
        }

        var began = new DrainBegan(person, why, Context.Now.WallMs, deadlineMs is { } ms ? Context.Now.WallMs + ms : null, via);
        Context.Persist(began);
        (_drainLeft, _isOverdueSaid) = (null, false);
        Context.Note(310, $"{began.Who()} drains {options.HostName}{(deadlineMs is { } limit ? $", for at most {Words.Span(limit)}" : "")}: {why}. Nothing comes to it any more.");
        Context.Tell(_barter!, Limits(_loss) with { Drain = new DrainOrder(began.Who(), why, IsOverdue: false) });
        Context.StartTimer(RoundTick, RoundTick, 0);
        return new DrainAnswered(true, $"{options.HostName} is being emptied; nothing comes to it until `actormig host drain {options.HostName} --cancel`");
    }

    private DrainAnswered EndDrain(string person, DrainMark? via)
    {
        if (_drain is null)
        {
            return new DrainAnswered(false, $"{options.HostName} is not being drained; there is nothing to cancel");
        }

        var ended = new DrainEnded(person, via);
        Context.Persist(ended);
        Context.Note(310, $"{ended.Who()} ended the drain of {options.HostName}; VMs may come to it again.");
        Context.Tell(_barter!, Limits(_loss) with { Drain = null });
        return new DrainAnswered(true, $"VMs may come to {options.HostName} again; a move that has begun is followed to its end");
    }

    /// <summary>It is another host's to obey: its agent is asked, unless that is known to be in vain.</summary>
    private void PassOn(string host, ActorRef asker, object wish)
    {
        var member = Member.Find(_members, host);
        if (member is null)
        {
            Context.Tell(asker, new DrainAnswered(false, $"{host} is no member of the cluster, as far as {options.HostName} knows; `actormig cluster show` lists the members"));
        }
        else if (member.State == MemberState.Failed)
        {
            Context.Tell(asker, new DrainAnswered(
                false, $"{host} has failed, so its agent was not asked and nothing has changed there; start that agent, and say it again when `actormig cluster show` shows it alive", IsSilent: true));
        }
        else
        {
            Context.Tell(DrainsOf(), wish);
        }
    }

    /// <summary>Only there once somebody here asks about another host's drain.</summary>
    private ActorRef DrainsOf()
    {
        if (_drains is null)
        {
            var incarnation = Incarnation;
            _drains = Context.Spawn(Props.Of(() => new DrainsActor(edges, options, incarnation)), DrainsActor.Name);
            Context.Watch(_drains);
        }

        return _drains;
    }

    /// <summary>A person on another host wants something of this one, or that host answers what was asked here.</summary>
    private void RouteDrain(PeerSaid said)
    {
        switch (said.Message)
        {
            case AskDrain ask:
                Obey(said, ask.Question, isToDrain: true, CanBeMeant(ask.Person, ask.Why, ask.DeadlineMs), via => BeginDrain(ask.Person, ask.Why, ask.DeadlineMs, via));
                break;
            case AskDrainEnd ask:
                Obey(said, ask.Question, isToDrain: false, CanBeMeant(ask.Person, "", null), via => EndDrain(ask.Person, via));
                break;
            case GetDrain get:
                LookAtDrain(asker: null, new DrainMark(said.Host, said.Incarnation, get.Question));
                break;
            case DrainSaid when _drains is not null:
                Context.Tell(_drains, said);
                break;
        }
    }

    /// <summary>Once only, also if the same is said again and again, and never after a later word that came through the same host.</summary>
    private void Obey(PeerSaid said, long question, bool isToDrain, bool canBeMeant, Func<DrainMark, DrainAnswered> act)
    {
        var mark = new DrainMark(said.Host, said.Incarnation, question);
        var obeyed = _drainMarks.GetValueOrDefault(said.Host);
        if (!canBeMeant)
        {
            NoteOnce(315, said.Host, $"What {said.Host} wants of the drain of {options.HostName} cannot be meant; it is not obeyed (said once).");
            SayOfDrain(mark, new DrainAnswered(false, $"what {said.Host} says of the drain of {options.HostName} cannot be meant; say it on {options.HostName} itself"));
        }
        else if (obeyed == mark)
        {
            SayOfDrain(mark, new DrainAnswered(isToDrain == (_drain is not null), DrainInWords()));
        }
        else if (!mark.IsLaterThan(obeyed) || (_drainHeard.TryGetValue(said.Host, out var heard) && heard.IsLaterThan(mark)))
        {
            SayOfDrain(mark, new DrainAnswered(false, $"a later word has come to {options.HostName} through {said.Host}; {DrainInWords()}"));
        }
        else
        {
            _drainHeard[said.Host] = mark;
            SayOfDrain(mark, act(mark));
        }
    }

    private static bool CanBeMeant(string person, string why, long? deadlineMs) =>
        person.Length is > 0 and <= BrakeSet.TextMax && why.Length <= BrakeSet.TextMax && deadlineMs is null or (> 0 and <= BrakeSet.SpanMaxMs);

    private string DrainInWords() => _drain is { } drain
        ? $"{options.HostName} is being emptied, as {drain.Who()} wanted; nothing comes to it until `actormig host drain {options.HostName} --cancel`"
        : $"{options.HostName} is not being drained";

    /// <summary>The BarterActor is asked first whether something is under way.</summary>
    private void LookAtDrain(ActorRef? asker, DrainMark? peer)
    {
        if (_drainAskers.Count < DrainAskersMax)
        {
            _drainAskers.Add((asker, peer));
            Context.Tell(_barter!, new GetBarterStatus(Context.Self));
        }
    }

    private void AnswerDrainAskers(BarterStatus barter)
    {
        foreach (var (asker, peer) in _drainAskers)
        {
            var answer = new DrainAnswered(true, DrainInWords(), IsSilent: false, DrainStanding, barter.OpenBarters.Count > 0);
            if (asker is not null)
            {
                Context.Tell(asker, answer);
            }
            else if (peer is not null)
            {
                SayOfDrain(peer, answer);
            }
        }

        _drainAskers.Clear();
    }

    private void SayOfDrain(DrainMark asked, DrainAnswered answer)
    {
        var drain = answer.Drain is { Left: { Count: > LeftMax } left } whole ? whole with { Left = [.. left.Take(LeftMax)], More = left.Count - LeftMax } : answer.Drain;
        Context.Tell(edges.Membership, new SendToPeer(
            asked.Host, DrainsActor.Name, new DrainSaid(asked.Question, asked.Incarnation, answer.IsAccepted, answer.Text, drain, answer.IsBusy), Incarnation));
    }

    private void Mark(DrainMark? via)
    {
        if (via is not null)
        {
            _drainMarks[via.Host] = via;
        }
    }

    /// <summary>Said once when it is empty, and once when its deadline is over, with each VM's name.</summary>
    private void Take(DrainStands stands)
    {
        if (stands.Left.Count == 0 && _drainLeft is not { Count: 0 })
        {
            Context.Note(311, $"{options.HostName} is empty, as {_drain!.Who()} wanted; nothing comes to it until the drain is ended.");
        }
        else if (stands.Left.Count > 0 && IsOverdue && !_isOverdueSaid)
        {
            _isOverdueSaid = true;
            Context.Note(311, $"The time for the drain of {options.HostName} is over; left are {string.Join("; ", stands.Left.Select(l => $"{l.Vm}: {l.Why}"))}.");
        }

        _drainLeft = stands.Left;
    }
}
