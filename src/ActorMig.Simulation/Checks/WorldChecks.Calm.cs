using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Policies;

namespace ActorMig.Simulation;

/// <content>L1 and L2: what must have come true when faults have stopped for long enough.</content>
internal sealed partial class WorldChecks
{
    private readonly SortedDictionary<string, double> _roomGathered = new(StringComparer.Ordinal);

    /// <summary>Guests whose fate a journal has put into a person's hands, by name.</summary>
    private readonly SortedSet<(string Vm, string Migration)> _named = [];

    /// <summary>Guests that were under way when a journal that told of it was lost: they are in the hands of the person who accepts the loss.</summary>
    private readonly SortedSet<string> _orphaned = new(StringComparer.Ordinal);

    /// <summary>What guests were before anybody moved them: with a definition or without, starting with their host or not.</summary>
    private readonly SortedDictionary<string, (bool IsPersistent, bool IsAutostart)> _were = new(StringComparer.Ordinal);

    /// <summary>Barters of the policy balance.</summary>
    private readonly SortedSet<string> _balancing = new(StringComparer.Ordinal);

    /// <summary>Barters of the policy weighted.</summary>
    private readonly SortedSet<string> _weighing = new(StringComparer.Ordinal);
    private bool _isSteady;
    private long _lastLoadOfferMs;

    /// <summary>From now on loads are steady: each barter for load that begins and settles must lower the higher of both loads.</summary>
    public void LoadsAreSteady()
    {
        _isSteady = true;
        Landed += (book, e) =>
        {
            switch (e)
            {
                case BarterOffered { Kind: BarterKind.Migrate or BarterKind.Swap or BarterKind.Exchange } offered when _isSteady:
                    _roomGathered[offered.Barter] = offered.Exchange?.RoomBitPerSecond ?? 0;
                    if (offered.Policy == BalanceRules.Policy)
                    {
                        _balancing.Add(offered.Barter);
                    }
                    else if (offered.Policy == WeightedPolicyActor.PolicyName)
                    {
                        _weighing.Add(offered.Barter);
                    }

                    break;
                case BarterConfirmed confirmed when _roomGathered.ContainsKey(confirmed.Barter):
                    CheckGain(book, confirmed);
                    break;
            }
        };
    }

    /// <summary>Loads change again.</summary>
    public void LoadsChange()
    {
        _isSteady = false;
        _roomGathered.Clear();
        _balancing.Clear();
        _weighing.Clear();
    }

    private void CheckGain(HostBook book, BarterConfirmed confirmed)
    {
        var barter = book.Barter(confirmed.Barter)!;
        if (barter.Kind == BarterKind.Exchange)
        {
            CheckTraffic(book.Name, barter.Peer, confirmed, _roomGathered[confirmed.Barter]);
            return;
        }

        if (_balancing.Contains(confirmed.Barter))
        {
            CheckSquares(book, barter.Peer, confirmed);
            return;
        }

        if (_weighing.Contains(confirmed.Barter))
        {
            CheckWeighed(book, barter.Peer, confirmed);
            return;
        }

        double mine = LoadOf(book.Name), theirs = LoadOf(barter.Peer);
        var before = Math.Max(mine, theirs);
        foreach (var leg in confirmed.Legs)
        {
            var load = _guestsByUuid[leg.Vm.Uuid].BitPerSecond;
            (mine, theirs) = leg.From == book.Name ? (mine - load, theirs + load) : (mine + load, theirs - load);
        }

        if (Math.Max(mine, theirs) >= before)
        {
            Breach("L2 cost", $"{confirmed.Barter} raises the higher load of {book.Name} and {barter.Peer} from {Words.Rate(before)} to {Words.Rate(Math.Max(mine, theirs))}");
        }
    }

