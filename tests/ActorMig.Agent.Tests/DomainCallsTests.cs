using System.Collections.Concurrent;
using ActorMig.Agent.Edges;

namespace ActorMig.Agent.Tests;

public sealed class DomainCallsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly DomainCalls _calls = new();
    private readonly ConcurrentQueue<string> _done = new();
    private readonly ManualResetEventSlim _gate = new(false);

    public void Dispose()
    {
        _gate.Set();
        _calls.Dispose();
    }

    [Fact]
    public void Calls_for_one_domain_come_one_at_a_time_and_in_order()
    {
        const int Calls = DomainCalls.WaitingForOneMax;
        using var end = new CountdownEvent(Calls);
        var running = 0;
        for (var i = 0; i < Calls; i++)
        {
            var n = i;
            Assert.True(_calls.TryAdd("a", isVerb: false, () =>
            {
                Assert.Equal(1, Interlocked.Increment(ref running));
                _done.Enqueue(n.ToString("000"));
                Interlocked.Decrement(ref running);
                end.Signal();
            }));
        }

        Assert.True(end.Wait(Limit));
        Assert.Equal(_done.Order(StringComparer.Ordinal), _done);
    }

    [Fact]
    public void What_is_done_goes_before_what_is_looked_at()
    {
        using var end = new CountdownEvent(4);
        Block("a");
        Add("a", false, "look 1", end);
        Add("a", false, "look 2", end);
        Add("a", true, "verb 1", end);
        Add("a", true, "verb 2", end);
        _gate.Set();
        Assert.True(end.Wait(Limit));
        Assert.Equal(["verb 1", "verb 2", "look 1", "look 2"], _done);
    }

    [Fact]
    public void Looks_that_hang_do_not_hold_up_what_is_done_to_another_domain()
    {
        for (var i = 0; i < 2 * DomainCalls.Threads; i++)
        {
            Assert.True(_calls.TryAdd("hung" + i, isVerb: false, () => _gate.Wait()));
        }

        using var end = new CountdownEvent(1);
        Add("b", true, "verb", end);
        Assert.True(end.Wait(Limit));
    }

    [Fact]
    public void Looks_have_a_limit_which_does_not_count_for_what_is_done()
    {
        for (var i = 1; i < DomainCalls.Threads; i++)
        {
            Block("a" + i);
        }

        for (var i = 0; i < DomainCalls.WaitingMax; i++)
        {
            Assert.True(_calls.TryAdd("b" + i, isVerb: false, () => { }));
        }

        Assert.False(_calls.TryAdd("c", isVerb: false, () => { }));
        using var end = new CountdownEvent(1);
        Add("c", true, "verb", end);
        Assert.True(end.Wait(Limit));
    }

    /// <summary>What asks again and again for one that hangs, such as a poll, is refused by and by; the others are looked at.</summary>
    [Fact]
    public void One_domain_that_hangs_does_not_take_the_places_of_the_others()
    {
        Block("a");
        for (var i = 0; i < DomainCalls.WaitingForOneMax; i++)
        {
            Assert.True(_calls.TryAdd("a", isVerb: false, () => { }));
        }

        Assert.False(_calls.TryAdd("a", isVerb: false, () => { }));
        Assert.True(_calls.TryAdd("a", isVerb: true, () => { }));
        using var end = new CountdownEvent(1);
        Add("b", false, "look", end);
        Assert.True(end.Wait(Limit));
    }

    private void Block(string uuid)
    {
        using var began = new ManualResetEventSlim(false);
        Assert.True(_calls.TryAdd(uuid, isVerb: false, () =>
        {
            began.Set();
            _gate.Wait();
        }));
        Assert.True(began.Wait(Limit));
    }

    private void Add(string uuid, bool isVerb, string name, CountdownEvent end) => Assert.True(_calls.TryAdd(uuid, isVerb, () =>
    {
        _done.Enqueue(name);
        end.Signal();
    }));
}
