using ActorMig.Brakes;
using ActorMig.Edges;
using ActorMig.Policies;
using ActorMig.Policies.Affinity;
using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>A round: measure, ask for digests, ask the policies, decide.</summary>
internal sealed partial class BarterActor
{
    private const long HourMs = 3_600_000;

    /// <summary>So many hosts are asked for their half because they have much room, if room is gathered.</summary>
    private const int RoomyPeersMax = 3;

    /// <summary>A swap is the least that helps some hosts: it may go over the hour's limit by one, if it is the first.</summary>
    private const int SwapMoves = 2;
    private readonly SortedDictionary<string, Digest> _digests = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (int Rounds, long AtMs)> _held = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _exchangesRefused = new(StringComparer.Ordinal);
    private RoomWanted? _wanted;
    private RoomWanted? _wantedNext;
    private readonly SortedDictionary<string, int> _away = new(StringComparer.Ordinal);
    private string? _cannotReceive;
    private readonly SortedSet<string> _chargesSeenMissing = new(StringComparer.Ordinal);
    private readonly SpreadMeter _spread = new();
    private long _digestNumber;
    private int _digestsAsked;
    private long _digestsRound;
    private IReadOnlyList<Digest> _digestsBefore = [];
    private bool _isAskingDigests;

    private string ProposalToken => _asks == 0 ? FormattableString.Invariant($"round-{_digestNumber}") : FormattableString.Invariant($"round-{_digestNumber}-{_asks}");

    private long StaleMs => (2 * options.RoundMs) + options.AnswerMs;

    private bool IsStale => _view is null
        || Context.Now.MonotonicMs - _viewAtMs > StaleMs
        || Present.Any(v => !v.IsMeasured);

    private void BeginRound(BarterRound round)
    {
        _limits = round.Limits ?? new BarterLimits(null, null);
        _view = round with { Vms = [.. round.Vms.Select(v => Remember(v, _ledger.Remembered(v.Facts.Uuid)))] };
        _viewAtMs = Context.Now.MonotonicMs;
        _cannotReceive = round.CannotReceivePostCopy;
        ForgetDrainRefused();
        ForgetMendRefused();
        ForgetBack();
        ChargeForeignArrivals();
        EndCharges();
        Forget();
        WithdrawWhatChanged();
        Context.Tell(edges.Records, new RoundMeasured(
            round.Round, MeasuredLoad(), [.. Present.Select(v => new VmLoad(v.Facts.Name, Math.Round(v.Facts.LoadBitPerSecond)))]));

        if (!IsStale)
        {
            _spread.Take(Present, options.Balance.SpreadRounds);
        }

        if (IsStale)
        {
            _held.Clear();
            _decision = $"{Words.Of(Refusal.StaleView)}: not every VM is measured yet";
        }
        else if (_ledger.Open.FirstOrDefault() is { } open)
        {
            _held.Clear();
            _decision = $"{Words.Of(Refusal.Busy)}: {Words.Of(open.Kind)} with {open.Peer} is under way";
        }
        else
        {
            AskDigests();
        }
    }

