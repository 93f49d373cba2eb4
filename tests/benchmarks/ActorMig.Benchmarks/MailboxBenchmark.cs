using System.Threading.Channels;
using ActorMig.Actors;

namespace ActorMig.Benchmarks;

/// <summary>Messages through a mailbox with an empty handler, the turn's whole contract on, beside a bare channel with a reader.</summary>
internal static class MailboxBenchmark
{
    private const int OneWay = 2_000_000;
    private const int RoundTrips = 200_000;
    private static readonly object Ping = new();

    public static async Task RunAsync()
    {
        await Comparison.PrintAsync("one producer to one actor", OneWay, ("ActorMig", OneWayActorAsync), ("a bare channel", OneWayBareAsync));
        await Comparison.PrintAsync("ping-pong", RoundTrips, ("ActorMig", PingPongActorsAsync), ("bare channels", PingPongBareAsync));
    }

    private static async Task OneWayBareAsync()
    {
        var channel = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
        var reader = Task.Run(async () =>
        {
            var seen = 0;
            while (seen < OneWay)
            {
                await channel.Reader.ReadAsync();
                seen++;
            }
        });
        for (var i = 0; i < OneWay; i++)
        {
            channel.Writer.TryWrite(Ping);
        }

        await reader;
    }

    private static Task OneWayActorAsync() => OneWayAsync(new ActorSystem(new ActorSystemOptions { MailboxCapacity = int.MaxValue }, new Silent()), OneWay);

    private static Task PingPongActorsAsync() => PingPongAsync(new ActorSystem(new ActorSystemOptions(), new Silent()), RoundTrips);

    /// <summary>So many messages to one actor of an engine, which is ended.</summary>
    public static async Task OneWayAsync(IActorSystem engine, int messages)
    {
        await using var system = engine;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var counter = system.Spawn(Props.Of(() => new Counter(messages, done)), "counter");
        for (var i = 0; i < messages; i++)
        {
            system.Tell(counter, Ping);
        }

        await done.Task;
    }

    private static async Task PingPongBareAsync()
    {
        var there = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
        var back = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
        var pong = Task.Run(async () =>
        {
            for (var i = 0; i < RoundTrips; i++)
            {
                back.Writer.TryWrite(await there.Reader.ReadAsync());
            }
        });
        var ping = Task.Run(async () =>
        {
            for (var i = 0; i < RoundTrips; i++)
            {
                there.Writer.TryWrite(Ping);
                await back.Reader.ReadAsync();
            }
        });
        await Task.WhenAll(ping, pong);
    }

    /// <summary>So many round trips between two actors of an engine, which is ended.</summary>
    public static async Task PingPongAsync(IActorSystem engine, int roundTrips)
    {
        await using var system = engine;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pong = system.Spawn(Props.Of(() => new Pong()), "pong");
        system.Tell(system.Spawn(Props.Of(() => new Pinger(pong, roundTrips, done)), "ping"), Ping);
        await done.Task;
    }

    private sealed class Counter(int until, TaskCompletionSource done) : EphemeralActor
    {
        private int _seen;

        protected override void Handle(object message)
        {
            if (++_seen == until)
            {
                done.SetResult();
            }
        }
    }

    private sealed class Pinger(ActorRef pong, int until, TaskCompletionSource done) : EphemeralActor
    {
        private int _seen;

        protected override void Handle(object message)
        {
            if (_seen++ == until)
            {
                done.SetResult();
            }
            else
            {
                Context.Tell(pong, Context.Self);
            }
        }
    }

    private sealed class Pong : EphemeralActor
    {
        protected override void Handle(object message) => Context.Tell((ActorRef)message, Ping);
    }

    internal sealed class Silent : IActorObserver
    {
        public void Noted(ActorRef actor, int id, string text)
        {
        }

        public void Restarted(ActorRef actor, Exception cause, object message)
        {
        }

        public void Failed(ActorRef actor, Exception cause)
        {
        }

        public void DeadLetter(ActorRef target, object message)
        {
        }
    }
}
