namespace LibvirtSharp.Tests;

/// <summary>The binding against libvirt's own test driver.</summary>
public sealed class TestDriverTests
{
    private const string Uri = "test:///default";
    private const string TestUuid = "6695eb01-f6a4-8304-79aa-97f2502e193f";

    [Fact]
    public void A_domain_is_found_by_name_and_uuid_and_read()
    {
        using var connection = LibvirtConnection.Open(Uri);
        Assert.True(connection.IsAlive);
        Assert.True(connection.LibraryVersion >= 9_000_000);
        Assert.True(connection.NodeMemoryBytes > 0);
        Assert.Contains("<capabilities>", connection.GetCapabilities(), StringComparison.Ordinal);
        using var domain = connection.FindByName("test");
        using var same = connection.FindByUuid(TestUuid);
        Assert.Equal(TestUuid, domain!.Uuid);
        Assert.Equal("test", same!.Name);
        Assert.Equal(DomainState.Running, domain.GetState().State);
        Assert.True(domain.IsPersistent);
        Assert.Contains("<name>test</name>", domain.GetXml(), StringComparison.Ordinal);
        Assert.Null(domain.GetMetadata("https://actormig.org/domain/1"));
    }

    [Fact]
    public void What_is_not_there_is_null_and_what_fails_says_why()
    {
        using var connection = LibvirtConnection.Open(Uri);
        Assert.Null(connection.FindByName("nobody"));
        Assert.Null(connection.FindByUuid("00000000-0000-0000-0000-000000000001"));
        using var domain = connection.FindByName("test");
        var e = Assert.Throws<LibvirtException>(() => domain!.Resume());
        Assert.Equal("virDomainResume", e.Function);
        Assert.NotEmpty(e.Message);
        Assert.Equal(LibvirtErrorCode.NoSupport, Assert.Throws<LibvirtException>(() => domain!.GetJobStatistics()).Code);
        Assert.Equal("virDomainMigrateGetMaxDowntime", Assert.Throws<LibvirtException>(() => domain!.GetMaxDowntime()).Function);
        Assert.Equal(
            LibvirtErrorCode.ArgumentUnsupported,
            Assert.Throws<LibvirtException>(() => domain!.MigrateToUri("test:///other", new MigrateParameters { MigrateUri = "tcp://x", BandwidthMiBPerSecond = 5 }, MigrateFlags.Live)).Code);
    }

    [Fact]
    public void A_daemon_that_is_not_there_is_a_connection_failure()
    {
        var e = Assert.Throws<LibvirtException>(() => LibvirtConnection.Open("qemu+unix:///system?socket=/nowhere/libvirt-sock"));
        Assert.Contains("/nowhere/libvirt-sock", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_come_as_a_stream_that_ends_with_the_connection()
    {
        var connection = LibvirtConnection.Open(Uri);
        var seen = new List<string>();
        var events = connection.Subscribe();
        using var domain = connection.FindByName("test");
        domain!.Suspend();
        domain.Resume();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await foreach (var e in events.WithCancellation(limit.Token))
        {
            seen.Add(((DomainLifecycleEvent)e).InWords());
            if (seen.Count == 2)
            {
                connection.Dispose();
            }
        }

        Assert.Equal(["suspended/paused", "resumed/0"], seen);
    }

    [Fact]
    public async Task Hundreds_of_events_survive_garbage_collections()
    {
        const int Rounds = 200;
        using var connection = LibvirtConnection.Open(Uri);
        var events = connection.Subscribe();
        using var domain = connection.FindByName("test");
        for (var i = 0; i < Rounds; i++)
        {
            domain!.Suspend();
            domain.Resume();
            if (i % 20 == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }

        var count = 0;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await foreach (var e in events.WithCancellation(limit.Token))
        {
            Assert.Equal(TestUuid, ((DomainLifecycleEvent)e).Uuid);
            if (++count == 2 * Rounds)
            {
                break;
            }
        }

        Assert.Equal(2 * Rounds, count);
    }

    [Fact]
    public void Statistics_of_all_domains_come_in_one_call()
    {
        using var connection = LibvirtConnection.Open(Uri);
        var all = connection.GetAllStatistics(StatisticsGroups.State);
        var one = Assert.Single(all, s => s.Uuid == TestUuid);
        Assert.Equal(1, one.Values.GetLong("state.state"));
        Assert.Null(one.Values.GetLong("no.such"));
    }

    [Fact]
    public void Errors_of_many_threads_do_not_mix()
    {
        using var connection = LibvirtConnection.Open(Uri);
        Parallel.For(0, 500, i =>
        {
            if (i % 2 == 0)
            {
                Assert.Null(connection.FindByName("nobody" + i));
            }
            else
            {
                using var domain = connection.FindByName("test");
                Assert.Equal(LibvirtErrorCode.NoSupport, Assert.Throws<LibvirtException>(() => domain!.GetJobStatistics()).Code);
            }
        });
    }
}
