using System.Diagnostics;
using System.Globalization;
using ActorMig.Actors;
using ActorMig.Hosts;
using ActorMig.Journal;

namespace ActorMig.Benchmarks;

/// <summary>A host starts after a year: from the opening of its journal, with all checks, until HostActor and BarterActor have answered.</summary>
internal static class ReplayBenchmark
{
    private const int Rounds = 9;
    private const int BatchEvents = 5_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task RunAsync()
    {
        using var with = new BenchmarkFolder();
        using var without = new BenchmarkFolder();
        var events = await WriteYearAsync(with.File("journal.db"));

        // The same file, without the snapshots that are taken while the host lives.
        File.Copy(with.File("journal.db"), without.File("journal.db"));
        await LiveOnAsync(with.File("journal.db"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a year of {YearOfMoves.Moves:N0} moves: {events:N0} events in {new FileInfo(without.File("journal.db")).Length / 1e6:0.0} MB"));
        var (fast, slow) = (new List<(double Open, double Ready)>(), new List<(double Open, double Ready)>());
        for (var round = 0; round <= Rounds; round++)
        {
            var a = await StartAsync(with.File("journal.db"));
            var b = await StartAsync(without.File("journal.db"));
            if (round > 0)
            {
                fast.Add(a);
                slow.Add(b);
            }
        }

        Print("with snapshots", fast);
        Print("without snapshots", slow);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ratio {Comparison.Median(slow.Select(s => s.Ready)) / Comparison.Median(fast.Select(s => s.Ready)):0.0}"));
    }

    private static void Print(string name, List<(double Open, double Ready)> times) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{name}: open and checked {Comparison.Median(times.Select(t => t.Open)):0} ms, replayed {Comparison.Median(times.Select(t => t.Ready)):0} ms (median of {Rounds})"));

    private static SqliteJournal Open(string path) => SqliteJournal.Open(new JournalOptions { Path = path }, Wire.Events(), Wire.Records());

    private static async Task<int> WriteYearAsync(string path)
    {
        await using var journal = Open(path);
        var numbers = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var writes = new List<Task>();
        var count = 0;
        foreach (var (id, e) in YearOfMoves.Events())
        {
            numbers.TryGetValue(id, out var last);
            numbers[id] = last + 1;
            writes.Add(journal.WriteAsync(id, last + 1, [e]));
            count++;
            if (writes.Count == BatchEvents)
            {
                await Task.WhenAll(writes);
                writes.Clear();
            }
        }

        await Task.WhenAll(writes);
        return count;
    }

    /// <summary>A host that starts on so many events takes its snapshots by itself.</summary>
    private static async Task LiveOnAsync(string path)
    {
        await using var journal = Open(path);
        await StartHostAsync(journal, "first");
        while (journal.Counters.Snapshots < 2)
        {
            await Task.Delay(10);
        }
    }

    private static async Task<(double Open, double Ready)> StartAsync(string path)
    {
        // On a copy: a start writes, and the next one must find what this one found.
        var copy = path + ".copy";
        File.Copy(path, copy, overwrite: true);
        File.Delete(copy + "-wal");
        var start = Stopwatch.GetTimestamp();
        await using var journal = Open(copy);
        var open = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        await StartHostAsync(journal, "again");
        return (open, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private static async Task StartHostAsync(SqliteJournal journal, string startId)
    {
        await using var system = new ActorSystem(new ActorSystemOptions(), new Silent(), journal);
        var nobody = system.Spawn(Props.Of(() => new Nobody()), "nobody");
        var options = new ActorMigOptions { HostName = "kvm1" };
        var host = system.Spawn(Props.Of(() => new HostActor(options, [], new HostEdges(nobody, nobody, nobody), startId)), "host");
        await system.AskAsync(host, r => new GetHostStatus(r), Patience);
    }

    private sealed class Nobody : EphemeralActor
    {
        protected override void Handle(object message)
        {
        }
    }

    private sealed class Silent : IActorObserver
    {
        public void Noted(ActorRef actor, int id, string text)
        {
        }

        public void Restarted(ActorRef actor, Exception cause, object message) => throw cause;

        public void Failed(ActorRef actor, Exception cause) => Console.Error.WriteLine($"{actor}: {cause}");

        public void DeadLetter(ActorRef target, object message)
        {
        }
    }
}
