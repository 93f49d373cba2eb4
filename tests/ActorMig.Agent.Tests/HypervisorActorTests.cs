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

    private static LibvirtLink TestLink() => new(LibvirtConnection.Open("test:///default"), "test:///default", session: 1, preCopyDowntimeMs: 1);

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
