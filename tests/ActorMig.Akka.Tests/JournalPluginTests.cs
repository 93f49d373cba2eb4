using Akka.Configuration;
using ActorMig.Actors;
using ActorMig.Actors.Tests;
using ActorMig.Akka.Persistence;
using ActorRef = ActorMig.Actors.ActorRef;

namespace ActorMig.Akka.Tests;

/// <summary>Two incarnations of one identity that read at the same moment.</summary>
public sealed class JournalPluginTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_one_that_is_stopped_takes_of_what_another_has_read_is_read_again()
    {
        var journal = new MemoryJournal();
        await journal.WriteAsync("l", 1, [new Added(7)]);
        await using var system = new AkkaActorSystem(
            new ActorSystemOptions(), new Silent(), journal, hocon: $"{AkkaConformance.Quiet}\nakka.persistence.journal.actormig.class = \"{typeof(ReadTogether).AssemblyQualifiedName}\"");
        var began = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        ActorRef? child = null;
        var parent = system.Spawn(
            Script.Of(
                (s, m) =>
                {
                    if (m is Terminated)
                    {
                        Bear(s);
                    }
                    else
                    {
                        s.Ctx.Stop(child!);
                    }
                },
                Bear),
            "p");
        await ReadTogether.First.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        system.Tell(parent, "stop");
        Assert.Equal(7, await began.Task.WaitAsync(Limit, TestContext.Current.CancellationToken));

        void Bear(Script s)
        {
            child = s.Ctx.Spawn(Ledger.Of("l", (_, _) => { }, l => began.TrySetResult(l.Sum)), "child");
            s.Ctx.Watch(child);
        }
    }

    /// <summary>Who has read waits until another has, too; then the first takes first.</summary>
    internal sealed class ReadTogether(Config config) : JournalPlugin(config)
    {
        private static readonly TaskCompletionSource Second = new();

        public static TaskCompletionSource First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
        {
            var highest = await base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr, cancellationToken);
            if (First.TrySetResult())
            {
                await Second.Task;
            }
            else
            {
                Second.TrySetResult();
            }

            return highest;
        }
    }
}
