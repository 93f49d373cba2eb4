namespace ActorMig.Simulation.Imports;

/// <summary>The traffic of a draft before anything has moved.</summary>
/// <param name="Host">The host that has the most at any time.</param>
/// <param name="MaxBitPerSecond">How much that is.</param>
/// <param name="AtMs">When first.</param>
public sealed record DraftLoad(string Host, double MaxBitPerSecond, long AtMs)
{
    /// <summary>Finds the busiest host.</summary>
    /// <param name="draft">The draft; it has hosts.</param>
    public static DraftLoad Of(ScenarioDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var busiest = new DraftLoad(draft.Hosts[0].Name, 0, 0);
        foreach (var host in draft.Vms.GroupBy(v => v.Host).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var (sum, steps) = (0.0, new List<(long AtMs, double Change)>());
            foreach (var vm in host)
            {
                var last = 0.0;
                foreach (var step in vm.Load)
                {
                    steps.Add((step.AtMs, step.BitPerSecond - last));
                    last = step.BitPerSecond;
                }
            }

            foreach (var time in steps.GroupBy(s => s.AtMs).OrderBy(g => g.Key))
            {
                sum += time.Sum(s => s.Change);
                if (sum > busiest.MaxBitPerSecond + 0.5)
                {
                    busiest = new DraftLoad(host.Key, sum, time.Key);
                }
            }
        }

        return busiest;
    }
}
