using ActorMig.Edges;
using ActorMig.Policies;
using ActorMig.PreFlight;
using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>
/// What is looked at before anything moves, in the terms of <see cref="DepartureChecks"/> and <see cref="ArrivalChecks"/>: the edge looks, these decide.
/// What a VM itself says against it comes with each round; here are the way to the peer, and what this host lacks for a VM that would come.
/// </summary>
internal sealed partial class BarterActor
{
    private const string WayTimer = "way";

    /// <summary>So much longer than its edge itself a look may take; then the edge has forgotten us.</summary>
    private const long LookGraceMs = 10_000;

    /// <summary>Peers whose libvirt has answered since this start, and to which nothing has failed since.</summary>
    private readonly SortedDictionary<string, Member> _ways = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _clearSaid = new(StringComparer.Ordinal);
    private Wish? _wish;
    private long _wayNumber;

    /// <summary>Of the VMs that would come by an offer or a grant, how many have been looked at.</summary>
    private int _examined;
    private int _grantExamined;

    /// <summary>The number of the look that is waited for: an answer to an earlier one says nothing.</summary>
    private long _look;
    private long _grantLook;

    /// <summary>Makes an offer, or first finds out whether the peer's libvirt can be reached from here: before the first move to it, and after a failure.</summary>
    private void Want(Wish wish)
    {
        if (Member.Find(_view!.Members, wish.Peer) is not { } member || IsWayKnown(wish.Peer))
        {
            OfferNow(wish);
            return;
        }

        _wish = wish;
        AskForWay(member);
    }

    private bool IsWayKnown(string peer) => _ways.TryGetValue(peer, out var known) && _view is not null && known.HasSameWay(Member.Find(_view.Members, peer));

    private string WayToken(string peer) => FormattableString.Invariant($"way-{_wayNumber}-{peer}");

    private void AskForWay(Member member)
    {
        _wayNumber++;
        Context.Tell(edges.Hypervisor, new CheckWay(Context.Self, WayToken(member.Host), member));
        Context.StartTimer(WayTimer, new WayDue(WayToken(member.Host)), options.LookMs + LookGraceMs);
    }

    private void TakeWay(WayChecked way)
    {
        var peer = _wish?.Peer ?? _pending?.Said.Host;
        if (peer is null || way.Token != WayToken(peer))
        {
            return;
        }

        Context.CancelTimer(WayTimer);
        var member = Member.Find(_view!.Members, peer);
        var whyNot = member is null ? $"{peer} is no member any more" : WhyNoWay(member, way);
        if (whyNot is null)
        {
            _ways[peer] = member!;
            SayIfInTheClear(member!);
        }

        if (_wish is { } wish)
        {
            _wish = null;
            if (whyNot is null)
            {
                OfferNow(wish);
            }
            else
            {
                Drop(wish, whyNot);
            }
        }
        else if (whyNot is null)
        {
            AskForOpinion(_pending!.Value.Said, _pending.Value.Offer, JudgementToken(_pending.Value.Offer.Barter));
        }
        else
        {
            RefusePending(Refusal.PreFlight, $"nothing can be sent to {peer}: {whyNot}");
        }
    }

    private string? WhyNoWay(Member member, WayChecked way) => way switch
    {
        { Error: { } error } => HostChecks.Way(member.Host, Self, member.LibvirtUri, error).Text,
        { DataError: { } error } => HostChecks.DataWay(member.Host, Self, member.DataUri, error).Text,
        _ => null,
    };

    /// <summary>Said once for each host: whoever reads the log shall know it, and not be tired of it.</summary>
    private void SayIfInTheClear(Member member)
    {
        if (HostChecks.Stream(member.Host, member.DataUri) is { } clear && _clearSaid.Add(member.Host))
        {
            Context.Note(203, $"{member.Host}: {clear.Text}.");
        }
    }

    /// <summary>Time has passed since it was wanted: what must hold is looked at once more.</summary>
    private void OfferNow(Wish wish)
    {
        var vm = Present.FirstOrDefault(v => v.Facts.Uuid == wish.Give.Uuid);
        var refusal = this switch
        {
            _ when wish.Move is { } move => WhyNot(move, vm),
            _ when _ledger.Open.Any() || _pending is not null => $"{Self} negotiates already",
            _ when WhyNotBegin(wish.Kind) is not null => $"{Self} may not begin a barter any more",
            _ when wish.Exchange is { } exchange && exchange.Gives.Any(g => !Present.Any(v => v.Facts.Uuid == g && v.IsMovable)) => $"not every VM that {Self} would give can move any more",
            _ when vm is null || !(vm.IsMovable || (wish.Kind is BarterKind.Drain or BarterKind.Mend && DrainRules.MayLeave(vm))) => $"{wish.Give.Name} cannot move any more",
            _ => null,
        };
        if (refusal is not null)
        {
            _sentence = refusal;
            Answer(wish, null, refusal);
            return;
        }

        var barter = MakeOffer(wish);
        Answer(wish, barter, $"{wish.Give.Name} is offered to {wish.Peer}");
    }

