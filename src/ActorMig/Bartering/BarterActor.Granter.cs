using ActorMig.Edges;
using ActorMig.Migrations;
using ActorMig.Policies;
using ActorMig.PreFlight;
using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>The one who is asked: judges, reserves, and sends its own VM when it is told to.</summary>
internal sealed partial class BarterActor
{
    private (PeerSaid Said, Offer Offer)? _pending;

    private static string JudgementToken(string barter) => "judge-" + barter;

    private void Consider(PeerSaid said, Offer offer)
    {
        if (_ledger.Find(offer.Barter) is { } known && known.Peer == said.Host)
        {
            if (known.Phase == BarterPhase.Ended)
            {
                Send(said.Host, new BarterStands(known.Id, known.Outcome, known.Reason));
            }
            else if (!known.IsOfferer)
            {
                Send(said.Host, new Grant(known.Id, known.Legs, known.Reason, known.LeaseMs));
            }

            return;
        }

        if (_pending is { } pending)
        {
            if (pending.Offer.Barter != offer.Barter)
            {
                Refuse(said.Host, offer, Refusal.Busy, $"{Self} judges another offer");
            }

            return;
        }

        if (_limits.JournalLoss is { } lost)
        {
            Refuse(said.Host, offer, Refusal.Observing, $"on {Self} {lost}");
        }
        else if (!MayMove(offer.Kind))
        {
            Refuse(said.Host, offer, Refusal.Observing, $"{Self} is in mode {Words.Of(Mode)}");
        }
        else if (_limits.Frozen is { } frozen)
        {
            Refuse(said.Host, offer, Refusal.Frozen, frozen);
        }
        else if (_limits.Drain is { } drain)
        {
            Refuse(said.Host, offer, Refusal.Draining, $"{drain.Person} drains {Self}: {drain.Why}");
        }
        else if (_limits.DiskFull is { } full)
        {
            Refuse(said.Host, offer, Refusal.DiskFull, $"{Self} begins no barter: {full}");
        }
        else if (IsStale)
        {
            Refuse(said.Host, offer, Refusal.StaleView, $"{Self} has not measured recently");
        }
        else if (Sanity.WhyNot(offer, said.Host) is { } nonsense)
        {
            Refuse(said.Host, offer, Refusal.Nonsense, $"the offer makes no sense: {nonsense}");
        }
        else if (_cannotReceive is { } why && offer.Given().Any(v => v.Mode.NeedsPostCopy()))
        {
            Refuse(said.Host, offer, Refusal.NoPostCopy, $"{Self} cannot take it: {why}");
        }
        else if (offer.Given().Select(v => v.Uuid).Concat(offer.Taken()).Select(CaseOf).FirstOrDefault(c => c is not null) is { } waiting)
        {
            Refuse(said.Host, offer, Refusal.NotMovable, $"on {Self} its migration {waiting} needs an operator");
        }
        else if (_ledger.Open.FirstOrDefault() is { } open)
        {
            // Two offers crossing: the lower host name's stands.
            var isCrossing = open is { IsOfferer: true, Phase: BarterPhase.Offered } && open.Peer == said.Host;
            if (!isCrossing || string.CompareOrdinal(Self, said.Host) < 0)
            {
                Refuse(said.Host, offer, Refusal.Busy, isCrossing ? $"{Self}'s own offer stands" : $"{Self} barters with {open.Peer}");
                return;
            }

            End(open, BarterOutcome.Withdrawn, Refusal.Busy, $"{said.Host}'s offer crossed ours and stands");
            AskForJudgement(said, offer);
        }
        else
        {
            AskForJudgement(said, offer);
        }
    }

    private void AskForJudgement(PeerSaid said, Offer offer)
    {
        // A promise is made from what libvirt shows now, not from what it showed in the last round.
        _pending = (said, offer);
        _barredBack.Clear();
        if (_wish is null)
        {
            // Of an earlier offer's way nothing is heard any more; but a wish of our own still waits for its way, and would for ever.
            _wayNumber++;
        }

        Context.Tell(edges.Hypervisor, new SampleDomains(Context.Self, JudgementToken(offer.Barter)));
        AwaitLibvirt(offer);
    }

