using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using ActorMig.Actors;
using ActorMig.Actors.Tests;
using ActorMig.Akka.Logging;

namespace ActorMig.Akka.Tests;

/// <summary>What somebody sees who looks at the engine from Akka's side.</summary>
public sealed class AkkaSideTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Actors_are_found_at_their_paths_and_take_messages_of_Akkas_own_actors()
    {
        var heard = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var system = new AkkaActorSystem(new ActorSystemOptions(), new Silent(), hocon: AkkaConformance.Quiet);
        var isBorn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        system.Spawn(Script.Of((_, _) => { }, s => s.Ctx.Spawn(Script.Of((_, m) => heard.SetResult(m), _ => isBorn.SetResult()), "barter")), "host");
        await isBorn.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        var barter = await system.System.ActorSelection("/user/host/barter").ResolveOne(Limit, TestContext.Current.CancellationToken);
        Assert.Equal("akka://actormig/user/host/barter", barter.Path.ToString());
        barter.Tell("from Akka");
        Assert.Equal("from Akka", await heard.Task.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(["/host", "/host/barter"], system.Hierarchy().Select(i => i.Path));
    }

    [Fact]
    public async Task Notes_and_failures_go_through_Akkas_logger_with_the_actors_path_and_the_number()
    {
        await using var system = new AkkaActorSystem(new ActorSystemOptions(), hocon: AkkaConformance.Quiet);
        var log = new ConcurrentQueue<LogEvent>();
        var isThere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = system.System.ActorOf(global::Akka.Actor.Props.Create(() => new Listener(log, isThere)), "listener");
        system.System.EventStream.Subscribe(listener, typeof(LogEvent));
        var host = system.Spawn(Script.Of((s, m) => throw new InvalidOperationException("bad"), s => s.Ctx.Note(42, "words")), "host");
        system.Tell(host, "x");
        await isThere.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(
            ["/host: [42] words", "/host: [901] It threw on String and was restarted."],
            log.Where(e => e.Message is Numbered).Take(2).Select(e => $"{e.LogSource}: {e.Message}"));
    }

    [Fact]
    public async Task Twenty_thousand_turns_between_many_actors_lose_nothing()
    {
        const int Pairs = 20;
        const int Rounds = 500;
        var left = Pairs;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var system = new AkkaActorSystem(new ActorSystemOptions(), new Silent(), hocon: AkkaConformance.Quiet);
        for (var i = 0; i < Pairs; i++)
        {
            var pong = system.Spawn(Script.Of((s, m) => s.Ctx.Tell((ActorMig.Actors.ActorRef)m, "pong")), $"pong-{i}");
            var ping = system.Spawn(Script.Of((s, _) =>
            {
                if (s.Seen++ < Rounds)
                {
                    s.Ctx.Tell(pong, s.Ctx.Self);
                }
                else if (Interlocked.Decrement(ref left) == 0)
                {
                    all.SetResult();
                }
            }), $"ping-{i}");
            system.Tell(ping, "begin");
        }

        await all.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(0, system.DeadLetters);
    }

    private sealed class Listener(ConcurrentQueue<LogEvent> log, TaskCompletionSource isThere) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            log.Enqueue((LogEvent)message);
            if (log.Count(e => e.Message is Numbered) >= 2)
            {
                isThere.TrySetResult();
            }
        }
    }
}
