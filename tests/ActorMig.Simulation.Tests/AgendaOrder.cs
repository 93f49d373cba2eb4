namespace ActorMig.Simulation.Tests;

/// <summary>The agenda is a ring and a heap; what it does is what one sorted list would do.</summary>
public sealed class AgendaOrder
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 3_000)]
    [InlineData(3, 70_000)]
    [InlineData(4, 2_000_000)]
    public void What_is_due_happens_by_time_and_then_in_the_order_in_which_it_was_put_there(ulong seed, long delayMaxMs)
    {
        var time = new VirtualTime(seed);
        var expected = new PriorityQueue<int, (long AtMs, int Order)>();
        var (happened, next) = (new List<(int What, long AtMs)>(), 0);
        void Put()
        {
            // Often now, often soon, sometimes far beyond the ring.
            var delayMs = time.Draw(3) switch { 0 => 0, 1 => time.Draw(20), _ => time.Draw(delayMaxMs) };
            var what = next++;
            expected.Enqueue(what, (time.NowMs + delayMs, what));
            time.After(delayMs, () =>
            {
                happened.Add((what, time.NowMs));
                for (var i = time.Draw(3); i > 0 && next < 20_000; i--)
                {
                    Put();
                }
            });
        }

        while (next < 20_000)
        {
            Put();
            Assert.True(time.NextMs >= time.NowMs);
            time.Run(time.Draw(2) == 0 ? time.Draw(delayMaxMs) : 0);
        }

        time.Run(delayMaxMs * 20_000);
        Assert.Equal(long.MaxValue, time.NextMs);
        Assert.Equal(20_000, happened.Count);

        // What is put during the run has a later number than all before: sorting all at the end gives the same order.
        foreach (var (what, atMs) in happened)
        {
            Assert.True(expected.TryDequeue(out var first, out var due));
            Assert.Equal((first, due.AtMs), (what, atMs));
        }
    }

    [Fact]
    public void An_instant_that_was_beyond_the_ring_keeps_its_order()
    {
        var time = new VirtualTime(1);
        var log = new List<string>();
        time.After(20_000, () => log.Add("put first, from afar"));
        time.Run(19_000);
        time.After(1_000, () => log.Add("put second, from near"));
        time.Run(999);
        time.After(1, () =>
        {
            log.Add("put third, just before");
            time.After(0, () => log.Add("put at the instant itself"));
        });
        time.Run(1);
        Assert.Equal(["put first, from afar", "put second, from near", "put third, just before", "put at the instant itself"], log);
    }
}
