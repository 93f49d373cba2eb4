namespace ActorMig.Actors.Tests;

/// <summary>What an engine in real time tells of its inside.</summary>
public abstract class HierarchyCases
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    protected abstract IActorSystem Create(ActorSystemOptions options, IActorObserver observer);

    [Fact]
    public async Task All_living_actors_parents_before_their_children_with_what_waits_and_what_was_dropped()
    {
        using var gate = new ManualResetEventSlim();
        using var isBusy = new ManualResetEventSlim();
        var observer = new Silent();
        await using var system = Create(new ActorSystemOptions { MailboxCapacity = 50 }, observer);
        var parent = system.Spawn(
            Script.Of(
                (s, m) =>
                {
                    isBusy.Set();
                    gate.Wait();
                    if (m is 1)
                    {
                        s.Ctx.Stop(s.Ctx.Self);
                    }
                },
                s => s.Ctx.Spawn(Script.Of((_, _) => { }), "child")).WithMailbox(2, MailboxOverflow.DropNewest), "a");
        var beside = system.Spawn(
            Script.Of((s, m) =>
            {
                switch (m)
                {
                    case ActorRef asker:
                        s.Ctx.Tell(asker, "here");
                        break;
                    case "end":
                        s.Ctx.Stop(s.Ctx.Self);
                        break;
                    default:
                        throw new InvalidOperationException("bad");
                }
            }), "a-beside");
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
        await system.WhenEnded(parent).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(["/a-beside"], system.Hierarchy().Select(i => i.Path));
        system.Tell(parent, "late");
        Assert.Equal(4, system.DeadLetters);
        system.Tell(beside, "bad");
        Assert.Equal("here", await system.AskAsync(beside, r => r, Limit, TestContext.Current.CancellationToken));
        Assert.Equal((2L, 1L), (system.Hierarchy()[0].Handled, system.Hierarchy()[0].Restarts));
        system.Tell(beside, "end");
        await system.WhenEnded(beside).WaitAsync(Limit, TestContext.Current.CancellationToken);
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
