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
        await using var system = new AkkaActorSystem(new ActorSystemOptions(), new Silent(), hocon: AkkaConformance.Quiet);
        var probe = new Kit(system.System).CreateTestProbe();
        system.Spawn(Script.Of((_, _) => { }, s => s.Ctx.Spawn(Script.Of((_, m) => probe.Ref.Tell(m), _ => probe.Ref.Tell("born")), "barter")), "host");
        await probe.ExpectMsgAsync("born", Limit, cancellationToken: TestContext.Current.CancellationToken);
        var barter = await system.System.ActorSelection("/user/host/barter").ResolveOne(Limit, TestContext.Current.CancellationToken);
        Assert.Equal("akka://actormig/user/host/barter", barter.Path.ToString());
        barter.Tell("from Akka");
        await probe.ExpectMsgAsync("from Akka", Limit, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["/host", "/host/barter"], system.Hierarchy().Select(i => i.Path));
    }

    [Fact]
    public async Task Notes_and_failures_go_through_Akkas_logger_with_the_actors_path_and_the_number()
    {
        await using var system = new AkkaActorSystem(new ActorSystemOptions(), hocon: AkkaConformance.Quiet);
        var probe = new Kit(system.System).CreateTestProbe();
        system.System.EventStream.Subscribe(probe.Ref, typeof(LogEvent));
        var host = system.Spawn(Script.Of((s, m) => throw new InvalidOperationException("bad"), s => s.Ctx.Note(42, "words")), "host");
        system.Tell(host, "x");
        foreach (var expected in (string[])["/host: [42] words", "/host: [901] It threw on String and was restarted."])
        {
            var said = await probe.FishForMessageAsync<LogEvent>(e => e.Message is Numbered, Limit, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(expected, $"{said.LogSource}: {said.Message}");
        }
    }

    [Fact]
    public async Task An_actor_of_somebody_elses_beside_ours_is_restarted_and_its_failure_said_as_Akka_does()
    {
        await using var system = new AkkaActorSystem(new ActorSystemOptions(), hocon: AkkaConformance.Quiet);
        var probe = new Kit(system.System).CreateTestProbe();
        system.System.EventStream.Subscribe(probe.Ref, typeof(Error));
        var theirs = system.System.ActorOf(global::Akka.Actor.Props.Create(() => new Theirs()), "theirs");
        theirs.Tell("bad");
        var said = await probe.ExpectMsgAsync<Error>(Limit, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(("akka://actormig/user/theirs", "bad"), (said.LogSource, said.Message));
        Assert.Equal("lives", await theirs.Ask<string>("x", Limit, TestContext.Current.CancellationToken));

        // What befalls ours is said once, by the engine.
        system.Tell(system.Spawn(Script.Of((s, m) => throw new InvalidOperationException("bad")), "ours"), "x");
        system.Spawn(ActorMig.Actors.Props.Of<Script>(() => throw new InvalidOperationException("not made")), "unborn");
        theirs.Tell("bad");
        string[] all = ["", "", ""];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = (await probe.ExpectMsgAsync<Error>(Limit, cancellationToken: TestContext.Current.CancellationToken)).ToString()!;
        }

        await probe.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        Assert.Single(all, s => s.Contains("[901]", StringComparison.Ordinal));
        Assert.Single(all, s => s.Contains("[902]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tool_that_akka_extensions_names_begins_with_the_system_and_sees_its_actors()
    {
        await using var system = new AkkaActorSystem(
            new ActorSystemOptions(), new Silent(), hocon: $"{AkkaConformance.Quiet}\nakka.extensions = [\"{typeof(ToolProvider).AssemblyQualifiedName}\"]");
        var host = system.Spawn(Script.Of((s, m) => s.Ctx.Tell((ActorMig.Actors.ActorRef)m, "there")), "host");
        Assert.Equal("there", await system.AskAsync(host, r => r, Limit, TestContext.Current.CancellationToken));
        Assert.True(system.System.HasExtension<Tool>());
        var seen = await system.System.GetExtension<Tool>().System.ActorSelection("/user/*").ResolveOne(Limit, TestContext.Current.CancellationToken);
        Assert.Equal("/user/host", seen.Path.ToStringWithoutAddress());
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
}

/// <summary>An actor as somebody who runs Akka.NET would write it.</summary>
public sealed class Theirs : ReceiveActor
{
    public Theirs() => Receive<string>(s => Sender.Tell(s == "bad" ? throw new InvalidOperationException("bad") : "lives"));
}

/// <summary>As somebody who runs Akka.NET would write it.</summary>
public sealed class ToolProvider : ExtensionIdProvider<Tool>
{
    public override Tool CreateExtension(ExtendedActorSystem system) => new(system);
}

public sealed class Tool(ExtendedActorSystem system) : IExtension
{
    public ExtendedActorSystem System { get; } = system;
}
