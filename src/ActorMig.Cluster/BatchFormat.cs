using System.Buffers.Binary;
using System.Text;

namespace ActorMig.Cluster;

/// <summary>
/// The body of a request between hosts, all numbers big-endian: <c>AMB</c>, the format's version (a byte), the number of messages (4 bytes), the run
/// (8), the sequence number (8); then each message: the lengths of the actor's name (2), of the message's name (2) and of its JSON (4), and these three.
/// Nothing follows. Pure.
/// </summary>
public static class BatchFormat
{
    /// <summary>The version that is written, and the only one that is read.</summary>
    public const byte Version = 1;

    /// <summary>The longest name of an actor or a message.</summary>
    public const int NameBytesMax = 512;

    /// <summary>What stands before the first message.</summary>
    public const int HeaderBytes = 24;

    /// <summary>What stands before the names and the JSON of each message.</summary>
    public const int FrameBytes = 8;

    /// <summary>How many bytes a message takes.</summary>
    /// <param name="frame">The message.</param>
    public static int Size(OutgoingFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return FrameBytes + frame.Actor.Length + frame.Name.Length + frame.Json.Length;
    }

    /// <summary>Writes messages.</summary>
    /// <param name="run">A random number of the sender, another after each of its starts.</param>
    /// <param name="sequence">Higher than any before in this run.</param>
    /// <param name="frames">The messages.</param>
    public static byte[] Write(long run, long sequence, IReadOnlyList<OutgoingFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var body = new byte[HeaderBytes + frames.Sum(Size)];
        var rest = body.AsSpan();
        "AMB"u8.CopyTo(rest);
        rest[3] = Version;
        BinaryPrimitives.WriteInt32BigEndian(rest[4..], frames.Count);
        BinaryPrimitives.WriteInt64BigEndian(rest[8..], run);
        BinaryPrimitives.WriteInt64BigEndian(rest[16..], sequence);
        rest = rest[HeaderBytes..];
        foreach (var frame in frames)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)frame.Actor.Length);
            BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)frame.Name.Length);
            BinaryPrimitives.WriteInt32BigEndian(rest[4..], frame.Json.Length);
            rest = rest[FrameBytes..];
            rest = rest[Encoding.ASCII.GetBytes(frame.Actor, rest)..];
            rest = rest[Encoding.ASCII.GetBytes(frame.Name, rest)..];
            frame.Json.Span.CopyTo(rest);
            rest = rest[frame.Json.Length..];
        }

        return body;
    }

    /// <summary>
    /// Reads messages: where they stand in the body, which is not copied. What it allocates is bounded by the body's length, whatever stands in it.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="limits">How much it may hold.</param>
    /// <exception cref="FormatException">It is not what <see cref="Write"/> writes, or holds more.</exception>
    public static ReceivedBatch Read(ReadOnlySpan<byte> body, BatchLimits limits)
    {
        if (body.Length > limits.BytesMax)
        {
            throw new FormatException($"The batch has {body.Length} bytes, and at most {limits.BytesMax} are taken.");
        }

        if (body.Length < HeaderBytes || !body.StartsWith("AMB"u8))
        {
            throw new FormatException("The body is no batch of messages.");
        }

        if (body[3] != Version)
        {
            throw new FormatException($"The batch is written in format {body[3]}, and this release reads {Version}.");
        }

        var count = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        if (count == 0 || count > limits.MessagesMax || count > (body.Length - HeaderBytes) / FrameBytes)
        {
            throw new FormatException($"The batch says that it has {count} messages; 1 to {limits.MessagesMax} are taken, and it has {body.Length} bytes.");
        }

        var sequence = BinaryPrimitives.ReadInt64BigEndian(body[16..]);
        if (sequence <= 0)
        {
            throw new FormatException($"The batch has the sequence number {sequence}, which is none.");
        }

        var frames = new ReceivedFrame[count];
        var at = HeaderBytes;
        for (var i = 0; i < frames.Length; i++)
        {
            if (body.Length - at < FrameBytes)
            {
                throw new FormatException($"The batch ends inside message {i + 1} of {count}.");
            }

            var actorBytes = BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
            var nameBytes = BinaryPrimitives.ReadUInt16BigEndian(body[(at + 2)..]);
            var jsonBytes = BinaryPrimitives.ReadUInt32BigEndian(body[(at + 4)..]);
            if (actorBytes is 0 or > NameBytesMax || nameBytes is 0 or > NameBytesMax || jsonBytes > limits.MessageBytesMax)
            {
                throw new FormatException($"Message {i + 1} of {count} has an actor of {actorBytes}, a name of {nameBytes} and a text of {jsonBytes} bytes; at most {NameBytesMax}, {NameBytesMax} and {limits.MessageBytesMax} are taken.");
            }

            at += FrameBytes;
            if (actorBytes + nameBytes + jsonBytes > body.Length - at)
            {
                throw new FormatException($"The batch ends inside message {i + 1} of {count}.");
            }

            if (body.Slice(at, actorBytes + nameBytes).ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            {
                throw new FormatException($"Message {i + 1} of {count} has a name of other characters than visible ASCII.");
            }

            frames[i] = new ReceivedFrame(at, actorBytes, nameBytes, (int)jsonBytes);
            at += actorBytes + nameBytes + (int)jsonBytes;
        }

        return at == body.Length
            ? new ReceivedBatch(BinaryPrimitives.ReadInt64BigEndian(body[8..]), sequence, frames)
            : throw new FormatException($"{body.Length - at} bytes follow the last message of the batch.");
    }
}
