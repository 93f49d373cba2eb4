using System.Text;

namespace ActorMig.Cluster;

/// <summary>What a body holds.</summary>
/// <param name="Run">A random number of the sender, another after each of its starts.</param>
/// <param name="Sequence">Its number in that run.</param>
/// <param name="Frames">Its messages, in order.</param>
public sealed record ReceivedBatch(long Run, long Sequence, IReadOnlyList<ReceivedFrame> Frames);

/// <summary>Where a message stands in a body.</summary>
/// <param name="Start">Where the actor's name begins; the message's name and its text follow.</param>
/// <param name="ActorBytes">The length of the actor's name.</param>
/// <param name="NameBytes">The length of the message's name.</param>
/// <param name="JsonBytes">The length of the text.</param>
public readonly record struct ReceivedFrame(int Start, int ActorBytes, int NameBytes, int JsonBytes)
{
    /// <summary>The name of the actor to which it goes.</summary>
    /// <param name="body">The body.</param>
    public string Actor(ReadOnlySpan<byte> body) => Encoding.ASCII.GetString(body.Slice(Start, ActorBytes));

    /// <summary>The message's name.</summary>
    /// <param name="body">The body.</param>
    public string Name(ReadOnlySpan<byte> body) => Encoding.ASCII.GetString(body.Slice(Start + ActorBytes, NameBytes));

    /// <summary>The message's text.</summary>
    /// <param name="body">The body.</param>
    public ReadOnlySpan<byte> Json(ReadOnlySpan<byte> body) => body.Slice(Start + ActorBytes + NameBytes, JsonBytes);
}
