using ActorMig.Cluster.Serf;
using ActorMig.Tests;

namespace ActorMig.Cluster.Tests.Serf;

public sealed class SerfLogTests
{
    [Fact]
    public void Warnings_and_errors_are_handed_on_so_many_in_a_minute()
    {
        using var folder = new SerfFolder();
        var (path, time) = (folder.File("log"), new Hand());
        var log = new SerfLog(path, 3, time);
        Assert.Empty(log.Take());
        Write("==> Starting Serf agent...\n    2026/01/02 03:04:05 [INFO] serf: hello\n    2026/01/02 03:04:05 [WARN] serf: one\n    2026/01/02 03:04:05 [ERR] agent: two\n    2026/01/02 03:04:05 [WARN] se");
        Assert.Equal(["serf: one", "agent: two"], log.Take());
        Assert.Empty(log.Take());
        Write("rf: three\n" + string.Concat(Enumerable.Repeat("[WARN] serf: more\n", 5)));
        Assert.Equal(["serf: three"], log.Take());
        time.Now += TimeSpan.FromMinutes(2);
        Write("[WARN] serf: later\n");
        Assert.Equal(["5 more of its warnings were not said; raise membership.serf.log-lines-max to see all", "serf: later"], log.Take());
        Assert.Equal("serf: later", log.LastWords());
        Write("panic: runtime error: nil pointer\n\ngoroutine 7 [running]:\nnet.(*UDPConn)\n");
        Assert.Equal("panic: runtime error: nil pointer", log.LastWords());

        void Write(string text) => File.AppendAllText(path, text);
    }

    [Fact]
    public void The_file_does_not_grow_without_end()
    {
        using var folder = new SerfFolder();
        var path = folder.File("log");
        var log = new SerfLog(path, 1_000_000, TimeProvider.System);
        using (var serf = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)))
        {
            serf.Write(string.Concat(Enumerable.Repeat("[INFO] " + new string('x', 93) + "\n", 30_000)));
        }

        Assert.Empty(log.Take());
        Assert.Equal(0, new FileInfo(path).Length);
        File.AppendAllText(path, "[WARN] serf: new\n");
        Assert.Equal(["serf: new"], log.Take());
    }

    private sealed class Hand : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long GetTimestamp() => Now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