    private void Drop(Wish wish, string whyNot)
    {
        if (wish.Move is { } move)
        {
            Refuse(move, Refusal.PreFlight, whyNot);
        }
        else
        {
            Count(Refusal.PreFlight);
            NoteDrain(wish.Peer, wish.Give, hasMoved: false, Refusal.NoAnswer, whyNot);
            var reason = $"{wish.Reason}; but {whyNot}";
            Decided(new Proposed("", wish.Policy, null, Refusal.PreFlight, wish.Peer, reason), Words.Of(Refusal.PreFlight), reason, wish.Give);
        }
    }

    private void Answer(Wish wish, string? barter, string text)
    {
        if (wish.Move is { } move)
        {
            Context.Tell(move.ReplyTo, new MoveAnswered(barter is not null, barter, text));
        }
    }

    private void Refuse(MoveVm move, Refusal refusal, string reason)
    {
        Count(refusal);
        Context.Tell(edges.Records, new MoveRefused(move.Vm, move.To, refusal, reason));
        Context.Tell(move.ReplyTo, new MoveAnswered(false, null, reason));
    }

    /// <summary>After a failure the way is looked at anew.</summary>
    private void ForgetWay(string peer) => _ways.Remove(peer);

    private static string LookToken(string token, long look) => FormattableString.Invariant($"{token}#{look}");

    private static bool IsOf(string said, string token, long look) => said == token || said == LookToken(token, look);

    private static string? WhyCannotTake(VmFacts vm, string from, string to, ArrivalTraits there) => Finding.WhyNot(ArrivalChecks.Of(vm.Name, vm, from, to, there));

    /// <summary>The granter's first look, at what its libvirt shows now: what has left since the last round may come back.</summary>
    private void ExamineAsItIs(Offer offer)
    {
        _examined = 0;
        if (offer.Given().Any(g => Present.Any(v => v.Facts.Uuid == g.Uuid)))
        {
            RefusePending(Refusal.NotMovable, $"{Self} shows that VM itself");
        }
        else
        {
            Examine(null);
        }
    }

    /// <summary>The granter's next look at what is offered; when there is none left, the policies are asked.</summary>
    /// <param name="there">What this host has for it; null if that has not been looked at.</param>
    private void Examine(ArrivalTraits? there)
    {
        _look++;
        var (said, offer) = _pending!.Value;
        var given = offer.Given();
        if (there is not null && WhyCannotTake(given[_examined], said.Host, Self, there) is { } whyNot)
        {
            RefusePending(Refusal.PreFlight, whyNot);
        }
        else if (NextToExamine(given, ref _examined, there) is { } needs)
        {
            AwaitLibvirt(offer);
            Context.Tell(edges.Hypervisor, new CheckArrival(Context.Self, LookToken(JudgementToken(offer.Barter), _look), needs));
        }
        else if ((offer.Kind == BarterKind.Swap || offer.Taken().Count > 0) && !IsWayKnown(said.Host) && _wish is null && Member.Find(_view!.Members, said.Host) is { } member)
        {
            // That look has a time limit of its own.
            Context.CancelTimer("judgement");
            AskForWay(member);
        }
        else
        {
            AskForOpinion(said, offer, JudgementToken(offer.Barter));
        }
    }

    /// <summary>What the next VM needs that would come; null if there is none left that needs anything. One after the other is looked at.</summary>
    private static VmNeeds? NextToExamine(IReadOnlyList<VmFacts> coming, ref int examined, ArrivalTraits? there)
    {
        examined += there is null ? 0 : 1;
        while (examined < coming.Count && coming[examined].Needs is null)
        {
            examined++;
        }

        return examined < coming.Count ? coming[examined].Needs : null;
    }

    /// <summary>The offerer's look at what would come in exchange.</summary>
    private void ExamineGranted((PeerSaid Said, Grant Grant) granted, ArrivalTraits? there)
    {
        VmFacts[] coming = [.. granted.Grant.Legs.Where(l => l.To == Self).Select(l => l.Vm)];
        _grantLook++;
        _grantExamined = there is null ? 0 : _grantExamined;
        if (there is not null && WhyCannotTake(coming[_grantExamined], granted.Said.Host, Self, there) is { } whyNot)
        {
            WithdrawGranted(granted, Refusal.PreFlight, $"{Self} cannot take {coming[_grantExamined].Name}: {whyNot}");
        }
        else if (NextToExamine(coming, ref _grantExamined, there) is { } needs)
        {
            Context.Tell(edges.Hypervisor, new CheckArrival(Context.Self, LookToken(ConfirmationToken(granted.Grant.Barter), _grantLook), needs));
        }
        else
        {
            ConfirmGranted(granted);
        }
    }

    /// <summary>An offer that is to be made once the way to the peer is known.</summary>
    /// <param name="Kind">Which kind.</param>
    /// <param name="Peer">To whom.</param>
    /// <param name="Give">The VM.</param>
    /// <param name="Policy">Whose wish.</param>
    /// <param name="Reason">In words.</param>
    /// <param name="Move">A person's command, who waits for an answer.</param>
    private sealed record Wish(BarterKind Kind, string Peer, VmFacts Give, string Policy, string Reason, MoveVm? Move = null)
    {
        /// <summary>All that would go and come, if it is an exchange.</summary>
        public Exchange? Exchange { get; init; }
    }

    private sealed record WayDue(string Token);
}
