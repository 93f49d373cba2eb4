using System.Diagnostics;
using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Journal;
using Microsoft.Data.Sqlite;

namespace ActorMig.Benchmarks;

/// <summary>How long a write waits at most for what is deleted from a large journal, after each 1,000 rows.</summary>
internal static class PruneBenchmark
{
    private const int Writes = 4_400;
    private const int Told = 4;
    private const long DayMs = 86_400_000;

    public static async Task RunAsync()
    {
        foreach (var events in (int[])[100_000, 1_000_000, 2_000_000])
        {
            foreach (var days in (int[])[300, 500])
            {
                using var folder = new BenchmarkFolder();
                var path = folder.File("journal.db");
                await FillAsync(path, events, days);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{events:N0} events of {days} days, {(days > 400 ? "a fifth of them too old" : "none too old")}, in {new FileInfo(path).Length / 1e6:0} MB"));
                await MeasureAsync(path);
            }
        }
    }

    private static async Task MeasureAsync(string path)
    {
        await using var journal = Open(path);
        journal.BeginToForget([]);
        var @event = new LegEnded("kvm1-1764000000-1", 1, LegOutcome.Completed, "vm1 runs on kvm2");
        var waits = new List<double>();
        for (var n = 1; n <= Writes; n++)
        {
            var start = Stopwatch.GetTimestamp();
            await journal.WriteAsync("measured", n, [@event]);
            waits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        waits.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  a write: median {waits[Writes / 2]:0.0} ms, 99th of 100 {waits[Writes * 99 / 100]:0.0} ms, the longest {string.Join(", ", waits[^Told..].Select(w => w.ToString("0", CultureInfo.InvariantCulture)))} ms; {journal.Counters.PrunedEvents:N0} events were deleted"));
    }

    private static SqliteJournal Open(string path) => SqliteJournal.Open(
        new JournalOptions { Path = path, EndingIds = ["migration-", "arrival-"], CheckMaxMs = 0 }, Wire.Events(), Wire.Records());

    /// <summary>Years of moves, close after each other; what lives on has two snapshots at the end.</summary>
    private static async Task FillAsync(string path, int events, int days)
    {
        await Open(path).DisposeAsync();
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var insert = connection.CreateCommand();
        insert.CommandText = $"""
            INSERT INTO journal (deleted, persistence_id, sequence_number, created, message, identifier, manifest, writer_uuid)
            VALUES (0, $id, $number, $created, $message, {SqliteJournal.SerializerId}, $manifest, '5ef0f6cf-5c3c-4a3e-8f7d-000000000000')
            """;
        string[] names = ["$id", "$number", "$created", "$message", "$manifest"];
        var values = names.Select(n => insert.Parameters.Add(new SqliteParameter { ParameterName = n })).ToArray();
        var registry = Wire.Events();
        var numbers = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var (count, began) = (0, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - (days * DayMs));
        for (var year = 1; count < events; year++)
        {
            foreach (var (name, e) in YearOfMoves.Events())
            {
                var id = name is "host" or "barter" ? name : FormattableString.Invariant($"{name}-{year}");
                numbers.TryGetValue(id, out var last);
                numbers[id] = last + 1;
                object[] row = [id, last + 1, began + (long)((double)count / events * days * DayMs), registry.Write(e), registry.NameOf(e)];
                for (var i = 0; i < row.Length; i++)
                {
                    values[i].Value = row[i];
                }

                insert.ExecuteNonQuery();
                if (++count == events)
                {
                    break;
                }
            }
        }

        foreach (var id in (string[])["host", "barter"])
        {
            foreach (var before in (int[])[1_000, 0])
            {
                using var snapshot = connection.CreateCommand();
                snapshot.CommandText = "INSERT INTO snapshot VALUES ($id, $number, $created, x'7b7d', 'host-snapshot.1', 0)";
                snapshot.Parameters.AddWithValue("$id", id);
                snapshot.Parameters.AddWithValue("$number", numbers[id] - before);
                snapshot.Parameters.AddWithValue("$created", began + (days * DayMs));
                snapshot.ExecuteNonQuery();
            }
        }

        transaction.Commit();
    }
}
