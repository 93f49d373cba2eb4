using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Simulation;

/// <summary>One host's side of a barter, as its journal tells it to the checks: kept apart from the core's own ledger, so that one can be wrong alone.</summary>
internal sealed class BarterBook(string id, string peer, BarterKind kind, bool isOfferer)
{
    public string Id { get; } = id;

    public string Peer { get; } = peer;

    public BarterKind Kind { get; } = kind;

    public bool IsOfferer { get; } = isOfferer;

    public VmFacts? Give { get; set; }

    /// <summary>All VMs that it offers.</summary>
    public IReadOnlyList<string> Gives { get; set; } = [];

    public IReadOnlyList<Leg> Legs { get; set; } = [];

    public bool IsConfirmed { get; set; }

    public BarterOutcome? Outcome { get; set; }

    public SortedSet<int> Begun { get; } = [];

    public SortedDictionary<int, LegOutcome> Ended { get; } = [];

    /// <summary>The lease with which it was offered or granted.</summary>
    public long LeaseMs { get; set; }

    /// <summary>Granter: from when its reservations count.</summary>
    public long SinceMs { get; set; }

    /// <summary>Granter: the renewals that it has heard.</summary>
    public SortedSet<long> Renewals { get; } = [];

    /// <summary>Offerer: when confirmations were sent, by number; granter: when they were heard.</summary>
    public SortedDictionary<long, long> ConfirmsAtMs { get; } = [];

    /// <summary>
    /// Until when this side may begin to send: with a third left of the lease, counted from the newest confirmation of which it knows that the other side
    /// holds its reservation since.
    /// </summary>
    public long UsableUntilMs { get; private set; } = long.MinValue;

    /// <summary>This side knows that the other one counts its lease from then, or later.</summary>
    public void KnowsOfLeaseSince(long atMs) => UsableUntilMs = Math.Max(UsableUntilMs, atMs + (LeaseMs * 2 / 3));

    /// <summary>The process that knew of leases is gone.</summary>
    public void ForgetLeases()
    {
        ConfirmsAtMs.Clear();
        UsableUntilMs = long.MinValue;
    }

    public bool Involves(string uuid) => Gives.Contains(uuid) || Legs.Any(l => l.Vm.Uuid == uuid && !Ended.ContainsKey(l.Number));

    /// <summary>The most that it may still need on a host beyond what is there, over its steps.</summary>
    public long NeedBytes(string host, Func<string, bool> isHere)
    {
        long now = 0, most = 0;
        foreach (var leg in Legs.Where(l => !Ended.ContainsKey(l.Number)))
        {
            if (leg.From == host)
            {
                now -= leg.Vm.MemoryBytes;
            }
            else if (leg.To == host && !isHere(leg.Vm.Uuid))
            {
                now += leg.Vm.MemoryBytes;
                most = Math.Max(most, now);
            }
        }

        return most;
    }
}

/// <summary>The source's half of a migration, as the journal tells it.</summary>
internal sealed class MigrationBook(MigrationPlan plan)
{
    public MigrationPlan Plan { get; } = plan;

    public MigrationPhase Phase { get; set; } = MigrationPhase.Preparing;

    public long? BegunAtMs { get; set; }

    public bool IsSwitchIntended { get; set; }

    /// <summary>True once the guest is not to start with the source any more.</summary>
    public bool IsAutostartHeld { get; set; }

    public bool IsDoubleRunSeen { get; set; }

    public bool IsAbortIntended { get; set; }

    /// <summary>How often a post-copy that broke was to be told to go on, and has not been told yet.</summary>
    public int ResumesDue { get; set; }

    public MigrationSettled? Settled { get; set; }

    /// <summary>What was put right, as intended.</summary>
    public SortedSet<Edges.DomainVerb> Remedies { get; } = [];

    /// <summary>The newest question to the destination's agent.</summary>
    public long Question { get; set; }

