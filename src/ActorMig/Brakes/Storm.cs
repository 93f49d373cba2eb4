using ActorMig.Edges;

namespace ActorMig.Brakes;

/// <summary>
/// Many hosts that fail or come back at a time: a switch, a power line, an upgrade that goes wrong. Whoever moves VMs then makes it worse, so this host
/// begins nothing for a while. Each host sees it for itself.
/// </summary>
internal sealed class Storm
{
    private const int NamedMax = 5;
    private readonly SortedDictionary<string, long> _changedAtMs = new(StringComparer.Ordinal);
    private long _untilMs;

    /// <summary>Why nothing begins.</summary>
    public string Sentence { get; private set; } = "";

    /// <summary>True while nothing begins.</summary>
    public bool IsResting(long nowMs) => nowMs < _untilMs;

    public long LeftMs(long nowMs) => Math.Max(0, _untilMs - nowMs);

    /// <summary>A person says that it is over.</summary>
    public void End()
    {
        _untilMs = 0;
        _changedAtMs.Clear();
    }

    /// <summary>
    /// The members are different; the sentence of a storm that begins by it, or goes on, else null. A host that joins or leaves is no storm, nor one whose
    /// agent was stopped and is started again.
    /// </summary>
    public string? See(IReadOnlyList<Member> before, IReadOnlyList<Member> now, ActorMigOptions options, long nowMs)
    {
        foreach (var old in _changedAtMs.Where(c => nowMs - c.Value >= options.StormWindowMs).Select(c => c.Key).ToArray())
        {
            _changedAtMs.Remove(old);
        }

        var isNews = false;
        foreach (var member in now)
        {
            if (Member.Find(before, member.Host) is { } was && (was.State == MemberState.Failed) != (member.State == MemberState.Failed) && !was.IsStopped && !member.IsStopped)
            {
                _changedAtMs[member.Host] = nowMs;
                isNews = true;
            }
        }

        if (!isNews || options.StormRestMs == 0 || _changedAtMs.Count <= options.StormShare * (now.Count + 1))
        {
            return null;
        }

        _untilMs = nowMs + options.StormRestMs;
        var names = string.Join(", ", _changedAtMs.Keys.Take(NamedMax)) + (_changedAtMs.Count > NamedMax ? ", ..." : "");
        Sentence = $"{_changedAtMs.Count} of {now.Count + 1} hosts failed or came back within {Words.Span(options.StormWindowMs)} ({names}); nothing begins for {Words.Span(options.StormRestMs)}";
        return Sentence;
    }
}