    /// <summary>
    /// What libvirt shows now, with the loads of the last round; what is new counts with its memory, and with the load with which it came. Whether it has a
    /// definition and starts with its host may be put right between two rounds, and goes with it.
    /// </summary>
    private void Refresh(DomainsSampled sampled)
    {
        var known = Present.Join(sampled.Domains, v => v.Facts.Uuid, d => d.Uuid, (v, d) => d.Job != DomainJob.None ? v : v with
        {
            // Of one that is busy libvirt may not have told it all; and it cannot move.
            Facts = v.Facts with { IsPersistent = d.IsPersistent, IsAutostart = d.IsAutostart },
        });
        var news = sampled.Domains.Where(d => Present.All(v => v.Facts.Uuid != d.Uuid)).Select(d => (Domain: d, Came: _ledger.AsItCame(d.Uuid))).Select(n => new VmView(
            new VmFacts(
                n.Domain.Uuid, n.Domain.Name, n.Domain.MemoryBytes, n.Domain.Vcpus, n.Came?.LoadBitPerSecond ?? 0, n.Domain.IsPersistent, n.Domain.IsAutostart,
                Rules: options.Rules.Of(n.Domain.Name, n.Domain.Wish), Use: n.Came?.Use, DirtyBytePerSecond: n.Came?.DirtyBytePerSecond),
            VmStatus.Paused, IsManaged: false, IsStill: true));
        _view = _view! with { Vms = [.. known.Concat(news).OrderBy(v => v.Facts.Uuid, StringComparer.Ordinal)] };
    }

    /// <summary>The offerer asks again meanwhile; it is to hear why before it gives up.</summary>
    private void AwaitLibvirt(Offer offer) => Context.StartTimer(
        "judgement",
        new JudgementDue(offer.Barter, Refusal.NoHypervisor, FormattableString.Invariant($"{Self}'s libvirt did not answer in {2 * options.AnswerMs / 1000.0:0.0} s")),
        2 * options.AnswerMs);

    private void AskForOpinion(PeerSaid said, Offer offer, string token)
    {
        if (WhyNotTake(offer) is { } rule)
        {
            RefusePending(Refusal.Rule, rule);
        }
        else if (offer.Kind.IsPersons() || offer.Kind == BarterKind.Mend)
        {
            // Whoever commands answers for it, and a broken rule is mended whatever the load is; only room, names and rules are looked at.
            Reserve([], offer.Reason);
        }
        else
        {
            Context.Tell(_policies!, new Judge(Context.Self, token, said.Host, offer, HostView()));
            Context.StartTimer("judgement", new JudgementDue(offer.Barter, Refusal.NoOpinion, $"{Self}'s policies did not answer"), 2 * options.PolicyMs);
        }
    }

    private void AnswerOffer(PoliciesJudged judged)
    {
        if (_pending is not { } pending || judged.Token != JudgementToken(pending.Offer.Barter))
        {
            return;
        }

        judged = judged with { Answers = [.. judged.Answers.Where(a => !IsOfEveryHost(a.Policy))] };
        var no = judged.Answers.FirstOrDefault(a => a.Refusal is not null);
        var giveBack = judged.Answers.FirstOrDefault(a => a.GiveBack is not null)?.GiveBack;
        var partner = Present.FirstOrDefault(v => v.Facts.Uuid == giveBack && v.IsMovable);
        var taken = pending.Offer.Taken().Select(t => Present.FirstOrDefault(v => v.Facts.Uuid == t && v.IsMovable)).ToArray();
        var own = judged.Answers.FirstOrDefault(a => a.Policy == pending.Offer.Policy);
        if (judged.Answers.Count == 0)
        {
            RefusePending(Refusal.NoOpinion, policies.Count == 0 ? $"{Self} has no policy that could judge it" : $"{Self}'s policies did not answer");
        }
        else if (no is not null)
        {
            RefusePending(no.Refusal!.Value, no.Reason);
        }
        else if (pending.Offer.Kind == BarterKind.Swap && partner is null)
        {
            RefusePending(Refusal.NoFittingVm, $"{Self} has no VM to give for it");
        }
        else if (pending.Offer.Kind == BarterKind.Exchange && (own is null || !policies.Any(p => p.WantsPairs && p.Name == own.Policy)))
        {
            // An exchange names what leaves here, too: one that knows who talks to whom must have judged what that wins.
            RefusePending(Refusal.NoOpinion, $"{Self} has no policy {pending.Offer.Policy} that could judge an exchange, or it did not answer");
        }
        else if (taken.Any(t => t is null))
        {
            RefusePending(Refusal.NotMovable, $"not every VM that {pending.Said.Host} would take may move now");
        }
        else if (WhyNotGive(pending.Said.Host, pending.Offer) is { } rule)
        {
            RefusePending(Refusal.Rule, rule);
        }
        else if (pending.Offer.Kind == BarterKind.Exchange)
        {
            Reserve([.. taken.Select(t => t!.Facts)], own!.Reason);
        }
        else if (!IsAskedAgain(pending.Said.Host, pending.Offer, partner?.Facts))
        {
            Reserve(partner is null ? [] : [partner.Facts], judged.Answers[0].Reason);
        }
    }