    /// <summary>Its answer, once it has come.</summary>
    public ArrivalStands? Stated { get; set; }

    /// <summary>What the source's libvirt has shown last.</summary>
    public Edges.DomainLook? Seen { get; set; }

    /// <summary>How often its host's process had stood still when it was decided to call libvirt.</summary>
    public int StopsBefore { get; set; }

    /// <summary>True once the destination's agent has stated, without a gap and in answer to the newest question, that the guest never ran there.</summary>
    public bool HasProof => Stated is { HasRun: false, IsGapless: true };
}

/// <summary>The destination's half of a migration, as the journal tells it.</summary>
internal sealed class ArrivalBook(MigrationPlan plan)
{
    public MigrationPlan Plan { get; } = plan;

    public long? SeenAtMs { get; set; }

    public ArrivalSettled? Settled { get; set; }
}

/// <summary>A migration that waits for a person, as the journal tells it.</summary>
internal sealed class CaseBook(CaseOpened opened)
{
    public MigrationPlan Plan { get; } = opened.Plan;

    public bool IsArrival { get; } = opened.IsArrival;

    public bool HasRun { get; set; } = opened.HasRun;

    public CaseChoice? Decided { get; set; }
}

/// <summary>Everything that one host's journal has told so far.</summary>
internal sealed class HostBook(SimHost host)
{
    public SimHost Host { get; } = host;

    public string Name => Host.Options.HostName;

    public SortedDictionary<string, BarterBook> Barters { get; } = new(StringComparer.Ordinal);

    /// <summary>Those that have not ended; few.</summary>
    public List<BarterBook> Open { get; } = [];

