using ActorMig.Actors;

namespace ActorMig.Hosts;

/// <summary>A person wants a host empty. It stays so, through restarts, until the drain is ended: nothing comes to it, and what runs there leaves by bartering.</summary>
/// <param name="Person">Who.</param>
/// <param name="Why">In that person's words.</param>
/// <param name="WallMs">When, by this host's wall clock.</param>
/// <param name="DeadlineWallMs">Until when it may take; later nothing more leaves. Null: as long as it takes.</param>
/// <param name="Via">Through which other host it came; null: it was said here.</param>
public sealed record DrainBegan(string Person, string Why, long WallMs, long? DeadlineWallMs, DrainMark? Via = null)
{
    /// <summary>Who has said it, and where.</summary>
    public string Who() => DrainMark.Who(Person, Via);
}

/// <summary>A person has ended a drain: VMs may come again.</summary>
/// <param name="Person">Who.</param>
/// <param name="Via">Through which other host it came; null: it was said here.</param>
public sealed record DrainEnded(string Person, DrainMark? Via = null)
{
    /// <summary>Who has said it, and where.</summary>
    public string Who() => DrainMark.Who(Person, Via);
}

/// <summary>
/// Which word of another host's a drain was begun or ended by. It is kept, so that the same word is not obeyed twice, however late it comes again, and none
/// after a later one.
/// </summary>
/// <param name="Host">The host through which it came.</param>
/// <param name="Incarnation">Which start of its agent.</param>
/// <param name="Question">Counts within that.</param>
public sealed record DrainMark(string Host, long Incarnation, long Question)
{
    /// <summary>True if it is a later word of that host's.</summary>
    /// <param name="other">Than which; null: than none.</param>
    public bool IsLaterThan(DrainMark? other) =>
        other is null || Incarnation > other.Incarnation || (Incarnation == other.Incarnation && Question > other.Question);

    internal static string Who(string person, DrainMark? via) => via is null ? person : $"{person} on {via.Host}";
}

/// <summary>Between hosts: a person on the sender's host wants the receiver empty. Answered with <see cref="DrainSaid"/>, as the next two are.</summary>
/// <param name="Question">Higher than any that the sender has asked since its agent started; comes back.</param>
/// <param name="Person">Who.</param>
/// <param name="Why">In that person's words.</param>
/// <param name="DeadlineMs">How long it may take; null: as long as it takes.</param>
public sealed record AskDrain(long Question, string Person, string Why, long? DeadlineMs = null);

/// <summary>Between hosts: a person on the sender's host ends the receiver's drain.</summary>
/// <param name="Question">As in <see cref="AskDrain"/>.</param>
/// <param name="Person">Who.</param>
public sealed record AskDrainEnd(long Question, string Person);

/// <summary>Between hosts: how does the receiver's drain stand?</summary>
/// <param name="Question">As in <see cref="AskDrain"/>.</param>
public sealed record GetDrain(long Question);

/// <summary>Between hosts: what came of it, or how it stands.</summary>
/// <param name="Question">The question's.</param>
/// <param name="AskedIn">In which start of the asker's agent that was asked.</param>
/// <param name="IsAccepted">True if it is so now.</param>
/// <param name="Text">In words.</param>
/// <param name="Drain">How it stands, if that was asked; null: no drain.</param>
/// <param name="IsBusy">True while barters of the sender's are open, if that was asked.</param>
public sealed record DrainSaid(long Question, long AskedIn, bool IsAccepted, string Text, DrainStatus? Drain = null, bool IsBusy = false);

/// <summary>Asks for a drain, of this host or of another one, whose agent is asked then.</summary>
/// <param name="ReplyTo">Gets <see cref="DrainAnswered"/>.</param>
/// <param name="Host">Which host.</param>
/// <param name="DeadlineMs">How long it may take; null: as long as it takes.</param>
/// <param name="Why">In a person's words.</param>
/// <param name="Person">Who.</param>
public sealed record DrainHost(ActorRef ReplyTo, string Host, long? DeadlineMs, string Why, string Person);

/// <summary>Ends a drain, finished or not.</summary>
/// <param name="ReplyTo">Gets <see cref="DrainAnswered"/>.</param>
/// <param name="Host">Which host.</param>
/// <param name="Person">Who.</param>
public sealed record CancelDrain(ActorRef ReplyTo, string Host, string Person);

/// <summary>Asks how a host's drain stands.</summary>
/// <param name="ReplyTo">Gets <see cref="DrainAnswered"/>.</param>
/// <param name="Host">Which host.</param>
public sealed record ShowDrain(ActorRef ReplyTo, string Host);

/// <summary>What came of it.</summary>
/// <param name="IsAccepted">True if it is so now.</param>
/// <param name="Text">In words.</param>
/// <param name="IsSilent">True if the host's agent does not answer: then nobody knows here whether it has heard it.</param>
/// <param name="Drain">How it stands, if that was asked; null: no drain.</param>
/// <param name="IsBusy">True while barters of that host's are open, if that was asked.</param>
public sealed record DrainAnswered(bool IsAccepted, string Text, bool IsSilent = false, DrainStatus? Drain = null, bool IsBusy = false);

/// <summary>A VM that has not left, and why.</summary>
/// <param name="Vm">Its name.</param>
/// <param name="Why">In words.</param>
public sealed record StillHere(string Vm, string Why);

/// <summary>How far a drain is.</summary>
/// <param name="Began">What was asked for.</param>
/// <param name="IsOverdue">True if its deadline is over: nothing more leaves.</param>
/// <param name="Left">What has not left, sorted by name; null until a first round has looked.</param>
/// <param name="More">How many more have not left than are named: a message between hosts names a limited number.</param>
public sealed record DrainStatus(DrainBegan Began, bool IsOverdue, IReadOnlyList<StillHere>? Left, int More = 0);

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