    /// <summary>Adds what is remembered of a VM to what its actor saw.</summary>
    private VmView Remember(VmView view, VmArrived? memory)
    {
        // A wall clock that was set back must not make a VM rest for longer than it ever would.
        var coolMs = memory is null ? 0 : Math.Clamp(memory.CoolUntilWallMs - Context.Now.WallMs, 0, CoolDownMs(memory.Moves));
        var facts = view.Facts with { GapMs = _ledger.Gaps.Of(view.Facts.Mode) };
        facts = memory is null ? facts : facts with { Origin = memory.Origin, Moves = memory.Moves, CoolDownLeftMs = coolMs };
        var barter = _ledger.Open.FirstOrDefault(b => b.Involves(view.Facts.Uuid));
        var isLeaving = barter?.Legs.Any(l => l.Vm.Uuid == view.Facts.Uuid && l.From == Self && barter.HasBegun(l.Number)) ?? false;
        var status = view.Status switch
        {
            VmStatus.Idle or VmStatus.Foreign or VmStatus.Paused when isLeaving => VmStatus.Leaving,
            VmStatus.Idle or VmStatus.Paused or VmStatus.Foreign when CaseOf(view.Facts.Uuid) is not null => VmStatus.NeedsOperator,
            VmStatus.Idle when barter is not null => VmStatus.Offered,
            VmStatus.Idle when _ledger.IsArriving(view.Facts.Uuid) => VmStatus.Arriving,
            VmStatus.Idle when _doubts.ContainsValue(view.Facts.Uuid) => VmStatus.InDoubt,
            VmStatus.Idle when coolMs > 0 => VmStatus.Cooling,
            _ => view.Status,
        };
        var held = HeldByRule(facts);
        var isByPerson = coolMs > 0 && memory?.IsByPerson == true;
        return view with { Facts = facts, Status = status, HeldByRule = held, IsByPerson = isByPerson };
    }

    /// <summary>
    /// Why no migration may be added to those that are under way here, whoever began them, or to those of the last hour; null if one may. This host has one barter at a time, and a barter
    /// moves one VM at a time; but a migration outlives its barter if it breaks, and others move VMs by hand.
    /// </summary>
    private string? WhyNoMore(BarterKind kind, int leaves, int comes)
    {
        var (limits, outgoing) = (options.Migration, _limits.Outgoing);
        var moves = kind.IsPersons() || options.MovesPerHour == 0 ? 0 : _ledger.MovesSince(Context.Now.WallMs - HourMs, Context.Now.WallMs);

        // What waits for a person moves no memory, and may wait for days.
        var incoming = _ledger.Charges.Count(c => !_ledger.HasArrived(c.Migration) && CaseOf(c.Uuid) is null);
        return this switch
        {
            _ when _limits.Cases?.Count >= limits.CasesMax =>
                $"{_limits.Cases.Count} migrations need an operator on {Self} (actormig.migration.cases-max); resolve some with `actormig migration resolve`",
            _ when leaves > 0 && outgoing >= limits.OutgoingMax => $"{outgoing} leave {Self} already (actormig.migration.outgoing-max)",
            _ when comes > 0 && incoming >= limits.IncomingMax => $"{incoming} come to {Self} already (actormig.migration.incoming-max)",
            _ when outgoing + incoming >= limits.PerHostMax => $"{outgoing} leave {Self} and {incoming} come to it already (actormig.migration.per-host-max)",
            _ when moves + leaves + comes > options.MovesPerHour && moves > 0 =>
                $"{moves} VMs have left {Self} or come to it within an hour (actormig.barter.moves-per-hour)",
            _ when !kind.IsPersons() && options.MovesPerHour > 0 && leaves + comes > Math.Max(options.MovesPerHour, SwapMoves) =>
                $"{leaves + comes} VMs are more than may leave {Self} and come to it within an hour (actormig.barter.moves-per-hour)",
            _ => null,
        };
    }

    /// <summary>The migration of a VM that waits for a person; null if there is none.</summary>
    private string? CaseOf(string uuid) => _limits.Cases?.FirstOrDefault(c => c.Vm.Uuid == uuid)?.Migration;

    /// <summary>A round that has begun already must not move what waits for a person.</summary>
    private void Take(BarterLimits limits)
    {
        _limits = limits;
        if (limits.Frozen is not null || limits.Drain is not null)
        {
            StopWhatHasNotBegun();
        }

        _view = _view is null || limits.Cases is null or [] ? _view : _view with
        {
            Vms = [.. _view.Vms.Select(v => v.Status is VmStatus.Idle or VmStatus.Cooling or VmStatus.InDoubt && CaseOf(v.Facts.Uuid) is not null ? v with { Status = VmStatus.NeedsOperator } : v)],
        };
    }

