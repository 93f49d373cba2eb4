using ActorMig.Bartering;
using ActorMig.Journal;

namespace ActorMig.Benchmarks;

/// <summary>Appends: both sides WAL and <c>synchronous = FULL</c>; bare SQLite gets its rows ready-made and does one transaction an append.</summary>
internal static class JournalBenchmark
{
    private const int Appends = 1_920;

    public static async Task RunAsync()
    {
        foreach (var actors in (int[])[1, 64])
        {
            using var folder = new BenchmarkFolder();
            await using var journal = SqliteJournal.Open(new JournalOptions { Path = folder.File("journal.db") }, Wire.Events(), Wire.Records());
            using var bare = new BareSqlite(folder.File("bare.db"));
            var @event = new LegEnded("kvm1-1764000000-1", 1, LegOutcome.Completed, "vm1 runs on kvm2");
            var (name, json) = (Wire.Events().NameOf(@event), Wire.Events().Write(@event));
            var (ours, theirs) = (0L, 0L);
            await Comparison.PrintAsync(
                $"journal appends, {actors} waiting",
                Appends,
                ("ActorMig", async () =>
                {
                    var first = ours;
                    await Task.WhenAll(Enumerable.Range(0, actors).Select(a => AppendAsync(journal, $"actor-{a}", first, @event, Appends / actors)));
                    ours += Appends / actors;
                }),
                ("bare SQLite", () =>
                {
                    // SQLite has one writer: more threads would only wait for each other.
                    for (var i = 0; i < Appends; i++)
                    {
                        bare.Append($"actor-{i % actors}", theirs + (i / actors) + 1, name, json);
                    }

                    theirs += Appends / actors;
                    return Task.CompletedTask;
                }));
            Console.WriteLine($"  {journal.Counters.Writes} appends shared {journal.Counters.Commits} transactions");
        }
    }

    private static async Task AppendAsync(SqliteJournal journal, string id, long after, object @event, int count)
    {
        // Not on the caller's thread: each actor is one of its own.
        await Task.Yield();
        for (var i = 1; i <= count; i++)
        {
            await journal.WriteAsync(id, after + i, [@event]);
        }
    }
}
