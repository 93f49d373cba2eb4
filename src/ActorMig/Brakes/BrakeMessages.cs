using ActorMig.Actors;

namespace ActorMig.Brakes;

/// <summary>
/// The hand on the brake was pulled or let go. The cluster's newest counts: the highest number, of two with the same number the one of the higher host
/// name.
/// </summary>
/// <param name="Number">Counts over the whole cluster.</param>
/// <param name="By">The host on which it was done.</param>
/// <param name="IsFrozen">True: no move begins. False: they may again.</param>
/// <param name="Person">Who did it.</param>
/// <param name="Why">In that person's words.</param>
/// <param name="UntilWallMs">When it ends by itself, by this host's wall clock; null: not before somebody ends it.</param>
public sealed record BrakeSet(long Number, string By, bool IsFrozen, string Person, string Why, long? UntilWallMs)
{
    /// <summary>The longest text of a person's, in characters.</summary>
    public const int TextMax = 200;

    /// <summary>The longest that a person may name for a freeze or a drain, in milliseconds: 365 days.</summary>
    public const long SpanMaxMs = 365L * 86_400_000;

    /// <summary>Which one it is.</summary>
    internal BrakeMark Mark => new(Number, By);
}

/// <summary>A freeze has ended by itself on this host: it stays so, also if somebody sets the clock back.</summary>
/// <param name="Number">Its number.</param>
/// <param name="By">The host on which it was set.</param>
public sealed record BrakeOver(long Number, string By);

/// <summary>A person has ended this host's rest after a storm.</summary>
/// <param name="Person">Who.</param>
public sealed record StormRestEnded(string Person);

/// <summary>Tells one setting of the brake from another; <c>(0, "")</c> before the first. Travels in digests, so that whoever missed it hears of it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="By">The host on which it was done.</param>
public sealed record BrakeMark(long Number, string By)
{
    /// <summary>Before the first.</summary>
    public static BrakeMark None { get; } = new(0, "");

    /// <summary>True if it is newer.</summary>
    /// <param name="other">Than which.</param>
    public bool IsNewerThan(BrakeMark other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Number != other.Number ? Number > other.Number : string.CompareOrdinal(By, other.By) > 0;
    }
}

/// <summary>Between hosts: how the brake stands. What is left of it travels, not a time of day: clocks differ.</summary>
/// <param name="Number">Its number.</param>
/// <param name="By">The host on which it was done.</param>
/// <param name="IsFrozen">Whether moves may begin.</param>
/// <param name="Person">Who did it.</param>
/// <param name="Why">In that person's words.</param>
/// <param name="LeftMs">After how long it ends by itself; null: not by itself.</param>
public sealed record BrakeStands(long Number, string By, bool IsFrozen, string Person, string Why, long? LeftMs = null);

/// <summary>Between hosts: the sender knows it by now.</summary>
/// <param name="Number">Its number.</param>
/// <param name="By">The host on which it was done.</param>
public sealed record BrakeKnown(long Number, string By);

/// <summary>Between hosts: tell me how the brake stands.</summary>
/// <param name="Number">The newest that the sender knows.</param>
/// <param name="By">The host on which that was done.</param>
public sealed record GetBrake(long Number, string By);

/// <summary>A person pulls the brake or lets it go, for the whole cluster.</summary>
/// <param name="ReplyTo">Gets <see cref="BrakeAnswered"/>.</param>
/// <param name="IsFrozen">True to pull it.</param>
/// <param name="ForMs">For how long; null: until somebody lets it go.</param>
/// <param name="Why">In that person's words.</param>
/// <param name="Person">Who.</param>
public sealed record SetBrake(ActorRef ReplyTo, bool IsFrozen, long? ForMs, string Why, string Person);

/// <summary>What came of it.</summary>
/// <param name="IsAccepted">True if it is so now on this host; the others are told.</param>
/// <param name="Text">In words.</param>
public sealed record BrakeAnswered(bool IsAccepted, string Text);

/// <summary>How the brake stands on this host, for people.</summary>
/// <param name="Frozen">Why no move begins, in a sentence; null if they may.</param>
/// <param name="UntilWallMs">When that ends by itself, by this host's wall clock; null: not by itself.</param>
/// <param name="Mark">Which setting this is.</param>
/// <param name="Untold">Members that have not said yet that they know what was set here, sorted by name.</param>
public sealed record BrakeStatus(string? Frozen, long? UntilWallMs, BrakeMark Mark, IReadOnlyList<string> Untold);

/// <summary>To the HostActor: it stands differently now.</summary>
/// <param name="Status">How.</param>
internal sealed record BrakeChanged(BrakeStatus Status);

/// <summary>From the BarterActor: a peer has said which setting is the newest that it knows.</summary>
/// <param name="Host">The peer.</param>
/// <param name="Mark">The setting.</param>
internal sealed record BrakeMarkHeard(string Host, BrakeMark Mark);
