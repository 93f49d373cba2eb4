namespace ActorMig.Actors.Tests;

/// <summary>The contract of the model: snapshots change nothing but the time that a recovery takes.</summary>
public abstract partial class Conformance
{
    [Fact]
    public void A_snapshot_is_taken_after_so_many_events_and_is_applied_first_and_then_the_events_after_it()
    {
        var a = E.Spawn(Keeper.Of("k", Add, k => E.Say($"sum {k.Sum}")), "a");
        AddAndStop(a, 10);

        // Nobody waits for a snapshot: the last may land after its actor has ended.
        E.Until(() => E.Snapshots("k") is [4, 8]);
        E.Spawn(Keeper.Of("k", Add, k => E.Say($"again {k.Sum}"), e => E.Say($"applies {e}")), "b");
        E.UntilSaid("again 55");
        Assert.Equal(
            ["applies Kept { Sum = 36 }", "applies Added { Number = 9 }", "applies Added { Number = 10 }", "again 55"],
            E.Log.SkipWhile(l => !l.StartsWith("applies", StringComparison.Ordinal)));
    }

    [Fact]
    public void State_after_a_restart_with_snapshots_equals_state_without()
    {
        AddAndStop(E.Spawn(Keeper.Of("with", Add), "a"), 23);
        AddAndStop(E.Spawn(Keeper.Of("without", Add, snapshot: _ => null), "b"), 23);
        E.Until(() => E.Snapshots("with").Count > 0);
        Assert.Empty(E.Snapshots("without"));
        E.Spawn(Keeper.Of("with", Add, k => E.Say($"with {k.Sum}")), "c");
        E.Spawn(Keeper.Of("without", Add, k => E.Say($"without {k.Sum}")), "d");
        E.UntilSaid("with 276");
        E.UntilSaid("without 276");
    }

    [Fact]
    public void Turn_0_runs_after_a_snapshot_too_and_the_next_events_are_numbered_on()
    {
        AddAndStop(E.Spawn(Keeper.Of("k", Add), "a"), 4);
        var b = E.Spawn(Keeper.Of("k", Add, k => { E.Say($"turn 0 with {k.Sum}"); k.Ctx.Persist(new Added(100)); }), "b");
        AddAndStop(b, 3);
        Assert.Equal(1, E.Count("turn 0 with 10"));
        Assert.Equal(8, E.Durable("k").Count);
        E.Spawn(Keeper.Of("k", Add, k => E.Say($"sum {k.Sum}")), "c");
        E.UntilSaid("sum 116");
    }

    [Fact]
    public void Snapshot_has_no_context_and_one_that_throws_costs_nothing()
    {
        Keeper? keeper = null;
        var a = E.Spawn(
            Keeper.Of("k", Add, k => keeper = k, snapshot: _ => { keeper!.Ctx.Note(1, "never"); return null; }), "a");
        AddAndStop(a, 5);
        Assert.Equal(1, E.Count("a snapshot failed"));
        Assert.DoesNotContain("note 1 never", E.Log);
        E.Spawn(Keeper.Of("k", Add, k => E.Say($"sum {k.Sum}")), "b");
        E.UntilSaid("sum 15");
    }

    [Fact]
    public void A_snapshot_that_is_not_written_costs_nothing_and_is_tried_again_later()
    {
        E.RefuseSnapshots("k");
        var a = E.Spawn(Keeper.Of("k", Add), "a");
        AddTo(a, 9);

        // An engine need not tell it of one that has ended.
        E.Until(() => E.Count("a snapshot failed") == 2);
        StopAndWait(a);
        Assert.Empty(E.Snapshots("k"));
        E.Spawn(Keeper.Of("k", Add, k => E.Say($"sum {k.Sum}")), "b");
        E.UntilSaid("sum 45");
    }

    [Fact]
    public void A_batch_is_counted_event_by_event_and_a_restart_begins_with_the_snapshot()
    {
        var a = E.Spawn(Keeper.Of("k", (k, m) =>
        {
            if (m is "bad")
            {
                throw new InvalidOperationException("bad");
            }

            for (var i = 0; i < 6; i++)
            {
                k.Ctx.Persist(new Added(1));
            }

            E.Say("six");
        }, k => E.Say($"sum {k.Sum}")), "a");
        E.Tell(a, "x");
        E.Until(() => E.Snapshots("k").Count == 1);
        Assert.Equal([6], E.Snapshots("k"));
        E.Tell(a, "bad");
        E.UntilSaid("sum 6");
    }

    private void AddAndStop(ActorRef actor, int count)
    {
        AddTo(actor, count);
        StopAndWait(actor);
    }

    private void AddTo(ActorRef actor, int count)
    {
        for (var i = 1L; i <= count; i++)
        {
            E.Tell(actor, i);
        }
    }

    private void StopAndWait(ActorRef actor)
    {
        E.Spawn(Watcher(actor), "watcher-of-" + actor.Name);
        E.Tell(actor, "stop");
        E.UntilSaid($"terminated {actor.Name}");
    }

    private static void Add(Keeper keeper, object message)
    {
        if (message is "stop")
        {
            keeper.Ctx.Stop(keeper.Ctx.Self);
        }
        else
        {
            keeper.Ctx.Persist(new Added((long)message));
        }
    }
}