    /// <summary>What is only agreed on is not begun any more in a cluster that is frozen; to a host that is being drained nothing comes.</summary>
    private void StopWhatHasNotBegun()
    {
        var (refusal, why) = _limits.Frozen is { } frozen ? (Refusal.Frozen, frozen) : (Refusal.Draining, $"{Self} is being drained");
        if (_pending is not null)
        {
            RefusePending(refusal, why);
        }

        foreach (var barter in _ledger.Open.Where(b => b.IsOfferer && !b.HasAnyBegun && (refusal == Refusal.Frozen || b.Legs.Any(l => l.To == Self))).ToArray())
        {
            Finish(barter, BarterOutcome.Withdrawn, refusal, why);
        }
    }

    /// <summary>Seen between two rounds.</summary>
    private void ChargeForeignArrivals(IReadOnlyList<DomainSample> domains)
    {
        foreach (var d in domains.Where(d => d.Job == DomainJob.Incoming))
        {
            ChargeForeign(d.Uuid, d.MemoryBytes);
        }
    }

    private void ChargeForeign(string uuid, long memoryBytes)
    {
        if (!_ledger.IsInBarter(uuid) && _ledger.Charges.All(c => c.Uuid != uuid))
        {
            Context.Persist(new ChargeBegan(Ledger.ForeignPrefix + uuid, uuid, memoryBytes));
        }
    }

    /// <summary>What arrives without a reservation is charged at once; what no longer arrives is charged no longer.</summary>
    private void ChargeForeignArrivals()
    {
        foreach (var vm in Present.Where(v => v.Status == VmStatus.Arriving))
        {
            ChargeForeign(vm.Facts.Uuid, vm.Facts.MemoryBytes);
        }

        foreach (var charge in _ledger.Charges)
        {
            if (charge.Migration.StartsWith(Ledger.ForeignPrefix, StringComparison.Ordinal)
                && !Present.Any(v => v.Facts.Uuid == charge.Uuid && v.Status == VmStatus.Arriving))
            {
                Context.Persist(new ChargeEnded(charge.Migration));
            }
        }
    }

    /// <summary>A VM that has come to stay is charged until it is seen among what runs, or is seen to be gone again.</summary>
    private void EndCharges()
    {
        foreach (var charge in _ledger.Charges.Where(c => _ledger.HasArrived(c.Migration)))
        {
            if (Present.Any(v => v.Facts.Uuid == charge.Uuid) || _chargesSeenMissing.Contains(charge.Migration))
            {
                _chargesSeenMissing.Remove(charge.Migration);
                Context.Persist(new ChargeEnded(charge.Migration));
            }
            else
            {
                // This round may have looked before it came.
                _chargesSeenMissing.Add(charge.Migration);
            }
        }
    }

    /// <summary>What is remembered of a VM ends when it has been away for some rounds, whoever moved or ended it.</summary>
    private void Forget()
    {
        const int Rounds = 3;
        foreach (var memory in _ledger.Memory)
        {
            var isAway = Present.All(v => v.Facts.Uuid != memory.Uuid) && _ledger.Charges.All(c => c.Uuid != memory.Uuid) && !_ledger.IsInBarter(memory.Uuid);
            var rounds = isAway ? (_away.TryGetValue(memory.Uuid, out var before) ? before : 0) + 1 : 0;
            _away[memory.Uuid] = rounds;
            if (rounds == 0 || rounds >= Rounds)
            {
                _away.Remove(memory.Uuid);
            }

            if (rounds >= Rounds)
            {
                Context.Persist(new VmLeft(memory.Uuid, memory.Name));
            }
        }
    }

