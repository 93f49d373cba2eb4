using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Migrations;
using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>The one who offers: makes the offer, confirms, and leads the legs.</summary>
internal sealed partial class BarterActor
{
    private (PeerSaid Said, Grant Grant)? _granted;

    private static string ConfirmationToken(string barter) => "confirm-" + barter;

    private string MakeOffer(Wish wish)
    {
        var (kind, peer, give, policy, reason, _) = wish;
        var number = _ledger.LastIncarnation == incarnation ? _ledger.LastNumber + 1 : 1;
        var id = BarterIds.Barter(Self, incarnation, number);
        Context.Persist(new BarterOffered(id, number, incarnation, peer, kind, give, policy, reason, wish.Exchange));
        _volatile[id] = new Volatile { LeaseMs = options.LeaseMs, OfferedAtMs = Context.Now.MonotonicMs, Policy = policy, IgnoresRules = wish.Move is { IsForced: true } };
        _sentence = $"offers {give.Name} to {peer} ({Words.Of(kind)}): {reason}";
        Send(peer, OfferOf(id, kind, give, wish.Exchange, reason, _volatile[id]));
        Context.StartTimer($"{TickKind.Answer}-{id}", new Tick(id, TickKind.Answer), options.AnswerMs);
        return id;
    }

    private Offer OfferOf(string id, BarterKind kind, VmFacts give, Exchange? exchange, string reason, Volatile soft) => new(
        id,
        kind,
        give.Uuid,
        [
            give,
            .. Present.Where(v => v.Facts.Uuid != give.Uuid && exchange?.Gives.Contains(v.Facts.Uuid) == true).Select(v => v.Facts),
            .. Present.Where(v => v.IsMovable && v.Facts.Uuid != give.Uuid && exchange?.Gives.Contains(v.Facts.Uuid) != true).Select(v => v.Facts with { Needs = null }),
        ],
        Load(),
        FreeBytes,
        reason,
        soft.LeaseMs,
        soft.Policy,
        RuleJudge.Groups(Here(exchange?.Gives ?? [give.Uuid])),
        soft.IgnoresRules ? true : null,
        Use(),
        exchange,
        exchange is null && !policies.Any(p => p.WantsPairs && p.Name == soft.Policy) ? null : soft.Pair ??= Half());

    /// <summary>After a restart: nothing that was only agreed on is begun any more; what has begun is followed.</summary>
    private void ResumeOffer(Barter barter)
    {
        if (barter.HasAnyBegun)
        {
            Soft(barter).HeardAtMs = Context.Now.MonotonicMs;
            Later(barter, TickKind.Lead, options.AnswerMs);
        }
        else
        {
            Finish(barter, BarterOutcome.Withdrawn, Refusal.Restarted, $"{Self} was restarted before anything had begun");
        }
    }

    private void OnNoAnswer(Barter barter)
    {
        var soft = Soft(barter);
        if (barter.Phase != BarterPhase.Offered || barter.Give is null)
        {
            return;
        }

        if (_granted?.Grant.Barter == barter.Id && Context.Now.MonotonicMs - soft.OfferedAtMs <= UsableLeaseMs(soft))
        {
            // It has answered; whether all that would come can run here is being looked at.
            Later(barter, TickKind.Answer, options.AnswerMs);
            return;
        }

        if (++soft.Tries >= options.AnswerTries)
        {
            Count(barter.Id, barter.Peer, Refusal.NoAnswer, $"{barter.Peer} did not answer {soft.Tries} times");
            Finish(barter, BarterOutcome.Withdrawn, Refusal.NoAnswer, $"{barter.Peer} did not answer {soft.Tries} times");
            return;
        }

        Send(barter.Peer, OfferOf(barter.Id, barter.Kind, barter.Give, barter.Exchange, barter.Reason, soft));
        Later(barter, TickKind.Answer, options.AnswerMs);
    }