    /// <summary>Hosts that are made alike in several loads are alike in all of them together, whichever of them rises; by what the guests do, and not by what was measured.</summary>
    private void CheckSquares(HostBook book, string peer, BarterConfirmed confirmed)
    {
        // Smoothed loads are not quite what they will be.
        const double Tolerance = 0.02;
        if (_world.Hypervisors[book.Name].Domains.Concat(_world.Hypervisors[peer].Domains).Any(d => !d.Runs))
        {
            // What stands still counts by what is expected of it, or by what it did when it was last seen.
            return;
        }

        // Each of them has agreed by its own configuration, which somebody may have changed on one of them only.
        foreach (var options in (ActorMigOptions[])[_world.Hosts[book.Name].Options, _world.Hosts[peer].Options])
        {
            var (one, other) = (Levels(book.Name, options), Levels(peer, options));
            var were = $"{InWords(book.Name, one)}, {InWords(peer, other)}";
            double Squares() => one.Concat(other).Sum(l => l * l);
            var before = Squares();
            Move(confirmed, book.Name, peer, options, one, other);

            if (Squares() > before + Tolerance)
            {
                Breach("L2 balance", FormattableString.Invariant($"by the options of {options.HostName} {confirmed.Barter} raises the squares of the levels of {book.Name} and {peer} from {before:0.0000} to {Squares():0.0000} ({were})"));
            }
        }
    }

    /// <summary>
    /// What rises in one load falls by more in the others, by their weights: each load's is that of the host that has more of it. Where both knew who talks to
    /// whom what passes between them has its part; nobody else knows whether they did.
    /// </summary>
    private void CheckWeighed(HostBook book, string peer, BarterConfirmed confirmed)
    {
        const double Tolerance = 0.02;
        if (_world.Hypervisors[book.Name].Domains.Concat(_world.Hypervisors[peer].Domains).Any(d => !d.Runs))
        {
            return;
        }

        var options = _world.Hosts[book.Name].Options;
        double[] weights = [options.Weights.Cpu, options.Weights.Memory, options.Weights.Threshold];
        var (one, other) = (Levels(book.Name, options), Levels(peer, options));
        var were = $"{InWords(book.Name, one)}, {InWords(peer, other)}";
        double Weighed() => weights.Select((w, i) => w * Math.Max(one[i], other[i])).Sum();
        var before = Weighed();
        Move(confirmed, book.Name, peer, options, one, other);
        var (raised, (passed, passes)) = (Weighed() - before, Between(book.Name, peer, confirmed));
        var talk = options.Weights.Affinity * (passes - passed) / options.Threshold.OverloadBitPerSecond;
        if (raised > Tolerance && raised + talk > Tolerance)
        {
            Breach("L2 weighed", FormattableString.Invariant($"{confirmed.Barter} raises what is weighed of {book.Name} and {peer} from {before:0.0000} by {raised:0.0000} and by {talk:0.0000} for who talks to whom ({were})"));
        }
    }

    /// <summary>What the levels of both hosts come to by a barter's legs.</summary>
    private void Move(BarterConfirmed confirmed, string host, string peer, ActorMigOptions options, double[] mine, double[] theirs)
    {
        foreach (var leg in confirmed.Legs)
        {
            var guest = _guestsByUuid[leg.Vm.Uuid];
            for (var i = 0; i < mine.Length; i++)
            {
                mine[i] += (leg.To == host ? 1 : -1) * LevelsOf(guest, host, options)[i];
                theirs[i] += (leg.To == host ? -1 : 1) * LevelsOf(guest, peer, options)[i];
            }
        }
    }

    private static string InWords(string host, double[] levels) => FormattableString.Invariant($"{host}: CPUs {levels[0]:0.00}, memory {levels[1]:0.00}, traffic {levels[2]:0.00}");

    private double[] Levels(string host, ActorMigOptions options) => _world.Hypervisors[host].Domains
        .Select(d => LevelsOf(d.Guest, host, options, d.Runs)).Aggregate(new double[3], static (sum, of) => [sum[0] + of[0], sum[1] + of[1], sum[2] + of[2]]);