    /// <summary>A change that is not ours ends a negotiation; a leg that has begun is followed to its end.</summary>
    private void WithdrawWhatChanged()
    {
        foreach (var barter in _ledger.Open.Where(b => b.IsOfferer && !b.HasAnyBegun && b.Give is not null).ToArray())
        {
            var given = barter.Gives.Select(g => Present.FirstOrDefault(v => v.Facts.Uuid == g)).ToArray();
            if (given.Any(v => v is null))
            {
                Finish(barter, BarterOutcome.Withdrawn, Refusal.NotMovable, barter.Gives.Count == 1
                    ? $"{barter.Give!.Name} is not on {Self} any more"
                    : $"not every VM that was offered is on {Self} any more");
            }
            else if (given.FirstOrDefault(v => v!.Status is not (VmStatus.Offered or VmStatus.Idle or VmStatus.Cooling)) is { } vm)
            {
                Finish(barter, BarterOutcome.Withdrawn, Refusal.NotMovable, $"{vm.Facts.Name} cannot move any more: it is {Words.Of(vm.Status)}");
            }
            else if (given.FirstOrDefault(v => v!.CannotMove is not null) is { CannotMove: { } cannot } held)
            {
                Finish(barter, BarterOutcome.Withdrawn, Refusal.PreFlight, $"{held.Facts.Name} cannot be moved any more: {cannot}");
            }
        }
    }

    /// <summary>What the counters of this host say: a VM that is still arriving talks elsewhere.</summary>
    private double MeasuredLoad() => Present.Where(v => v.Status != VmStatus.Arriving).Sum(v => v.Facts.LoadBitPerSecond);

    /// <summary>What this host has to carry: also what is on its way here.</summary>
    private double Load() => Present.Sum(v => v.Facts.LoadBitPerSecond);

    /// <summary>What is taken of CPUs and memory, by what is on its way here, too; null while that is not known of each VM.</summary>
    private HostUse? Use()
    {
        if (_view is not { } view || Present.Any(v => v.Facts.Use is null))
        {
            return null;
        }

        return new HostUse(
            Math.Round(Present.Sum(v => v.Facts.Use!.Cpus), 4), view.Cpus, Present.Sum(v => v.Facts.Use!.MemoryBytes), GuestBytes, _spread.Spread);
    }

    private HostView HostView()
    {
        var distancesMs = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var peer in _digests.Keys)
        {
            if (Member.Find(_view!.Members, peer)?.DistanceMs is { } ms)
            {
                distancesMs.Add(peer, ms);
            }
        }

