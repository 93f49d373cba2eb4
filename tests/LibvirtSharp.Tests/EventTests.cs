using LibvirtSharp.Interop;

namespace LibvirtSharp.Tests;

/// <summary>Events: none lost, none doubled, in order, and a stream that would have a hole ends.</summary>
public sealed class EventTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Thousands_of_events_survive_garbage_collections()
    {
        const int Domains = 50;
        const int Rounds = 40;
        using var node = new TestNode(Domains);
        using var connection = LibvirtConnection.Open(node.Uri);
        var domains = connection.ListDomains();
        Assert.Equal(Domains, domains.Count);
        using var events = connection.Subscribe();
        var reading = ReadAsync(events, Domains * Rounds * 2);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var domain in domains)
            {
                domain.Suspend();
                domain.Resume();
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();

            // Streams that come and go meanwhile take nothing from the others.
            connection.Subscribe(DomainEvents.Lifecycle, domains[round % Domains]).Dispose();
        }

        var seen = await reading;
        foreach (var domain in domains)
        {
            var own = seen.Where(e => e.Uuid == domain.Uuid).Select(e => e.Type).ToList();
            Assert.Equal(Enumerable.Repeat<LifecycleEventType[]>([LifecycleEventType.Suspended, LifecycleEventType.Resumed], Rounds).SelectMany(t => t), own);
            domain.Dispose();
        }
    }

    [Fact]
    public async Task A_stream_of_one_domain_has_only_its_events()
    {
        using var node = new TestNode(2);
        using var connection = LibvirtConnection.Open(node.Uri);
        using var first = connection.FindByUuid(TestNode.Uuid(0))!;
        using var second = connection.FindByUuid(TestNode.Uuid(1))!;
        using var own = connection.Subscribe(DomainEvents.Lifecycle, second);
        using var all = connection.Subscribe();
        first.Suspend();
        second.Suspend();
        second.Resume();
        first.Resume();
        Assert.Equal([first.Uuid, second.Uuid, second.Uuid, first.Uuid], (await ReadAsync(all, 4)).Select(e => e.Uuid));
        own.Dispose();
        Assert.Equal(["suspended/paused", "resumed/unpaused"], (await ReadAsync(own, int.MaxValue)).Select(e => e.InWords()));
    }

    [Fact]
    public async Task A_stream_that_nobody_reads_ends_where_its_first_hole_would_be()
    {
        using var connection = LibvirtConnection.Open("test:///default");
        using var unread = connection.Subscribe();
        using var read = connection.Subscribe();
        using var domain = connection.FindByName("test")!;
        var reading = ReadAsync(read, EventSubscription.Capacity + 2);
        for (var i = 0; i < (EventSubscription.Capacity / 2) + 1; i++)
        {
            domain.Suspend();
            domain.Resume();
        }

        // Each event goes to the streams in the order in which they were opened: what one has read, the other has had.
        var all = await reading;
        Assert.True(unread.HasOverflowed);
        Assert.False(read.HasOverflowed);
        Assert.Equal(all.Take(EventSubscription.Capacity), await ReadAsync(unread, int.MaxValue));
    }

    [Fact]
    public async Task All_that_happens_in_a_life_is_told_in_words()
    {
        using var connection = LibvirtConnection.Open("test:///default");
        using var events = connection.Subscribe(DomainEvents.Lifecycle);
        using var domain = connection.Define(TestNode.Domain(7));
        domain.Start();
        domain.Destroy();
        domain.Start();
        domain.Shutdown();
        domain.Undefine();
        Assert.Equal(
            ["defined/added", "started/booted", "stopped/destroyed", "started/booted", "stopped/shutdown", "undefined/removed"],
            (await ReadAsync(events, 6)).Select(e => e.InWords()));
    }

    [Theory]
    [InlineData(LifecycleEventType.Suspended, (int)SuspendedDetail.Postcopy, "suspended/post-copy")]
    [InlineData(LifecycleEventType.Suspended, (int)SuspendedDetail.PostcopyFailed, "suspended/post-copy-failed")]
    [InlineData(LifecycleEventType.Suspended, (int)SuspendedDetail.IOError, "suspended/io-error")]
    [InlineData(LifecycleEventType.Resumed, (int)ResumedDetail.PostcopyFailed, "resumed/post-copy-failed")]
    [InlineData(LifecycleEventType.Stopped, (int)StoppedDetail.FromSnapshot, "stopped/from-snapshot")]
    [InlineData(LifecycleEventType.Started, 99, "started/99")]
    [InlineData((LifecycleEventType)77, 3, "77/3")]
    public void Words_are_derived_from_names_and_what_is_unknown_stays_a_number(LifecycleEventType type, int detail, string words) =>
        Assert.Equal(words, new DomainLifecycleEvent("", "", type, detail).InWords());

    [Fact]
    public async Task A_connection_that_is_disposed_of_says_so()
    {
        var connection = LibvirtConnection.Open("test:///default");
        var closed = connection.WaitForCloseAsync();
        var events = connection.Subscribe();
        Assert.False(closed.IsCompleted);
        Parallel.For(0, 4, _ => connection.Dispose());
        Assert.Equal(CloseReason.Client, await closed.WaitAsync(Limit));
        Assert.Empty(await ReadAsync(events, int.MaxValue));
        events.Dispose();
        Assert.False(connection.IsAlive);
        Assert.Throws<ObjectDisposedException>(() => connection.HostName);
        Assert.Throws<ObjectDisposedException>(() => connection.Subscribe());
        Assert.Equal(CloseReason.Client, await connection.WaitForCloseAsync());
    }

    [Fact]
    public void Streams_that_are_opened_while_the_connection_ends_leave_nothing()
    {
        var before = Callbacks.Count;
        for (var round = 0; round < 200; round++)
        {
            var connection = LibvirtConnection.Open("test:///default");
            Parallel.For(0, 4, i =>
            {
                if (i == 3)
                {
                    connection.Dispose();
                    return;
                }

                try
                {
                    _ = connection.Subscribe();
                }
                catch (ObjectDisposedException)
                {
                    // It came too late.
                }
            });
        }

        Assert.Equal(before, Callbacks.Count);
    }

    private static async Task<List<DomainLifecycleEvent>> ReadAsync(EventSubscription events, int count)
    {
        var seen = new List<DomainLifecycleEvent>();
        using var limit = new CancellationTokenSource(Limit);
        await foreach (var e in events.WithCancellation(limit.Token))
        {
            seen.Add((DomainLifecycleEvent)e);
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }
}