    /// <summary>One that does not run has its memory, and does nothing.</summary>
    private double[] LevelsOf(SimGuest guest, string host, ActorMigOptions options, bool runs = true) =>
    [
        runs ? guest.Cpus / (_world.Hypervisors[host].Cpus * options.Cpu.Overload) : 0,
        guest.UsedMemoryBytes / ((_world.Hosts[host].Options.MemoryTotalBytes - options.MemoryReserveBytes) * options.Memory.Overload),
        runs ? guest.BitPerSecond / options.Threshold.OverloadBitPerSecond : 0,
    ];

    /// <summary>
    /// An exchange brings more together of what the guests of both hosts say to each other than it tears apart; only for room that is gathered it may be less, by
    /// what that is worth.
    /// </summary>
    private void CheckTraffic(string one, string other, BarterConfirmed confirmed, double room)
    {
        var (before, after) = Between(one, other, confirmed);
        if (after >= before + Math.Max(0, room))
        {
            var talks = _world.AllTalks.Where(t => t.BitPerSecond > 0 && confirmed.Legs.Any(l => l.Vm.Uuid == t.From.Uuid || l.Vm.Uuid == t.To.Uuid))
                .Select(t => $"{t.From.Name} to {t.To.Name} {Words.Rate(t.BitPerSecond)}");
            Breach("L2 traffic", $"{confirmed.Barter} changes what passes between {one} and {other} from {Words.Rate(before)} to {Words.Rate(after)}, for there is {string.Join(", ", talks)}");
        }
    }

    /// <summary>What passes between two hosts, before and after a barter's legs.</summary>
    private (double Before, double After) Between(string one, string other, BarterConfirmed confirmed)
    {
        var places = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var host in (string[])[one, other])
        {
            foreach (var domain in _world.Hypervisors[host].Domains.Where(d => d.Runs))
            {
                places[domain.Guest.Uuid] = host;
            }
        }

        double Passes() => _world.AllTalks.Where(t => places.TryGetValue(t.From.Uuid, out var from) && places.TryGetValue(t.To.Uuid, out var to) && from != to).Sum(t => t.BitPerSecond);
        var before = Passes();
        foreach (var leg in confirmed.Legs)
        {
            places[leg.Vm.Uuid] = leg.To;
        }