    private void Reserve(IReadOnlyList<VmFacts> giveBack, string reason)
    {
        if (WhyNoMore(_pending!.Value.Offer.Kind, giveBack.Count, _pending.Value.Offer.Given().Count) is { } many)
        {
            RefusePending(Refusal.Budget, many);
            return;
        }

        var (said, offer) = _pending!.Value;
        var given = offer.Given();
        var (legs, refusal, _) = LegOrder.Find(said.Host, offer.FreeBytes, Self, FreeBytes, given, giveBack);
        if (refusal is { } no)
        {
            RefusePending(no, no == Refusal.NoRoom && given.Count == 1
                ? ArrivalChecks.NoRoom(given[0], Self, FreeBytes)
                : $"no order in which each VM fits: {said.Host} can promise {Words.Memory(offer.FreeBytes)}, {Self} {Words.Memory(FreeBytes)}");
            return;
        }

        _pending = null;
        var leaseMs = Shorter(options.LeaseMs, offer.LeaseMs);
        Context.Persist(new BarterGranted(offer.Barter, incarnation, said.Host, said.Incarnation, offer.Kind, legs, reason, leaseMs));
        var soft = _volatile[offer.Barter] = new Volatile { LeaseMs = leaseMs };
        soft.ReservedAtMs = soft.AnsweredAtMs[0] = Context.Now.MonotonicMs;
        Predict(offer.Barter, said.Host, offer.Kind, offer.Policy, legs, offer.LoadBitPerSecond, offer.Use);
        _sentence = $"granted {said.Host} ({Words.Of(offer.Kind)}): {string.Join(", then ", legs.Select(l => $"{l.Vm.Name} to {l.To}"))}: {reason}";
        Send(said.Host, new Grant(offer.Barter, legs, reason, leaseMs));
        Context.StartTimer($"{TickKind.Lease}-{offer.Barter}", new Tick(offer.Barter, TickKind.Lease), soft.LeaseMs);
    }

    private void RefusePending(Refusal refusal, string reason)
    {
        var (said, offer) = _pending!.Value;
        _pending = null;
        Refuse(said.Host, offer, refusal, reason);
    }

    private void Refuse(string peer, Offer offer, Refusal refusal, string reason)
    {
        // A name that nobody gives is not kept whole.
        const int NameCharsMax = 200;
        Count(offer.Barter.Length <= NameCharsMax ? offer.Barter : offer.Barter[..NameCharsMax], Self, refusal, reason);
        _sentence = $"declined {peer}'s offer ({Words.Of(refusal)}): {reason}";
        Send(peer, new Decline(offer.Barter, refusal, reason));
    }

    private void ArmLease(Barter barter) => Later(barter, TickKind.Lease, Math.Max(1, LeaseSinceMs(barter) + Soft(barter).LeaseMs - Context.Now.MonotonicMs));

    /// <summary>From when the lease of our reservations counts: the last sign of life that renewed it.</summary>
    private long LeaseSinceMs(Barter barter)
    {
        var soft = Soft(barter);
        return soft.AnsweredAtMs.Count == 0 ? soft.ReservedAtMs : Math.Max(soft.ReservedAtMs, soft.AnsweredAtMs.Values.Max());
    }

    private void OnConfirm(PeerSaid said, Confirm confirm)
    {
        var peer = said.Host;
        if (_ledger.Find(confirm.Barter) is not { IsOfferer: false } barter || barter.Peer != peer)
        {
            Send(peer, new BarterStands(confirm.Barter, null, $"{Self} knows no such barter"));
            return;
        }

        if (barter.Phase == BarterPhase.Ended)
        {
            Send(peer, new BarterStands(barter.Id, barter.Outcome, barter.Reason));
            return;
        }

        if (barter.Phase == BarterPhase.Granted)
        {
            Context.Persist(new BarterConfirmationHeard(barter.Id));
        }

        var soft = Soft(barter);

        if (said.Incarnation > soft.PeerIncarnation)
        {
            // A leader that has begun anew counts by its clock, which may have been set back.
            (soft.PeerIncarnation, soft.ForgottenRenewal) = (said.Incarnation, 0);
        }

        // A repeated renewal does not become younger. Which ones were heard before a restart is forgotten: one that was said to an earlier start of this agent
        // renews nothing, and the leader, which hears of the restart, says it anew.
        var renews = confirm.To == 0 || confirm.To == incarnation;
        if (renews && confirm.Renewal > soft.ForgottenRenewal)
        {
            soft.AnsweredAtMs.TryAdd(confirm.Renewal, Context.Now.MonotonicMs);
        }

        if (soft.AnsweredAtMs.Count > RenewalsMax)
        {
            soft.ForgottenRenewal = soft.AnsweredAtMs.Keys.First();
            soft.AnsweredAtMs.Remove(soft.ForgottenRenewal);
        }

        ArmLease(barter);
        Send(peer, new Confirmed(barter.Id, renews ? confirm.Renewal : 0));
    }

