namespace ActorMig.Actors.Tests;

/// <summary>Actors that talk all the time, spawn and stop children, and set timers, but say nothing to the log.</summary>
public static class Noise
{
    /// <summary>Begins it.</summary>
    /// <param name="engine">Where.</param>
    /// <param name="pairs">How many pairs of actors talk.</param>
    /// <param name="pauseMs">How long they rest between two bursts; in virtual time they must.</param>
    public static void Begin(EngineUnderTest engine, int pairs, long pauseMs)
    {
        for (var i = 0; i < pairs; i++)
        {
            var pong = engine.Spawn(Script.Of((s, m) => s.Ctx.Tell((ActorRef)m, "pong")), $"pong-{i}");
            var ping = engine.Spawn(Script.Of((s, m) => Ping(s, m, pong, pauseMs)), $"ping-{i}");
            engine.Tell(ping, "burst");
        }
    }

    private static void Ping(Script s, object message, ActorRef pong, long pauseMs)
    {
        const int Burst = 50;
        s.Seen++;
        switch (message)
        {
            case "burst":
                var child = s.Ctx.Spawn(Script.Of((_, _) => { }), $"child-{s.Seen}");
                s.Ctx.Watch(child);
                s.Ctx.Stop(child);
                s.Ctx.Tell(pong, s.Ctx.Self);
                break;
            case "pong" when s.Seen % Burst == 0:
                s.Ctx.StartTimer("next", "burst", pauseMs);
                break;
            case "pong":
                s.Ctx.Tell(pong, s.Ctx.Self);
                break;
        }
    }
}
