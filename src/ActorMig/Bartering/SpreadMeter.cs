using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>
/// Measures how a host's load fluctuates. What each VM is off its own mean is summed with its sign: what VMs do together counts as such, and a VM that comes
/// or goes is no fluctuation. It starts anew with its agent, and says nothing until it has seen enough.
/// </summary>
public sealed class SpreadMeter
{
    private readonly double[] _squares = new double[3];
    private int _rounds;

    /// <summary>Takes a round.</summary>
    /// <param name="vms">The VMs that are measured here.</param>
    /// <param name="rounds">Over how many rounds the mean goes; so many must have been seen.</param>
    public void Take(IEnumerable<VmView> vms, int rounds)
    {
        ArgumentNullException.ThrowIfNull(vms);
        var off = vms.Aggregate(default(LoadDeviation), static (sum, vm) => sum + vm.Deviation);
        _rounds++;
        var weight = 1.0 / Math.Min(_rounds, rounds);
        double[] now = [off.BitPerSecond, off.Cpus, off.MemoryBytes];
        for (var i = 0; i < now.Length; i++)
        {
            _squares[i] += weight * ((now[i] * now[i]) - _squares[i]);
        }

        Spread = _rounds < rounds ? null : new LoadSpread(Math.Round(Math.Sqrt(_squares[0])), Math.Round(Math.Sqrt(_squares[1]), 4), Math.Round(Math.Sqrt(_squares[2])));
    }

    /// <summary>The spread; null until enough rounds were seen.</summary>
    public LoadSpread? Spread { get; private set; }
}