        return (before, Passes());
    }

    private double LoadOf(string host) => _world.Hypervisors[host].Domains.Sum(d => d.Guest.BitPerSecond);

    /// <summary>Everything has ended, and is what its journal says.</summary>
    /// <param name="calmSinceMs">Since when loads are small: long enough for all moves for load to be over.</param>
    public void AtTheEnd(long calmSinceMs)
    {
        var statuses = new SortedDictionary<string, HostStatus>(StringComparer.Ordinal);
        foreach (var book in _books.Values)
        {
            foreach (var barter in book.Open)
            {
                Breach("L1 barter", $"{barter.Id} has not ended on {book.Name}");
            }

            // Of one that its owner's own move has let run twice only they know which copy is good.
            foreach (var open in book.Cases.Values.Where(c => !(_movedByHandAtMs.ContainsKey(c.Plan.Vm.Name) && RunsOn(c.Plan.Vm.Uuid, c.Plan.From) && RunsOn(c.Plan.Vm.Uuid, c.Plan.To))))
            {
                var said = string.Join("; ", _world.Notes.Where(n => n.Contains($": {open.Plan.Migration}: ", StringComparison.Ordinal)));
                Breach("L1 case", $"{open.Plan.Migration} of {open.Plan.Vm.Name} still waits for a person on {book.Name}, and one has resolved all ({said})");
            }

            foreach (var migration in book.OpenMigrations)
            {
                Breach("L1 migration", $"{migration.Plan.Migration} has not settled on {book.Name}");
            }

            // One that was never seen is closed by its source; a source that has lost its journal knows nothing of it.
            foreach (var arrival in book.OpenArrivals.Where(a => book.Host.Hypervisor.Find(a.Plan.Vm.Uuid) is not { IsActive: true }
                && (a.SeenAtMs is not null || BookOf(a.Plan.From) is not { TornAtMs: > 0 })))
            {
                Breach("L1 arrival", $"{arrival.Plan.Migration} has not ended on {book.Name}");
            }

            if (CheckStatus(book) is { } status)
            {
                statuses.Add(book.Name, status);
            }
        }

        CheckHolds(statuses);

        foreach (var guest in _world.Guests.Values)
        {
            CheckGuest(guest);
        }

        if (_lastLoadOfferMs > calmSinceMs)
        {
            Breach("L2 moves", $"an offer for load was made at {_lastLoadOfferMs / 1000} s, when loads had been small for long");
        }
    }

    private HostStatus? CheckStatus(HostBook book)
    {
        HostStatus? status = null;
        book.Host.Tell(new GetHostStatus(VirtualActorSystem.Listen("checks", m => status = (HostStatus)m)));
        _world.Time.Run(1_000);
        if (status is null)
        {
            Breach("L1 answer", $"{book.Name} does not answer");
            return null;
        }

        var bytes = book.Host.Hypervisor.Domains.Sum(d => d.Guest.MemoryBytes);
        if (status.Barter.OpenBarters.Count == 0 && status.Barter.PromisedBytes != bytes)
        {
            Breach("S4 promise", $"{book.Name} has promised {Words.Memory(status.Barter.PromisedBytes)}, and {Words.Memory(bytes)} are there");
        }

        return status;
    }

    private void CheckGuest(SimGuest guest)
    {
        var copies = _world.Hypervisors.Values.Where(h => h.Find(guest.Uuid) is { IsActive: true }).ToArray();
        var isLeftToPeople = _orphaned.Contains(guest.Name) || _movedByHandAtMs.ContainsKey(guest.Name);
        var isNamed = isLeftToPeople || _named.Any(n => n.Vm == guest.Name);
        var running = copies.Where(h => h.Find(guest.Uuid)!.Runs).ToArray();
        if (running.Length > 1 && !isLeftToPeople)
        {
            Breach("S1 double", $"{guest.Name}, which libvirt has let run twice, still runs on {string.Join(" and ", running.Select(h => h.Host))}");
        }

        if (copies.Length > 1 && !isNamed)
        {
            Breach("L1 copies", $"{guest.Name} is on {string.Join(" and ", copies.Select(h => h.Host))}, and no journal names it");
        }

        if (running.Length == 0 && copies is [var only] && only.Find(guest.Uuid)!.Reason != StateReason.User && !isNamed)
        {
            Breach("L1 paused", $"{guest.Name} is paused on {only.Host}, not by its owner, and no journal names it");
        }

        if (copies is [var place] && !isNamed && !_mayBeEnded.Contains(guest.Name))
        {
            CheckKind(guest, place);
        }
    }

    /// <summary>What the guest was, it stays.</summary>
    private void CheckKind(SimGuest guest, SimHypervisor place)
    {
        var domain = place.Find(guest.Uuid)!;
        if ((domain.IsPersistent, domain.IsAutostart) is var kind && kind != _were[guest.Uuid])
        {
            Breach("S7 kind", $"{guest.Name} was persistent: {_were[guest.Uuid].IsPersistent}, autostart: {_were[guest.Uuid].IsAutostart}; on {place.Host} it is {kind.IsPersistent}, {kind.IsAutostart}");
        }

        if (_world.Hypervisors.Values.FirstOrDefault(h => h != place && h.Find(guest.Uuid) is { IsPersistent: true }) is { } other)
        {
            Breach("S7 definition", $"{guest.Name} runs on {place.Host}, and {other.Host} has a definition of it, too");
        }
    }
}
