using System.Collections.Concurrent;

namespace ActorMig.Actors.Tests;

/// <summary>The end of an engine in real time.</summary>
public abstract class StopCases
{
    protected abstract IActorSystem Create(ActorSystemOptions options, IActorObserver observer);

    [Fact]
    public async Task The_end_of_a_system_does_not_wait_for_ever_for_an_actor_that_hangs_and_says_which()
    {
        using var hangs = new ManualResetEventSlim();
        var notes = new Notes();
        var system = Create(new ActorSystemOptions { StopTimeoutMs = 50 }, notes);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        system.Spawn(Props.Of(() => new Quiet()), "quiet");
        system.Tell(system.Spawn(Props.Of(() => new Parent(() =>
        {
            began.SetResult();
            hangs.Wait();
        })), "parent"), "begin");
        await began.Task;
        await system.DisposeAsync();
        Assert.Equal(["/parent/child: It has not ended in 50 ms, and is left behind."], notes.All);
        hangs.Set();
    }

    private sealed class Quiet : EphemeralActor
    {
        protected override void Handle(object message)
        {
        }
    }

    private sealed class Parent(Action hang) : EphemeralActor
    {
        protected override void Handle(object message) => Context.Tell(Context.Spawn(Props.Of(() => new Child(hang)), "child"), message);
    }

    private sealed class Child(Action hang) : EphemeralActor
    {
        protected override void Handle(object message) => hang();
    }

    private sealed class Notes : IActorObserver
    {
        public ConcurrentQueue<string> All { get; } = new();

        public void Noted(ActorRef actor, int id, string text) => All.Enqueue($"{actor.Path}: {text}");

        public void Restarted(ActorRef actor, Exception cause, object message) => All.Enqueue(cause.ToString());

        public void Failed(ActorRef actor, Exception cause) => All.Enqueue(cause.ToString());

        public void DeadLetter(ActorRef target, object message)
        {
        }
    }
}
