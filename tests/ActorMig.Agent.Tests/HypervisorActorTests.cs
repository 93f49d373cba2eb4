using System.Net;
using System.Net.Sockets;
using ActorMig.Actors;
using ActorMig.Agent.Edges;
using ActorMig.Edges;
using LibvirtSharp;

namespace ActorMig.Agent.Tests;

public sealed class HypervisorActorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("nonsense:///system", "nonsense")]
    [InlineData("qemu+unix:///system?socket=/nowhere/libvirt-sock", "/nowhere/libvirt-sock")]
    public async Task A_wrong_URI_is_said_and_tried_again_and_no_question_stays_unanswered(string uri, string expected)
    {
        var observer = new Notes();
        using var calls = new DomainCalls();
        await using var system = new ActorSystem(new ActorSystemOptions(), observer);
        var edge = system.Spawn(
            Props.Of(() => new HypervisorActor(Configuration.ConfigurationLoader.Bind(
                Hocon.HoconParser.Parse($$"""actormig { host-name = a, libvirt { uri = "{{uri}}", retry-interval = 1s } }""", "x"), "x"), calls, TimeProvider.System, _ => { })),
            "hypervisor");
        var sentence = await observer.First.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.StartsWith($"No connection to libvirt at {uri}: ", sentence, StringComparison.Ordinal);
        Assert.Contains(expected, sentence, StringComparison.Ordinal);
        Assert.EndsWith("Does it run, and may this user connect? Trying again every 1000 ms.", sentence, StringComparison.Ordinal);
        var sampled = await system.AskAsync(edge, r => new SampleDomains(r, "t"), Limit, TestContext.Current.CancellationToken);
        Assert.StartsWith("no connection to libvirt: ", Assert.IsType<HypervisorFailed>(sampled).Error, StringComparison.Ordinal);
        var done = await system.AskAsync(edge, r => new DoToDomain(r, "t", "u", DomainVerb.Suspend), Limit, TestContext.Current.CancellationToken);
        Assert.StartsWith("no connection to libvirt: ", Assert.IsType<DomainDone>(done).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_another_machine_is_answered_in_time_and_nothing_else_waits_for_it()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        using var calls = new DomainCalls();
        await using var system = new ActorSystem(new ActorSystemOptions(), new Notes());
        var edge = system.Spawn(
            Props.Of(() => new HypervisorActor(Configuration.ConfigurationLoader.Bind(
                Hocon.HoconParser.Parse("""actormig { host-name = a, libvirt { uri = "qemu+unix:///system?socket=/nowhere/libvirt-sock", look-timeout = 6s } }""", "x"), "x"), calls, new Hurried(), _ => { })),
            "hypervisor");
        Task<object> Ask(Func<ActorRef, object> question) => system.AskAsync(edge, question, Limit, TestContext.Current.CancellationToken);
        var first = Ask(r => new CheckWay(r, "t", new Member("b", FormattableString.Invariant($"qemu+tcp://127.0.0.1:{port}/system"), "tcp://127.0.0.1")));
        Assert.IsType<HypervisorFailed>(await Ask(r => new SampleDomains(r, "t")));
        Assert.IsType<HypervisorFailed>(await Ask(r => new CheckArrival(r, "t", new PreFlight.VmNeeds())));
        Assert.False(first.IsCompleted);
        Assert.Equal("nothing answered for 6.0 s (actormig.libvirt.look-timeout)", Assert.IsType<WayChecked>(await first).Error);
        var second = Ask(r => new CheckWay(r, "t", new Member("b", FormattableString.Invariant($"qemu+tcp://127.0.0.1:{port}/system"), "tcp://127.0.0.1")));
        Assert.Equal("an earlier look still waits for an answer", Assert.IsType<WayChecked>(await second).Error);

        // One that is not there says so, and one that is there is good.
        Assert.Contains("refused", Assert.IsType<WayChecked>(await Ask(r => new CheckWay(r, "t", new Member("c", "qemu+tcp://127.0.0.1:9/system", "tcp://127.0.0.1")))).Error, StringComparison.Ordinal);
        Assert.Equal(new WayChecked("t", null), await Ask(r => new CheckWay(r, "t", new Member("d", "test:///default", "tcp://127.0.0.1"))));
    }

    [Fact]
    public void A_host_is_looked_at_for_what_a_VM_needs()
    {
        using var link = TestLink();
        var needs = new PreFlight.VmNeeds { Machine = "no-such", Nics = [new("network", "default"), new("network", "blue"), new("bridge", "lo"), new("bridge", "br9")], Files = ["/", "/no/such"] };
        var there = link.Check(new CheckArrival(null!, "t", needs)).There;
        Assert.False(there.KnowsMachine);
        Assert.Equal([new("network", "blue"), new("bridge", "br9")], there.MissingNics);
        Assert.Equal(["/no/such"], there.MissingFiles);
    }

    [Fact]
    public void A_domain_whose_monitor_is_busy_counts_as_busy_in_a_sample_and_is_not_judged_by_a_look()
    {
        Assert.Equal(DomainJob.Other, LibvirtStates.JobByError(LibvirtErrorCode.OperationTimeout, isSample: true));
        Assert.Null(LibvirtStates.JobByError(LibvirtErrorCode.OperationTimeout, isSample: false));
        Assert.Equal(DomainJob.Incoming, LibvirtStates.JobByError(LibvirtErrorCode.OperationUnsupported, isSample: true));
    }

    [Fact]
    public void What_the_statistics_alone_tell_of_a_domain_is_enough_to_count_it()
    {
        using var connection = LibvirtConnection.Open("test:///default");
        var statistics = Assert.Single(connection.GetAllStatistics(StatisticsGroups.State));
        var sample = LibvirtLink.BestKnown(statistics);
        Assert.Equal(("test", ActorMig.Edges.DomainState.Running, DomainJob.Other), (sample.Name, sample.State, sample.Job));
    }

    [Fact]
    public void A_sample_has_all_active_domains()
    {
        using var link = TestLink();
        var sample = Assert.Single(link.Sample("t", 5).Domains);
        Assert.Equal(("test", ActorMig.Edges.DomainState.Running, DomainJob.None, true), (sample.Name, sample.State, sample.Job, sample.IsPersistent));
    }

    [Fact]
    public async Task A_link_ends_with_the_incarnation_that_opened_it_and_its_events_with_it()
    {
        using var incarnation = new CancellationTokenSource();
        using var link = TestLink();
        var events = link.Connection.Subscribe();
        link.EndWith(incarnation.Token);
        Assert.True(link.Connection.IsAlive);
        await incarnation.CancelAsync();
        using var limit = new CancellationTokenSource(Limit);
        await foreach (var _ in events.WithCancellation(limit.Token))
        {
            // None is expected: the stream just ends.
        }

        Assert.True(SpinWait.SpinUntil(() => !link.Connection.IsAlive, Limit));
    }

    private static LibvirtLink TestLink() => new(LibvirtConnection.Open("test:///default"), "test:///default", session: 1, preCopyDowntimeMs: 1, TimeProvider.System);

    /// <summary>A clock by which nobody waits for long.</summary>
    private sealed class Hurried : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => 
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 2 : dueTime, period);
    }

    private sealed class Notes : IActorObserver
    {
        public TaskCompletionSource<string> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Noted(ActorRef actor, int id, string text) => First.TrySetResult(text);

        public void Restarted(ActorRef actor, Exception cause, object message) => First.TrySetException(cause);

        public void Failed(ActorRef actor, Exception cause) => First.TrySetException(cause);

        public void DeadLetter(ActorRef target, object message)
        {
        }
    }
}
