using System.Globalization;
using System.Runtime.InteropServices;
using LibvirtSharp.Interop;

namespace LibvirtSharp.Tests;

/// <summary>Nothing that libvirt hands out is kept: memory and handles do not grow. No other test runs meanwhile.</summary>
public sealed unsafe partial class LeakTests(ITestOutputHelper output) : IDisposable
{
    private const int Calls = 60_000;

    /// <summary>Half of what a leak of 48 bytes a call would leave in the second half.</summary>
    private const long MostHeapBytes = Calls / 2 * 48 / 2;
    private const long MostResidentBytes = 12 << 20;
    private const string Namespace = "https://example.org/leak";

    private readonly LibvirtConnection _connection = LibvirtConnection.Open("test:///default");

    public static TheoryData<string> Kinds => ["xml", "statistics", "look-ups", "errors", "metadata", "events", "capabilities", "parameters"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_grows(string kind)
    {
        using var domain = _connection.FindByName("test")!;
        domain.SetMetadata(Namespace, "leak", "<a/>");
        var growth = GrowthInSecondHalf(() => Call(kind, domain));
        output.WriteLine($"{kind}: {growth}");
        Assert.InRange(growth.HeapBytes, long.MinValue, MostHeapBytes);
        Assert.InRange(growth.ResidentBytes, long.MinValue, MostResidentBytes);
        Assert.InRange(growth.Handles, int.MinValue, 2);
    }

    /// <summary>The measure itself: what leaks 48 bytes a call is seen.</summary>
    [Fact]
    public void A_leak_would_be_seen()
    {
        var leaked = new List<nint>();
        var growth = GrowthInSecondHalf(() => leaked.Add((nint)NativeMemory.Alloc(48)));
        output.WriteLine($"48 bytes a call: {growth}");
        Assert.True(growth.HeapBytes > MostHeapBytes);
        foreach (var block in leaked)
        {
            NativeMemory.Free((void*)block);
        }
    }

    public void Dispose() => _connection.Dispose();

    private void Call(string kind, LibvirtDomain domain)
    {
        switch (kind)
        {
            case "xml":
                _ = domain.GetXml();
                break;
            case "statistics":
                _ = _connection.GetAllStatistics(StatisticsGroups.State);
                _ = _connection.GetStatistics([domain], StatisticsGroups.State);
                break;
            case "look-ups":
                _connection.FindByName("test")!.Dispose();
                _connection.FindByUuid(domain.Uuid)!.Dispose();
                _connection.FindById(1)!.Dispose();
                foreach (var one in _connection.ListDomains())
                {
                    one.Dispose();
                }

                break;
            case "errors":
                Assert.Null(_connection.FindByName("nobody"));
                Assert.Throws<LibvirtException>(() => domain.Resume());
                break;
            case "metadata":
                domain.SetMetadata(Namespace, "leak", "<a/>");
                Assert.NotNull(domain.GetMetadata(Namespace));
                break;
            case "events":
                _connection.Subscribe().Dispose();
                break;
            case "capabilities":
                _ = _connection.HostName.Length + _connection.CanonicalUri.Length + _connection.GetNodeInfo().Cpus + _connection.HypervisorVersion;
                break;
            case "parameters":
                MigrateParameterTable.ToNative(new MigrateParameters { MigrateUri = "tcp://x", MigrateDisks = ["vda", "vdb"], BandwidthMiBPerSecond = 5 }).Dispose();
                break;
        }
    }

    private static Growth GrowthInSecondHalf(Action call)
    {
        for (var i = 0; i < Calls / 2; i++)
        {
            call();
        }

        var before = Measure();
        for (var i = 0; i < Calls / 2; i++)
        {
            call();
        }

        var after = Measure();
        return new Growth(after.HeapBytes - before.HeapBytes, after.ResidentBytes - before.ResidentBytes, after.Handles - before.Handles);
    }

    private static Growth Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();

        // How much room .NET keeps for what it will allocate next is its own affair, and varies by some MiB: what it can give back is not counted.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var resident = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return new Growth(
            (long)mallinfo2().InUse, long.Parse(resident, CultureInfo.InvariantCulture) * 1024, Directory.GetFiles("/proc/self/fd").Length + Callbacks.Count);
    }

    [LibraryImport("libc.so.6")]
    private static partial HeapInfo mallinfo2();

    private sealed record Growth(long HeapBytes, long ResidentBytes, int Handles)
    {
        public override string ToString() => $"{HeapBytes} bytes of heap, {ResidentBytes / 1024} KiB resident, {Handles} handles in the second {Calls / 2} calls";
    }

    /// <summary><c>struct mallinfo2</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct HeapInfo
    {
        public nuint Arena;
        public nuint FreeChunks;
        public nuint FastChunks;
        public nuint Mappings;
        public nuint Mapped;
        public nuint MostInUse;
        public nuint FastFree;
        public nuint InUse;
        public nuint Free;
        public nuint Releasable;
    }
}