        return new HostView(
            Self, _view!.Round, Load(), WithBack(), FreeBytes, [.. _digests.Values.Where(d => !d.IsDraining).Select(d => IsRefusedBy(d.Host) ? d with { Pair = null } : d)], DrainView(), distancesMs, MendView(), Use(), WantsPairs ? Half() : null);
    }

    /// <summary>An exchange that a host has refused would be found again in each round: others are looked at for a while.</summary>
    private bool IsRefusedBy(string peer) => _exchangesRefused.TryGetValue(peer, out var untilMs) && Context.Now.MonotonicMs < untilMs;

    private void NoteExchange(Barter barter, BarterOutcome outcome, Refusal? refusal)
    {
        const int Rounds = 10;
        if (barter.Kind == BarterKind.Exchange && IsRefused(outcome, refusal))
        {
            _exchangesRefused[barter.Peer] = Context.Now.MonotonicMs + (Rounds * options.RoundMs);
        }
    }

    /// <summary>True if a barter came to nothing because of what was offered, and not because of the moment.</summary>
    private static bool IsRefused(BarterOutcome outcome, Refusal? refusal) => outcome is BarterOutcome.Declined or BarterOutcome.Withdrawn
        && refusal is not (null or Refusal.Busy or Refusal.Frozen or Refusal.NoAnswer or Refusal.LeaseOver or Refusal.Restarted);

    private bool WantsPairs => policies.Any(p => p.WantsPairs);

    private PairHalf? Half() => Half(Present);

    private PairHalf? Half(IReadOnlyList<VmView> vms) => PairHalves.Of(Self, vms, _view!.Members, options.Affinity, _wanted, MovePrice.Of(options));

    /// <summary>What a peer may take: what rules have on certain hosts only, or together with others or apart, goes only by an offer of this host's own.</summary>
    private PairHalf? HalfFor(string peer) => Half([.. Present.Select(v =>
        RuleJudge.WhyNotOn(v.Facts, peer) is null && !RuleJudge.GroupsOf(v.Facts).Any() ? v : v with { HeldByRule = v.HeldByRule ?? "it goes only by its own host's offer" })]);

    /// <summary>
    /// The hosts on which most partners of this host's VMs are; and, in turn, one of the others on which some are, so that each is asked some time: for as
    /// many rounds in a row as a cause must hold, and one more.
    /// </summary>
    private SortedSet<string> TalksTo(IReadOnlyList<Member> members)
    {
        var all = PairHalves.Attracted(Self, Present).Where(h => Member.Find(members, h) is { State: MemberState.Alive }).ToArray();
        var most = options.Affinity.PeersMax;
        var hosts = new SortedSet<string>(all.Take(all.Length <= most ? most : most - 1), StringComparer.Ordinal);
        if (all.Length > most)
        {
            hosts.Add(all[most - 1 + (int)(_view!.Round / (options.HoldRounds + 1) % (all.Length - most + 1))]);
        }

        // Where room is gathered: the one for whose exchange, those that have most of it, and in turn one of the others.
        if (_wanted is { } room)
        {
            string[] roomy =
            [
                .. _digestsBefore.Where(d => d is { IsDraining: false, Mode: Mode.Auto } && d.Host != room.Peer && !IsRefusedBy(d.Host)).OrderByDescending(d => d.FreeBytes).Select(d => d.Host),
            ];
            var others = roomy.Skip(RoomyPeersMax - 1).ToArray();
            hosts.UnionWith(roomy.Take(RoomyPeersMax - 1).Concat(others.Length == 0 ? [] : [others[(int)(_view!.Round / (options.HoldRounds + 1) % others.Length)]])
                .Append(room.Peer).Where(h => Member.Find(members, h) is { State: MemberState.Alive }));
        }

        return hosts;
    }

    /// <summary>What peers have said of themselves in this round and in the one before it.</summary>
    private IReadOnlyList<Digest> LateDigests() => _view is not { } view || view.Round - _digestsRound > 1
        ? []
        : [.. _digests.Values.Concat(_digestsBefore.Where(d => !_digests.ContainsKey(d.Host))).OrderBy(d => d.Host, StringComparer.Ordinal)];

    private void AskDigests()
    {
        // An offer tells the half by which its gain was computed.
        _wanted = _wantedNext;
        _digestNumber++;
        _digestsBefore = _view!.Round - _digestsRound <= 1 ? [.. _digests.Values] : [];
        _digestsRound = _view.Round;
        _digests.Clear();
        var members = _view.Members;
        var asked = new SortedSet<string>(
            Present.Select(v => v.Facts.Origin).Where(o => o is not null && Member.Find(members, o) is { State: MemberState.Alive })!, StringComparer.Ordinal);
        foreach (var named in HostsOfRules().Where(h => Member.Find(members, h) is { State: MemberState.Alive }))
        {
            asked.Add(named);
        }

        foreach (var index in DrawWithout(members.Count, options.DigestPeers, i => members[i].State == MemberState.Alive))
        {
            asked.Add(members[index].Host);
        }

        var talksTo = WantsPairs ? TalksTo(members) : [];
        asked.UnionWith(talksTo);

        _digestsAsked = asked.Count;
        _isAskingDigests = true;
        foreach (var peer in asked)
        {
            Send(peer, new GetDigest(_digestNumber, _limits.Brake, talksTo.Contains(peer)));
        }

        Context.StartTimer("digests", new DigestsDue(_digestNumber), asked.Count == 0 ? 0 : Math.Min(options.AnswerMs, options.RoundMs / 2));
    }

    /// <summary>
    /// Some of so many, each at most once, every choice as likely as any other. It takes no list of all of them: a cluster may have 10,000 hosts, and
    /// this happens in each round of each. Where nearly all have failed, so many tries may find fewer.
    /// </summary>
    private List<int> DrawWithout(int count, int howMany, Func<int, bool> isWanted)
    {
        const int TriesPerOne = 20;
        var inOrder = new SortedSet<int>();
        var drawn = new List<int>();
        while (drawn.Count < howMany && inOrder.Count < Math.Min(count, TriesPerOne * howMany))
        {
            // The nth of those that are left.
            var index = (int)(Context.Draw() % (ulong)(count - inOrder.Count));
            foreach (var taken in inOrder)
            {
                index += taken <= index ? 1 : 0;
            }

            inOrder.Add(index);
            if (isWanted(index))
            {
                drawn.Add(index);
            }
        }

        return drawn;
    }

    private void AnswerDigest(string peer, GetDigest get)
    {
        HearBrake(peer, get.Brake);
        if (!IsStale)
        {
            Send(peer, new Digest(
                get.Number, Self, Load(), FreeBytes, Mode, _limits.Drain is not null, _limits.Brake, RuleJudge.Groups(Here()), Use(), get.WantsPair && WantsPairs ? HalfFor(peer) : null));
        }
    }

    /// <summary>Whoever has missed it is told, and whoever knows more is asked.</summary>
    private void HearBrake(string peer, BrakeMark? mark)
    {
        if (mark is not null && mark != _limits.Brake)
        {
            Context.Tell(host, new BrakeMarkHeard(peer, mark));
        }
    }

    private void Take(Digest digest, string from)
    {
        HearBrake(from, digest.Brake);
        if (_isAskingDigests && digest.Number == _digestNumber && Sanity.IsSane(digest, from))
        {
            _digests[digest.Host] = digest;
            if (_digests.Count >= _digestsAsked)
            {
                AskPolicies();
            }
        }
    }

    private void AskPolicies()
    {
        if (_isAskingDigests)
        {
            _isAskingDigests = false;
            Context.CancelTimer("digests");
            MeasurePrediction();
            BeginAsking();
            Context.Tell(_policies!, new Propose(Context.Self, ProposalToken, ViewToAsk()));
        }
    }

    private void Decide(PoliciesProposed proposed)
    {
        _answers = proposed.Answers;
        _wantedNext = proposed.Answers.Select(a => a.Wanted).FirstOrDefault(w => w is not null);

        // A drain beats all else; without one its policy has nothing to say.
        if (_limits.Drain is not null)
        {
            if (proposed.Answers.FirstOrDefault(a => a.Policy == DrainPolicyActor.PolicyName) is { } drain)
            {
                DecideDrain(drain);
            }

            return;
        }

        if (_asks == 0 && Mend(proposed))
        {
            return;
        }

        if (WithinRules(proposed with { Answers = [.. proposed.Answers.Where(a => !IsOfEveryHost(a.Policy))] }) is not { } within)
        {
            return;
        }

        proposed = within;
        var answers = proposed.Answers.Where(a => a.Proposal is not null).ToArray();
        if (answers.Length == 0)
        {
            _held.Clear();
            if (proposed.Answers.Count > 0)
            {
                var none = proposed.Answers[0];
                Decided(none, Words.Of(none.Refusal ?? Refusal.Calm), none.Reason);
            }

            return;
        }

        // One that is not to be carried out yet does not stand before another policy's that is.
        Hold(answers);
        var looked = answers.Select(a => (Answer: a, No: WhyNotNow(a.Proposal!))).ToArray();
        var (answer, no) = looked.FirstOrDefault(l => l.No?.Refusal is not (Refusal.Holding or Refusal.NotMovable or Refusal.NoPostCopy)) is { Answer: not null } first ? first : looked[0];
        if (no is var (refusal, but))
        {
            Decided(answer, Words.Of(refusal), answer.Reason + but);
            return;
        }

        var proposal = answer.Proposal!;
        var vm = Present.First(v => v.Facts.Uuid == proposal.Give);
        Decided(answer, Words.Of(proposal.Kind), answer.Reason);
        _held.Clear();
        Want(new Wish(proposal.Kind, proposal.Peer, vm.Facts, answer.Policy, answer.Reason) { Exchange = proposal.Exchange });
    }

    /// <summary>Rounds in a row: a gap, whatever made it, begins anew.</summary>
    private void Hold(IReadOnlyList<Proposed> answers)
    {
        var nowMs = Context.Now.MonotonicMs;
        var held = answers.Select(a => a.Proposal!.Cause).Distinct()
            .Select(c => (Cause: c, Rounds: _held.TryGetValue(c, out var before) && nowMs - before.AtMs <= StaleMs ? before.Rounds + 1 : 1)).ToArray();
        _held.Clear();
        foreach (var (cause, rounds) in held)
        {
            _held[cause] = (rounds, nowMs);
        }
    }

    /// <summary>Why a proposal is not carried out in this round; null if it is. The words go on after its reason.</summary>
    private (Refusal Refusal, string But)? WhyNotNow(Proposal proposal)
    {
        var comes = proposal.Exchange?.Takes.Count ?? (proposal.Kind == BarterKind.Swap ? 1 : 0);
        return this switch
        {
            _ when _held[proposal.Cause].Rounds is var held && held < options.HoldRounds => (Refusal.Holding, $" (has held for {held} of {options.HoldRounds} rounds)"),
            _ when _ledger.Open.Any() || _pending is not null || _wish is not null => (Refusal.Busy, ""),
            _ when _limits.JournalLoss is { } lost => (Refusal.Observing, $"; but {lost}"),
            _ when Mode != Mode.Auto => (Mode == Mode.Observe ? Refusal.Observing : Refusal.Holding, $"; mode is {Words.Of(Mode)}, so nothing is moved"),
            _ when _limits.Frozen is { } frozen => (Refusal.Frozen, $"; but {frozen}"),
            _ when _limits.DiskFull is { } full => (Refusal.DiskFull, $"; but no barter begins: {full}"),
            _ when WhyNoMore(proposal.Kind, proposal.Gives.Count, comes) is { } many => (Refusal.Budget, $"; but {many}"),
            _ when comes > 0 && _cannotReceive is { } why => (Refusal.NoPostCopy, $"; but {Self} cannot take what would come: {why}"),
            _ when !proposal.Gives.All(g => Present.Any(v => v.Facts.Uuid == g && v.IsMovable)) => (Refusal.NotMovable, "; but that VM may not move now"),
            _ => null,
        };
    }

    private void Decided(Proposed answer, string word, string reason, VmFacts? give = null)
    {
        _decision = $"{word}: {reason}";
        _decided = new RoundDecided(
            _view!.Round, answer.Policy, word, answer.Peer, reason, give?.Name ?? NameOf(answer.Proposal?.Give), Opinions(word, reason), WithIt(answer.Proposal));
        Context.Tell(edges.Records, _decided);
    }

    private string? NameOf(string? uuid) => Present.FirstOrDefault(v => v.Facts.Uuid == uuid)?.Facts.Name;

    private string[]? WithIt(Proposal? proposal) =>
        proposal is { Gives.Count: > 1 } several ? [.. several.Gives.Skip(1).Select(g => NameOf(g) ?? g)] : null;

    /// <summary>What each policy said, also those that did not decide. What is the same as the decision is not kept twice.</summary>
    private PolicyOpinion[]? Opinions(string word, string reason)
    {
        PolicyOpinion[] all = [.. _answers.Where(a => a.Proposal is not null || !IsOfEveryHost(a.Policy)).Select(a => new PolicyOpinion(
            a.Policy, a.Proposal is { } p ? Words.Of(p.Kind) : Words.Of(a.Refusal ?? Refusal.Calm), a.Peer, NameOf(a.Proposal?.Give), a.Reason, a.Alternatives, a.Proposal?.Parts,
            WithIt(a.Proposal)))];
        return all is [] || (all is [{ Alternatives: null, Parts: null } only] && only.Answer == word && only.Reason == reason) ? null : all;
    }
}