    private void OnDecline(string peer, Decline decline)
    {
        if (_ledger.Find(decline.Barter) is { Phase: BarterPhase.Offered } barter && barter.Peer == peer)
        {
            Count(barter.Id, peer, decline.Refusal, decline.Reason);
            End(barter, BarterOutcome.Declined, decline.Refusal, $"{peer} says {Words.Of(decline.Refusal)}: {decline.Reason}");
        }
    }

    private void OnGrant(PeerSaid said, Grant grant)
    {
        if (_ledger.Find(grant.Barter) is not { IsOfferer: true } barter || barter.Peer != said.Host)
        {
            Send(said.Host, new Withdraw(grant.Barter, BarterOutcome.Withdrawn, "this barter is not known here"));
            return;
        }

        switch (barter.Phase)
        {
            case BarterPhase.Offered when _granted?.Grant.Barter == barter.Id:
                // What it grants is being looked at; it has said so again.
                break;
            case BarterPhase.Offered when Sanity.WhyNot(grant) is null && grant.Legs.Any(l => l.To == Self):
                // A promise is made from what libvirt shows now, not from what it showed in the last round.
                _granted = (said, grant);
                Context.Tell(edges.Hypervisor, new SampleDomains(Context.Self, ConfirmationToken(grant.Barter)));
                break;
            case BarterPhase.Offered:
                Confirm(said, grant, barter);
                break;
            case BarterPhase.Confirmed:
                Lead(barter);
                break;
            default:
                Send(said.Host, new Withdraw(barter.Id, barter.Outcome ?? BarterOutcome.Withdrawn, barter.Reason));
                break;
        }
    }

    private void ConfirmGranted((PeerSaid Said, Grant Grant) granted)
    {
        _granted = null;
        if (_ledger.Find(granted.Grant.Barter) is { IsOfferer: true, Phase: BarterPhase.Offered } barter)
        {
            Confirm(granted.Said, granted.Grant, barter);
        }
    }

    private void WithdrawGranted((PeerSaid Said, Grant Grant) granted, Refusal refusal, string reason)
    {
        _granted = null;
        if (_ledger.Find(granted.Grant.Barter) is { IsOfferer: true, Phase: BarterPhase.Offered } barter)
        {
            Finish(barter, BarterOutcome.Withdrawn, refusal, reason);
        }
    }

