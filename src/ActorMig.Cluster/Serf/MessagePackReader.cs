using System.Buffers.Binary;
using System.Text;

namespace ActorMig.Cluster.Serf;

/// <summary>
/// Reads MessagePack values one after the other from a stream. What it is sent is not trusted: a value has a largest size and a largest depth, and
/// nothing is allocated for what is only announced. Not thread-safe; after an error the stream is of no more use.
/// </summary>
/// <param name="stream">The stream.</param>
/// <param name="valueBytesMax">The most bytes that one value may have.</param>
internal sealed class MessagePackReader(Stream stream, int valueBytesMax)
{
    /// <summary>serf's own go to five: a map of members, each a map, with a map of tags.</summary>
    public const int DepthMax = 16;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly byte[] _number = new byte[8];
    private readonly byte[] _buffer = new byte[16 << 10];
    private int _from;
    private int _to;
    private int _leftBytes;

    /// <summary>
    /// The next value: null, <see cref="bool"/>, <see cref="long"/> (<see cref="ulong"/> if it does not fit), <see cref="double"/>,
    /// <see cref="string"/>, <c>byte[]</c> (also a text that is no UTF-8), <see cref="List{T}"/> or <see cref="Dictionary{TKey,TValue}"/> of them.
    /// </summary>
    /// <exception cref="EndOfStreamException">The stream has ended, between values or within one.</exception>
    /// <exception cref="SerfException">It is no MessagePack, or too large or too deep.</exception>
    public ValueTask<object?> ReadAsync(CancellationToken cancellation)
    {
        _leftBytes = valueBytesMax;
        return ReadAsync(1, cancellation);
    }

    private async ValueTask<object?> ReadAsync(int depth, CancellationToken cancellation)
    {
        if (depth > DepthMax)
        {
            throw new SerfException($"serf sent a value that is more than {DepthMax} deep; does something else answer at its RPC address?");
        }

        var code = await ByteAsync(cancellation).ConfigureAwait(false);
        switch (code)
        {
            case <= 0x7f:
                return (long)code;
            case <= 0x8f:
                return await MapAsync(code & 0x0f, depth, cancellation).ConfigureAwait(false);
            case <= 0x9f:
                return await ArrayAsync(code & 0x0f, depth, cancellation).ConfigureAwait(false);
            case <= 0xbf:
                return await TextAsync(code & 0x1f, cancellation).ConfigureAwait(false);
            case 0xc0:
                return null;
            case 0xc2 or 0xc3:
                return code == 0xc3;
            case 0xc4 or 0xc5 or 0xc6:
                return await BytesAsync(await LengthAsync(1 << (code - 0xc4), cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            case 0xca:
                return (double)BitConverter.UInt32BitsToSingle((uint)await UnsignedAsync(4, cancellation).ConfigureAwait(false));
            case 0xcb:
                return BitConverter.UInt64BitsToDouble(await UnsignedAsync(8, cancellation).ConfigureAwait(false));
            case >= 0xcc and <= 0xcf:
                return await UnsignedAsync(1 << (code - 0xcc), cancellation).ConfigureAwait(false) is var unsigned && unsigned <= long.MaxValue ? (long)unsigned : unsigned;
            case >= 0xd0 and <= 0xd3:
                var bits = 8 << (code - 0xd0);
                return (long)(await UnsignedAsync(bits / 8, cancellation).ConfigureAwait(false) << (64 - bits)) >> (64 - bits);
            case >= 0xd9 and <= 0xdb:
                return await TextAsync(await LengthAsync(1 << (code - 0xd9), cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            case 0xdc or 0xdd:
                return await ArrayAsync(await LengthAsync(2 << (code - 0xdc), cancellation).ConfigureAwait(false), depth, cancellation).ConfigureAwait(false);
            case 0xde or 0xdf:
                return await MapAsync(await LengthAsync(2 << (code - 0xde), cancellation).ConfigureAwait(false), depth, cancellation).ConfigureAwait(false);
            case >= 0xe0:
                return (long)(sbyte)code;
            default:
                throw new SerfException($"serf sent the byte 0x{code:x2} where a value begins, which it never does; does something else answer at its RPC address?");
        }
    }

    private async ValueTask<object?> MapAsync(long count, int depth, CancellationToken cancellation)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0L; i < count; i++)
        {
            map[await ReadAsync(depth + 1, cancellation).ConfigureAwait(false) as string
                ?? throw new SerfException("serf sent a map whose key is no text; does something else answer at its RPC address?")] =
                await ReadAsync(depth + 1, cancellation).ConfigureAwait(false);
        }

        return map;
    }

    private async ValueTask<object?> ArrayAsync(long count, int depth, CancellationToken cancellation)
    {
        var list = new List<object?>();
        for (var i = 0L; i < count; i++)
        {
            list.Add(await ReadAsync(depth + 1, cancellation).ConfigureAwait(false));
        }

        return list;
    }

    /// <summary>Releases of serf that are old send bytes as texts.</summary>
    private async ValueTask<object?> TextAsync(long length, CancellationToken cancellation)
    {
        var bytes = await BytesAsync(length, cancellation).ConfigureAwait(false);
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return bytes;
        }
    }

    private async ValueTask<byte[]> BytesAsync(long length, CancellationToken cancellation)
    {
        Spend(length);
        var bytes = new byte[Math.Min(length, _buffer.Length)];
        var read = 0;
        while (read < length)
        {
            if (_from == _to)
            {
                await FillAsync(cancellation).ConfigureAwait(false);
            }

            if (read == bytes.Length)
            {
                // Grown by what has come, not by what is announced.
                System.Array.Resize(ref bytes, (int)Math.Min(length, 2L * bytes.Length));
            }

            var count = Math.Min(bytes.Length - read, _to - _from);
            _buffer.AsSpan(_from, count).CopyTo(bytes.AsSpan(read));
            (_from, read) = (_from + count, read + count);
        }

        return bytes;
    }

    private async ValueTask<long> LengthAsync(int size, CancellationToken cancellation) => (long)await UnsignedAsync(size, cancellation).ConfigureAwait(false);

    private async ValueTask<ulong> UnsignedAsync(int size, CancellationToken cancellation)
    {
        _number.AsSpan().Clear();
        for (var i = 8 - size; i < 8; i++)
        {
            _number[i] = await ByteAsync(cancellation).ConfigureAwait(false);
        }

        return BinaryPrimitives.ReadUInt64BigEndian(_number);
    }

    private async ValueTask<byte> ByteAsync(CancellationToken cancellation)
    {
        Spend(1);
        if (_from == _to)
        {
            await FillAsync(cancellation).ConfigureAwait(false);
        }

        return _buffer[_from++];
    }

    private void Spend(long bytes)
    {
        if (bytes > _leftBytes)
        {
            throw new SerfException($"serf sent a value of more than {valueBytesMax} bytes; raise membership.serf.message-size-max if the cluster is that large.");
        }

        _leftBytes -= (int)bytes;
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        _from = 0;
        _to = await stream.ReadAsync(_buffer, cancellation).ConfigureAwait(false);
        if (_to == 0)
        {
            throw new EndOfStreamException("serf has closed the connection.");
        }
    }
}
