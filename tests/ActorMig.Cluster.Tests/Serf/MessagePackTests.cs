using System.Globalization;
using ActorMig.Cluster.Serf;

namespace ActorMig.Cluster.Tests.Serf;

public sealed class MessagePackTests
{
    [Fact]
    public async Task What_is_written_is_read_again_whatever_its_size()
    {
        foreach (var size in (int[])[0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536, 200_000])
        {
            var text = new string('x', size);
            var texts = Enumerable.Range(0, Math.Min(size, 70_000)).Select(n => n.ToString(CultureInfo.InvariantCulture)).ToArray();
            var writer = new MessagePackWriter().Map(4).Text("text").Text(text).Text("list").Texts(texts)
                .Text("map").Texts(texts.ToDictionary(t => t)).Text("number").Whole((ulong)size);
            var read = SerfRecord.Of(await ReadAsync(writer.Written.ToArray()));
            Assert.Equal(text, read.Text("text"));
            Assert.Equal((ulong)size, read.Unsigned("number"));
            Assert.Equal(texts, read.Numbers("none").Select(_ => "").Concat(texts));
            Assert.Equal(texts.Order(StringComparer.Ordinal), read.Texts("map").Keys);
        }

        Assert.Equal(true, await ReadAsync(new MessagePackWriter().Boolean(true).Written.ToArray()));
        Assert.Equal(ulong.MaxValue, await ReadAsync(new MessagePackWriter().Whole(ulong.MaxValue).Written.ToArray()));
    }

    /// <summary>Bytes that a real serf 0.9.4 has been asked with.</summary>
    [Fact]
    public void A_request_is_what_serf_expects_to_the_byte()
    {
        var request = new MessagePackWriter().Map(2).Text("Command").Text("handshake").Text("Seq").Whole(0).Map(1).Text("Version").Whole(1);
        Assert.Equal("82A7436F6D6D616E64A968616E647368616B65A35365710081A756657273696F6E01", Convert.ToHexString(request.Written.Span));
    }

    [Theory]
    [InlineData("C0", null)]
    [InlineData("C2", false)]
    [InlineData("7F", 127L)]
    [InlineData("FF", -1L)]
    [InlineData("E0", -32L)]
    [InlineData("CCFF", 255L)]
    [InlineData("CD461E", 17950L)]
    [InlineData("CEFFFFFFFF", 4294967295L)]
    [InlineData("CF7FFFFFFFFFFFFFFF", long.MaxValue)]
    [InlineData("D080", -128L)]
    [InlineData("D1FFFE", -2L)]
    [InlineData("D280000000", -2147483648L)]
    [InlineData("D3FFFFFFFFFFFFFFFF", -1L)]
    [InlineData("CB3FF8000000000000", 1.5)]
    [InlineData("CA3FC00000", 1.5)]
    [InlineData("A3776562", "web")]
    [InlineData("D903776562", "web")]
    [InlineData("DA0003776562", "web")]
    [InlineData("DB00000003776562", "web")]
    public async Task Every_form_is_read(string hex, object? expected) => Assert.Equal(expected, await ReadAsync(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("C4047F000001")]
    [InlineData("C500047F000001")]
    [InlineData("C6000000047F000001")]
    public async Task Bytes_are_read(string hex) => Assert.Equal(new byte[] { 127, 0, 0, 1 }, await ReadAsync(Convert.FromHexString(hex)));

    [Fact]
    public async Task A_text_that_is_no_text_is_bytes_as_releases_of_old_send_them()
    {
        var address = Assert.IsType<byte[]>(await ReadAsync([0xa4, 0xff, 0xfe, 0x00, 0x01]));
        Assert.Equal(4, address.Length);
        Assert.Equal([0x0a, 0, 0, 1], SerfRecord.Of(await ReadAsync([0x81, 0xa4, .. "Addr"u8, 0xa4, 0x0a, 0, 0, 1])).Bytes("Addr"));
    }

    [Theory]
    [InlineData("C1", "0xc1")]
    [InlineData("C7", "0xc7")]
    [InlineData("D4", "0xd4")]
    [InlineData("8101A0", "key is no text")]
    [InlineData("C6FFFFFFFF", "more than 1000 bytes")]
    [InlineData("DBFFFFFFFF", "more than 1000 bytes")]
    [InlineData("919191919191919191919191919191919191919191", "more than 16 deep")]
    public async Task What_is_wrong_is_refused(string hex, string sentence)
    {
        var wrong = await Assert.ThrowsAsync<SerfException>(async () => await ReadAsync(Convert.FromHexString(hex), 1_000));
        Assert.Contains(sentence, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("81")]
    [InlineData("A3AA")]
    [InlineData("CD01")]
    [InlineData("DDFFFFFFFF01")]
    [InlineData("DFFFFFFFFF")]
    public async Task What_ends_too_early_is_an_end_and_what_is_only_announced_takes_no_memory(string hex)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await ReadAsync(Convert.FromHexString(hex)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task Many_small_values_are_too_much_too()
    {
        byte[] elements = [0xdd, 0, 0x10, 0, 0, .. Enumerable.Repeat((byte)0xc0, 1 << 20)];
        await Assert.ThrowsAsync<SerfException>(async () => await ReadAsync(elements, 1_000));
    }

    /// <summary>Whatever is sent, it is read or refused, and never runs into anything else.</summary>
    [Fact]
    public async Task Noise_is_read_or_refused()
    {
        var random = new Random(7);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var noise = new byte[random.Next(1, 60)];
            random.NextBytes(noise);
            try
            {
                await ReadAsync(noise, 1_000);
                read++;
            }
            catch (Exception e) when (e is SerfException or EndOfStreamException)
            {
                refused++;
            }
        }

        Assert.True(read > 1_000 && refused > 1_000, $"{read} read, {refused} refused");
    }

    [Fact]
    public async Task Values_come_one_after_the_other_in_pieces_of_any_size()
    {
        byte[] all = [.. new MessagePackWriter().Map(1).Text("a").Text(new string('y', 40_000)).Written.Span, 0x05, 0xa1, (byte)'z'];
        foreach (var piece in (int[])[1, 7, 16_384, 50_000])
        {
            var reader = new MessagePackReader(new Pieces(all, piece), 1 << 20);
            Assert.Equal(40_000, SerfRecord.Of(await reader.ReadAsync(TestContext.Current.CancellationToken)).Text("a").Length);
            Assert.Equal(5L, await reader.ReadAsync(TestContext.Current.CancellationToken));
            Assert.Equal("z", await reader.ReadAsync(TestContext.Current.CancellationToken));
        }
    }

    private static async Task<object?> ReadAsync(byte[] bytes, int most = 10 << 20) =>
        await new MessagePackReader(new MemoryStream(bytes), most).ReadAsync(TestContext.Current.CancellationToken);

    private sealed class Pieces(byte[] all, int size) : MemoryStream(all)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
