using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Cases;
using ActorMig.Directories;
using ActorMig.Edges;
using ActorMig.Migrations;
using ActorMig.Policies;
using ActorMig.PreFlight;
using ActorMig.Vms;

namespace ActorMig.Hosts;

/// <summary>The edges that a host's actors talk to.</summary>
/// <param name="Hypervisor">libvirt.</param>
/// <param name="Membership">The other hosts.</param>
/// <param name="Records">The journal's records.</param>
/// <param name="Traffic">Who talks to whom; null if that is not counted.</param>
public sealed record HostEdges(ActorRef Hypervisor, ActorRef Membership, ActorRef Records, ActorRef? Traffic = null);

/// <summary>
/// The actor of a physical host: supervises all others, counts rounds, knows which migrations are to be followed to their end, and hands messages
/// of other hosts to the actors that they name.
/// </summary>
/// <param name="options">All numbers, until <see cref="OptionsChanged"/>.</param>
/// <param name="policies">The policies, until then.</param>
/// <param name="edges">The edges.</param>
/// <param name="startId">Differs between two starts of the agent.</param>
/// <param name="start">What is known at the start and cannot be read from the journal.</param>
public sealed partial class HostActor(
    ActorMigOptions options, IReadOnlyList<PolicySpec> policies, HostEdges edges, string startId, HostStart? start = null)
    : PersistentActor("host")
{
    private const string RoundTick = "round";
    private const string BarterName = "barter";
    private const string ForeignName = "foreign";
    private const string MigrationPrefix = "migration/";
    private const string ArrivalPrefix = "arrival/";
    private const int ProgressMax = 8;
    private const int ArrivalsMax = 1_000;
    private const int DroppedSaidMax = 1_000;
    private const long ClockJumpMs = 30_000;

    /// <summary>So many wait for a BarterActor that is away; others get no answer, and ask again.</summary>
    private const int StatusAskersMax = 100;
    private readonly SortedDictionary<string, MigrationPlan> _openMigrations = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, MigrationPlan> _openArrivals = new(StringComparer.Ordinal);
    private string? _lastStartId;
    private long _incarnation;
    private JournalLost? _loss;
    private string? _acceptedLoss;

    private readonly List<MigrationProgressed> _progress = [];
    private ActorRef? _vms;
    private ActorRef? _barter;
    private ActorRef? _migrations;
    private ActorRef? _arrivals;
    private ActorRef? _readiness;
    private HypervisorConnected? _hypervisor;
    private string? _hypervisorError = "not connected yet";
    private ActorRef? _foreignMigrations;
    private IReadOnlyList<ForeignMigration> _foreign = [];
    private IReadOnlyList<Member> _members = [];
    private long _round;
    private readonly List<ActorRef> _statusFor = [];
    private readonly SortedDictionary<string, long> _peerIncarnations = new(StringComparer.Ordinal);
    private long _foreignMessages;

    /// <summary>Of whom, and by which note, it was said that something was dropped; further ones are only counted.</summary>
    private readonly SortedSet<(string Host, int Note)> _droppedSaid = [];
    private string? _diskFull;
    private long? _wallAheadMs;
    private readonly SortedDictionary<string, (OperatorCase Case, object Told)> _doubts = new(StringComparer.Ordinal);

    private long Incarnation => _lastStartId == startId ? _incarnation : Math.Max(_incarnation, start?.IncarnationFloor ?? 0) + 1;

    /// <inheritdoc/>
    protected override void Apply(object @event)
    {
        switch (@event)
        {
            case AgentStarted e:
                (_lastStartId, _incarnation) = (e.StartId, e.Incarnation);
                break;
            case MigrationOpened e:
                _openMigrations[e.Plan.Migration] = e.Plan;
                break;
            case ArrivalOpened e:
                _openArrivals[e.Plan.Migration] = e.Plan;
                break;
            case HalfEnded e:
                (e.IsArrival ? _openArrivals : _openMigrations).Remove(e.Migration);
                break;
            case JournalLost e:
                _loss = e;
                break;
            case JournalLossAccepted e:
                (_loss, _acceptedLoss) = (null, e.Loss);
                break;
            case DrainBegan e:
                _drain = e;
                Mark(e.Via);
                break;
            case DrainEnded e:
                _drain = null;
                Mark(e.Via);
                break;
            case CaseOpened or CaseDecided or CaseClosed:
                _cases.Apply(@event);
                break;
            case HostSnapshot e:
                (_lastStartId, _incarnation, _loss, _acceptedLoss) = (e.StartId, e.Incarnation, e.Loss, e.AcceptedLoss);
                foreach (var plan in e.Migrations)
                {
                    _openMigrations.Add(plan.Migration, plan);
                }

                foreach (var plan in e.Arrivals)
                {
                    _openArrivals.Add(plan.Migration, plan);
                }

                _drain = e.Drain;
                foreach (var mark in e.DrainMarks ?? [])
                {
                    Mark(mark);
                }

                _cases.Restore(e.Cases ?? []);
                break;
        }
    }

    /// <inheritdoc/>
    protected override object? Snapshot() =>
        new HostSnapshot(_lastStartId, _incarnation, [.. _openMigrations.Values], [.. _openArrivals.Values], _loss, _acceptedLoss, [.. _cases.All], _drain, [.. _drainMarks.Values]);

    /// <inheritdoc/>
    protected override void Recovered()
    {
        var incarnation = Incarnation;
        if (_lastStartId != startId)
        {
            Context.Persist(new AgentStarted(startId, incarnation));
        }

        var loss = _loss;
        if (start?.Loss is { } found && found.Loss != _loss?.Loss && found.Loss != _acceptedLoss)
        {
            Context.Persist(found);
            loss = found;
        }

        if (loss is not null)
        {
            Context.Note(305, loss.Sentence() + ".");
        }

        _vms = Context.Spawn(Props.Of(() => new VmsActor(options)), "vms");
        var self = Context.Self;
        _migrations = Context.Spawn(Props.Of(() => new GroupActor(self)), "migrations");
        _arrivals = Context.Spawn(Props.Of(() => new GroupActor(self)), "arrivals");
        SpawnForeign();
        _caseActors = Context.Spawn(Props.Of(() => new GroupActor(self)), "cases");
        SpawnBrake(incarnation);
        SpawnDirectory(incarnation);
        SpawnBarter(incarnation);
        Context.Tell(edges.Membership, new SubscribeMembers(Context.Self));
        Context.Tell(edges.Hypervisor, new SubscribeHypervisor(Context.Self));
        Context.Tell(edges.Records, new SubscribeDisk(Context.Self));
    }

    /// <inheritdoc/>
    protected override void Handle(object message)
    {
        if (HandleCase(message) || HandleHold(message) || HandleDirectory(message) || HandleTraffic(message) || HandleSample(message))
        {
            return;
        }

        switch (message)
        {
            case RoundTick:
                BeginRound();
                break;
            case MigrationJobBegan began when !OwnJobs().Contains(began.Uuid):
                // Not only in the next round: what comes takes its memory from now on.
                Context.Tell(edges.Hypervisor, new SampleDomains(Context.Self, BarterActor.ForeignToken));
                break;
            case DomainsSampled sampled when sampled.Token == BarterActor.ForeignToken:
                Context.Tell(_barter!, sampled);
                LookForForeign(sampled);
                TellDirectory(sampled);
                WatchTraffic(sampled);
                break;
            case ForeignMigrationsSeen seen:
                var outgoing = Outgoing;
                _foreign = seen.All;
                TellOutgoing(outgoing);
                break;
            case VmsObserved observed when observed.Round == _round:
                Context.Tell(_barter!, new BarterRound(
                    _round, observed.Vms, _members, _hypervisor?.MemoryBytes ?? 0, _hypervisor?.CannotReceivePostCopy, Limits(_loss), _hypervisor?.Cpus ?? 0));
                break;
            case HypervisorConnected connected:
                var isNews = _hypervisor?.Session != connected.Session;
                (_hypervisor, _hypervisorError) = (connected, null);
                if (isNews)
                {
                    ForgetSample();
                    OpenHalves();
                    Context.StartTimer(RoundTick, RoundTick, 0);
                }

                break;
            case HypervisorLost lost:
                (_hypervisor, _hypervisorError) = (null, lost.Reason);
                ForgetSample();
                break;
            case MembersChanged changed:
                _members = changed.Members;
                Context.Tell(_barter!, changed);
                Context.Tell(_brake!, changed);
                Context.Tell(_directory!, changed);
                OpenHalves();
                break;
            case OptionsChanged changed:
                Take(changed);
                break;
            case DiskChanged changed:
                if (changed.Full != _diskFull)
                {
                    Context.Note(306, changed.Full is null ? "The journal's disk has room again: barters may begin." : $"No barter begins: {changed.Full}.");
                    _diskFull = changed.Full;
                }

                Context.Tell(_barter!, Limits(_loss));
                break;
            case AcceptJournalLoss accept:
                Accept(accept);
                break;
            case PeerSaid said:
                Route(said);
                break;
            case OpenMigration open:
                if (!_openMigrations.ContainsKey(open.Plan.Migration))
                {
                    Context.Persist(new MigrationOpened(open.Plan));
                }

                Spawn(open.Plan, open.LatestStartMs, open.LeaseMs);
                break;
            case OpenArrival open when !_openArrivals.ContainsKey(open.Plan.Migration):
                Context.Persist(new ArrivalOpened(open.Plan));
                if (!open.IsLate)
                {
                    Context.Tell(_vms!, new ExpectLoad(open.Plan.Vm.Uuid, open.Plan.Vm.LoadBitPerSecond, open.Plan.Vm.Use, open.Plan.Vm.DirtyBytePerSecond));
                }

                SpawnArrival(open.Plan, open.IsLate);
                break;
            case CloseArrival close:
                Context.Tell(_arrivals!, new ForChild(close.Migration, close));
                break;
            case ForgetArrival forget:
                Context.Tell(_arrivals!, new ForChild(forget.Migration, forget));
                break;
            case PrepareArrival prepare:
                Context.Tell(_arrivals!, new ForChild(prepare.Plan.Migration, prepare));
                break;
            case HalfKnown known:
                if (known.IsArrival && _openArrivals.TryGetValue(known.Migration, out var arrived))
                {
                    Context.Tell(_vms!, new ForgetLoad(arrived.Vm.Uuid));
                }

                if ((known.IsArrival ? _openArrivals : _openMigrations).ContainsKey(known.Migration))
                {
                    Context.Persist(new HalfEnded(known.Migration, known.IsArrival));
                }

                Context.Tell((known.IsArrival ? _arrivals : _migrations)!, new Drop(known.Migration));
                break;
            case GroupStarted:
                OpenHalves();
                break;
            case MigrationProgressed progressed:
                Remember(progressed);
                break;
            case MigrationEnded ended:
                NoteDoubt(new OperatorCase(ended.Plan, IsArrival: false, ended.Reason, ended.HasRunThere, Context.Now.WallMs), ended, ended.IsInDoubt);
                if (ended.Outcome == LegOutcome.NeedsOperator)
                {
                    OpenCase(ended.Plan, isArrival: false, ended.Reason, ended.HasRunThere);
                }

                Context.Tell(_barter!, ended);
                break;
            case ArrivalEnded come:
                NoteDoubt(new OperatorCase(come.Plan, IsArrival: true, come.Reason, come.HasRun, Context.Now.WallMs), come, come.IsInDoubt);
                if (come.HasRun && _cases.Find(come.Plan.Migration) is { HasRun: false, Closed: null } run)
                {
                    OpenCase(run.Plan, isArrival: true, run.Reason, hasRun: true);
                }

                Context.Tell(_barter!, come);
                break;
            case ArrivalCharged or HalfClosed or MoveVm or GetBarter:
                Context.Tell(_barter!, message);
                break;
            case AbortMigration abort:
                Abort(abort);
                break;
            case AskReadiness ask:
                Context.Tell(ReadinessOf(), ask);
                break;
            case GetHostStatus get when _statusFor.Count < StatusAskersMax:
                _statusFor.Add(get.ReplyTo);
                Context.Tell(_barter!, new GetBarterStatus(Context.Self));
                break;
            case BarterStatus barter:
                foreach (var asker in _statusFor)
                {
                    Context.Tell(asker, Status(barter));
                }

                _statusFor.Clear();
                AnswerDrainAskers(barter);
                break;
            case Terminated { Actor.Name: ReadinessActor.Name }:
                _readiness = null;
                break;
            case Terminated { Actor.Name: ForeignName }:
                Context.StartTimer(ForeignName, ForeignName, 1_000);
                break;
            case ForeignName:
                SpawnForeign();
                break;
            case Terminated { Actor.Name: BarterName }:
                Context.Note(303, "The BarterActor stopped; it is spawned again in a second.");
                Context.StartTimer(BarterName, BarterName, 1_000);
                break;
            case BarterName:
                SpawnBarter(_incarnation);
                break;
        }
    }

    private void Abort(AbortMigration abort)
    {
        if (!_openMigrations.ContainsKey(abort.Migration))
        {
            var here = _openMigrations.Count == 0 ? "none does now" : "these do: " + string.Join(", ", _openMigrations.Keys);
            Context.Tell(abort.ReplyTo, new AbortAnswered(
                false, $"no migration {abort.Migration} leaves {options.HostName}, {here}; a migration is aborted on the host that it leaves"));
        }
        else if (_hypervisorError is { } error)
        {
            Context.Tell(abort.ReplyTo, new AbortAnswered(false, $"libvirt of {options.HostName} cannot be reached ({error}); see to that first"));
        }
        else
        {
            Context.Tell(_migrations!, new ForChild(abort.Migration, abort));
        }
    }

    private void SpawnBarter(long incarnation)
    {
        var self = Context.Self;
        _barter = Context.Spawn(Props.Of(() => new BarterActor(options, policies, self, edges, incarnation)), BarterName);
        Context.Watch(_barter);
        Context.Tell(_barter, Limits(_loss));
        foreach (var (_, told) in _doubts.Values)
        {
            Context.Tell(_barter, told);
        }
    }

    private void SpawnForeign()
    {
        var self = Context.Self;
        _foreign = [];
        _foreignMigrations = Context.Spawn(Props.Of(() => new ForeignMigrationsActor(self, edges, options.Migration.PollMs)), ForeignName);
        Context.Watch(_foreignMigrations);
    }

    private void LookForForeign(DomainsSampled sampled) => Context.Tell(_foreignMigrations!, new LookForForeign(sampled.Domains, OwnJobs()));

    /// <summary>The VMs whose jobs are ours to follow, or a person's to end.</summary>
    private SortedSet<string> OwnJobs() => new(
        _openMigrations.Values.Concat(_openArrivals.Values).Concat(_cases.Open.Select(c => c.Plan)).Select(p => p.Vm.Uuid), StringComparer.Ordinal);

    /// <summary>Halves that are spawned from now on are made from the new options, as are children that are spawned again.</summary>
    private void Take(OptionsChanged changed)
    {
        var before = options;
        options = changed.Options with { HostName = options.HostName };
        policies = changed.Policies;
        var own = changed with { Options = options };
        Context.Tell(_vms!, own);
        Context.Tell(_barter!, own);
        Context.Tell(_brake!, own);
        Context.Tell(_directory!, own);
        if (_drains is not null)
        {
            Context.Tell(_drains, own);
        }

        if (_round > 0 && (before.RoundMs, before.RoundJitter) != (options.RoundMs, options.RoundJitter))
        {
            // A long round must not be waited for when short ones are wanted.
            StartRoundTimer();
        }
    }

    /// <summary>Leases, timers and waits go by a clock that nobody sets; only rests go by the wall clock, and they are never longer than they may be.</summary>
    private void WatchTheClock()
    {
        var aheadMs = Context.Now.WallMs - Context.Now.MonotonicMs;
        if (_wallAheadMs is { } before && Math.Abs(aheadMs - before) >= ClockJumpMs)
        {
            var jumpMs = aheadMs - before;
            Context.Note(308, $"The clock of {options.HostName} jumped {(jumpMs > 0 ? "forwards" : "back")} by {Words.Duration(Math.Abs(jumpMs))}; leases do not go by it, rests of VMs may end sooner or later. Keep it with NTP.");
        }

        _wallAheadMs = aheadMs;
    }

    private void BeginRound()
    {
        WatchTheClock();

        // An edge that was restarted has forgotten us; twice is once.
        Context.Tell(edges.Membership, new SubscribeMembers(Context.Self));
        Context.Tell(edges.Hypervisor, new SubscribeHypervisor(Context.Self));
        Context.Tell(edges.Records, new SubscribeDisk(Context.Self));
        if (_hypervisor is not null)
        {
            BeginSample();
        }

        StartRoundTimer();
    }

    private void StartRoundTimer()
    {
        var jitter = (long)(options.RoundMs * options.RoundJitter * (Context.Draw() >> 11) / (1L << 53));
        Context.StartTimer(RoundTick, RoundTick, options.RoundMs + jitter);
    }

    private BarterLimits Limits(JournalLost? loss, IReadOnlyList<MigrationPlan>? cases = null) =>
        new(loss?.Sentence(), _diskFull, cases ?? [.. _cases.Open.Select(c => c.Plan)], Outgoing, Frozen, Order, _brakeStatus?.Mark);

    /// <summary>How many migrations leave this host now.</summary>
    private int Outgoing => _foreign.Count(f => f.IsOutgoing)
        + _progress.Count(p => p.Phase != MigrationPhase.Ended && p.Plan.From == options.HostName && _openMigrations.ContainsKey(p.Plan.Migration));

    private void TellOutgoing(int before)
    {
        if (Outgoing != before)
        {
            Context.Tell(_barter!, Limits(_loss));
        }
    }

    /// <summary>A person knows what was lost and takes it upon them: the host may act again.</summary>
    private void Accept(AcceptJournalLoss accept)
    {
        if (_loss is not { } loss)
        {
            Context.Tell(accept.ReplyTo, new JournalLossAnswered(false, "no journal was lost here, or its loss has been accepted before; there is nothing to accept"));
            return;
        }

        Context.Persist(new JournalLossAccepted(loss.Loss, accept.Person));
        Context.Note(307, $"{accept.Person} accepted the loss of the journal ({loss.Reason}); this host is in mode {Words.Of(options.Mode)} again.");
        Context.Tell(_barter!, Limits(loss: null));
        Context.Tell(accept.ReplyTo, new JournalLossAnswered(true, $"the loss is accepted; this host is in mode {Words.Of(options.Mode)} again"));
    }

    /// <summary>What the journal says is under way is followed on, as soon as libvirt can be asked. Twice is once.</summary>
    private void OpenHalves()
    {
        if (_hypervisor is null)
        {
            return;
        }

        foreach (var plan in _openArrivals.Values)
        {
            SpawnArrival(plan);
        }

        foreach (var plan in _openMigrations.Values)
        {
            Spawn(plan, latestStartMs: null, leaseMs: 0);
        }

        foreach (var open in _cases.Open)
        {
            SpawnCase(open);
        }
    }

    private void Spawn(MigrationPlan plan, long? latestStartMs, long leaseMs)
    {
        var (around, incarnation) = (Around(), Incarnation);
        var destination = Member.Find(_members, plan.To);
        Context.Tell(_migrations!, new Ensure(
            plan.Migration, Props.Of(() => new MigrationActor(plan, latestStartMs ?? 0, leaseMs, latestStartMs is not null, destination, around, options, incarnation))));
    }

    private void SpawnArrival(MigrationPlan plan, bool isLate = false)
    {
        var (around, incarnation) = (Around(), Incarnation);

        // Who begins to watch late has proof of nothing: no session is ever 0.
        var (session, cannot) = (isLate ? 0 : _hypervisor?.Session ?? 0, _hypervisor?.CannotReceivePostCopy);
        Context.Tell(_arrivals!, new Ensure(
            plan.Migration, Props.Of(() => new ArrivalActor(plan, session, cannot, around, options, incarnation))));
    }

    /// <summary>Only there once somebody asks.</summary>
    private ActorRef ReadinessOf()
    {
        if (_readiness is null)
        {
            var incarnation = Incarnation;
            _readiness = Context.Spawn(Props.Of(() => new ReadinessActor(edges, options, incarnation)), ReadinessActor.Name);
            Context.Watch(_readiness);
        }

        return _readiness;
    }

    private HalfSurroundings Around() => new(Context.Self, edges.Hypervisor, edges.Membership);

    private void Route(PeerSaid said)
    {
        var isKnown = _peerIncarnations.TryGetValue(said.Host, out var known);
        if (isKnown && said.Incarnation < known)
        {
            DropForeign(202, said, FormattableString.Invariant($"is of its incarnation {said.Incarnation}, and {known} is known"));
            return;
        }

        if (!isKnown || said.Incarnation > known)
        {
            _peerIncarnations[said.Host] = said.Incarnation;
        }

        if (said.Message is CloseArrival ending)
        {
            said = said with { Message = TakeEnd(said.Host, ending) };
        }

        if (said.Actor == BarterName)
        {
            Context.Tell(_barter!, said);
        }
        else if (said.Actor == BrakeActor.Name)
        {
            Context.Tell(_brake!, said);
        }
        else if (said.Actor == DirectoryActor.Name)
        {
            Context.Tell(_directory!, said);
        }
        else if (said.Actor == ReadinessActor.Name)
        {
            Context.Tell(ReadinessOf(), said.Message is GetReadiness question
                ? new ReadinessAsked(said.Host, question, _loss is null ? options.Mode : Mode.Observe, _hypervisor is null ? $"its agent does not reach libvirt: {_hypervisorError}" : _hypervisor.CannotReceivePostCopy, _barter!)
                : said);
        }
        else if (said.Actor == DrainsActor.Name)
        {
            RouteDrain(said);
        }
        else if (said.Actor == CaseName)
        {
            RouteCase(said);
        }
        else if (said.Actor.StartsWith(MigrationPrefix, StringComparison.Ordinal))
        {
            var migration = said.Actor[MigrationPrefix.Length..];
            if (_openMigrations.TryGetValue(migration, out var leaving))
            {
                // What is said of a guest's other copy is proof only from the host that has it.
                if (leaving.To == said.Host)
                {
                    Context.Tell(_migrations!, new ForChild(migration, said.Message));
                }
                else
                {
                    DropForeign(204, said, "is about a migration that does not go there");
                }
            }
            else if (said.Message is ArrivalStands)
            {
                // An answer to a question that nobody asks any more: its half there was opened by the question, and may go.
                Context.Tell(edges.Membership, new SendToPeer(said.Host, ArrivalPrefix + migration, new CloseArrival(migration, LegOutcome.Failed), Incarnation));
            }
        }
        else if (said.Actor.StartsWith(ArrivalPrefix, StringComparison.Ordinal))
        {
            var migration = said.Actor[ArrivalPrefix.Length..];
            if (_openArrivals.TryGetValue(migration, out var coming))
            {
                if (coming.From == said.Host)
                {
                    Context.Tell(_arrivals!, new ForChild(migration, said.Message));
                }
                else
                {
                    DropForeign(204, said, "is about a migration that does not come from there");
                }
            }
            else if (said.Message is GetArrival get && get.Plan.Migration == migration && Sanity.IsSane(get.Plan, said.Host, options.HostName)
                && _openArrivals.Count < ArrivalsMax)
            {
                // Given up when its lease was over, and begun all the same.
                Context.Persist(new ArrivalOpened(get.Plan));
                SpawnArrival(get.Plan, isLate: true);
                Context.Tell(_arrivals!, new ForChild(migration, said.Message));
            }
            else if (said.Message is CloseArrival close && close.Migration == migration)
            {
                var isTheirs = close.Plan is { } plan && Sanity.IsSane(plan, said.Host, options.HostName);
                Context.Tell(_barter!, new UnknownArrivalClosed(said.Host, _openArrivals.Count < ArrivalsMax && isTheirs ? close : close with { Plan = null }));
            }
        }
        else
        {
            DropForeign(304, said, "goes to what is no actor of this host");
        }
    }

    /// <summary>Counted, and said once of each host and reason: a peer that does so once does so again.</summary>
    private void DropForeign(int note, PeerSaid said, string why)
    {
        _foreignMessages++;
        NoteOnce(note, said.Host, $"Dropped {said.Message.GetType().Name} of {said.Host}: it {why} (said once; further ones are counted).");
    }

    private void NoteOnce(int note, string host, string text)
    {
        if (_droppedSaid.Count < DroppedSaidMax && _droppedSaid.Add((host, note)))
        {
            Context.Note(note, text);
        }
    }

    private void Remember(MigrationProgressed progressed)
    {
        var outgoing = Outgoing;
        _progress.RemoveAll(p => p.Plan.Migration == progressed.Plan.Migration);
        _progress.Add(progressed);
        if (_progress.Count > ProgressMax && _progress.FindIndex(p => !_openMigrations.ContainsKey(p.Plan.Migration)) is >= 0 and var oldest)
        {
            // One that goes on is still counted, and shown.
            _progress.RemoveAt(oldest);
        }

        TellOutgoing(outgoing);
    }

    private HostStatus Status(BarterStatus barter) => new(
        options.HostName,
        _incarnation,
        _loss is null ? options.Mode : Mode.Observe,
        _round,
        options.RoundMs,
        options.Threshold.OverloadBitPerSecond,
        barter.Vms.Where(v => v.Status != VmStatus.Arriving).Sum(v => v.Facts.LoadBitPerSecond),
        _hypervisorError,
        [.. _members.Select(m => m.Host)],
        [.. _progress],
        _foreignMessages,
        barter,
        _loss?.Sentence() ?? (_diskFull is null ? null : $"no barter begins: {_diskFull}"),
        [.. _cases.All],
        _foreign,
        _brakeStatus,
        DrainStanding,
        [.. _members.Where(m => m.State != MemberState.Alive)],
        edges.Traffic is null ? "it is not counted (actormig.traffic.source)" : _trafficUnseen,
        Silence);
}
