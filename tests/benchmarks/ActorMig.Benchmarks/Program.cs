using ActorMig.Benchmarks;

SortedDictionary<string, (string What, Func<Task> Run)> benchmarks = new(StringComparer.Ordinal)
{
    ["journal"] = ("appends to the journal beside bare SQLite, with 1 and with 64 actors waiting", JournalBenchmark.RunAsync),
    ["replay"] = ("the start of a host after a year of 20 moves a day, with and without snapshots", ReplayBenchmark.RunAsync),
};

if (args is not [var name] || !benchmarks.TryGetValue(name, out var benchmark))
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/benchmarks/ActorMig.Benchmarks -- NAME");
    foreach (var (known, (what, _)) in benchmarks)
    {
        Console.Error.WriteLine($"  {known,-8} {what}");
    }

    return 1;
}

await benchmark.Run();
return 0;
