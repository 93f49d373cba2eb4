using ActorMig.Brakes;
using ActorMig.Edges;

namespace ActorMig.Tests;

/// <summary>When hosts that fail or come back make a storm.</summary>
public sealed class StormTests
{
    private static readonly ActorMigOptions s_options = new() { HostName = "h0" };
    private readonly Storm _storm = new();

    /// <summary>Of twenty hosts three within a minute.</summary>
    [Fact]
    public void More_than_a_tenth_that_fail_or_come_back_within_a_minute_are_a_storm()
    {
        Assert.Null(_storm.See(Members(), Members("h01"), s_options, 0));
        Assert.Null(_storm.See(Members("h01"), Members("h01", "h02"), s_options, 1_000));
        Assert.Null(_storm.See(Members("h01", "h02"), Members("h01", "h02", "h03"), s_options, 60_500));
        Assert.False(_storm.IsResting(60_500));
        var sentence = _storm.See(Members("h01", "h02", "h03"), Members("h02", "h03"), s_options, 60_600);
        Assert.Equal("3 of 20 hosts failed or came back within 1 min (h01, h02, h03); nothing begins for 10 min", sentence);
        Assert.True(_storm.IsResting(60_600 + 599_999));
        Assert.False(_storm.IsResting(60_600 + 600_000));
    }

    /// <summary>An upgrade, host by host or all at once, is none.</summary>
    [Fact]
    public void Hosts_whose_agents_are_stopped_and_started_again_are_none()
    {
        IReadOnlyList<Member> stopped = [.. Members("h01", "h02", "h03").Select(m => m with { IsStopped = m.State == MemberState.Failed })];
        Assert.Null(_storm.See(Members(), stopped, s_options, 0));
        Assert.Null(_storm.See(stopped, Members(), s_options, 1_000));
        Assert.False(_storm.IsResting(1_000));
    }

    private static IReadOnlyList<Member> Members(params string[] failed) =>
    [
        .. Enumerable.Range(1, 19).Select(n => FormattableString.Invariant($"h{n:00}"))
            .Select(h => new Member(h, h, h) { State = failed.Contains(h, StringComparer.Ordinal) ? MemberState.Failed : MemberState.Alive }),
    ];
}
