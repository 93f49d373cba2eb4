namespace ActorMig.Actors.Tests;

/// <summary>What the in-process engine tells of its inside.</summary>
public sealed class HierarchyTests
{
    [Fact]
    public async Task All_living_actors_parents_before_their_children_with_what_waits_and_what_was_dropped()
    {
        using var gate = new ManualResetEventSlim();
        using var isBusy = new ManualResetEventSlim();
        var observer = new Silent();
        await using var system = new ActorSystem(new ActorSystemOptions { MailboxCapacity = 50 }, observer);
        var parent = system.Spawn(
            Script.Of(
                (_, _) =>
                {
                    isBusy.Set();
                    gate.Wait();
                },
                s => s.Ctx.Spawn(Script.Of((_, _) => { }), "child")).WithMailbox(2, MailboxOverflow.DropNewest), "a");
        var beside = system.Spawn(Script.Of((_, _) => { }), "a-beside");
        system.Tell(parent, "busy");
        isBusy.Wait(TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            system.Tell(parent, i);
        }

        var all = system.Hierarchy();
        Assert.Equal(["/a", "/a/child", "/a-beside"], all.Select(i => i.Path));
        Assert.Equal(new ActorInfo("/a", nameof(Script), false, 2, 2, 1, 0, 3), all[0]);
        Assert.Equal(50, all[2].MailboxMax);
        Assert.Equal(3, system.DeadLetters);

        gate.Set();
        await system.StopAsync(parent);
        Assert.Equal(["/a-beside"], system.Hierarchy().Select(i => i.Path));
        system.Tell(parent, "late");
        Assert.Equal(4, system.DeadLetters);
        await system.StopAsync(beside);
        Assert.Empty(system.Hierarchy());
    }

    private sealed class Silent : IActorObserver
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
