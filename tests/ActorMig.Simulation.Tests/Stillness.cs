using ActorMig.Bartering;

namespace ActorMig.Simulation.Tests;

/// <summary>Whether anything moves in a world whose guests <c>vmH-N</c> are at home on the hosts <c>hH</c>.</summary>
internal static class Stillness
{
    public const long HoursMs = 3 * 60 * 60_000;

    public static void AssertStill(SimWorld world)
    {
        Play(world);
        Assert.Empty(Barters(world));
        Assert.All(world.Guests.Keys, g => Assert.Equal([$"h{g[2]}"], world.WhereRuns(g)));
    }

    public static void Play(SimWorld world)
    {
        world.Start();
        world.Run(HoursMs);
        Assert.Empty(world.Violations);
    }

    public static object[] Barters(SimWorld world) =>
        [.. world.Hosts.Values.SelectMany(h => h.Journal.Replay("barter")).Where(e => e is BarterOffered or BarterGranted or BarterConfirmed)];
}
