using System.Buffers.Binary;
using System.Text;

namespace ActorMig.Cluster.Tests;

/// <summary>The body of a request: what is written is read, everything else is refused.</summary>
public sealed class BatchFormatTests
{
    private static readonly BatchLimits Limits = BatchLimits.For(8, 4_096, 1_024);

    [Fact]
    public void What_is_written_is_read()
    {
        var body = Valid(3);
        var batch = BatchFormat.Read(body, Limits);
        Assert.Equal((-5L, 9L), (batch.Run, batch.Sequence));
        Assert.Equal(["migration/h-1-1", "migration/h-1-2", "migration/h-1-3"], batch.Frames.Select(f => f.Actor(body)));
        Assert.Equal(["hello.1", "hello.2", "hello.3"], batch.Frames.Select(f => f.Name(body)));
        Assert.Equal(["{}", "{ }", "{  }"], batch.Frames.Select(f => Encoding.UTF8.GetString(f.Json(body))));
    }

    [Fact]
    public void A_body_has_room_for_the_largest_message_with_the_longest_names()
    {
        var limits = BatchLimits.For(8, 10, 1_024);
        var name = new string('n', BatchFormat.NameBytesMax);
        Assert.Single(BatchFormat.Read(BatchFormat.Write(1, 1, [new OutgoingFrame(name, name, new byte[1_024])]), limits).Frames);
    }

    [Theory]
    [InlineData(0, 'B', "The body is no batch of messages.")]
    [InlineData(3, 2, "The batch is written in format 2, and this release reads 1.")]
    [InlineData(7, 0, "The batch says that it has 0 messages; 1 to 8 are taken")]
    [InlineData(7, 9, "The batch says that it has 9 messages; 1 to 8 are taken")]
    [InlineData(4, 255, "The batch says that it has 4278190083 messages")]
    [InlineData(7, 2, "bytes follow the last message of the batch.")]
    [InlineData(7, 4, "The batch ends inside message 4 of 4.")]
    [InlineData(16, 128, "has the sequence number -9223372036854775799, which is none.")]
    [InlineData(24, 3, "Message 1 of 3 has an actor of 783, a name of 7 and a text of 2 bytes; at most 512, 512 and 1024 are taken.")]
    [InlineData(25, 0, "Message 1 of 3 has an actor of 0")]
    [InlineData(27, 0, "a name of 0 and a text")]
    [InlineData(28, 255, "a text of 4278190082 bytes")]
    [InlineData(30, 4, "a text of 1026 bytes")]
    [InlineData(30, 3, "The batch ends inside message 1 of 3.")]
    [InlineData(33, ' ', "Message 1 of 3 has a name of other characters than visible ASCII.")]
    [InlineData(33, 200, "Message 1 of 3 has a name of other characters than visible ASCII.")]
    public void What_is_wrong_is_refused_with_a_sentence(int at, byte value, string sentence)
    {
        var body = Valid(3);
        body[at] = value;
        Assert.Contains(sentence, Assert.Throws<FormatException>(() => BatchFormat.Read(body, Limits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_that_is_cut_at_any_byte_or_too_large_is_refused()
    {
        var body = Valid(3);
        for (var length = 0; length < body.Length; length++)
        {
            Assert.Throws<FormatException>(() => BatchFormat.Read(body.AsSpan(0, length), Limits));
        }

        var large = Limits.BytesMax + 1;
        Assert.Equal(
            FormattableString.Invariant($"The batch has {large} bytes, and at most {Limits.BytesMax} are taken."),
            Assert.Throws<FormatException>(() => BatchFormat.Read(new byte[large], Limits)).Message);
    }

    /// <summary>More of it: ACTORMIG_FUZZ_INPUTS=100000000, and ACTORMIG_FUZZ_SEED for others.</summary>
    [Fact]
    public void Nothing_that_is_sent_does_anything_but_be_read_or_be_refused_within_bounds()
    {
        var inputs = long.Parse(Environment.GetEnvironmentVariable("ACTORMIG_FUZZ_INPUTS") ?? "200000", System.Globalization.CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("ACTORMIG_FUZZ_SEED") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        var dice = new Random(seed);
        var valid = Enumerable.Range(1, 8).Select(Valid).ToArray();
        var buffer = new byte[Limits.BytesMax + 64];

        // A sentence and an exception; and 16 bytes for each message that is there, whatever number of them is said.
        const int MessagesAtMost = 8;
        const long Refused = 8_000;
        var (read, refused, most) = (0L, 0L, 0L);
        for (var i = 0L; i < inputs; i++)
        {
            var body = Draw(dice, valid, buffer);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var batch = BatchFormat.Read(body, Limits);
                foreach (var frame in batch.Frames)
                {
                    Assert.True(frame.Actor(body).Length + frame.Name(body).Length + frame.Json(body).Length <= body.Length);
                }

                Assert.InRange(batch.Frames.Count, 1, MessagesAtMost);
                read++;
            }
            catch (FormatException)
            {
                refused++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Seed {seed}, input {i} ({Convert.ToHexString(body)}): {e}");
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(most <= Refused + (2 * body.Length), $"Seed {seed}, input {i} ({Convert.ToHexString(body)}) took {most} bytes.");
        }

        Assert.Equal(inputs, read + refused);
        Assert.True(read > inputs / 20, $"Only {read} of {inputs} could be read: they are too wild to find anything.");
        Assert.True(refused > inputs / 5, $"Only {refused} of {inputs} were refused: they are too tame to find anything.");
    }

    private static ReadOnlySpan<byte> Draw(Random dice, byte[][] valid, byte[] buffer)
    {
        if (dice.Next(4) == 0)
        {
            var noise = buffer.AsSpan(0, dice.Next(dice.Next(2) == 0 ? 64 : buffer.Length));
            dice.NextBytes(noise);
            if (dice.Next(2) == 0 && noise.Length > 8)
            {
                "AMB\u0001\0\0\0\u0001"u8.CopyTo(noise);
            }

            return noise;
        }

        var one = valid[dice.Next(valid.Length)];
        one.CopyTo(buffer, 0);
        var length = one.Length;
        for (var changes = dice.Next(4); changes > 0; changes--)
        {
            var at = dice.Next(length);
            switch (dice.Next(5))
            {
                case 0:
                    buffer[at] = (byte)dice.Next(256);
                    break;
                case 1:
                    buffer[at] ^= (byte)(1 << dice.Next(8));
                    break;
                case 2 when at + 4 <= length:
                    // A length, most likely.
                    BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(at), dice.Next(3) switch { 0 => uint.MaxValue, 1 => int.MaxValue, _ => (uint)dice.Next(2_000) });
                    break;
                case 3:
                    length = Math.Max(1, at);
                    break;
                case 4 when length < buffer.Length - 32:
                    buffer.AsSpan(at, length - at).CopyTo(buffer.AsSpan(at + 8));
                    length += 8;
                    break;
            }
        }

        return buffer.AsSpan(0, length);
    }

    private static byte[] Valid(int messages) => BatchFormat.Write(
        -5, 9, [.. Enumerable.Range(1, messages).Select(n => new OutgoingFrame($"migration/h-1-{n}", $"hello.{n}", Encoding.UTF8.GetBytes("{" + new string(' ', n - 1) + "}")))]);
}