    private void Confirm(PeerSaid said, Grant grant, Barter barter)
    {
        var soft = Soft(barter);
        soft.LeaseMs = Shorter(soft.LeaseMs, grant.LeaseMs);
        var give = barter.Give!;
        var gives = barter.Gives;
        var isHere = gives.All(g => Present.Any(v => v.Facts.Uuid == g && v.Status is VmStatus.Idle or VmStatus.Offered or VmStatus.Cooling));
        var comes = grant.Legs.Where(l => !gives.Contains(l.Vm.Uuid)).Select(l => l.Vm.Uuid).Order(StringComparer.Ordinal).ToArray();
        var isWhatWeOffered = gives.All(g => grant.Legs.Count(l => l.Vm.Uuid == g) == 1)
            && grant.Legs.All(l => gives.Contains(l.Vm.Uuid) ? l.From == Self && l.To == barter.Peer : l.From == barter.Peer && l.To == Self)
            && (barter.Exchange is { } exchange ? comes.SequenceEqual(exchange.Takes.Order(StringComparer.Ordinal)) : comes.Length <= 1);

        // Of our own VMs counts what we know of them, not what comes back.
        VmFacts Own(VmFacts said) => said.Uuid == give.Uuid ? give : Present.FirstOrDefault(v => v.Facts.Uuid == said.Uuid)?.Facts ?? said;
        IReadOnlyList<Leg> legs = [.. grant.Legs.Select(l => gives.Contains(l.Vm.Uuid) ? l with { Vm = Own(l.Vm) } : l)];
        if (soft.OfferedAtMs is not { } offeredAtMs || Context.Now.MonotonicMs - offeredAtMs > UsableLeaseMs(soft))
        {
            Finish(barter, BarterOutcome.Withdrawn, Refusal.LeaseOver, $"{barter.Peer}'s grant came too late to be used");
        }
        else if (Sanity.WhyNot(grant) is { } nonsense)
        {
            Finish(barter, BarterOutcome.Withdrawn, Refusal.Nonsense, $"{barter.Peer}'s grant makes no sense: {nonsense}");
        }
        else if (grant.Legs.Select(l => CaseOf(l.Vm.Uuid)).FirstOrDefault(c => c is not null) is { } waiting)
        {
            Finish(barter, BarterOutcome.Withdrawn, Refusal.NotMovable, $"on {Self} the migration {waiting} needs an operator");
        }
        else if (!isHere || !isWhatWeOffered)
        {
            Finish(barter, BarterOutcome.Withdrawn, Refusal.NotMovable, $"{give.Name} is not free to move any more, or the grant is not what was offered");
        }
        else if (legs.FirstOrDefault(l => l.To == Self && Present.Any(v => v.Facts.Uuid == l.Vm.Uuid)) is { } here)
        {
            Finish(barter, BarterOutcome.Withdrawn, Refusal.NotMovable, $"{barter.Peer} gives {here.Vm.Name} for it, which {Self} shows itself");
        }
        else if (WhyNotTakeBack(legs, gives) is { } rule)
        {
            Finish(barter, BarterOutcome.Withdrawn, Refusal.Rule, rule);
        }
        else if (legs.Any(l => l.To == Self && l.Vm.Mode.NeedsPostCopy()) && _cannotReceive is { } why)
        {
            Finish(barter, BarterOutcome.Withdrawn, Refusal.NoPostCopy, $"{Self} cannot take what would come: {why}");
        }
        else if (legs.Any(l => l.To == Self) && _ledger.Need(legs, Present) > FreeBytes)
        {
            Finish(barter, BarterOutcome.Withdrawn, Refusal.NoRoom, $"{Self} has no room any more for what would come");
        }
        else
        {
            Context.CancelTimer(Key(barter, TickKind.Answer));
            Context.Persist(new BarterConfirmed(barter.Id, said.Incarnation, legs, grant.Reason, soft.LeaseMs));
            soft.HeardAtMs = Context.Now.MonotonicMs;
            var digest = _digests.GetValueOrDefault(barter.Peer);
            Predict(barter.Id, barter.Peer, barter.Kind, soft.Policy, legs, digest?.LoadBitPerSecond, digest?.Use);
            _sentence = $"agreed with {barter.Peer}: {string.Join(", then ", legs.Select(l => $"{l.Vm.Name} to {l.To}"))}: {grant.Reason}";
            Renew(barter);
            Later(barter, TickKind.Lead, LeadMs(soft));
        }
    }

    private long LeadMs(Volatile soft) => Math.Max(100, Math.Min(options.AnswerMs, soft.LeaseMs / 6));

    /// <summary>Confirms, and with each further number renews the granter's leases. The numbers go on after a restart.</summary>
    private void Renew(Barter barter)
    {
        var soft = Soft(barter);
        soft.Renewal = Math.Max(soft.Renewal + 1, Context.Now.WallMs);
        soft.RenewalSentAtMs[soft.Renewal] = Context.Now.MonotonicMs;
        if (soft.RenewalSentAtMs.Count > RenewalsMax)
        {
            soft.RenewalSentAtMs.Remove(soft.RenewalSentAtMs.Keys.First());
        }

        Send(barter.Peer, new Confirm(barter.Id, soft.Renewal, Math.Max(soft.PeerIncarnation, barter.PeerIncarnation)));
    }

