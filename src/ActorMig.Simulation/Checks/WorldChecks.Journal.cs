using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Migrations;
using ActorMig.Policies;

namespace ActorMig.Simulation;

/// <content>What became durable, or is about to: promises (S2), one barter at a time (S3), the order of legs, and whether what is said of a guest is true.</content>
internal sealed partial class WorldChecks
{
    private const long OptionsOnTheirWayMs = 20_000;

    /// <summary>A promise is looked at when it is made: what happens while the disk writes is not in it.</summary>
    private void Persisting(HostBook book, IReadOnlyList<object> events)
    {
        foreach (var e in events)
        {
            PersistingStep(book, e);
            PersistingPreFlight(book, e);
            PersistingRules(book, e);
            switch (e)
            {
                case BarterGranted granted:
                    CheckPromise(book, new BarterBook(granted.Barter, granted.Peer, granted.Kind, false) { Legs = granted.Legs }, null);
                    break;
                case BarterConfirmed confirmed when confirmed.Legs.Any(l => l.To == book.Name) && book.Barter(confirmed.Barter) is { } barter:
                    CheckPromise(book, new BarterBook(barter.Id, barter.Peer, barter.Kind, true) { Legs = confirmed.Legs }, barter);
                    break;
            }
        }
    }

    private void CheckPromise(HostBook book, BarterBook promise, BarterBook? isInPlaceOf)
    {
        bool IsHere(string uuid) => book.Shown.Any(d => d.Uuid == uuid) || book.Charges.Values.Any(c => c.Uuid == uuid);
        var bytes = book.Shown.Sum(d => d.MemoryBytes)
            + book.Charges.Values.Where(c => book.Shown.All(d => d.Uuid != c.Uuid)).Sum(c => c.MemoryBytes)
            + book.Open.Where(b => b != isInPlaceOf).Sum(b => b.NeedBytes(book.Name, IsHere))
            + promise.NeedBytes(book.Name, IsHere);
        var capacity = NowMs - book.BeforeChange.AtMs < OptionsOnTheirWayMs ? Math.Max(book.CapacityBytes(), book.BeforeChange.CapacityBytes) : book.CapacityBytes();
        if (bytes > capacity)
        {
            Breach("S2 promise", $"{book.Name} promises {Words.Memory(bytes)} of {Words.Memory(capacity)} with {promise.Id}");
        }
    }

    private void Land(HostBook book, IReadOnlyList<object> events)
    {
        foreach (var e in events)
        {
            CheckBefore(book, e);
            book.Land(e, NowMs);
            LandHold(book, e, NowMs);
            Landed?.Invoke(book, e);
        }
    }

    private void CheckBefore(HostBook book, object @event)
    {
        switch (@event)
        {
            case BarterOffered e:
                CheckOneBarter(book, e.Barter, e.Exchange?.Gives ?? [e.Give.Uuid]);
                CheckMoves(book, e.Barter, e.Give);
                // Hosts that are not loaded can be made more alike, too; and where memory is weighed it stays as it is.
                _lastLoadOfferMs = e.Kind is BarterKind.Migrate or BarterKind.Swap && e.Policy is not (BalanceRules.Policy or WeightedPolicyActor.PolicyName) ? NowMs : _lastLoadOfferMs;
                break;
            case BarterGranted e:
                CheckOneBarter(book, e.Barter, e.Legs.Select(l => l.Vm.Uuid));
                CheckGrant(book, e);
                break;
            case LegBegan e when e.Leg > 1:
                var leader = book.Barter(e.Barter) is { IsOfferer: false, Peer: var peer } ? BookOf(peer) : book;
                if (leader?.Barter(e.Barter) is { } led && (!led.Ended.TryGetValue(e.Leg - 1, out var outcome) || outcome != LegOutcome.Completed))
                {
                    Breach("S2 order", $"leg {e.Leg} of {e.Barter} began on {book.Name} before leg {e.Leg - 1} had settled");
                }

                break;
            case ChargeEnded e when book.Charges.TryGetValue(e.Migration, out var charge) && book.Arrivals.TryGetValue(e.Migration, out var arrival)
                && arrival.Settled is null && book.Host.Hypervisor.Find(charge.Uuid) is { IsActive: true, Job: Edges.DomainJob.Incoming }:
                Breach("S2 charge", $"{book.Name} charges {NameOf(charge.Uuid)} no longer while its libvirt shows it as coming");
                break;
            case CaseClosed { Outcome: LegOutcome.Completed or LegOutcome.Failed } e when book.Cases.TryGetValue(e.Migration, out var resolved) && !resolved.IsArrival:
                _named.Remove((resolved.Plan.Vm.Name, e.Migration));
                break;
            case VmArrived e:
                CheckArrived(e);
                break;
            case MigrationSettled e when book.Migration(e.Migration) is { } migration:
                CheckTruth(book, migration, e);
                break;
        }
    }

