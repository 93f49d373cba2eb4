using ActorMig.Actors;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Migrations;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>
/// Negotiates with one peer at a time, and keeps the ledger of memory. What it decides in a round stands in <c>BarterActor.Rounds.cs</c>, what it
/// does as the one who offers and leads in <c>BarterActor.Offerer.cs</c>, and as the one who grants in <c>BarterActor.Granter.cs</c>.
/// </summary>
internal sealed partial class BarterActor(
    ActorMigOptions options, IReadOnlyList<PolicySpec> policies, ActorRef host, HostEdges edges, long incarnation)
    : PersistentActor("barter")
{
    /// <summary>The token of a look for what somebody else has begun, between two rounds.</summary>
    public const string ForeignToken = "foreign";
    private const string Me = "barter";
    private const string PoliciesName = "policies";

    /// <summary>So many renewals of a lease are remembered.</summary>
    private const int RenewalsMax = 16;

    private readonly Ledger _ledger = new(options.HostName);

    private readonly SortedDictionary<Refusal, long> _refusals = [];
    private readonly SortedDictionary<string, Volatile> _volatile = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _doubts = new(StringComparer.Ordinal);
    private ActorRef? _policies;
    private BarterRound? _view;
    private long _viewAtMs;
    private BarterLimits _limits = new(null, null);
    private string _sentence = "has not measured yet";
    private string _decision = "";
    private RoundDecided? _decided;
    private IReadOnlyList<Proposed> _answers = [];

    private string Self => options.HostName;

    /// <summary>Two hosts may be configured to different leases: what is shorter counts, so that nobody counts on a promise that the other one has dropped.</summary>
    private static long Shorter(long ownMs, long theirsMs) => theirsMs > 0 ? Math.Min(ownMs, theirsMs) : ownMs;

    /// <summary>Who will send does not call libvirt with less than a third of the lease left.</summary>
    private static long UsableLeaseMs(Volatile soft) => soft.LeaseMs * 2 / 3;

    /// <summary>The memory that is there for guests.</summary>
    private long GuestBytes => Math.Max(0, (options.MemoryTotalBytes > 0 ? options.MemoryTotalBytes : _view?.MemoryBytes ?? 0) - options.MemoryReserveBytes);

    private long CapacityBytes => (long)(GuestBytes * options.MemoryOvercommit);

    private IReadOnlyList<VmView> Present => _view?.Vms ?? [];

    /// <summary>What can still be promised; below zero where others have taken more by hand: then nothing is.</summary>
    private long FreeBytes => CapacityBytes - _ledger.PromisedBytes(Present);

    /// <summary>What the agent may do: after the loss of a journal it only observes, whatever is configured.</summary>
    private Mode Mode => _limits.JournalLoss is null ? options.Mode : Mode.Observe;

    protected override void Apply(object @event) => _ledger.Apply(@event);

    protected override object? Snapshot() => _ledger.Snapshot();

    protected override void Recovered()
    {
        SpawnPolicies();
        foreach (var barter in _ledger.Open)
        {
            // Maybe the order to begin was lost with us; the migration itself knows whether it has begun, and is never begun late.
            foreach (var leg in barter.Legs.Where(l => l.From == Self && barter.HasBegun(l.Number) && barter.OutcomeOf(l.Number) is null))
            {
                Context.Tell(host, new OpenMigration(PlanOf(barter, leg), LatestStartMs: null, LeaseMs: 0));
            }

            if (barter.IsOfferer)
            {
                ResumeOffer(barter);
            }
            else
            {
                // A granter gives open reservations their full lease once more.
                Soft(barter).ReservedAtMs = Context.Now.MonotonicMs;
                ArmLease(barter);
            }
        }
    }

    protected override void Handle(object message)
    {
        switch (message)
        {
            case BarterRound round:
                BeginRound(round);
                break;
            case BarterLimits limits:
                Take(limits);
                break;
            case PeerSaid said:
                Hear(said);
                break;
            case MembersChanged changed when _view is not null:
                _view = _view with { Members = changed.Members };
                break;
            case Tick tick:
                OnTick(tick);
                break;
            case OptionsChanged changed:
                Take(changed);
                break;
            case DigestsDue due when due.Number == _digestNumber:
                AskPolicies();
                break;
            case PoliciesProposed proposed when proposed.Token == ProposalToken:
                Decide(proposed);
                break;
            case PoliciesJudged judged:
                AnswerOffer(judged);
                break;
            case DomainsSampled sampled when _pending is { } asked && sampled.Token == JudgementToken(asked.Offer.Barter):
                Refresh(sampled);
                ExamineAsItIs(asked.Offer);
                break;
            case ArrivalChecked looked when _pending is { } asked && looked.Token == LookToken(JudgementToken(asked.Offer.Barter), _look):
                Examine(looked.There);
                break;
            case ArrivalChecked looked when _granted is { } granted && looked.Token == LookToken(ConfirmationToken(granted.Grant.Barter), _grantLook):
                ExamineGranted(granted, looked.There);
                break;
            case WayChecked way:
                TakeWay(way);
                break;
            case WayDue due:
                TakeWay(new WayChecked(due.Token, "nothing was heard of it in time"));
                break;
            case DomainsSampled sampled when _granted is { } granted && sampled.Token == ConfirmationToken(granted.Grant.Barter):
                Refresh(sampled);
                ExamineGranted(granted, null);
                break;
            case DomainsSampled { Token: ForeignToken } sampled:
                ChargeForeignArrivals(sampled.Domains);
                break;
            case HypervisorFailed failed when _pending is { } asked && IsOf(failed.Token, JudgementToken(asked.Offer.Barter), _look):
                RefusePending(Refusal.NoHypervisor, $"{Self} cannot ask its libvirt: {failed.Error}");
                break;
            case HypervisorFailed failed when _granted is { } granted && IsOf(failed.Token, ConfirmationToken(granted.Grant.Barter), _grantLook):
                WithdrawGranted(granted, Refusal.NoHypervisor, $"{Self} cannot ask its libvirt: {failed.Error}");
                break;
            case JudgementDue due when _pending is { } waiting && waiting.Offer.Barter == due.Barter:
                RefusePending(due.Refusal, due.Why);
                break;
            case Terminated { Actor.Name: PoliciesName }:
                Context.StartTimer(PoliciesName, PoliciesName, options.PolicyMs);
                break;
            case PoliciesName:
                SpawnPolicies();
                break;
            case MoveVm move:
                Command(move);
                break;
            case MigrationEnded ended:
                NoteDoubt(ended.Plan, ended.IsInDoubt);
                EndOwnLeg(ended);
                break;
            case ArrivalCharged charged:
                if (_ledger.Charges.All(c => c.Migration != charged.Plan.Migration) && !_ledger.HasArrived(charged.Plan.Migration))
                {
                    Context.Persist(new ChargeBegan(charged.Plan.Migration, charged.Plan.Vm.Uuid, charged.Plan.Vm.MemoryBytes));
                }

                break;
            case ArrivalEnded arrived:
                EndArrival(arrived);
                break;
            case HalfClosed closed:
                LetGo(closed);
                break;
            case UnknownArrivalClosed closed:
                Close(closed);
                break;
            case GetBarterStatus get:
                Context.Tell(get.ReplyTo, Status());
                break;
            case GetBarter get:
                var found = _ledger.Find(get.Barter);
                Context.Tell(get.ReplyTo, new BarterInfo(
                    get.Barter, found is null ? "unknown" : Words.Of(found.Phase), found?.Outcome, found?.Reason ?? "no barter of this name"));
                break;
        }
    }

    /// <summary>What the new mode forbids and has not begun is not begun any more.</summary>
    private void Take(OptionsChanged changed)
    {
        (options, policies) = (changed.Options, changed.Policies);
        Context.Tell(_policies!, changed with { Policies = [DrainPolicyActor.Spec, RulesPolicyActor.Spec, .. policies] });
        TellPredictions();
        if (_pending is { } pending && !MayMove(pending.Offer.Kind))
        {
            RefusePending(Refusal.Observing, $"{Self} is in mode {Words.Of(Mode)} now");
        }

        foreach (var barter in _ledger.Open.Where(b => b.IsOfferer && !b.HasAnyBegun && !MayMove(b.Kind)).ToArray())
        {
            Finish(barter, BarterOutcome.Withdrawn, Refusal.Observing, $"{Self} is in mode {Words.Of(Mode)} now");
        }
    }

    private bool MayMove(BarterKind kind) => Mode == Mode.Auto || (Mode == Mode.Recommend && kind.IsPersons());

    private void Hear(PeerSaid said)
    {
        switch (said.Message)
        {
            case GetDigest get:
                AnswerDigest(said.Host, get);
                break;
            case Digest digest:
                Take(digest, said.Host);
                break;
            case Offer offer:
                Consider(said, offer);
                break;
            case Grant grant:
                OnGrant(said, grant);
                break;
            case Decline decline:
                OnDecline(said.Host, decline);
                break;
            case Confirm confirm:
                OnConfirm(said, confirm);
                break;
            case Confirmed confirmed:
                OnConfirmed(said, confirmed);
                break;
            case StartLeg start:
                OnStartLeg(said.Host, start);
                break;
            case LegStands stands:
                OnLegStands(said.Host, stands);
                break;
            case Withdraw withdraw:
                OnWithdraw(said.Host, withdraw);
                break;
            case BarterStands stands:
                OnBarterStands(said.Host, stands);
                break;
            case PrepareArrival prepare:
                OnPrepareArrival(said.Host, prepare);
                break;
        }
    }

    private void OnTick(Tick tick)
    {
        if (_ledger.Find(tick.Barter) is not { Phase: not BarterPhase.Ended } barter)
        {
            return;
        }

        switch (tick.What)
        {
            case TickKind.Answer:
                OnNoAnswer(barter);
                break;
            case TickKind.Lead:
                Lead(barter);
                break;
            case TickKind.Lease:
                OnLeaseOver(barter);
                break;
        }
    }

    /// <summary>A guest that may run on a silent peer, too, is not moved on: whoever looked for the second one would not find the first.</summary>
    private void NoteDoubt(MigrationPlan plan, bool isInDoubt)
    {
        if (isInDoubt)
        {
            _doubts[plan.Migration] = plan.Vm.Uuid;
        }
        else
        {
            _doubts.Remove(plan.Migration);
        }
    }

    private LegEnded Ended(string barter, int leg, LegOutcome outcome, string reason) => new(barter, leg, outcome, reason, Context.Now.WallMs);

    /// <summary>A migration that we sent has ended.</summary>
    private void EndOwnLeg(MigrationEnded ended)
    {
        var plan = ended.Plan;
        if (_ledger.Find(plan.Barter) is not { } barter || barter.OutcomeOf(plan.Leg) is not null)
        {
            return;
        }

        Context.Persist(Ended(plan.Barter, plan.Leg, ended.Outcome, ended.Reason) with { GapMs = ended.GapMs });
        if (ended.Outcome != LegOutcome.Completed)
        {
            ForgetWay(plan.To);
        }
        else
        {
            Context.Persist(new VmLeft(plan.Vm.Uuid, plan.Vm.Name));

            // A round that has begun already must not offer what is gone.
            _view = _view is null ? null : _view with { Vms = [.. _view.Vms.Where(v => v.Facts.Uuid != plan.Vm.Uuid)] };
        }

        if (barter.IsOfferer)
        {
            Later(barter, TickKind.Lead, 0);
        }
        else
        {
            Send(barter.Peer, new LegStands(barter.Id, plan.Leg, ended.Outcome, ended.Reason));
            Later(barter, TickKind.Lease, 0);
        }
    }

    /// <summary>A migration to here has ended: our own libvirt says so.</summary>
    private void EndArrival(ArrivalEnded arrived)
    {
        var plan = arrived.Plan;
        NoteDoubt(plan, arrived.IsInDoubt);

        // What has come to stay is charged until a round shows it among what runs; what has not is not charged any more.
        if (!arrived.HasCompleted && _ledger.Charges.Any(c => c.Migration == plan.Migration))
        {
            Context.Persist(new ChargeEnded(plan.Migration));
        }

        if (!arrived.HasCompleted && _view is not null)
        {
            // Peers that ask for what rules keep together here are not told of what has not come.
            _view = _view with { Vms = [.. _view.Vms.Where(v => v.Facts.Uuid != plan.Vm.Uuid || v.Status != VmStatus.Arriving)] };
        }

        if (arrived.HasCompleted && !_ledger.HasArrived(plan.Migration))
        {
            // What a person wants is not counted among the moves that make a VM rest longer. And where hosts are made alike, nothing is at home elsewhere: it
            // would go back, and be balanced again.
            var isForLoad = plan.Kind is BarterKind.Migrate or BarterKind.Swap && policies.All(p => p.Name != BalanceRules.Policy);
            var moves = plan.Vm.Moves + (plan.Kind.IsPersons() ? 0 : 1);
            var memory = new VmArrived(
                plan.Migration, plan.Vm.Uuid, plan.Vm.Name, isForLoad ? plan.From : null, moves, Context.Now.WallMs + CoolDownMs(moves), plan.Kind == BarterKind.Command ? true : null);
            Context.Persist(memory);

            // A round that has begun already must not move it as if it had never been moved.
            _view = _view is null ? null : _view with { Vms = [.. _view.Vms.Select(v => v.Facts.Uuid == memory.Uuid ? Remember(v, memory) : v)] };
        }

        if (_ledger.Find(plan.Barter) is not { Phase: not BarterPhase.Ended } barter)
        {
            return;
        }

        if (barter.IsOfferer)
        {
            if (!arrived.HasCompleted && barter.OutcomeOf(plan.Leg) is null && barter.HasBegun(plan.Leg))
            {
                Context.Persist(Ended(plan.Barter, plan.Leg, NotArrived(arrived), arrived.Reason));
            }

            Later(barter, TickKind.Lead, 0);
        }
        else if (barter.OutcomeOf(plan.Leg) is null)
        {
            Context.Persist(Ended(
                plan.Barter, plan.Leg, arrived.HasCompleted ? LegOutcome.Completed : NotArrived(arrived), arrived.Reason));
            Later(barter, TickKind.Lease, 0);
        }
    }

    /// <summary>A guest that ran here and is not here any more was ended; one that never ran is where it was.</summary>
    private static LegOutcome NotArrived(ArrivalEnded arrived) => arrived.HasRun ? LegOutcome.Gone : LegOutcome.Failed;

    /// <summary>A half may go once the ledger knows its end; until then it says it again.</summary>
    private void LetGo(HalfClosed closed)
    {
        var plan = closed.Plan;
        var barter = _ledger.Find(plan.Barter);
        var isKnown = closed.IsArrival
            ? _ledger.HasArrived(plan.Migration) || _ledger.Charges.All(c => c.Migration != plan.Migration)
            : barter is null || barter.OutcomeOf(plan.Leg) is not null;
        if (isKnown)
        {
            Context.Tell(host, new HalfKnown(plan.Migration, closed.IsArrival));
        }
    }

    /// <summary>
    /// An arrival that the ledger knows is over. One that it does not know came after it was given up, or before the journal was lost: then what libvirt
    /// does not carry along is still to be put right.
    /// </summary>
    private void Close(UnknownArrivalClosed closed)
    {
        if (closed.Close is { Outcome: LegOutcome.Completed, Plan: { } plan } close
            && plan.Migration == close.Migration && plan.To == Self && !_ledger.HasArrived(plan.Migration))
        {
            Context.Tell(host, new OpenArrival(plan, IsLate: true));
            Context.Tell(host, close);
        }
        else
        {
            Context.Tell(edges.Membership, new SendToPeer(
                closed.From, "migration/" + closed.Close.Migration, new ArrivalClosed(closed.Close.Migration), incarnation));
        }
    }

    /// <summary>The source asks whether its VM may come: only with a reservation.</summary>
    private void OnPrepareArrival(string from, PrepareArrival prepare)
    {
        var plan = prepare.Plan;
        var barter = _ledger.Find(plan.Barter) is { Phase: BarterPhase.Granted or BarterPhase.Confirmed } open && open.Peer == from ? open : null;
        var leg = barter?.Legs.FirstOrDefault(
            l => l.Number == plan.Leg && l.Vm.Uuid == plan.Vm.Uuid && l.To == Self && barter.OutcomeOf(l.Number) is null);
        if (leg is not null && BarterIds.Migration(barter!.Id, leg.Number) == plan.Migration)
        {
            // What was reserved counts, not what is said now.
            var reserved = PlanOf(barter, leg);
            Context.Tell(host, new OpenArrival(reserved));
            Context.Tell(host, new PrepareArrival(reserved));
        }
        else
        {
            Context.Tell(edges.Membership, new SendToPeer(
                from, "migration/" + plan.Migration,
                new ArrivalRefused(plan.Migration, Refusal.UnknownBarter, $"{Self} holds no reservation for {plan.Vm.Name}"), incarnation));
        }
    }

    private void End(Barter barter, BarterOutcome outcome, Refusal? refusal, string reason)
    {
        Context.Persist(new BarterEnded(barter.Id, outcome, refusal, reason));
        NoteSettled(barter.Id, outcome);

        // What has been seen to come is not forgotten; what has not may have a source that no longer knows of it, and would be waited for in vain.
        foreach (var leg in barter.Legs.Where(l => l.To == Self && barter.OutcomeOf(l.Number) is not LegOutcome.Completed))
        {
            Context.Tell(host, new ForgetArrival(BarterIds.Migration(barter.Id, leg.Number)));
        }

        foreach (var kind in (TickKind[])[TickKind.Answer, TickKind.Lead, TickKind.Lease])
        {
            Context.CancelTimer(Key(barter, kind));
        }

        if (barter.IsOfferer)
        {
            NoteExchange(barter, outcome, refusal);
            NoteBack(barter, outcome, refusal, reason);
            NoteDrain(barter.Peer, barter.Give, outcome == BarterOutcome.Settled, refusal, reason);
            if (barter.Kind == BarterKind.Mend && outcome != BarterOutcome.Settled)
            {
                NoteMend(barter.Peer, barter.Give, refusal, reason);
            }
        }

        _sentence = $"barter {barter.Id} with {barter.Peer}: {Words.Of(outcome)}: {reason}";
        _volatile.Remove(barter.Id);
    }

    private void Count(Refusal refusal) => _refusals[refusal] = (_refusals.TryGetValue(refusal, out var count) ? count : 0) + 1;

    private void Count(string barter, string by, Refusal refusal, string reason)
    {
        Count(refusal);
        Context.Tell(edges.Records, new OfferDeclined(barter, by, refusal, reason));
    }

    /// <summary>Policies that every host has, and that are asked for their own purpose alone.</summary>
    private static bool IsOfEveryHost(string policy) => policy is DrainPolicyActor.PolicyName or RulesPolicyActor.PolicyName;

    private void SpawnPolicies()
    {
        _policies = Context.Spawn(Props.Of(() => new PoliciesActor([DrainPolicyActor.Spec, RulesPolicyActor.Spec, .. policies], options)), PoliciesName);
        Context.Watch(_policies);
        TellPredictions();
    }

    private long CoolDownMs(int moves)
    {
        var first = options.RoundMs * options.CoolDownRounds;
        return (long)Math.Min(options.CoolDownMaxMs, first * Math.Pow(2, Math.Clamp(moves - 1, 0, 40)));
    }

    private static MigrationPlan PlanOf(Barter barter, Leg leg) => new(
        BarterIds.Migration(barter.Id, leg.Number), barter.Id, leg.Number, leg.Vm, leg.From, leg.To, barter.Kind);

    private void Send(string peer, object message) => Context.Tell(edges.Membership, new SendToPeer(peer, Me, message, incarnation));

    private void Later(Barter barter, TickKind kind, long delayMs) =>
        Context.StartTimer(Key(barter, kind), new Tick(barter.Id, kind), delayMs);

    private static string Key(Barter barter, TickKind kind) => $"{kind}-{barter.Id}";

    private Volatile Soft(Barter barter)
    {
        if (!_volatile.TryGetValue(barter.Id, out var soft))
        {
            _volatile.Add(barter.Id, soft = new Volatile { LeaseMs = barter.LeaseMs > 0 ? barter.LeaseMs : options.LeaseMs });
        }

        return soft;
    }

    private BarterStatus Status() => new(
        _sentence,
        DecisionNow(),
        _ledger.PromisedBytes(Present),
        CapacityBytes,
        WithBack(),
        [.. _ledger.Open.Select(b => new OpenBarter(b.Id, b.Peer, b.Kind, Words.Of(b.Phase)))],
        [.. _refusals.Select(r => new RefusalCount(r.Key, r.Value))],
        LateDigests(),
        _broken.Count == 0 ? null : _broken,
        _decided,
        WhyNothingBegins(),
        PredictionsOff(),
        Use());

    /// <summary>The last decision, which stands only as long as what it was made of.</summary>
    private string DecisionNow() => _view is not null && Context.Now.MonotonicMs - _viewAtMs is var ageMs && ageMs > StaleMs
        ? $"{Words.Of(Refusal.StaleView)}: {Self} has not measured for {Words.Span(ageMs)}; before that: {_decision}"
        : _decision;

    /// <summary>What keeps any VM of this host from being moved for its load, whatever the policies say; null for nothing.</summary>
    private Hindrance? WhyNothingBegins() => this switch
    {
        _ when IsStale => new(Refusal.StaleView, "not every VM of this host is measured, or its libvirt does not answer"),
        _ when WhyNotBegin(BarterKind.Migrate) is var (refusal, text) => new(refusal, text),
        _ when _limits.Drain is { } drain => new(Refusal.Draining, $"{drain.Person} drains {Self}: {drain.Why}"),
        _ when _ledger.Open.FirstOrDefault() is { } open => new(Refusal.Busy, $"{Words.Of(open.Kind)} with {open.Peer} is under way ({open.Id})"),
        _ when WhyNoMore(BarterKind.Migrate, leaves: 1, comes: 0) is { } many => new(Refusal.Budget, many),
        _ => null,
    };

    private enum TickKind
    {
        Answer,
        Lead,
        Lease,
    }

    private sealed record Tick(string Barter, TickKind What);

    private sealed record DigestsDue(long Number);

    private sealed record JudgementDue(string Barter, Refusal Refusal, string Why);

    /// <summary>What is forgotten at a restart: clocks and who asked.</summary>
    private sealed class Volatile
    {
        /// <summary>The lease: ours until the granter has said which one counts on both sides.</summary>
        public required long LeaseMs { get; set; }

        /// <summary>Whose proposal our offer is.</summary>
        public string? Policy { get; init; }

        /// <summary>True if a person wants it moved whatever the rules say.</summary>
        public bool IgnoresRules { get; init; }

        /// <summary>With whom our VMs talked when it was first sent: said again, it says the same.</summary>
        public PairHalf? Pair { get; set; }

        /// <summary>When the offer was first sent.</summary>
        public long? OfferedAtMs { get; set; }

        public int Tries { get; set; }

        /// <summary>Leader: the number of the last renewal that was sent.</summary>
        public long Renewal { get; set; }

        /// <summary>Leader: when renewals were sent, until they are answered.</summary>
        public SortedDictionary<long, long> RenewalSentAtMs { get; } = [];

        /// <summary>Leader: the newest renewal that was answered, and when it had been sent.</summary>
        public (long Renewal, long SentAtMs)? Answered { get; set; }

        /// <summary>The newest start of the peer's agent that was heard in this barter.</summary>
        public long PeerIncarnation { get; set; }

        /// <summary>When the last sign of life of the peer came, or leading began.</summary>
        public long HeardAtMs { get; set; }

        /// <summary>The peer has said that it knows of no such barter: its journal was lost.</summary>
        public bool IsUnknownThere { get; set; }

        /// <summary>Granter: from when its reservations count, unless renewals were answered since.</summary>
        public long ReservedAtMs { get; set; }

        /// <summary>Granter: when renewals were answered.</summary>
        public SortedDictionary<long, long> AnsweredAtMs { get; } = [];

        /// <summary>Granter: the newest renewal that is not remembered any more; what is no newer is old.</summary>
        public long ForgottenRenewal { get; set; }

        public bool HasSenderFinished { get; set; }
    }
}
