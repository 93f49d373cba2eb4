using ActorMig.Actors;

namespace ActorMig.Simulation.Scenarios;

/// <summary>
/// The traffic of a scenario, written out before it begins: its noise is drawn from the seed alone, so that a run without bartering has the very same
/// load.
/// </summary>
public static class LoadPlan
{
    /// <summary>Writes out a scenario's traffic.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="seed">The seed of the noise.</param>
    /// <returns>Each change and its time, VM after VM.</returns>
    public static IEnumerable<(long AtMs, LoadSet Set)> Of(Scenario scenario, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var random = new SplitMix64(seed);
        foreach (var vm in scenario.Vms)
        {
            for (var i = 0; i < vm.Load.Count; i++)
            {
                var step = vm.Load[i];
                if (vm.Noise <= 0)
                {
                    yield return (step.AtMs, new LoadSet(vm.Name, step.BitPerSecond));
                    continue;
                }

                var untilMs = i + 1 < vm.Load.Count ? vm.Load[i + 1].AtMs : scenario.DurationMs;
                for (var atMs = step.AtMs; atMs < untilMs; atMs += vm.NoiseEveryMs)
                {
                    // Between -1 and 1.
                    var strays = ((random.Next() >> 11) / (double)(1L << 52)) - 1;
                    yield return (atMs, new LoadSet(vm.Name, Math.Round(step.BitPerSecond * (1 + (vm.Noise * strays)))));
                }
            }
        }
    }
}
