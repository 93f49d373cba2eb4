namespace ActorMig.Actors.Tests;

/// <summary>The contract of the model, sentence by sentence. Every engine inherits these cases.</summary>
public abstract partial class Conformance : IAsyncDisposable
{
    private readonly Lazy<EngineUnderTest> _engine;

    protected Conformance() => _engine = new Lazy<EngineUnderTest>(Create);

    protected EngineUnderTest E => _engine.Value;

    public async ValueTask DisposeAsync()
    {
        await E.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// True in the cases in which a write that hangs must time out; said before the engine is made. In all others a busy machine must not make one do so.
    /// </summary>
    protected bool WritesTimeOutSoon { get; private set; }

    protected abstract EngineUnderTest Create();

    // Kinds.

    [Fact]
    public void Turn_0_comes_before_any_message()
    {
        var a = E.Spawn(Script.Of((s, m) => E.Say($"got {m}"), _ => E.Say("turn 0")), "a");
        E.Tell(a, "x");
        E.UntilSaid("got x");
        Assert.Equal(["turn 0", "got x"], E.Log);
    }

    [Fact]
    public void A_persistent_actor_replays_its_events_before_turn_0()
    {
        var a = E.Spawn(Ledger.Of("l", (l, m) => { l.Ctx.Persist(new Added((long)m)); l.Ctx.Stop(l.Ctx.Self); }), "a");
        E.Tell(a, 7L);
        E.Until(() => E.Durable("l").Count == 1);
        E.Spawn(Watcher(a), "w");
        E.UntilSaid("terminated a");
        E.Spawn(Ledger.Of("l", (_, _) => { }, l => E.Say($"sum {l.Sum}")), "b");
        E.UntilSaid("sum 7");
    }

    [Fact]
    public void Handle_does_not_see_its_own_events_applied_and_the_next_turn_does()
    {
        var a = E.Spawn(Ledger.Of("l", (l, m) => { l.Ctx.Persist(new Added(1)); E.Say($"sum {l.Sum}"); }), "a");
        E.Tell(a, "x");
        E.Tell(a, "y");
        E.UntilSaid("sum 1");
        Assert.Equal(["sum 0", "sum 1"], E.Log);
    }

    [Fact]
    public void Apply_and_constructors_have_no_context()
    {
        Ledger? ledger = null;
        var a = E.Spawn(
            Ledger.Of("l", (l, _) => { ledger = l; l.Ctx.Persist(new Added(1)); }, applied: _ => ledger!.Ctx.Note(1, "never")), "a");
        E.Tell(a, "x");
        E.UntilSaid("a failed");
        Assert.DoesNotContain("note 1 never", E.Log);
    }

    [Fact]
    public void An_ephemeral_actor_cannot_persist()
    {
        var a = E.Spawn(Script.Of((s, _) => s.Ctx.Persist(new Added(1))), "a");
        E.Tell(a, "x");
        E.UntilSaid("a restarted");
    }

    // Turns.

    [Fact]
    public void If_the_turn_throws_nothing_of_it_happens()
    {
        var b = E.Spawn(Script.Of((_, m) => E.Say($"b got {m}")), "b");
        var a = E.Spawn(Ledger.Of("l", (l, m) =>
        {
            l.Ctx.Persist(new Added(1));
            l.Ctx.Tell(b, m);
            l.Ctx.StartTimer("t", "tick", 0);
            if (m is "bad")
            {
                throw new InvalidOperationException("bad");
            }
        }), "a");
        E.Tell(a, "bad");
        E.Tell(a, "good");
        E.UntilSaid("b got tick");
        Assert.DoesNotContain("b got bad", E.Log);
        E.Until(() => E.Durable("l").Count >= 2);
        Assert.Equal(1, E.Count("a restarted"));
    }

    [Fact]
    public void The_events_of_a_turn_are_one_batch_and_are_durable_before_its_effects()
    {
        var b = E.Spawn(Script.Of((_, m) => E.Say($"durable {E.Durable("l").Count}")), "b");
        var a = E.Spawn(Ledger.Of("l", (l, _) =>
        {
            l.Ctx.Tell(b, "look");
            l.Ctx.Persist(new Added(1));
            l.Ctx.Persist(new Added(2));
            l.Ctx.Persist(new Added(3));
        }), "a");
        E.Tell(a, "x");
        E.UntilSaid("durable 3");
    }

    [Fact]
    public void A_refused_batch_leaves_nothing_and_stops_the_actor()
    {
        var b = E.Spawn(Script.Of((_, m) => E.Say($"b got {m}")), "b");
        var a = E.Spawn(Ledger.Of("l", (l, m) =>
        {
            l.Ctx.Persist(new Added(1));
            l.Ctx.Persist(new Added(2));
            l.Ctx.Tell(b, m);
        }), "a");
        E.Spawn(Watcher(a), "w");
        E.RefuseNextWrite("l");
        E.Tell(a, "x");
        E.Tell(a, "y");
        E.UntilSaid("terminated a");
        Assert.Contains("a failed", E.Log);
        Assert.Empty(E.Durable("l"));
        Assert.DoesNotContain("b got x", E.Log);
        Assert.DoesNotContain("b got y", E.Log);
    }

    [Fact]
    public void Effects_are_carried_out_in_the_order_in_which_they_were_said()
    {
        var b = E.Spawn(Script.Of((_, m) => E.Say($"b got {m}")), "b");
        var a = E.Spawn(Script.Of((s, _) =>
        {
            s.Ctx.Tell(b, 1);
            s.Ctx.Note(5, "between");
            s.Ctx.Tell(b, 2);
            var child = s.Ctx.Spawn(Script.Of((_, m) => E.Say($"child got {m}")), "c");
            s.Ctx.Tell(child, 3);
        }), "a");
        E.Tell(a, "go");
        E.UntilSaid("child got 3");
        E.UntilSaid("b got 2");
        Assert.True(Index("b got 1") < Index("b got 2"));
        Assert.Contains("note 5 between", E.Log);
    }

    [Fact]
    public void Others_do_not_wait_for_a_write()
    {
        var a = E.Spawn(Ledger.Of("l", (l, _) => l.Ctx.Persist(new Added(1))), "a");
        var b = E.Spawn(Script.Of((_, m) => E.Say($"b got {m}")), "b");
        E.HangNextWrite("l");
        E.Tell(a, "x");
        E.Tell(b, "y");
        E.UntilSaid("b got y");
        Assert.Empty(E.Durable("l"));
        E.ReleaseWrites("l", lands: true);
        E.Until(() => E.Durable("l").Count == 1);
    }

    [Fact]
    public void No_incarnation_begins_turn_0_while_a_write_of_an_earlier_one_may_still_land()
    {
        WritesTimeOutSoon = true;
        E.HangNextWrite("l");
        var parent = E.Spawn(
            Script.Of(
                (s, m) =>
                {
                    if (m is Terminated)
                    {
                        E.Say("again");
                        s.Ctx.Spawn(Ledger.Of("l", (_, _) => { }, l => E.Say($"turn 0 with {l.Sum}")), "child");
                    }
                },
                s =>
                {
                    var child = s.Ctx.Spawn(Ledger.Of("l", (l, _) => l.Ctx.Persist(new Added(5))), "child");
                    s.Ctx.Watch(child);
                    s.Ctx.Tell(child, "write");
                }),
            "p");
        Assert.NotNull(parent);
        E.Pass(E.WriteTimeoutMs + 10);
        E.UntilSaid("again");
        Assert.DoesNotContain("turn 0 with 0", E.Log);
        E.ReleaseWrites("l", lands: true);
        E.UntilSaid("turn 0 with 5");
    }

    [Theory]
    [InlineData(true, 12)]
    [InlineData(false, 7)]
    public void Who_is_stopped_while_it_waits_for_a_late_write_takes_nothing_from_the_next_incarnation(bool lands, long sum)
    {
        const int Last = 8;
        WritesTimeOutSoon = true;
        var number = 0;
        ActorRef? child = null;
        var parent = E.Spawn(
            Script.Of(
                (s, m) =>
                {
                    switch (m)
                    {
                        case Terminated:
                            Bear(s);
                            s.Ctx.StartTimer("waits", "waits", 20);
                            break;
                        case "waits" when number < Last:
                            s.Ctx.Stop(child!);
                            break;
                        case "waits":
                            E.Say("the last one waits");
                            break;
                        default:
                            s.Ctx.Tell(child!, m);
                            break;
                    }
                },
                Bear),
            "p");
        E.Tell(parent, 7L);
        E.Until(() => E.Durable("l").Count == 1);
        E.HangNextWrite("l");
        E.Tell(parent, 5L);
        E.Pass(E.WriteTimeoutMs + 10);
        E.UntilSaid("the last one waits");
        E.ReleaseWrites("l", lands);
        E.UntilSaid($"turn 0 of {Last} with {sum}");
        Assert.Equal(["turn 0 of 1 with 0", $"turn 0 of {Last} with {sum}"], E.Log.Where(l => l.StartsWith("turn 0", StringComparison.Ordinal)));

        void Bear(Script s)
        {
            var mine = ++number;
            child = s.Ctx.Spawn(Ledger.Of("l", (l, m) => l.Ctx.Persist(new Added((long)m)), l => E.Say($"turn 0 of {mine} with {l.Sum}")), "child");
            s.Ctx.Watch(child);
        }
    }

    [Fact]
    public void After_a_write_that_was_not_known_to_be_durable_the_mailbox_is_dropped()
    {
        WritesTimeOutSoon = true;
        E.HangNextWrite("l");
        var a = E.Spawn(Ledger.Of("l", (l, m) => { E.Say($"a got {m}"); l.Ctx.Persist(new Added(1)); }), "a");
        E.Spawn(Watcher(a), "w");
        E.Tell(a, 1);
        E.Tell(a, 2);
        E.UntilSaid("a got 1");
        E.Pass(E.WriteTimeoutMs + 10);
        E.UntilSaid("terminated a");
        E.ReleaseWrites("l", lands: true);
        Assert.DoesNotContain("a got 2", E.Log);
    }

    // Throwing.

    [Fact]
    public void Handle_that_throws_restarts_the_actor_at_once_and_drops_the_message()
    {
        var a = E.Spawn(Script.Of(
            (s, m) =>
            {
                s.Seen++;
                E.Say($"got {m} as number {s.Seen}");
                if (m is "bad")
                {
                    throw new InvalidOperationException("bad");
                }
            },
            _ => E.Say("turn 0")), "a");
        E.Tell(a, "bad");
        E.Tell(a, "good");
        E.UntilSaid("got good as number 1");
        Assert.Equal(["turn 0", "got bad as number 1", "a restarted", "turn 0", "got good as number 1"], E.Log);
    }

    [Fact]
    public void A_constructor_that_throws_stops_the_actor() =>
        StoppedBy(Props.Of<Script>(() => throw new InvalidOperationException("no")));

    [Fact]
    public void Turn_0_that_throws_stops_the_actor() =>
        StoppedBy(Script.Of((_, _) => { }, _ => throw new InvalidOperationException("no")));

    [Fact]
    public void Apply_that_throws_stops_the_actor_and_the_replay_fails_again()
    {
        var props = Ledger.Of(
            "l", (l, _) => l.Ctx.Persist(new Added(1)), _ => E.Say("turn 0"), _ => throw new InvalidOperationException("no"));
        var a = E.Spawn(props, "a");
        E.Spawn(Watcher(a), "w");
        E.Tell(a, "x");
        E.UntilSaid("terminated a");
        var b = E.Spawn(props, "b");
        E.Spawn(Watcher(b), "v");
        E.UntilSaid("terminated b");
        Assert.Equal(1, E.Count("turn 0"));
    }

    [Fact]
    public void A_stopped_child_is_spawned_again_by_its_parent_after_a_timer()
    {
        var isFirst = true;
        var p = E.Spawn(Script.Of(
            (s, m) =>
            {
                switch (m)
                {
                    case Terminated t:
                        E.Say($"lost {t.Actor.Name}");
                        s.Ctx.StartTimer("again", "again", 5);
                        break;
                    case "again":
                        Begin(s);
                        break;
                }
            },
            Begin), "p");
        Assert.NotNull(p);
        E.UntilSaid("child lives");

        void Begin(Script s)
        {
            var first = isFirst;
            isFirst = false;
            s.Ctx.Watch(s.Ctx.Spawn(Script.Of((_, _) => { }, _ => E.Say(first ? throw new InvalidOperationException("no") : "child lives")), "c"));
        }
    }

    // Restart.

    [Fact]
    public void Restart_keeps_the_reference_the_mailbox_and_those_who_watch()
    {
        var a = E.Spawn(Script.Of((s, m) =>
        {
            E.Say($"got {m}");
            if (m is "bad")
            {
                throw new InvalidOperationException("bad");
            }

            if (m is "end")
            {
                s.Ctx.Stop(s.Ctx.Self);
            }
        }), "a");
        E.Spawn(Watcher(a), "w");
        E.Tell(a, "bad");
        E.Tell(a, 1);
        E.Tell(a, "end");
        E.UntilSaid("terminated a");
        Assert.Equal(1, E.Count("terminated a"));
        Assert.Contains("got 1", E.Log);
    }

    [Fact]
    public void Restart_puts_the_stash_in_front_of_the_mailbox_in_its_order()
    {
        var isOpen = false;
        var a = E.Spawn(Script.Of((s, m) =>
        {
            if (m is "bad")
            {
                isOpen = true;
                throw new InvalidOperationException("bad");
            }

            if (isOpen)
            {
                E.Say($"got {m}");
            }
            else
            {
                s.Ctx.Stash();
            }
        }), "a");
        foreach (var m in new object[] { 1, 2, "bad", 3 })
        {
            E.Tell(a, m);
        }

        E.UntilSaid("got 3");
        Assert.Equal(["a restarted", "got 1", "got 2", "got 3"], E.Log);
    }

    [Fact]
    public void Restart_forgets_become_timers_watches_and_children()
    {
        var other = E.Spawn(Script.Of((s, _) => s.Ctx.Stop(s.Ctx.Self)), "other");
        var isFirst = true;
        var a = E.Spawn(Script.Of(
            (s, m) =>
            {
                switch (m)
                {
                    case "set up":
                        s.Ctx.Watch(other);
                        s.Ctx.StartTimer("t", "old tick", 20);
                        s.Ctx.Become(x => { E.Say($"new behaviour got {x}"); throw new InvalidOperationException("bad"); });
                        break;
                    default:
                        E.Say($"got {m}");
                        break;
                }
            },
            s =>
            {
                E.Say("turn 0");
                s.Ctx.Watch(s.Ctx.Spawn(Script.Of((_, _) => { }), "child"));
                if (!isFirst)
                {
                    s.Ctx.StartTimer("end", "end", 60);
                }

                isFirst = false;
            }), "a");
        E.Tell(a, "set up");
        E.Tell(a, "bad");
        E.UntilSaid("a restarted");
        E.Tell(other, "stop");
        E.UntilSaid("got end");
        Assert.Equal(["turn 0", "new behaviour got bad", "a restarted", "turn 0", "got end"], E.Log);
    }

    // Stop.

    [Fact]
    public void Stop_overtakes_the_mailbox_and_children_end_before_their_parent()
    {
        var a = E.Spawn(Script.Of(
            (s, m) =>
            {
                E.Say($"got {m}");
                s.Ctx.Stop(s.Ctx.Self);
            },
            s => E.Spawn(Watcher(s.Ctx.Spawn(Script.Of((_, _) => { }), "child")), "wc")), "a");
        E.Spawn(Watcher(a), "wa");
        E.Tell(a, 1);
        E.Tell(a, 2);
        E.UntilSaid("terminated a");
        E.UntilSaid("terminated child");
        Assert.DoesNotContain("got 2", E.Log);
    }

    [Fact]
    public void Only_oneself_and_ones_own_children_can_be_stopped()
    {
        var b = E.Spawn(Script.Of((_, m) => E.Say($"b got {m}")), "b");
        var a = E.Spawn(Script.Of((s, _) => s.Ctx.Stop(b)), "a");
        E.Tell(a, "x");
        E.UntilSaid("a restarted");
        E.Tell(b, "y");
        E.UntilSaid("b got y");
    }

    [Fact]
    public void Who_ends_on_purpose_tells_its_parent_first_and_that_arrives_first()
    {
        E.Spawn(
            Script.Of(
                (_, m) => E.Say(m is Terminated ? "terminated" : $"{m}"),
                s =>
                {
                    var self = s.Ctx.Self;
                    s.Ctx.Watch(s.Ctx.Spawn(Script.Of((_, _) => { }, c => { c.Ctx.Tell(self, "done"); c.Ctx.Stop(c.Ctx.Self); }), "c"));
                }),
            "p");
        E.UntilSaid("terminated");
        Assert.Equal(["done", "terminated"], E.Log);
    }

    [Fact]
    public void Watch_twice_is_watch_once()
    {
        var b = E.Spawn(Script.Of((s, _) => s.Ctx.Stop(s.Ctx.Self)), "b");
        var a = E.Spawn(Script.Of((_, m) => E.Say(m is Terminated ? "terminated" : $"got {m}"), s => { s.Ctx.Watch(b); s.Ctx.Watch(b); }), "a");
        E.Tell(b, "stop");
        E.UntilSaid("terminated");
        E.Tell(a, "end");
        E.UntilSaid("got end");
        Assert.Equal(1, E.Count("terminated"));
    }

    [Fact]
    public void Watching_the_dead_gives_Terminated()
    {
        var b = E.Spawn(Script.Of((_, _) => { }, s => s.Ctx.Stop(s.Ctx.Self)), "b");
        E.Spawn(Watcher(b), "w1");
        E.UntilSaid("terminated b");
        E.Spawn(Watcher(b), "w2");
        E.Until(() => E.Count("terminated b") == 2);
    }

    [Fact]
    public void One_who_was_never_born_is_watched_like_one_who_is_dead()
    {
        ActorRef? unborn = null;
        var a = E.Spawn(
            Script.Of((s, m) =>
            {
                switch (m)
                {
                    case "bear":
                        unborn = s.Ctx.Spawn(Script.Of((_, _) => { }), "child");
                        throw new InvalidOperationException("bad");
                    case "twice":
                        s.Ctx.Watch(unborn!);
                        s.Ctx.Watch(unborn!);
                        break;
                    case "take back":
                        s.Ctx.Watch(unborn!);
                        s.Ctx.Unwatch(unborn!);
                        s.Ctx.StartTimer("end", "end", 20);
                        break;
                    default:
                        E.Say(m is Terminated ? "terminated" : $"got {m}");
                        break;
                }
            }),
            "a");
        E.Tell(a, "bear");
        E.Tell(a, "twice");
        E.UntilSaid("terminated");
        E.Tell(a, "take back");
        E.UntilSaid("got end");
        Assert.Equal(1, E.Count("terminated"));
    }

    [Fact]
    public void Unwatch_takes_the_watch_back()
    {
        var b = E.Spawn(Script.Of((s, _) => s.Ctx.Stop(s.Ctx.Self)), "b");
        var a = E.Spawn(Script.Of(
            (s, m) =>
            {
                E.Say(m is Terminated ? "terminated" : $"got {m}");
                if (m is "unwatch")
                {
                    s.Ctx.Unwatch(b);
                    s.Ctx.Tell(b, "stop");
                    s.Ctx.StartTimer("end", "end", 20);
                }
            },
            s => s.Ctx.Watch(b)), "a");
        E.Tell(a, "unwatch");
        E.UntilSaid("got end");
        Assert.DoesNotContain("terminated", E.Log);
    }

    [Fact]
    public void A_stop_that_meets_a_batch_on_its_way_leaves_the_effects_undone()
    {
        var b = E.Spawn(Script.Of((_, m) => E.Say($"b got {m}")), "b");
        ActorRef? child = null;
        var p = E.Spawn(Script.Of(
            (s, m) =>
            {
                if (m is Terminated)
                {
                    E.Say("child ended");
                }
                else
                {
                    s.Ctx.Stop(child!);
                    s.Ctx.Note(1, "told to stop");
                }
            },
            s =>
            {
                child = s.Ctx.Spawn(Ledger.Of("l", (l, _) => { l.Ctx.Persist(new Added(1)); l.Ctx.Tell(b, "effect"); E.Say("decided"); }), "c");
                s.Ctx.Watch(child);
            }), "p");
        E.HangNextWrite("l");
        E.Until(() => child is not null);
        E.Tell(child!, "x");
        E.UntilSaid("decided");
        E.Tell(p, "stop it");
        E.UntilSaid("note 1 told to stop");
        E.ReleaseWrites("l", lands: true);
        E.UntilSaid("child ended");
        E.Until(() => E.Durable("l").Count == 1);
        E.Tell(b, "fence");
        E.UntilSaid("b got fence");
        Assert.DoesNotContain("b got effect", E.Log);
    }

    // References and names.

    [Fact]
    public void A_taken_name_throws_and_is_free_again_from_Terminated_on()
    {
        var p = E.Spawn(Script.Of(
            (s, m) =>
            {
                switch (m)
                {
                    case "again":
                        s.Ctx.Spawn(Script.Of((_, _) => { }), "c");
                        break;
                    case Terminated:
                        s.Ctx.Spawn(Script.Of((_, _) => { }, _ => E.Say("second")), "c");
                        break;
                    case "stop":
                        s.Ctx.Stop(s.Ctx.Spawn(Script.Of((_, _) => { }), "d"));
                        break;
                }
            },
            s =>
            {
                var c = s.Ctx.Spawn(Script.Of((x, _) => x.Ctx.Stop(x.Ctx.Self)), "c");
                s.Ctx.Watch(c);
                s.Ctx.Note(1, "born");
            }), "p");
        E.UntilSaid("note 1 born");
        E.Tell(p, "again");
        E.UntilSaid("p restarted");
        E.Until(() => E.Count("note 1 born") == 2);
        Assert.DoesNotContain("second", E.Log);
    }

    [Fact]
    public void A_name_is_free_again_in_the_turn_of_its_Terminated()
    {
        E.Spawn(
            Script.Of(
                (s, m) => s.Ctx.Spawn(Script.Of((_, _) => { }, _ => E.Say("second")), "c"),
                s => s.Ctx.Watch(s.Ctx.Spawn(Script.Of((_, _) => { }, x => x.Ctx.Stop(x.Ctx.Self)), "c"))),
            "p");
        E.UntilSaid("second");
        Assert.DoesNotContain("p restarted", E.Log);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void Names_have_letters_digits_dash_underscore_and_dot(string name)
    {
        var a = E.Spawn(Script.Of((s, _) => s.Ctx.Spawn(Script.Of((_, _) => { }), name)), "a");
        E.Tell(a, "x");
        E.UntilSaid("a restarted");
    }

    [Fact]
    public void A_reference_means_one_incarnation_of_a_name()
    {
        ActorRef? old = null;
        E.Spawn(
            Script.Of(
                (s, m) =>
                {
                    var young = s.Ctx.Spawn(Script.Of((_, x) => E.Say($"young got {x}")), "c");
                    s.Ctx.Tell(old!, "lost");
                    s.Ctx.Tell(young, "fence");
                },
                s =>
                {
                    old = s.Ctx.Spawn(Script.Of((_, _) => { }, x => x.Ctx.Stop(x.Ctx.Self)), "c");
                    s.Ctx.Watch(old);
                }),
            "p");
        E.UntilSaid("young got fence");
        Assert.DoesNotContain("young got lost", E.Log);
        Assert.Contains("dead letter lost", E.Log);
    }

    // Become and stash.

    [Fact]
    public void Become_holds_from_the_next_message_on()
    {
        var a = E.Spawn(Script.Of((s, m) =>
        {
            E.Say($"first {m}");
            s.Ctx.Become(x => E.Say($"second {x}"));
        }), "a");
        E.Tell(a, 1);
        E.Tell(a, 2);
        E.UntilSaid("second 2");
        Assert.Equal(["first 1", "second 2"], E.Log);
    }

    [Fact]
    public void Stashed_messages_come_back_in_front_of_the_mailbox_in_their_order_equal_ones_too()
    {
        var isOpen = false;
        var a = E.Spawn(Script.Of((s, m) =>
        {
            if (m is "open")
            {
                isOpen = true;
                s.Ctx.UnstashAll();
            }
            else if (isOpen)
            {
                E.Say($"got {m}");
            }
            else
            {
                s.Ctx.Stash();
            }
        }), "a");
        foreach (var m in new object[] { 1, 1, 2, "open", 3 })
        {
            E.Tell(a, m);
        }

        E.UntilSaid("got 3");
        Assert.Equal(["got 1", "got 1", "got 2", "got 3"], E.Log);
    }

    [Fact]
    public void A_stashed_Terminated_comes_back_like_any_other_message()
    {
        var isOpen = false;
        var a = E.Spawn(Script.Of(
            (s, m) =>
            {
                if (m is "open")
                {
                    isOpen = true;
                    s.Ctx.UnstashAll();
                }
                else if (!isOpen)
                {
                    s.Ctx.Stash();
                    E.Say("stashed");
                }
                else
                {
                    E.Say($"got {m.GetType().Name}");
                }
            },
            s =>
            {
                var child = s.Ctx.Spawn(Script.Of((_, _) => { }), "child");
                s.Ctx.Watch(child);
                s.Ctx.Stop(child);
            }), "a");
        E.UntilSaid("stashed");
        E.Tell(a, "open");
        E.UntilSaid("got Terminated");
    }

    // Mailboxes.

    [Theory]
    [InlineData(MailboxOverflow.DropNewest, "1 2 3")]
    [InlineData(MailboxOverflow.DropOldest, "3 4 5")]
    public void A_full_mailbox_drops_as_it_is_told_and_what_it_drops_is_a_dead_letter(MailboxOverflow overflow, string handled)
    {
        var a = E.Spawn(
            Ledger.Of("l", (l, m) =>
            {
                if (m is "busy")
                {
                    l.Ctx.Persist(new Added(1));
                }

                E.Say($"got {m}");
            }).WithMailbox(3, overflow), "a");
        E.HangNextWrite("l");
        E.Tell(a, "busy");
        E.UntilSaid("got busy");
        for (var i = 1; i <= 5; i++)
        {
            E.Tell(a, i);
        }

        E.ReleaseWrites("l", lands: true);
        var expected = handled.Split(' ').Select(n => "got " + n).ToArray();
        E.UntilSaid(expected[^1]);
        Assert.Equal(expected, E.Log.Where(l => l.StartsWith("got ", StringComparison.Ordinal)).Skip(1));
        Assert.Equal(2, E.Log.Count(l => l.StartsWith("dead letter", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_the_engine_sends_is_never_dropped()
    {
        var a = E.Spawn(
            Ledger.Of(
                "l",
                (l, m) =>
                {
                    E.Say($"got {m}");
                    if (m is "busy")
                    {
                        l.Ctx.Persist(new Added(1));
                    }
                },
                l => l.Ctx.StartTimer("t", "tick", 50)).WithMailbox(1, MailboxOverflow.DropNewest), "a");
        E.HangNextWrite("l");
        E.Tell(a, "busy");
        E.UntilSaid("got busy");
        E.Tell(a, 1);
        E.Tell(a, 2);
        E.Pass(60);
        E.ReleaseWrites("l", lands: true);
        E.UntilSaid("got tick");
        E.UntilSaid("got 1");
        Assert.Equal(1, E.Count("dead letter 2"));
    }

    // Timers.

    [Fact]
    public void A_timer_of_the_same_key_replaces_and_none_comes_early()
    {
        long armed = 0;
        var a = E.Spawn(Script.Of(
            (s, m) => E.Say($"{m} {(s.Ctx.Now.MonotonicMs - armed >= 30 ? "in time" : "early")}"),
            s =>
            {
                armed = s.Ctx.Now.MonotonicMs;
                s.Ctx.StartTimer("t", "one", 1);
                s.Ctx.StartTimer("t", "two", 30);
            }), "a");
        Assert.NotNull(a);
        E.UntilSaid("two in time");
        Assert.Single(E.Log);
    }

    [Fact]
    public void A_cancelled_timer_is_not_handled_even_if_it_is_in_the_mailbox()
    {
        // The actor's own write keeps it from its mailbox until the timer's message is there; a later timer of another actor tells when that is. However
        // slow the machine: "write" is in the mailbox before the timer is armed, and the later timer is armed when the write is under way.
        E.HangNextWrite("l");
        var a = E.Spawn(Ledger.Of("l", (l, m) =>
        {
            switch (m)
            {
                case "arm":
                    l.Ctx.Tell(l.Ctx.Self, "write");
                    l.Ctx.StartTimer("t", "tick", 40);
                    break;
                case "write":
                    l.Ctx.Persist(new Added(1));
                    l.Ctx.CancelTimer("t");
                    E.Say("writing");
                    break;
                default:
                    E.Say($"got {m}");
                    break;
            }
        }), "a");
        E.Tell(a, "arm");
        E.UntilSaid("writing");
        E.Spawn(Script.Of((_, _) => E.Say("late enough"), s => s.Ctx.StartTimer("later", "later", 120)), "fence");
        E.UntilSaid("late enough");
        E.ReleaseWrites("l", lands: true);
        E.Tell(a, "end");
        E.UntilSaid("got end");
        Assert.Equal(["writing", "late enough", "got end"], E.Log);
    }

    // The context.

    [Fact]
    public void Now_is_fixed_for_a_turn_and_goes_forward_between_turns()
    {
        var a = E.Spawn(Script.Of(
            (s, m) => E.Say(s.Ctx.Now.MonotonicMs >= (long)m + 20 ? "forward" : "stuck"),
            s =>
            {
                var now = s.Ctx.Now;
                for (var i = 0; i < 100_000; i++)
                {
                    Assert.Equal(now, s.Ctx.Now);
                }

                s.Ctx.StartTimer("t", now.MonotonicMs, 20);
            }), "a");
        Assert.NotNull(a);
        E.UntilSaid("forward");
    }

    [Fact]
    public void Draws_are_seeded_and_differ()
    {
        E.Spawn(Script.Of((_, _) => { }, s => E.Say(s.Ctx.Draw() == s.Ctx.Draw() ? "equal" : "differ")), "a");
        E.UntilSaid("differ");
    }

    [Fact]
    public void Messages_of_one_sender_arrive_in_order_and_at_most_once()
    {
        const int Count = 1_000;
        var next = 0;
        var b = E.Spawn(Script.Of((_, m) => { Assert.Equal(next++, m); if (next == Count) { E.Say("all"); } }), "b");
        E.Spawn(
            Script.Of((_, _) => { }, s =>
            {
                for (var i = 0; i < Count; i++)
                {
                    s.Ctx.Tell(b, i);
                }
            }),
            "a");
        E.UntilSaid("all");
        Assert.Equal(Count, next);
    }

    private void StoppedBy(Props props)
    {
        var a = E.Spawn(props, "a");
        E.Spawn(Watcher(a), "w");
        E.UntilSaid("terminated a");
        Assert.Contains("a failed", E.Log);
        Assert.DoesNotContain("a restarted", E.Log);
    }

    private Props Watcher(ActorRef watched) => Script.Of(
        (_, m) => E.Say($"terminated {((Terminated)m).Actor.Name}"),
        s => s.Ctx.Watch(watched));

    private int Index(string line) => E.Log.ToList().IndexOf(line);
}