    public SortedDictionary<string, ChargeBegan> Charges { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, VmArrived> Memory { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, MigrationBook> Migrations { get; } = new(StringComparer.Ordinal);

    /// <summary>Those that have not settled; few.</summary>
    public List<MigrationBook> OpenMigrations { get; } = [];

    public SortedDictionary<string, ArrivalBook> Arrivals { get; } = new(StringComparer.Ordinal);

    public List<ArrivalBook> OpenArrivals { get; } = [];

    /// <summary>What waits for a person.</summary>
    public SortedDictionary<string, CaseBook> Cases { get; } = new(StringComparer.Ordinal);

    /// <summary>Since when its agent runs.</summary>
    public long UpSinceMs { get; set; }

    /// <summary>The newest incarnation of each peer that it has heard.</summary>
    public SortedDictionary<string, long> Incarnations { get; } = new(StringComparer.Ordinal);

    /// <summary>What it has heard of an earlier incarnation than that.</summary>
    public HashSet<object> Foreign { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>What libvirt showed when the BarterActor last asked it for a promise.</summary>
    public IReadOnlyList<Edges.DomainSample> Shown { get; set; } = [];

    /// <summary>What its policies were asked last, with which options; and what they were asked when a move for load was decided.</summary>
    public (Policies.HostView View, ActorMigOptions Options)? Asked { get; set; }

    public (Policies.HostView View, ActorMigOptions Options)? Chosen { get; set; }

    /// <summary>How far the newest predictions of the policy threshold were off.</summary>
    public Queue<double> Off { get; } = new();

    /// <summary>What libvirt showed in the last round and in the one before it.</summary>
    public (IReadOnlyList<string> Before, IReadOnlyList<string> Last) ShownInRounds { get; set; } = ([], []);

    /// <summary>Until when its disk, or what it has done to the agent, explains that something is late.</summary>
    public long DiskTroubleUntilMs => IsDiskFull || IsDiskSlow ? long.MaxValue : DiskRecoversUntilMs;

    /// <summary>True while no write succeeds.</summary>
    public bool IsDiskFull { get; set; }

    /// <summary>True while each write takes long.</summary>
    public bool IsDiskSlow { get; set; }

    /// <summary>Until when the end of that trouble explains that something is late.</summary>
    public long DiskRecoversUntilMs { get; set; }

    /// <summary>When options last changed, and what could be promised before.</summary>
    public (long AtMs, long CapacityBytes) BeforeChange { get; set; } = (long.MinValue / 2, 0);

    /// <summary>By how much its wall clock is wrong, and since when.</summary>
    public (long ErrorMs, long AtMs) ClockSet { get; set; } = (0, long.MinValue / 2);

    /// <summary>When VMs left or came for load.</summary>
    public List<long> MovesAtMs { get; } = [];

    /// <summary>How the brake stands by its journal, and since when.</summary>
    public (Brakes.BrakeSet Set, long LandedAtMs)? Brake { get; set; }

    /// <summary>Since when it is being drained, by its journal; null if it is not.</summary>
    public long? DrainingSinceMs { get; set; }

    /// <summary>How often its agent's process has stood still.</summary>
    public int Stops { get; set; }

    /// <summary>Until when that explains that something is late.</summary>
    public long StoodStillUntilMs { get; set; }

    /// <summary>Questions whether a VM may come that found a reservation and are not answered yet, by migration.</summary>
    public SortedDictionary<string, int> Welcome { get; } = new(StringComparer.Ordinal);

    /// <summary>Guests with a device that is passed through, as libvirt showed them, by round; only rounds that the BarterActor has not heard of.</summary>
    public SortedDictionary<long, SortedSet<string>> ShownHeld { get; } = [];

    /// <summary>Those of the round that the BarterActor heard of last.</summary>
    public SortedSet<string> Held { get; set; } = [];

    /// <summary>Who has been shown, in answer to which question, that this host lacks something for a guest.</summary>
    public SortedSet<(string Actor, string Token)> Lacking { get; } = [];

    /// <summary>When its journal was last lost.</summary>
    public long TornAtMs { get; private set; } = long.MinValue / 2;

    public BarterBook? Barter(string id) => Barters.TryGetValue(id, out var barter) ? barter : null;

    public MigrationBook? Migration(string id) => Migrations.TryGetValue(id, out var migration) ? migration : null;

    public long CapacityBytes() =>
        (long)(Math.Max(0, Host.Options.MemoryTotalBytes - Host.Options.MemoryReserveBytes) * Host.Options.MemoryOvercommit);

    /// <summary>The journal is lost, and all that it told.</summary>
    public void Forget(long nowMs)
    {
        TornAtMs = nowMs;
        Barters.Clear();
        Open.Clear();
        Charges.Clear();
        Memory.Clear();
        Migrations.Clear();
        OpenMigrations.Clear();
        Arrivals.Clear();
        OpenArrivals.Clear();
        Cases.Clear();
        (Brake, DrainingSinceMs) = (null, null);
        MovesAtMs.Clear();
    }

    /// <summary>Takes in what has become durable.</summary>
    public void Land(object @event, long nowMs)
    {
        switch (@event)
        {
            case BarterOffered e:
                Add(new BarterBook(e.Barter, e.Peer, e.Kind, true) { Give = e.Give, Gives = e.Exchange?.Gives ?? [e.Give.Uuid] });
                break;
            case BarterGranted e:
                // The grant itself is the first of its renewals.
                var granted = new BarterBook(e.Barter, e.Peer, e.Kind, false) { Legs = e.Legs, LeaseMs = e.LeaseMs, SinceMs = nowMs };
                granted.ConfirmsAtMs[0] = nowMs;
                Add(granted);
                break;
            case BarterConfirmed e when Barter(e.Barter) is { } barter:
                (barter.Legs, barter.IsConfirmed, barter.LeaseMs) = (e.Legs, true, e.LeaseMs);
                break;
            case BarterConfirmationHeard e when Barter(e.Barter) is { } barter:
                barter.IsConfirmed = true;
                break;
            case LegBegan e when Barter(e.Barter) is { } barter:
                barter.Begun.Add(e.Leg);
                break;
            case LegEnded e when Barter(e.Barter) is { } barter:
                if (e.Outcome == LegOutcome.Completed && !barter.Kind.IsPersons())
                {
                    MovesAtMs.Add(nowMs);
                }

                barter.Ended[e.Leg] = e.Outcome;
                break;
            case BarterEnded e when Barter(e.Barter) is { } barter:
                barter.Outcome = e.Outcome;
                Open.Remove(barter);
                break;
            case ChargeBegan e:
                Charges[e.Migration] = e;
                break;
            case ChargeEnded e:
                Charges.Remove(e.Migration);
                break;
            case VmArrived e:
                Memory[e.Uuid] = e;
                break;
            case VmLeft e:
                Memory.Remove(e.Uuid);
                break;
            case StatePredicted:
                break;
            case StateMeasured { Policy: Policies.ThresholdPolicyActor.PolicyName } e:
                Off.Enqueue(e.Off);
                if (Off.Count > Predictions.LastMax)
                {
                    Off.Dequeue();
                }

                break;
            case CaseOpened e when Cases.TryGetValue(e.Plan.Migration, out var open):
                open.HasRun |= e.HasRun;
                break;
            case CaseOpened e:
                Cases.Add(e.Plan.Migration, new CaseBook(e));
                break;
            case CaseDecided e when Cases.TryGetValue(e.Migration, out var open):
                open.Decided = e.Choice;
                break;
            case CaseClosed e:
                Cases.Remove(e.Migration);
                break;
            default:
                LandHalf(@event, nowMs);
                break;
        }
    }

    private void LandHalf(object @event, long nowMs)
    {
        switch (@event)
        {
            case MigrationPrepared e:
                var begun = Migrations[e.Plan.Migration] = new MigrationBook(e.Plan);
                OpenMigrations.Add(begun);
                break;
            case PreCopyBegan e when Migration(e.Migration) is { } migration:
                (migration.Phase, migration.BegunAtMs) = (MigrationPhase.PreCopy, nowMs);
                break;
            case AutostartHeld e when Migration(e.Migration) is { } migration:
                migration.IsAutostartHeld = true;
                break;
            case SwitchIntended e when Migration(e.Migration) is { } migration:
                (migration.Phase, migration.IsSwitchIntended) = (MigrationPhase.Switching, true);
                break;
            case PostCopyBegan e when Migration(e.Migration) is { } migration:
                migration.Phase = MigrationPhase.PostCopy;
                break;
            case MigrationBroke e when Migration(e.Migration) is { } migration:
                migration.Phase = MigrationPhase.Recovering;
                break;
            case AbortIntended e when Migration(e.Migration) is { } migration:
                migration.IsAbortIntended = true;
                break;
            case ResumeIntended e when Migration(e.Migration) is { } migration:
                migration.ResumesDue++;
                break;
            case DoubleRunSeen e when Migration(e.Migration) is { } migration:
                migration.IsDoubleRunSeen = true;
                break;
            case RemedyIntended e when Migration(e.Migration) is { } migration:
                migration.Remedies.Add(e.Verb);
                break;
            case MigrationSettled e when Migration(e.Migration) is { } migration:
                (migration.Phase, migration.Settled) = (MigrationPhase.Ended, e);
                OpenMigrations.Remove(migration);
                break;
            case ArrivalExpected e:
                var expected = Arrivals[e.Plan.Migration] = new ArrivalBook(e.Plan);
                OpenArrivals.Add(expected);
                break;
            case ArrivalSeen e when Arrivals.TryGetValue(e.Migration, out var arrival):
                arrival.SeenAtMs ??= nowMs;
                break;
            case ArrivalSettled e when Arrivals.TryGetValue(e.Migration, out var arrival):
                arrival.Settled = e;
                OpenArrivals.Remove(arrival);
                break;
        }
    }

    private void Add(BarterBook barter)
    {
        Barters[barter.Id] = barter;
        Open.Add(barter);
    }
}
