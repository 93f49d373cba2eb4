namespace ActorMig.Simulation;

/// <summary>Makes a failing plan smaller while it breaks the same rule: takes events out, in halves and then in ever smaller parts, and hosts.</summary>
internal sealed class CampaignShrinker(
    CampaignPlan plan, string rule, Func<IReadOnlyCollection<int>, IReadOnlyCollection<string>, string?> ruleOf, CancellationToken stop)
{
    /// <summary>How many plans were tried.</summary>
    public int Tries { get; private set; }

    /// <summary>The most that are tried.</summary>
    public int TriesMax { get; init; } = 400;

    /// <summary>The numbers of the events that it takes, and the hosts that it does not.</summary>
    public (IReadOnlyList<int> Events, IReadOnlyList<string> WithoutHosts) Shrink()
    {
        List<string> without = [];
        var events = plan.Events.Select(e => e.Number).ToList();
        bool isSmaller;
        do
        {
            isSmaller = ShrinkEvents(ref events, without);
            foreach (var host in plan.Hosts.Select(h => h.HostName).Reverse().Except(without, StringComparer.Ordinal).ToArray())
            {
                if (plan.Hosts.Count - without.Count > 1 && StillFails(events, [.. without, host]))
                {
                    without.Add(host);
                    isSmaller = true;
                }
            }
        }
        while (isSmaller && CanTry);
        return (events, without);
    }

    private bool CanTry => Tries < TriesMax && !stop.IsCancellationRequested;

    private bool ShrinkEvents(ref List<int> events, List<string> without)
    {
        var before = events.Count;
        for (var part = Math.Max(1, events.Count / 2); part >= 1 && CanTry; part /= 2)
        {
            for (var at = 0; at < events.Count && CanTry;)
            {
                List<int> fewer = [.. events[..at], .. events[Math.Min(events.Count, at + part)..]];
                if (StillFails(fewer, without))
                {
                    events = fewer;
                }
                else
                {
                    at += part;
                }
            }
        }

        return events.Count < before;
    }

    private bool StillFails(List<int> events, IReadOnlyCollection<string> without)
    {
        if (!CanTry)
        {
            return false;
        }

        Tries++;
        return ruleOf(events, without) == rule;
    }
}
