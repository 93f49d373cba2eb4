namespace ActorMig.Vms;

/// <summary>The mean of a VM's smoothed loads over some rounds, the newest counting most; and how far the newest are from it.</summary>
internal sealed class LongMean
{
    private int _readings;
    private int _readingsOfUse;
    private double _bitPerSecond;
    private double _cpus;
    private double _memoryBytes;

    /// <summary>How far the newest were from the mean of those before.</summary>
    public LoadDeviation Deviation { get; private set; }

    /// <summary>Takes what a round has measured. CPU time and memory are both known or both not; of what is not known there is no deviation.</summary>
    /// <param name="bitPerSecond">Traffic.</param>
    /// <param name="use">CPU time and memory.</param>
    /// <param name="rounds">Over how many rounds the mean goes.</param>
    public void Take(double bitPerSecond, VmUse? use, int rounds)
    {
        // At first it is the mean of all that there is.
        _readings++;
        _readingsOfUse += use is null ? 0 : 1;
        Deviation = new LoadDeviation(
            Step(_readings, ref _bitPerSecond, bitPerSecond), use is null ? 0 : Step(_readingsOfUse, ref _cpus, use.Cpus), use is null ? 0 : Step(_readingsOfUse, ref _memoryBytes, use.MemoryBytes));

        double Step(int readings, ref double mean, double now)
        {
            var off = readings == 1 ? 0 : now - mean;
            mean = readings == 1 ? now : mean + (off / Math.Min(readings, rounds));
            return off;
        }
    }
}
