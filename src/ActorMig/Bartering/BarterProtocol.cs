using ActorMig.Brakes;
using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Bartering;

// What agents say to each other. Every message carries the barter (or the question's number) and its step; every handler is idempotent.

/// <summary>Asks a host how it is.</summary>
/// <param name="Number">The question's number; comes back.</param>
/// <param name="Brake">The newest setting of the brake that I know; null says nothing.</param>
/// <param name="WantsPair">True if I want to know who talks to whom there, too.</param>
public sealed record GetDigest(long Number, BrakeMark? Brake = null, bool WantsPair = false);

/// <summary>How a host is.</summary>
/// <param name="Number">The question's number.</param>
/// <param name="Host">The host.</param>
/// <param name="LoadBitPerSecond">Its load.</param>
/// <param name="FreeBytes">Memory that it can promise.</param>
/// <param name="Mode">What its agent may do.</param>
/// <param name="IsDraining">True if it is being emptied: nothing may come to it.</param>
/// <param name="Brake">The newest setting of the brake that it knows; null says nothing.</param>
/// <param name="Groups">Of which rules it has VMs that keep together or apart; null for none.</param>
/// <param name="Use">What is taken of its CPUs and memory; null says nothing.</param>
/// <param name="Pair">With whom its VMs talk, if that was asked for and is known.</param>
public sealed record Digest(
    long Number, string Host, double LoadBitPerSecond, long FreeBytes, Mode Mode, bool IsDraining = false, BrakeMark? Brake = null,
    IReadOnlyList<RuleGroup>? Groups = null,
    HostUse? Use = null,
    PairHalf? Pair = null);

/// <summary>Step 1, reserves nothing: what I give, what I would take, and all that is needed to judge it.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Kind">Which kind.</param>
/// <param name="Give">The UUID of the VM that I give.</param>
/// <param name="Vms">My VMs that may move; the one that I give is among them.</param>
/// <param name="LoadBitPerSecond">My load.</param>
/// <param name="FreeBytes">Memory that I can promise.</param>
/// <param name="Reason">In words.</param>
/// <param name="LeaseMs">For how long I count on a silent peer: no promise in this barter lasts longer. 0 says nothing.</param>
/// <param name="Policy">Whose proposal it is, or <c>command</c>; null says nothing.</param>
/// <param name="Groups">Of which rules I have VMs that keep together or apart, without those that I give; null for none.</param>
/// <param name="IgnoresRules">True if a person says that it is to move whatever the rules say.</param>
/// <param name="Use">What is taken of my CPUs and memory; null says nothing.</param>
/// <param name="Exchange">With <see cref="BarterKind.Exchange"/>, and only then: all that goes and comes.</param>
/// <param name="Pair">With an exchange, and where who talks to whom is weighed: with whom my VMs talk, so that both compute the same gain.</param>
public sealed record Offer(
    string Barter,
    BarterKind Kind,
    string Give,
    IReadOnlyList<VmFacts> Vms,
    double LoadBitPerSecond,
    long FreeBytes,
    string Reason,
    long LeaseMs = 0,
    string? Policy = null,
    IReadOnlyList<RuleGroup>? Groups = null,
    bool? IgnoresRules = null,
    HostUse? Use = null,
    Exchange? Exchange = null,
    PairHalf? Pair = null)
{
    /// <summary>All VMs that would come: the one that I give, or those of an exchange.</summary>
    public IReadOnlyList<VmFacts> Given() => [.. (Exchange?.Gives ?? [Give]).Select(uuid => Vms.First(v => v.Uuid == uuid))];

    /// <summary>The UUIDs of the VMs that I would take by name; of a swap the one who is asked chooses.</summary>
    public IReadOnlyList<string> Taken() => Exchange?.Takes ?? [];
}

/// <summary>Step 2: the granter has reserved what comes to it.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Legs">The VMs, in an order in which each fits beside what is there.</param>
/// <param name="Reason">In words.</param>
/// <param name="LeaseMs">The lease on both sides, whatever each is configured to: the shorter of the two. 0 says nothing.</param>
public sealed record Grant(string Barter, IReadOnlyList<Leg> Legs, string Reason, long LeaseMs = 0);

/// <summary>Step 2, the other answer.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Refusal">From the closed list.</param>
/// <param name="Reason">In words.</param>
public sealed record Decline(string Barter, Refusal Refusal, string Reason);

/// <summary>Step 3: the offerer has reserved what comes to it. Also renews the granter's leases.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Renewal">Counts the renewals.</param>
/// <param name="To">The start of the granter's agent to which this is said, as far as I know; 0 says nothing.</param>
public sealed record Confirm(string Barter, long Renewal, long To = 0);

/// <summary>The granter counts its leases anew; who will send counts from this message.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Renewal">Which renewal is answered; 0: none, because it was said to an earlier start of my agent.</param>
public sealed record Confirmed(string Barter, long Renewal);

/// <summary>The leader tells the granter to send its VM.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Leg">The leg.</param>
/// <param name="Renewal">The last renewal that was answered: the granter counts the lease from that answer.</param>
public sealed record StartLeg(string Barter, int Leg, long Renewal);

/// <summary>Where a leg stands, by its source host.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Leg">The leg.</param>
/// <param name="Outcome">How it ended; null while it runs.</param>
/// <param name="Reason">In words.</param>
public sealed record LegStands(string Barter, int Leg, LegOutcome? Outcome, string Reason);

/// <summary>Ends a negotiation or, from the leader, a barter.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">In words.</param>
public sealed record Withdraw(string Barter, BarterOutcome Outcome, string Reason);

/// <summary>The answer to an old step: how the barter ended, or that it is not known.</summary>
/// <param name="Barter">The barter.</param>
/// <param name="Outcome">How it ended; null if it is unknown.</param>
/// <param name="Reason">In words.</param>
public sealed record BarterStands(string Barter, BarterOutcome? Outcome, string Reason);
