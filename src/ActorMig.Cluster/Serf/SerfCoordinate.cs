namespace ActorMig.Cluster.Serf;

/// <summary>Where a member is in the space that serf's round trips span (Vivaldi), in seconds.</summary>
internal sealed record SerfCoordinate(IReadOnlyList<double> Vector, double Height, double Adjustment)
{
    /// <summary>How long a message takes to the other and back, in milliseconds; null if the two are of different spaces.</summary>
    public double? DistanceMs(SerfCoordinate other)
    {
        if (other.Vector.Count != Vector.Count)
        {
            return null;
        }

        var raw = Math.Sqrt(Vector.Zip(other.Vector, (a, b) => (a - b) * (a - b)).Sum()) + Height + other.Height;
        var adjusted = raw + Adjustment + other.Adjustment;
        var seconds = adjusted > 0 ? adjusted : raw;
        return double.IsFinite(seconds) ? seconds * 1_000 : null;
    }
}
