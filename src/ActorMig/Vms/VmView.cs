using ActorMig.PreFlight;
using ActorMig.Rules;

namespace ActorMig.Vms;

/// <summary>What a VM is doing, as far as bartering is concerned.</summary>
public enum VmStatus
{
    /// <summary>Runs here and may move.</summary>
    Idle,

    /// <summary>Runs here and is part of a barter.</summary>
    Offered,

    /// <summary>Is being moved away by us.</summary>
    Leaving,

    /// <summary>Is being moved here.</summary>
    Arriving,

    /// <summary>Has a job that is not ours.</summary>
    Foreign,

    /// <summary>Does not run: paused, crashed, suspended.</summary>
    Paused,

    /// <summary>Rests after a move.</summary>
    Cooling,

    /// <summary>Runs here, and the silent other host of its last migration has not said yet that it does not run there, too.</summary>
    InDoubt,

    /// <summary>A migration of it waits for a person: it takes part in nothing until that is resolved.</summary>
    NeedsOperator,
}

/// <summary>All that is needed to judge whether a VM should move; travels in offers and grants.</summary>
/// <param name="Uuid">The domain's UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="MemoryBytes">The most memory it may have.</param>
/// <param name="Vcpus">How many virtual CPUs.</param>
/// <param name="LoadBitPerSecond">Its smoothed load: rx + tx over its NICs.</param>
/// <param name="IsPersistent">True if it has a definition.</param>
/// <param name="IsAutostart">True if it starts with its host.</param>
/// <param name="Origin">The host it was on before its last load-driven move.</param>
/// <param name="Moves">How often it was moved.</param>
/// <param name="CoolDownLeftMs">What is left of its rest.</param>
/// <param name="Mode">How it is migrated.</param>
/// <param name="Needs">What it needs where it goes; null if its edge has not told.</param>
/// <param name="Rules">The rules that bind it; null for none.</param>
/// <param name="Use">What CPU time and memory it takes; null if that is not known.</param>
/// <param name="DirtyBytePerSecond">How fast it writes to its memory, in bytes of pages that it touches in a second; null if that is not known.</param>
/// <param name="GapMs">For how long those that its host sent in the same mode stood still, in the median of the last ones; null if that is not known.</param>
public sealed record VmFacts(
    string Uuid,
    string Name,
    long MemoryBytes,
    int Vcpus,
    double LoadBitPerSecond,
    bool IsPersistent,
    bool IsAutostart,
    string? Origin = null,
    int Moves = 0,
    long CoolDownLeftMs = 0,
    MigrationMode Mode = MigrationMode.Hybrid,
    VmNeeds? Needs = null,
    VmRules? Rules = null,
    VmUse? Use = null,
    double? DirtyBytePerSecond = null,
    long? GapMs = null);

/// <summary>A VM as its host sees it in a round.</summary>
/// <param name="Facts">What is needed to judge.</param>
/// <param name="Status">What it is doing.</param>
/// <param name="IsManaged">False if it must never be moved.</param>
/// <param name="IsMeasured">False while its load is not known yet.</param>
/// <param name="CannotMove">Why it cannot be moved as it is, with the remedy; null if it can.</param>
/// <param name="Traffic">With whom it talks; null if that is not known.</param>
/// <param name="HeldByRule">Why a rule keeps it from being moved just now; null if none does.</param>
/// <param name="IsByPerson">True if a person has moved it here, and it rests after that.</param>
/// <param name="IsStill">True if it does not run here, whatever its status says besides.</param>
public sealed record VmView(
    VmFacts Facts, VmStatus Status, bool IsManaged, bool IsMeasured = true, string? CannotMove = null, VmTraffic? Traffic = null, string? HeldByRule = null, bool IsByPerson = false,
    bool IsStill = false)
{
    /// <summary>How far its load is from its own mean of some rounds.</summary>
    public LoadDeviation Deviation { get; init; }

    /// <summary>Why it is not offered back to its origin just now, in words: that host has refused it. Null: it may be.</summary>
    public string? NotBack { get; init; }

    /// <summary>True if a barter may move it now.</summary>
    public bool IsMovable => IsManaged && Status == VmStatus.Idle && CannotMove is null && HeldByRule is null;
}
