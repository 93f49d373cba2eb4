using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>How far a barter is.</summary>
internal enum BarterPhase
{
    /// <summary>Offerer: the offer is out; nothing is reserved.</summary>
    Offered,

    /// <summary>Granter: what comes here is reserved, under a lease.</summary>
    Granted,

    /// <summary>Both sides have reserved; legs are carried out.</summary>
    Confirmed,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>One barter, as the journal tells it. Changed by <see cref="Ledger"/> only.</summary>
internal sealed class Barter(string id, string peer, BarterKind kind, bool isOfferer, long incarnation)
{
    private readonly SortedDictionary<int, LegOutcome?> _legs = [];

    public string Id { get; } = id;

    public string Peer { get; } = peer;

    public BarterKind Kind { get; } = kind;

    public bool IsOfferer { get; } = isOfferer;

    /// <summary>Our incarnation when it began.</summary>
    public long Incarnation { get; } = incarnation;

    public long PeerIncarnation { get; set; }

    public VmFacts? Give { get; set; }

    /// <summary>Offerer: all that would go and come, if it is an exchange.</summary>
    public Exchange? Exchange { get; set; }

    /// <summary>Offerer: the VMs that it has offered.</summary>
    public IReadOnlyList<string> Gives => Exchange?.Gives ?? (Give is null ? [] : [Give.Uuid]);

    public BarterPhase Phase { get; set; }

    public IReadOnlyList<Leg> Legs { get; set; } = [];

    public BarterOutcome? Outcome { get; set; }

    public string Reason { get; set; } = "";

    /// <summary>The lease that both sides have agreed on; 0 before that.</summary>
    public long LeaseMs { get; set; }

    public BarterState State() => new(
        Id, Peer, Kind, IsOfferer, Incarnation, PeerIncarnation, Give, Phase, Legs, [.. _legs.Select(l => new LegState(l.Key, l.Value))], Outcome, Reason, LeaseMs, Exchange);

    public static Barter Of(BarterState state)
    {
        var barter = new Barter(state.Barter, state.Peer, state.Kind, state.IsOfferer, state.Incarnation)
        {
            PeerIncarnation = state.PeerIncarnation,
            Give = state.Give,
            Exchange = state.Exchange,
            Phase = state.Phase,
            Legs = state.Legs,
            Outcome = state.Outcome,
            Reason = state.Reason,
            LeaseMs = state.LeaseMs,
        };
        foreach (var leg in state.LegStates)
        {
            barter._legs.Add(leg.Leg, leg.Outcome);
        }

        return barter;
    }

    public void Begin(int leg) => _legs.TryAdd(leg, null);

    public void End(int leg, LegOutcome outcome) => _legs[leg] = outcome;

    public bool HasBegun(int leg) => _legs.ContainsKey(leg);

    public LegOutcome? OutcomeOf(int leg) => _legs.TryGetValue(leg, out var outcome) ? outcome : null;

    public bool HasAnyBegun => _legs.Count > 0;

    public bool IsLegRunning => Legs.Any(l => HasBegun(l.Number) && OutcomeOf(l.Number) is null);

    /// <summary>True if a VM that this host sends is on its way.</summary>
    public bool IsOwnLegRunning(string host) => Legs.Any(l => l.From == host && HasBegun(l.Number) && OutcomeOf(l.Number) is null);

    /// <summary>The first leg that has not ended, or null.</summary>
    public Leg? NextLeg => Legs.FirstOrDefault(l => OutcomeOf(l.Number) is null);

    public bool HasFailedLeg => Legs.Any(l => OutcomeOf(l.Number) is { } outcome && outcome != LegOutcome.Completed);

    /// <summary>How it ends if it ends now.</summary>
    public BarterOutcome Conclude()
    {
        var completed = Legs.Count(l => OutcomeOf(l.Number) == LegOutcome.Completed);
        return completed == 0 ? BarterOutcome.Aborted : completed == Legs.Count ? BarterOutcome.Settled : BarterOutcome.Half;
    }

    public bool Involves(string uuid) => Gives.Contains(uuid) || Legs.Any(l => l.Vm.Uuid == uuid);
}