    private void OnConfirmed(PeerSaid said, Confirmed confirmed)
    {
        if (_ledger.Find(confirmed.Barter) is not { IsOfferer: true, Phase: BarterPhase.Confirmed } barter || barter.Peer != said.Host)
        {
            return;
        }

        var soft = Soft(barter);
        (soft.HeardAtMs, soft.PeerIncarnation) = (Context.Now.MonotonicMs, Math.Max(soft.PeerIncarnation, said.Incarnation));
        if (soft.RenewalSentAtMs.TryGetValue(confirmed.Renewal, out var sentAtMs) && (soft.Answered is null || confirmed.Renewal > soft.Answered.Value.Renewal))
        {
            soft.Answered = (confirmed.Renewal, sentAtMs);
        }

        if (!barter.IsLegRunning)
        {
            Advance(barter);
        }
    }

    /// <summary>Once in a while: keeps leases alive, asks how things stand, and goes on where it can.</summary>
    private void Lead(Barter barter)
    {
        if (!barter.IsOfferer || barter.Phase != BarterPhase.Confirmed)
        {
            return;
        }

        var soft = Soft(barter);
        Later(barter, TickKind.Lead, LeadMs(soft));
        if (barter.NextLeg is not { } leg || barter.HasFailedLeg)
        {
            Advance(barter);
            return;
        }

        var isSilent = Context.Now.MonotonicMs - soft.HeardAtMs > soft.LeaseMs;
        if (!barter.HasBegun(leg.Number))
        {
            if (isSilent)
            {
                Finish(barter, barter.Conclude(), Refusal.NoAnswer, $"{barter.Peer} did not answer for {Words.Duration(soft.LeaseMs)}");
            }
            else if (barter.Incarnation != incarnation)
            {
                Advance(barter);
            }
            else
            {
                Renew(barter);
            }

            return;
        }

        Renew(barter);
        if (leg.To == Self)
        {
            LeadArrival(barter, leg, soft, isSilent);
        }
    }

    private void LeadArrival(Barter barter, Leg leg, Volatile soft, bool isSilent)
    {
        var migration = BarterIds.Migration(barter.Id, leg.Number);
        var isCharged = _ledger.Charges.Any(c => c.Migration == migration);
        var hasArrived = _ledger.HasArrived(migration);
        if (IsLegSettled(barter, leg, soft))
        {
            SettleLeg(barter, leg);
        }
        else if (isSilent && (!isCharged || hasArrived))
        {
            // The sender's last third of the lease is long over: it does not begin any more. If it arrived all the same, it is here.
            Context.Persist(hasArrived
                ? Ended(barter.Id, leg.Number, LegOutcome.Completed, $"{leg.Vm.Name} runs on {Self}")
                : Ended(barter.Id, leg.Number, LegOutcome.Failed, $"{barter.Peer} is silent and nothing arrived"));
            Later(barter, TickKind.Lead, 0);
        }
        else if (isSilent && soft.IsUnknownThere && Context.Now.MonotonicMs - soft.HeardAtMs > options.Migration.PatienceMs)
        {
            // With the sender's journal went whoever would have found out how it ends: a post-copy that broke is told to go on by nobody any more.
            var why = $"{barter.Peer} knows of no such migration, because its journal was lost, and {leg.Vm.Name} has not come to its end here.";
            Context.Persist(Ended(barter.Id, leg.Number, LegOutcome.NeedsOperator, why));
            Context.Tell(host, new ArrivalLeftToPerson(PlanOf(barter, leg), HasRun: false, why));
            Later(barter, TickKind.Lead, 0);
        }
        else
        {
            Send(barter.Peer, new StartLeg(barter.Id, leg.Number, soft.Answered?.Renewal ?? 0));
        }
    }

    /// <summary>Our libvirt says running, the sender's says gone.</summary>
    private bool IsLegSettled(Barter barter, Leg leg, Volatile soft) =>
        soft.HasSenderFinished && _ledger.HasArrived(BarterIds.Migration(barter.Id, leg.Number));

