using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ActorMig.Cluster.Serf;

/// <summary>Writes MessagePack, as much of it as serf's requests have. Not thread-safe.</summary>
internal sealed class MessagePackWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>Begins a map: so many times a key and its value must follow.</summary>
    public MessagePackWriter Map(int count) => Head(count, 0x80, 15, null, 0xde, 0xdf);

    /// <summary>Begins an array: so many values must follow.</summary>
    public MessagePackWriter Array(int count) => Head(count, 0x90, 15, null, 0xdc, 0xdd);

    public MessagePackWriter Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Head(bytes.Length, 0xa0, 31, 0xd9, 0xda, 0xdb);
        _buffer.Write(bytes);
        return this;
    }

    public MessagePackWriter Texts(IReadOnlyCollection<string> texts)
    {
        Array(texts.Count);
        foreach (var text in texts)
        {
            Text(text);
        }

        return this;
    }

    public MessagePackWriter Texts(IReadOnlyDictionary<string, string> texts)
    {
        Map(texts.Count);
        foreach (var (key, value) in texts)
        {
            Text(key).Text(value);
        }

        return this;
    }

    public MessagePackWriter Boolean(bool value) => Byte(value ? (byte)0xc3 : (byte)0xc2);

    public MessagePackWriter Whole(ulong value)
    {
        if (value <= 0x7f)
        {
            return Byte((byte)value);
        }

        Byte(0xcf);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    private MessagePackWriter Head(int count, byte small, int smallMax, byte? one, byte two, byte four)
    {
        if (count <= smallMax)
        {
            return Byte((byte)(small | count));
        }

        if (one is { } code && count <= byte.MaxValue)
        {
            return Byte(code).Byte((byte)count);
        }

        if (count <= ushort.MaxValue)
        {
            Byte(two);
            BinaryPrimitives.WriteUInt16BigEndian(_buffer.GetSpan(2), (ushort)count);
            _buffer.Advance(2);
            return this;
        }

        Byte(four);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.GetSpan(4), (uint)count);
        _buffer.Advance(4);
        return this;
    }

    private MessagePackWriter Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
        return this;
    }
}
