using ActorMig.Actors;

namespace ActorMig.Hosts;

/// <summary>A person wants a host empty. It stays so, through restarts, until the drain is ended: nothing comes to it, and what runs there leaves by bartering.</summary>
/// <param name="Person">Who.</param>
/// <param name="Why">In that person's words.</param>
/// <param name="WallMs">When, by this host's wall clock.</param>
/// <param name="DeadlineWallMs">Until when it may take; later nothing more leaves. Null: as long as it takes.</param>
public sealed record DrainBegan(string Person, string Why, long WallMs, long? DeadlineWallMs);

/// <summary>A person has ended a drain: VMs may come again.</summary>
/// <param name="Person">Who.</param>
public sealed record DrainEnded(string Person);

/// <summary>Asks for a drain.</summary>
/// <param name="ReplyTo">Gets <see cref="DrainAnswered"/>.</param>
/// <param name="Host">Which host; only this one can be.</param>
/// <param name="DeadlineMs">How long it may take; null: as long as it takes.</param>
/// <param name="Why">In a person's words.</param>
/// <param name="Person">Who.</param>
public sealed record DrainHost(ActorRef ReplyTo, string Host, long? DeadlineMs, string Why, string Person);

/// <summary>Ends a drain, finished or not.</summary>
/// <param name="ReplyTo">Gets <see cref="DrainAnswered"/>.</param>
/// <param name="Host">Which host; only this one can be.</param>
/// <param name="Person">Who.</param>
public sealed record CancelDrain(ActorRef ReplyTo, string Host, string Person);

/// <summary>What came of it.</summary>
/// <param name="IsAccepted">True if it is so now.</param>
/// <param name="Text">In words.</param>
public sealed record DrainAnswered(bool IsAccepted, string Text);

/// <summary>A VM that has not left, and why.</summary>
/// <param name="Vm">Its name.</param>
/// <param name="Why">In words.</param>
public sealed record StillHere(string Vm, string Why);

/// <summary>How far a drain is.</summary>
/// <param name="Began">What was asked for.</param>
/// <param name="IsOverdue">True if its deadline is over: nothing more leaves.</param>
/// <param name="Left">What has not left, sorted by name; null until a first round has looked.</param>
public sealed record DrainStatus(DrainBegan Began, bool IsOverdue, IReadOnlyList<StillHere>? Left);

/// <summary>To the BarterActor, with its limits: this host is being emptied.</summary>
/// <param name="Person">By whom.</param>
/// <param name="Why">In that person's words.</param>
/// <param name="IsOverdue">True if nothing more is to leave.</param>
public sealed record DrainOrder(string Person, string Why, bool IsOverdue);

/// <summary>From the BarterActor: what has not left in this round, and why.</summary>
/// <param name="Left">The VMs.</param>
internal sealed record DrainStands(IReadOnlyList<StillHere> Left);

/// <summary>From the BarterActor: the next round need not be waited for.</summary>
internal sealed record RoundWanted;