    private void SettleLeg(Barter barter, Leg leg)
    {
        Context.Persist(Ended(barter.Id, leg.Number, LegOutcome.Completed, $"{leg.Vm.Name} runs on {Self}"));
        Later(barter, TickKind.Lead, 0);
    }

    private void Advance(Barter barter)
    {
        var soft = Soft(barter);
        if (barter.HasFailedLeg || barter.NextLeg is not { } leg)
        {
            var outcome = barter.Conclude();
            Finish(barter, outcome, null, outcome switch
            {
                BarterOutcome.Settled => string.Join(", ", barter.Legs.Select(l => $"{l.Vm.Name} runs on {l.To}")),
                BarterOutcome.Half => "a later leg failed; nothing is sent back, both hosts judge anew",
                _ => "the first leg failed; nothing has moved",
            });
            return;
        }

        if (barter.Incarnation != incarnation && !barter.HasBegun(leg.Number))
        {
            Finish(barter, barter.Conclude(), Refusal.Restarted, $"{Self} was restarted before leg {leg.Number} had begun");
            return;
        }

        if (barter.HasBegun(leg.Number))
        {
            return;
        }

        if (_limits.Frozen is { } frozen)
        {
            Finish(barter, barter.Conclude(), Refusal.Frozen, frozen);
            return;
        }

        if (soft.Answered is not { } answered || Context.Now.MonotonicMs - answered.SentAtMs > UsableLeaseMs(soft))
        {
            Renew(barter);
            return;
        }

        Context.Persist(new LegBegan(barter.Id, leg.Number));
        if (leg.From == Self)
        {
            Context.Tell(host, new OpenMigration(PlanOf(barter, leg), answered.SentAtMs + UsableLeaseMs(soft), soft.LeaseMs));
        }
        else
        {
            soft.HasSenderFinished = false;
            Send(barter.Peer, new StartLeg(barter.Id, leg.Number, answered.Renewal));
        }
    }

    private void OnLegStands(string peer, LegStands stands)
    {
        if (_ledger.Find(stands.Barter) is not { IsOfferer: true, Phase: BarterPhase.Confirmed } barter || barter.Peer != peer
            || !barter.HasBegun(stands.Leg) || barter.OutcomeOf(stands.Leg) is not null || barter.Legs.First(l => l.Number == stands.Leg).From != peer)
        {
            // Of a leg that leaves from here our own libvirt tells.
            return;
        }

        var soft = Soft(barter);
        soft.HeardAtMs = Context.Now.MonotonicMs;
        switch (stands.Outcome)
        {
            case null:
                break;
            case LegOutcome.Completed:
                soft.HasSenderFinished = true;
                if (barter.Legs.First(l => l.Number == stands.Leg) is var leg && IsLegSettled(barter, leg, soft))
                {
                    SettleLeg(barter, leg);
                }

                break;
            default:
                Context.Persist(Ended(barter.Id, stands.Leg, stands.Outcome.Value, stands.Reason));
                Later(barter, TickKind.Lead, 0);
                break;
        }
    }

    private void OnBarterStands(string peer, BarterStands stands)
    {
        if (_ledger.Find(stands.Barter) is not { IsOfferer: true, Phase: BarterPhase.Confirmed or BarterPhase.Offered } barter
            || barter.Peer != peer)
        {
            return;
        }

        if (barter.IsLegRunning)
        {
            Soft(barter).IsUnknownThere |= stands.Outcome is null;
            return;
        }

        Finish(barter, barter.Conclude(), Refusal.UnknownBarter, $"{peer} has ended it: {stands.Reason}");
    }

    private void Finish(Barter barter, BarterOutcome outcome, Refusal? refusal, string reason)
    {
        End(barter, outcome, refusal, reason);
        Send(barter.Peer, new Withdraw(barter.Id, outcome, reason));
    }

