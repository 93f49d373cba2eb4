using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>
/// The ledger of a host: barters, reservations, charges, and what is remembered of VMs. Pure state that events make; every promise of memory is
/// computed here and nowhere else (S2).
/// </summary>
internal sealed class Ledger(string host)
{
    /// <summary>What begins the name of a charge for a VM that comes in no barter.</summary>
    public const string ForeignPrefix = "foreign-";

    private const int EndedMax = 200;
    private const int ArrivalsMax = 1_000;
    private const int MovesMax = ActorMigOptions.MovesPerHourMax;
    private readonly SortedDictionary<string, Barter> _barters = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ChargeBegan> _charges = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, VmArrived> _memory = new(StringComparer.Ordinal);
    private readonly Queue<string> _ended = new();
    private readonly SortedSet<string> _arrivals = new(StringComparer.Ordinal);
    private readonly Queue<string> _arrivalsInOrder = new();

    /// <summary>When VMs left or came for load, the newest.</summary>
    private readonly Queue<long> _movesWallMs = new();

    /// <summary>For how long guests stood still that were sent from here.</summary>
    public Gaps Gaps { get; } = new();

    public long LastIncarnation { get; private set; }

    public long LastNumber { get; private set; }

    public IEnumerable<Barter> Open => _barters.Values.Where(b => b.Phase != BarterPhase.Ended);

    public IEnumerable<ChargeBegan> Charges => _charges.Values;

    public IEnumerable<VmArrived> Memory => _memory.Values;

    /// <summary>What the newest barter that both sides have agreed on is to come to, until that is measured; null if nothing was predicted of it.</summary>
    public OpenPrediction? Prediction { get; private set; }

    /// <summary>How far each policy's last predictions were off.</summary>
    public Predictions Predictions { get; } = new();

    public Barter? Find(string id) => _barters.TryGetValue(id, out var barter) ? barter : null;

    /// <summary>True if this migration's VM has come to stay, wherever it is now.</summary>
    public bool HasArrived(string migration) => _arrivals.Contains(migration);

    public VmArrived? Remembered(string uuid) => _memory.TryGetValue(uuid, out var memory) ? memory : null;

    /// <summary>A VM that has come, or is coming, as its source measured it; null if nothing is known.</summary>
    public VmFacts? AsItCame(string uuid)
    {
        var migration = Remembered(uuid)?.Migration ?? _charges.Values.FirstOrDefault(c => c.Uuid == uuid)?.Migration ?? "";
        return Find(BarterIds.BarterOf(migration))?.Legs.FirstOrDefault(l => l.Vm.Uuid == uuid)?.Vm;
    }

    /// <summary>True from the first sight of a VM that comes in a barter until all of it has come.</summary>
    public bool IsArriving(string uuid) => _charges.Values.Any(
        c => c.Uuid == uuid && !c.Migration.StartsWith(ForeignPrefix, StringComparison.Ordinal) && !HasArrived(c.Migration));

    public bool IsInBarter(string uuid) => Open.Any(b => b.Involves(uuid));

    public void Apply(object @event)
    {
        switch (@event)
        {
            case BarterOffered e:
                (LastIncarnation, LastNumber) = (e.Incarnation, e.Number);
                Add(new Barter(e.Barter, e.Peer, e.Kind, true, e.Incarnation) { Give = e.Give, Exchange = e.Exchange, Phase = BarterPhase.Offered, Reason = e.Reason });
                break;
            case BarterGranted e:
                // Of an earlier one nothing can be told any more.
                Prediction = null;
                Add(new Barter(e.Barter, e.Peer, e.Kind, false, e.Incarnation)
                {
                    PeerIncarnation = e.PeerIncarnation,
                    Legs = e.Legs,
                    Phase = BarterPhase.Granted,
                    Reason = e.Reason,
                    LeaseMs = e.LeaseMs,
                });
                break;
            case BarterConfirmed e:
                Prediction = null;
                var confirmed = _barters[e.Barter];
                (confirmed.Phase, confirmed.Legs, confirmed.PeerIncarnation, confirmed.LeaseMs) = (BarterPhase.Confirmed, e.Legs, e.PeerIncarnation, e.LeaseMs);
                break;
            case BarterConfirmationHeard e:
                _barters[e.Barter].Phase = BarterPhase.Confirmed;
                break;
            case LegBegan e:
                _barters[e.Barter].Begin(e.Leg);
                break;
            case LegEnded e:
                _barters[e.Barter].End(e.Leg, e.Outcome);
                if (e is { Outcome: LegOutcome.Completed, GapMs: { } gapMs } && _barters[e.Barter].Legs.FirstOrDefault(l => l.Number == e.Leg) is { } left)
                {
                    Gaps.Take(left.Vm.Mode, gapMs);
                }

                if (e is { Outcome: LegOutcome.Completed, WallMs: > 0 } && !_barters[e.Barter].Kind.IsPersons())
                {
                    Remember(e.WallMs);
                }

                if (e.Outcome == LegOutcome.Completed && Prediction is { } running && running.Predicted.Barter == e.Barter)
                {
                    Prediction = running with { LegWallMs = e.WallMs };
                }

                break;
            case BarterEnded e:
                End(e);
                Prediction = Prediction?.Predicted.Barter != e.Barter ? Prediction : e.Outcome == BarterOutcome.Settled ? Prediction with { IsSettled = true } : null;
                break;
            case StatePredicted e:
                Prediction = new OpenPrediction(e);
                break;
            case StateMeasured e:
                Prediction = null;
                Predictions.Add(e.Policy, e.Off, e.WallMs);
                break;
            case ChargeBegan e:
                _charges[e.Migration] = e;
                break;
            case ChargeEnded e:
                _charges.Remove(e.Migration);
                break;
            case VmArrived e:
                _memory[e.Uuid] = e;
                Remember(e.Migration);
                break;
            case VmLeft e:
                _memory.Remove(e.Uuid);
                break;
            case BarterSnapshot e:
                Restore(e);
                break;
            default:
                throw new InvalidOperationException($"The ledger knows no event {@event.GetType().Name}.");
        }
    }

