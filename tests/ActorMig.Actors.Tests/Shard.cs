using System.Globalization;

namespace ActorMig.Actors.Tests;

/// <summary>Which part of a long matrix this run takes: <c>ACTORMIG_SHARD=i/n</c>.</summary>
public static class Shard
{
    public static IEnumerable<T> Of<T>(IEnumerable<T> all)
    {
        var parts = (Environment.GetEnvironmentVariable("ACTORMIG_SHARD") ?? "1/1").Split('/');
        var (index, count) = (int.Parse(parts[0], CultureInfo.InvariantCulture) - 1, int.Parse(parts[1], CultureInfo.InvariantCulture));
        return all.Where((_, i) => i % count == index);
    }
}