    /// <summary>A person's command: the same protocol, without hold, margin and rest.</summary>
    private void Command(MoveVm move)
    {
        var vm = Present.FirstOrDefault(v => v.Facts.Name == move.Vm || v.Facts.Uuid == move.Vm);
        if (WhyNot(move, vm) is { } refusal)
        {
            Context.Tell(move.ReplyTo, new MoveAnswered(false, null, refusal));
        }
        else if (vm!.CannotMove is { } cannot)
        {
            Refuse(move, Refusal.PreFlight, $"{vm.Facts.Name} cannot be moved: {cannot}");
        }
        else if (!move.IsForced && (vm.HeldByRule ?? WhyNot(vm, move.To)) is { } rule)
        {
            Refuse(move, Refusal.Rule, $"{vm.Facts.Name} is not moved: {rule}; change the rule, or say it again with --force");
        }
        else if (_wish is not null)
        {
            Context.Tell(move.ReplyTo, new MoveAnswered(false, null, $"{Self} is about to make another offer; try again in a moment"));
        }
        else
        {
            Want(new Wish(
                BarterKind.Command, move.To, vm.Facts with { CoolDownLeftMs = 0, Mode = move.Mode ?? vm.Facts.Mode }, "command", $"{move.Person} wants {vm.Facts.Name} on {move.To}", move));
        }
    }

    /// <summary>Why a person's command cannot be carried out now, with the remedy; null if it can.</summary>
    private string? WhyNot(MoveVm move, VmView? vm)
    {
        var others = _view is null ? "none is known" : string.Join(", ", _view.Members.Select(m => m.Host));
        return this switch
        {
            _ when _limits.JournalLoss is { } lost => lost,
            _ when _limits.Frozen is { } frozen => $"{frozen}; `actormig cluster thaw` ends that",
            _ when _limits.DiskFull is { } full => $"no barter begins: {full}",
            _ when Mode == Mode.Observe => "this agent only observes; set actormig.mode to recommend or auto",
            _ when IsStale => "this host has not measured yet, or its libvirt cannot be reached; try again in a moment",
            _ when vm is null => $"no VM '{move.Vm}' runs on {Self}; here run: {string.Join(", ", Present.Select(v => v.Facts.Name))}",
            _ when move.To == Self => $"{vm!.Facts.Name} is on {Self} already",
            _ when Member.Find(_view!.Members, move.To) is null => $"no host '{move.To}' is known; known hosts: {others}",
            _ when Member.Find(_view!.Members, move.To) is { State: not MemberState.Alive and var state } =>
                $"{move.To} is no host to go to now, for it is {Words.Of(state)}; start its agent, and try again when `actormig status` lists it without that",
            _ when !vm!.IsManaged => $"{vm.Facts.Name} is not tagged to be managed; tag it in its metadata or set actormig.manage to all",
            _ when _ledger.Open.Any() || _pending is not null => $"{Self} negotiates already; try again when that is over",
            _ when WhyNoMore(BarterKind.Command, leaves: 1, comes: 0) is { } many => $"{Words.Of(Refusal.Budget)}: {many}; try again when one has ended, or raise the limit",
            _ when vm!.Status == VmStatus.NeedsOperator || CaseOf(vm.Facts.Uuid) is not null =>
                $"{vm.Facts.Name} cannot move now: its migration {CaseOf(vm.Facts.Uuid)} needs an operator; resolve that with `actormig migration resolve {CaseOf(vm.Facts.Uuid)}`",
            _ when vm!.Status == VmStatus.InDoubt =>
                $"{vm.Facts.Name} cannot move now: the other host of its last migration is silent, and it may run there, too; try again when that host can be heard",
            _ when vm!.Status is not (VmStatus.Idle or VmStatus.Cooling) => $"{vm.Facts.Name} cannot move now: it is {Words.Of(vm.Status)}",
            _ => null,
        };
    }
}