    private void OnStartLeg(string peer, StartLeg start)
    {
        if (_ledger.Find(start.Barter) is not { IsOfferer: false } barter || barter.Peer != peer)
        {
            Send(peer, new BarterStands(start.Barter, null, $"{Self} knows no such barter"));
            return;
        }

        var leg = barter.Legs.FirstOrDefault(l => l.Number == start.Leg && l.From == Self);
        if (leg is null)
        {
            return;
        }

        if (barter.OutcomeOf(leg.Number) is { } outcome)
        {
            Send(peer, new LegStands(barter.Id, leg.Number, outcome, barter.Reason));
        }
        else if (barter.HasBegun(leg.Number))
        {
            Send(peer, new LegStands(barter.Id, leg.Number, null, "under way"));
        }
        else if (barter.Phase == BarterPhase.Ended || barter.Incarnation != incarnation)
        {
            Send(peer, new LegStands(barter.Id, leg.Number, LegOutcome.Failed, $"{Self} was restarted or gave the barter up before this leg had begun"));
        }
        else if (Present.FirstOrDefault(v => v.Facts.Uuid == leg.Vm.Uuid)?.Status is not (VmStatus.Idle or VmStatus.Offered or VmStatus.Cooling))
        {
            Send(peer, new LegStands(barter.Id, leg.Number, LegOutcome.Failed, $"{leg.Vm.Name} cannot move any more"));
        }
        else if (_limits.Frozen is { } frozen)
        {
            Send(peer, new LegStands(barter.Id, leg.Number, LegOutcome.Failed, frozen));
        }
        else if (!Soft(barter).AnsweredAtMs.TryGetValue(start.Renewal, out var sinceMs) || Context.Now.MonotonicMs - sinceMs > UsableLeaseMs(Soft(barter)))
        {
            // Too late to be sure that the destination still holds the reservation: the leader renews and asks again.
            Send(peer, new LegStands(barter.Id, leg.Number, null, "waits for a fresh lease"));
        }
        else
        {
            Context.Persist(new LegBegan(barter.Id, leg.Number));
            Context.Tell(host, new OpenMigration(PlanOf(barter, leg), sinceMs + UsableLeaseMs(Soft(barter)), Soft(barter).LeaseMs));
            Send(peer, new LegStands(barter.Id, leg.Number, null, "under way"));
        }
    }

    /// <summary>The offerer takes it back, or the leader says how it ended.</summary>
    private void OnWithdraw(string peer, Withdraw withdraw)
    {
        if (_pending is { } pending && pending.Offer.Barter == withdraw.Barter && pending.Said.Host == peer)
        {
            _pending = null;
            return;
        }

        if (_ledger.Find(withdraw.Barter) is not { IsOfferer: false, Phase: not BarterPhase.Ended } barter || barter.Peer != peer)
        {
            return;
        }

        // A leg of ours that has begun is followed to its end. What arrives is charged for as long as libvirt shows it, with or without the barter.
        if (!barter.IsOwnLegRunning(Self) && !(withdraw.Outcome is BarterOutcome.Settled or BarterOutcome.Half && IsArrivalMissing(barter)))
        {
            End(barter, withdraw.Outcome, null, withdraw.Reason);
        }
    }

    /// <summary>True if a VM may just be arriving of which this side has not seen the end. After a leg that failed none is begun.</summary>
    private bool IsArrivalMissing(Barter barter)
    {
        var begun = barter.Legs.TakeWhile(l => barter.OutcomeOf(l.Number) is null or LegOutcome.Completed);
        return begun.Any(l => l.To == Self && barter.OutcomeOf(l.Number) is null);
    }

    /// <summary>The lease is over, or a leg has ended: is the barter over for us?</summary>
    private void OnLeaseOver(Barter barter)
    {
        if (barter.IsOfferer)
        {
            return;
        }

        if (barter.NextLeg is null)
        {
            End(barter, barter.Conclude(), null, string.Join(", ", barter.Legs.Select(l => $"{l.Vm.Name}: {Words.Of(barter.OutcomeOf(l.Number)!.Value)}")));
        }
        else if (Context.Now.MonotonicMs - LeaseSinceMs(barter) < Soft(barter).LeaseMs)
        {
            ArmLease(barter);
        }
        else if (barter.IsOwnLegRunning(Self))
        {
            Later(barter, TickKind.Lease, Soft(barter).LeaseMs);
        }
        else
        {
            var outcome = barter.Phase == BarterPhase.Granted ? BarterOutcome.Withdrawn : barter.Conclude();
            End(barter, outcome, Refusal.LeaseOver, $"nothing came from {barter.Peer} for {Words.Duration(Soft(barter).LeaseMs)}");
        }
    }
}