    /// <summary>Everything that is kept here; applied to a new ledger it makes the same state.</summary>
    public BarterSnapshot Snapshot() => new(
        LastIncarnation, LastNumber, [.. _barters.Values.Select(b => b.State())], [.. _ended], [.. _charges.Values], [.. _memory.Values], [.. _arrivalsInOrder],
        [.. _movesWallMs], Gaps.State(), Prediction, Predictions.State());

    /// <summary>How many VMs have left or come for load within a time, by the wall clock.</summary>
    public int MovesSince(long fromWallMs, long toWallMs) => _movesWallMs.Count(t => t > fromWallMs && t <= toWallMs);

    private void Remember(long wallMs)
    {
        _movesWallMs.Enqueue(wallMs);
        if (_movesWallMs.Count > MovesMax)
        {
            _movesWallMs.Dequeue();
        }
    }

    /// <summary>All that is promised: what runs, what is charged, and the most that each barter may need over its steps.</summary>
    /// <param name="present">The domains that libvirt shows as active here.</param>
    public long PromisedBytes(IReadOnlyList<VmView> present) =>
        RunningAndCharged(present) + Open.Sum(b => Need(b.Legs, present, b));

    /// <summary>The most memory that legs still need beyond what is there, over their steps: what leaves counts until it has settled.</summary>
    /// <param name="legs">The legs in order.</param>
    /// <param name="present">The domains that libvirt shows.</param>
    /// <param name="barter">Whose outcomes tell which legs are over; null for a barter to be.</param>
    public long Need(IReadOnlyList<Leg> legs, IReadOnlyList<VmView> present, Barter? barter = null)
    {
        long now = 0, most = 0;
        foreach (var leg in legs)
        {
            var isOver = barter?.OutcomeOf(leg.Number) is not null;
            var isHere = present.Any(v => v.Facts.Uuid == leg.Vm.Uuid) || _charges.Values.Any(c => c.Uuid == leg.Vm.Uuid);
            if (leg.To == host && !isOver && !isHere)
            {
                now += leg.Vm.MemoryBytes;
                most = Math.Max(most, now);
            }
            else if (leg.From == host && !isOver)
            {
                now -= leg.Vm.MemoryBytes;
            }
        }

        return most;
    }

    private long RunningAndCharged(IReadOnlyList<VmView> present) =>
        present.Sum(v => v.Facts.MemoryBytes)
        + _charges.Values.Where(c => present.All(v => v.Facts.Uuid != c.Uuid)).Sum(c => c.MemoryBytes);

    private void Restore(BarterSnapshot snapshot)
    {
        if (LastNumber > 0 || _barters.Count > 0 || _charges.Count > 0 || _memory.Count > 0 || _arrivals.Count > 0)
        {
            throw new InvalidOperationException("A snapshot of the ledger is applied before all events, or not at all.");
        }

        (LastIncarnation, LastNumber) = (snapshot.LastIncarnation, snapshot.LastNumber);
        foreach (var barter in snapshot.Barters)
        {
            Add(Barter.Of(barter));
        }

        foreach (var id in snapshot.Ended)
        {
            _ended.Enqueue(id);
        }

        foreach (var charge in snapshot.Charges)
        {
            _charges.Add(charge.Migration, charge);
        }

        foreach (var memory in snapshot.Memory)
        {
            _memory.Add(memory.Uuid, memory);
        }

        foreach (var migration in snapshot.Arrivals)
        {
            Remember(migration);
        }

        foreach (var (mode, gapsMs) in snapshot.Gaps ?? [])
        {
            foreach (var gapMs in gapsMs)
            {
                Gaps.Take(mode, gapMs);
            }
        }

        foreach (var wallMs in snapshot.Moves ?? [])
        {
            Remember(wallMs);
        }

        Prediction = snapshot.Prediction;
        foreach (var (policy, off, wallMs) in (snapshot.Predictions ?? []).SelectMany(p => p.Off.Select(off => (p.Policy, off, p.WallMs))))
        {
            Predictions.Add(policy, off, wallMs);
        }
    }

    private void Add(Barter barter) => _barters.Add(barter.Id, barter);

    private void Remember(string migration)
    {
        if (_arrivals.Add(migration))
        {
            _arrivalsInOrder.Enqueue(migration);
            if (_arrivalsInOrder.Count > ArrivalsMax)
            {
                _arrivals.Remove(_arrivalsInOrder.Dequeue());
            }
        }
    }

    private void End(BarterEnded e)
    {
        var barter = _barters[e.Barter];
        (barter.Phase, barter.Outcome, barter.Reason) = (BarterPhase.Ended, e.Outcome, e.Reason);
        _ended.Enqueue(e.Barter);
        if (_ended.Count > EndedMax)
        {
            _barters.Remove(_ended.Dequeue());
        }
    }
}
