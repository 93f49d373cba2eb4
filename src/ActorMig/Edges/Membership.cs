using ActorMig.Actors;

namespace ActorMig.Edges;

/// <summary>How a member is, as far as membership can tell.</summary>
public enum MemberState
{
    /// <summary>It answers, or nobody watches whether it does.</summary>
    Alive,

    /// <summary>It says that it leaves.</summary>
    Leaving,

    /// <summary>It does not answer. It stays a member: it may be back any time.</summary>
    Failed,

    /// <summary>It is no member any more: it has left, or a person has said so.</summary>
    Left,
}

/// <summary>A host of the cluster.</summary>
/// <param name="Host">Its name.</param>
/// <param name="LibvirtUri">How other hosts' libvirt daemons reach its libvirt.</param>
/// <param name="DataUri">Where memory streams to it go.</param>
public sealed record Member(string Host, string LibvirtUri, string DataUri)
{
    /// <summary>How it is. Only those that are alive are asked anything new.</summary>
    public MemberState State { get; init; }

    /// <summary>True if its agent was told to stop: that it is away is no failure, but a restart, an upgrade or maintenance.</summary>
    public bool IsStopped { get; init; }

    /// <summary>How long a message takes there and back, in milliseconds; null: not known.</summary>
    public double? DistanceMs { get; init; }

    /// <summary>True if the way to the other is the way to this one, however they are.</summary>
    /// <param name="other">The other.</param>
    public bool HasSameWay(Member? other) => other is not null && other.Host == Host && other.LibvirtUri == LibvirtUri && other.DataUri == DataUri;

    /// <summary>The member of a name, or null.</summary>
    /// <param name="members">Members, sorted by name as <see cref="MembersChanged"/> says.</param>
    /// <param name="host">The name.</param>
    public static Member? Find(IReadOnlyList<Member> members, string host)
    {
        ArgumentNullException.ThrowIfNull(members);
        var (from, to) = (0, members.Count);
        while (from < to)
        {
            var middle = from + ((to - from) / 2);
            var order = string.CompareOrdinal(members[middle].Host, host);
            if (order == 0)
            {
                return members[middle];
            }

            (from, to) = order < 0 ? (middle + 1, to) : (from, middle);
        }

        return null;
    }
}

/// <summary>Asks to be told who is a member, and to receive what members say; answered at once with <see cref="MembersChanged"/>.</summary>
/// <param name="Subscriber">Who.</param>
public sealed record SubscribeMembers(ActorRef Subscriber);

/// <summary>
/// The members now, this host not among them, sorted by name, as <see cref="StringComparer.Ordinal"/> sorts: also those that have failed, but none that
/// has left.
/// </summary>
/// <param name="Members">The members.</param>
public sealed record MembersChanged(IReadOnlyList<Member> Members);

/// <summary>Sends a message to an actor of another host. It may be lost, repeated, late or overtaken.</summary>
/// <param name="Host">The host.</param>
/// <param name="Actor">The actor's name: <c>barter</c>, or a migration's id with <c>migration/</c> or <c>arrival/</c> before it.</param>
/// <param name="Message">A message of a registered class.</param>
/// <param name="Incarnation">The sender's incarnation.</param>
public sealed record SendToPeer(string Host, string Actor, object Message, long Incarnation);

/// <summary>Another host has said something.</summary>
/// <param name="Host">Who.</param>
/// <param name="Incarnation">Which start of its agent.</param>
/// <param name="Actor">The actor to which it goes.</param>
/// <param name="Message">The message.</param>
public sealed record PeerSaid(string Host, long Incarnation, string Actor, object Message);

/// <summary>A message could not be delivered; said at most once per message, and not for all that are lost.</summary>
/// <param name="Host">To whom.</param>
/// <param name="Reason">Why.</param>
public sealed record PeerUnreachable(string Host, string Reason);
