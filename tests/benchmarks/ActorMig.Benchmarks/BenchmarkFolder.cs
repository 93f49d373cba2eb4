namespace ActorMig.Benchmarks;

/// <summary>A folder on a real disk, which goes with the benchmark. <c>ACTORMIG_BENCHMARK_FOLDER</c> says where else than in the temporary folder.</summary>
internal sealed class BenchmarkFolder : IDisposable
{
    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(
        Environment.GetEnvironmentVariable("ACTORMIG_BENCHMARK_FOLDER") ?? System.IO.Path.GetTempPath(), "actormig-benchmark-" + Guid.NewGuid().ToString("n"))).FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