    private void CheckOneBarter(HostBook book, string barter, IEnumerable<string> uuids)
    {
        if (book.Cases.Values.FirstOrDefault(c => uuids.Contains(c.Plan.Vm.Uuid)) is { } open)
        {
            Breach("S3 case", $"{open.Plan.Vm.Name} is in {barter} on {book.Name}, and {open.Plan.Migration} waits for a person");
        }

        if (book.Open.FirstOrDefault(b => b.Id != barter) is { } other)
        {
            var shared = uuids.FirstOrDefault(other.Involves);
            Breach("S3 barters", shared is null
                ? $"{book.Name} is in {other.Id} and in {barter} at a time"
                : $"{NameOf(shared)} is in {other.Id} and in {barter} at a time on {book.Name}");
        }
    }

    /// <summary>What a VM has behind it goes with it, else its rest would not grow.</summary>
    private void CheckMoves(HostBook book, string barter, Vms.VmFacts facts)
    {
        var known = book.Memory.TryGetValue(facts.Uuid, out var memory) ? memory.Moves : 0;
        if (facts.Moves != known)
        {
            Breach("L2 rest", $"{barter} says that {facts.Name} was moved {facts.Moves} times, and {book.Name} knows of {known}");
        }
    }

    private void CheckGrant(HostBook book, BarterGranted e)
    {
        if (e.Barter != BarterIds.Barter(e.Peer, e.PeerIncarnation, long.Parse(e.Barter[(e.Barter.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture)))
        {
            Breach("S5 incarnation", $"{book.Name} granted {e.Barter} to incarnation {e.PeerIncarnation} of {e.Peer}");
        }

        foreach (var leg in e.Legs)
        {
            if (leg.From == book.Name)
            {
                CheckMoves(book, e.Barter, leg.Vm);
            }
            else if (BookOf(leg.From)?.Barter(e.Barter)?.Give is { } give && give.Uuid == leg.Vm.Uuid && give.Moves != leg.Vm.Moves)
            {
                Breach("L2 rest", $"{book.Name} granted {leg.Vm.Name} with {leg.Vm.Moves} moves, and {leg.From} offered it with {give.Moves}");
            }
        }
    }

    private void CheckArrived(VmArrived e)
    {
        var barter = BarterIds.BarterOf(e.Migration);
        foreach (var book in _books.Values)
        {
            if (book.Migration(e.Migration)?.Plan is { } plan)
            {
                var own = book.Barter(barter) is { IsOfferer: true, Give: { } give } && give.Uuid == plan.Vm.Uuid ? give : plan.Vm;
                var moves = own.Moves + (plan.Kind.IsPersons() ? 0 : 1);
                if (e.Moves != moves)
                {
                    Breach("L2 rest", $"{e.Name} has moved {moves} times with {e.Migration}, and its new host remembers {e.Moves}");
                }
            }
        }
    }

    private void CheckTruth(HostBook book, MigrationBook migration, MigrationSettled e)
    {
        if (e.Outcome is LegOutcome.NeedsOperator or LegOutcome.Lost && e.Reason.Contains(migration.Plan.Vm.Name, StringComparison.Ordinal))
        {
            _named.Add((migration.Plan.Vm.Name, e.Migration));
        }

        var (plan, uuid) = (migration.Plan, migration.Plan.Vm.Uuid);
        var isMovedByHand = _movedByHandAtMs.ContainsKey(plan.Vm.Name);
        var isDoubled = book.Host.Hypervisor.DoubledByLibvirt.Contains(plan.Vm.Name);
        var (here, there) = (RunsOn(uuid, plan.From), RunsOn(uuid, plan.To));
        switch (e.Outcome)
        {
            case LegOutcome.Failed when there && !here && !isMovedByHand && !isDoubled:
                Breach("L1 false", $"{e.Migration} is said to have failed, and {plan.Vm.Name} runs on {plan.To}");
                break;
            case LegOutcome.Completed when here && !isMovedByHand:
                Breach("L1 false", $"{e.Migration} is said to be completed, and {plan.Vm.Name} runs on {plan.From}");
                break;
            case LegOutcome.Completed when !isMovedByHand && book.Host.Hypervisor.Find(uuid) is { IsActive: false, IsPersistent: true } && !_mayBeEnded.Contains(plan.Vm.Name):
                Breach("S7 definition", $"{e.Migration} is said to be completed, and {plan.From} keeps a definition of {plan.Vm.Name}");
                break;
            case LegOutcome.Gone when !_mayBeEnded.Contains(plan.Vm.Name) && !isMovedByHand:
                Breach("L1 false", $"{e.Migration}: {plan.Vm.Name} is said to be ended by its owner, and nobody did");
                break;
        }
    }
}
