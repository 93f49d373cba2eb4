using System.Diagnostics;
using ActorMig.Lab;
using LibvirtSharp;

namespace ActorMig.LabTests;

/// <summary>LibvirtSharp on real daemons, with guests that really move. No agents run; vm1 begins and ends on h1.</summary>
public sealed class BindingTests(LabFixture fixture)
{
    private const MigrateFlags Live = MigrateFlags.Live | MigrateFlags.AbortOnError | MigrateFlags.PersistDest;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private LabHost H1 => fixture.Lab.Hosts[0];

    private LabHost H2 => fixture.Lab.Hosts[1];

    private LabGuest Vm1 => fixture.Lab.Guests[0];

    [Fact]
    public async Task A_host_and_its_domains_are_read()
    {
        await HomeAsync();
        using var connection = LibvirtConnection.Open(H1.LibvirtUri);
        Assert.Equal("h1", connection.HostName);
        Assert.Equal("QEMU", connection.HypervisorType);
        Assert.InRange(connection.HypervisorVersion, 7_000_000, 99_000_000);
        Assert.Equal(LibvirtConnection.ClientVersion, connection.LibraryVersion);
        Assert.True(connection.IsSecure);
        Assert.True(connection.SetKeepAlive(5, 5));
        var node = connection.GetNodeInfo();
        Assert.True(node.Cpus > 0 && node.MemoryBytes > 0);
        Assert.InRange(connection.GetFreeMemoryBytes(), 1, node.MemoryBytes);
        Assert.Equal(node.Cpus, connection.GetCpuMap().Count(isOnline => isOnline));
        Assert.True(connection.GetCpuStatistics().IdleNs >= connection.GetCpuStatistics(0).IdleNs);

        using var domain = connection.FindByUuid(Vm1.Uuid)!;
        using var byId = connection.FindById(domain.Id!.Value);
        Assert.Equal(Vm1.Name, byId!.Name);
        Assert.True(domain is { IsActive: true, IsPersistent: true, IsUpdated: false, HasManagedSave: false, SnapshotCount: 0, CheckpointCount: 0 });
        Assert.NotNull(domain.GetState().RunningReason);
        Assert.Contains("<name>vm1</name>", domain.GetXml(XmlFlags.Migratable), StringComparison.Ordinal);
        domain.SetMetadata("https://example.org/lab", "lab", "<here/>", ModificationImpact.Live | ModificationImpact.Config);
        Assert.Equal("<here/>", domain.GetMetadata("https://example.org/lab", ModificationImpact.Config));
        domain.SetMetadata("https://example.org/lab", "lab", null, ModificationImpact.Live | ModificationImpact.Config);
        Assert.Null(domain.GetMetadata("https://example.org/lab"));
        domain.IsAutostart = true;
        Assert.Contains(connection.ListDomains(DomainFilters.Autostart), d => d.Name == Vm1.Name);
        domain.IsAutostart = false;
        Assert.Empty(connection.ListDomains(DomainFilters.Autostart));

        // A connection that only looks, over TCP, as daemons see each other.
        using var remote = NetworkNamespace.Run(LabNames.Control, () => LibvirtConnection.Open($"qemu+tcp://{H1.Address}/system", isReadOnly: true));
        Assert.False(remote.IsEncrypted || remote.IsSecure);
        using var seen = remote.FindByName(Vm1.Name);
        Assert.Equal(LibvirtErrorCode.OperationDenied, Error(() => seen!.Suspend()).Code);
    }

    [Fact]
    public async Task Statistics_of_all_groups_and_a_dirty_rate()
    {
        await HomeAsync();
        using var connection = LibvirtConnection.Open(H1.LibvirtUri);
        using var domain = connection.FindByName(Vm1.Name)!;
        var all = connection.GetAllStatistics();
        Assert.Equal(["vm1", "vm2"], all.Select(s => s.Name).Order());
        foreach (var one in all)
        {
            Assert.Equal(DomainState.Running, one.Status?.State);
            Assert.True(one.CpuTimeNs > 0);
            Assert.True(one.TxBytes > 0);
            Assert.Equal(1, one.Values.GetLong("net.count"));
            Assert.Equal(1, one.Values.GetLong("vcpu.current"));
            Assert.True(one.Values.GetLong("balloon.maximum") > 0);
        }

        (StatisticsGroups Group, string Name)[] names =
        [
            (StatisticsGroups.State, "state.state"), (StatisticsGroups.CpuTotal, "cpu.time"), (StatisticsGroups.Balloon, "balloon.current"),
            (StatisticsGroups.Vcpu, "vcpu.maximum"), (StatisticsGroups.Interface, "net.0.name"), (StatisticsGroups.Block, "block.count"),
            (StatisticsGroups.DirtyRate, "dirtyrate.calc_status"),
        ];
        Assert.All(names, n =>
        {
            var values = Assert.Single(connection.GetStatistics([domain], n.Group, StatisticsFlags.Enforce)).Values;
            Assert.NotNull(values.GetValue(n.Name));
            Assert.Single(values.Names.Select(v => v.Split('.')[0]).Distinct());
        });
        var backing = Assert.Single(connection.GetStatistics([domain], StatisticsGroups.Block, StatisticsFlags.Backing | StatisticsFlags.NoWait));
        Assert.True(backing.Values.GetLong("block.0.rd.bytes") is not null && backing.Values.GetLong("block.0.backingIndex") is not null);

        domain.StartDirtyRateCalculation(1);
        DirtyRate? rate = null;
        await UntilAsync(
            () =>
            {
                rate = Assert.Single(connection.GetStatistics([domain], StatisticsGroups.DirtyRate)).DirtyRate;
                return rate?.Status == DirtyRateStatus.Measured;
            },
            "the dirty rate is measured");
        Assert.True(rate is { MiBPerSecond: >= 0, PeriodSeconds: 1, Mode: "page-sampling" }, $"{rate}");
    }

    [Fact]
    public void Capabilities_and_CPUs_are_compared()
    {
        using var connection = LibvirtConnection.Open(H1.LibvirtUri);
        var capabilities = connection.GetCapabilities();
        var emulated = connection.GetDomainCapabilities(virtualization: "qemu", architecture: "x86_64", machine: "pc-i440fx-7.2");
        Assert.Contains("<machine>pc-i440fx-7.2</machine>", emulated, StringComparison.Ordinal);
        Assert.Equal(LibvirtErrorCode.InvalidArgument, Error(() => connection.GetDomainCapabilities(virtualization: "nonsense")).Code);

        var cpu = capabilities[capabilities.IndexOf("<cpu>", StringComparison.Ordinal)..(capabilities.IndexOf("</cpu>", StringComparison.Ordinal) + 6)];
        Assert.Equal(CpuComparison.Identical, connection.CompareCpu(cpu));
        var feature = cpu.LastIndexOf("<feature", StringComparison.Ordinal);
        Assert.Equal(CpuComparison.Superset, connection.CompareCpu(cpu[..feature] + cpu[(cpu.IndexOf("/>", feature, StringComparison.Ordinal) + 2)..]));
        const string Foreign = "<cpu><arch>ppc64</arch><model>POWER9</model></cpu>";
        Assert.Equal(CpuComparison.Incompatible, connection.CompareCpu(Foreign));
        Assert.Equal(LibvirtErrorCode.CpuIncompatible, Error(() => connection.CompareCpu(Foreign, CpuComparisonFlags.FailIncompatible)).Code);

        // The hypervisor can give what it says that it can give.
        const string HostModel = "<mode name='host-model' supported='yes'>";
        var model = emulated[(emulated.IndexOf(HostModel, StringComparison.Ordinal) + HostModel.Length)..];
        var given = Compare($"<cpu mode='custom' match='exact'>{model[..model.IndexOf("</mode>", StringComparison.Ordinal)]}</cpu>", CpuComparisonFlags.None);
        Assert.True(given is CpuComparison.Identical or CpuComparison.Superset, $"{given}");
        Assert.Equal(LibvirtErrorCode.CpuIncompatible, Error(() => Compare(Foreign, CpuComparisonFlags.FailIncompatible)).Code);

        CpuComparison Compare(string xml, CpuComparisonFlags flags) =>
            connection.CompareHypervisorCpu(xml, flags, architecture: "x86_64", machine: "pc-i440fx-7.2", virtualization: "qemu");
    }

    [Fact]
    public async Task A_migration_is_watched_and_limited_and_cancelled_in_pre_copy()
    {
        await HomeAsync();
        await Vm1.DirtyAsync(12, "a");
        using var watcher = LibvirtConnection.Open(H1.LibvirtUri);
        using var domain = watcher.FindByUuid(Vm1.Uuid)!;
        using var there = LibvirtConnection.Open(H2.LibvirtUri);
        using var events = new Recorder(watcher.Subscribe(domain: domain));
        Assert.Equal(JobType.None, domain.GetJobStatistics().Type);
        Assert.Equal(LibvirtErrorCode.OperationInvalid, Error(() => domain.AbortJob()).Code);
        Assert.Equal(LibvirtErrorCode.OperationInvalid, Error(() => domain.StartPostCopy()).Code);

        var migration = Start(H1, H2, new MigrateParameters { MigrateUri = $"tcp://{H2.Address}", BandwidthMiBPerSecond = 1 }, Live | MigrateFlags.Peer2Peer | MigrateFlags.Postcopy);
        JobStatistics? job = null;
        await UntilAsync(() => (job = domain.GetJobStatistics()).MemoryIteration >= 1 || migration.IsCompleted, "pre-copy has begun");
        Assert.Equal(JobType.Unbounded, job!.Type);
        Assert.Equal(JobOperation.MigrationOut, job.Operation);
        Assert.True(job is { MemoryTotalBytes: > 0, MemoryRemainingBytes: > 0, TimeElapsedMs: > 0, MemoryPageBytes: 4096 }, string.Join(", ", job.Values.Names));
        using (var coming = there.FindByUuid(Vm1.Uuid)!)
        {
            Assert.Equal(DomainState.Paused, coming.GetState().State);
            Assert.Equal(LibvirtErrorCode.OperationUnsupported, Error(() => coming.GetJobStatistics()).Code);
        }

        domain.SetMaxDowntime(123);
        Assert.Equal(123, domain.GetMaxDowntime());
        domain.SetMaxDowntime(300);
        domain.SetMaxSpeed(2);
        Assert.Equal(2, domain.GetMaxSpeed());
        domain.SetMaxSpeed(3, MaxSpeedFlags.Postcopy);
        Assert.Equal(3, domain.GetMaxSpeed(MaxSpeedFlags.Postcopy));
        domain.SetCompressionCache(64 << 20);
        Assert.Equal(64 << 20, domain.GetCompressionCache());
        Assert.Equal(LibvirtErrorCode.OperationInvalid, Error(() => domain.AbortJob(AbortJobFlags.Postcopy)).Code);
        domain.AbortJob();
        Assert.Equal(LibvirtErrorCode.OperationAborted, (await FailureOf(migration)).Code);
        Assert.Equal(DomainState.Running, domain.GetState().State);
        Assert.Null(there.FindByUuid(Vm1.Uuid));
        await Hearts.LiveAsync(fixture.Lab, Vm1);
        Assert.Equal(JobType.None, domain.GetJobStatistics().Type);
        domain.SetMaxSpeed(long.MaxValue >> 20);
    }

    /// <summary>
    /// While post-copy is paused, a destination's QEMU whose main thread touches a page that is not there waits for it for ever, answers no command, and
    /// so cannot be told to go on either (QEMU 7.2). That is QEMU's and no fault of the binding: seen, the case is played again with a new guest.
    /// </summary>
    [Fact]
    public async Task Post_copy_is_paused_and_resumed_to_its_end_and_the_way_back_is_managed()
    {
        const int TriesMax = 3;
        for (var tries = 1; ; tries++)
        {
            try
            {
                await PauseAndResumePostCopyAsync();
                return;
            }
            catch (Exception e) when (tries < TriesMax && HasQemuHung(H2))
            {
                TestContext.Current.SendDiagnosticMessage($"The QEMU of vm1 on h2 hangs, try {tries}: {e.Message}");
            }
        }
    }

    private async Task PauseAndResumePostCopyAsync()
    {
        await HomeAsync();
        await Vm1.DirtyAsync(12, "a");
        using var watcher = LibvirtConnection.Open(H1.LibvirtUri);
        using var there = LibvirtConnection.Open(H2.LibvirtUri);
        using var domain = watcher.FindByUuid(Vm1.Uuid)!;
        using var here = new Recorder(watcher.Subscribe(domain: domain));
        using var away = new Recorder(there.Subscribe());
        var parameters = new MigrateParameters
        {
            MigrateUri = $"tcp://{H2.Address}",
            ListenAddress = H2.Address,
            BandwidthMiBPerSecond = 8,
            PostcopyBandwidthMiBPerSecond = 1,
        };
        const MigrateFlags Flags = Live | MigrateFlags.Peer2Peer | MigrateFlags.Postcopy;
        var migration = Start(H1, H2, parameters, Flags);
        await UntilAsync(() => here.All.OfType<MigrationIterationEvent>().Any() || migration.IsCompleted, "pre-copy has begun");

        // What is written during the first pass and never again is left for post-copy, and nothing on the destination waits for it: a QEMU that waits for
        // a page answers no command.
        await Vm1.DirtyAsync(12, "a");
        await UntilAsync(() => here.All.OfType<MigrationIterationEvent>().Any(e => e.Iteration >= 2) || migration.IsCompleted, "the second pass has begun");
        await UntilAsync(() => Try(domain.StartPostCopy) || migration.IsCompleted, "post-copy is accepted");
        await UntilAsync(() => here.Words.Contains("suspended/post-copy"), "post-copy has begun");
        await UntilAsync(() => domain.GetState().PausedReason == PausedReason.Postcopy, "the source says so");
        var switchedMs = Heartbeats.NowMs;
        using var arrived = there.FindByUuid(Vm1.Uuid)!;
        await UntilAsync(() => arrived.GetState().RunningReason == RunningReason.Postcopy, "the destination runs");
        await Hearts.LiveAsync(fixture.Lab, Vm1, switchedMs + 1_500);

        // There is no way back any more, only a pause.
        Assert.Equal(LibvirtErrorCode.OperationInvalid, Error(domain.AbortJob).Code);
        Assert.Equal(LibvirtErrorCode.OperationInvalid, Error(() => domain.AbortJob(AbortJobFlags.None)).Code);
        Assert.Equal(JobType.Unbounded, domain.GetJobStatistics().Type);
        domain.AbortJob(AbortJobFlags.Postcopy);
        Assert.Equal(LibvirtErrorCode.OperationFailed, (await FailureOf(migration)).Code);
        Assert.Equal(PausedReason.PostcopyFailed, domain.GetState().PausedReason);
        await UntilAsync(() => arrived.GetState().RunningReason == RunningReason.PostcopyFailed, "the destination knows");

        await ResumeAsync(parameters with { PostcopyBandwidthMiBPerSecond = 1_000 }, Flags | MigrateFlags.PostcopyResume);
        Assert.Equal(ShutoffReason.Migrated, domain.GetState().ShutoffReason);
        Assert.Equal(RunningReason.Migrated, arrived.GetState().RunningReason);

        // Kept twice, and forgotten when it is read without keeping.
        var completed = domain.GetJobStatistics(isCompleted: true);
        Assert.Equal(JobType.Completed, completed.Type);
        Assert.True(completed is { MemoryTotalBytes: > 0, DowntimeMs: >= 0, TimeElapsedMs: > 0, Operation: JobOperation.MigrationOut }, string.Join(", ", completed.Values.Names));
        Assert.Equal(JobType.Completed, domain.GetJobStatistics(JobStatisticsFlags.Completed).Type);
        Assert.Equal(JobType.None, domain.GetJobStatistics(JobStatisticsFlags.Completed).Type);
        await UntilAsync(() => here.All.OfType<JobCompletedEvent>().Any(e => e.Job.MemoryTotalBytes == completed.MemoryTotalBytes), "the job's end is told");
        await UntilAsync(() => here.Words.Contains("stopped/migrated") && away.Words.Contains("resumed/migrated"), "the end is told");
        AssertInOrder(["suspended/post-copy", "suspended/post-copy-failed", "stopped/migrated"], here.Words);
        AssertInOrder(["started/migrated", "resumed/post-copy", "resumed/post-copy-failed", "resumed/migrated"], away.Words);
        Assert.Equal(1, here.All.OfType<MigrationIterationEvent>().First().Iteration);
        Assert.All(here.All, e => Assert.Equal(Vm1.Uuid, UuidOf(e)));
        domain.Undefine();

        // Back, led by this process, which talks to both daemons. Zeros are no limits.
        Assert.Equal(LibvirtErrorCode.InvalidArgument, Error(() => arrived.Migrate(watcher, new MigrateParameters(), Live | MigrateFlags.Peer2Peer)).Code);
        var home = new MigrateParameters { MigrateUri = $"tcp://{H1.Address}", BandwidthMiBPerSecond = 0, PostcopyBandwidthMiBPerSecond = 0 };
        using var back = arrived.Migrate(watcher, home, Live | MigrateFlags.UndefineSource | MigrateFlags.Postcopy);
        Assert.Equal((Vm1.Uuid, DomainState.Running), (back.Uuid, back.GetState().State));
        Assert.True(back.IsPersistent);
        Assert.Null(there.FindByUuid(Vm1.Uuid));
        await UntilAsync(() => here.Words.Contains("resumed/migrated"), "the arrival is told");
        AssertInOrder(["stopped/migrated", "started/migrated", "resumed/migrated"], here.Words);
        await UntilAsync(() => DiskChecker.Check(Vm1.Disk).IsWhole, "vm1's disk is whole");
    }

    [Fact]
    public async Task A_daemon_that_dies_is_told()
    {
        using var connection = LibvirtConnection.Open(H2.LibvirtUri);
        var running = RunningOn(connection);
        using var events = connection.Subscribe();
        var closed = connection.WaitForCloseAsync();
        H2.KillLibvirtd();
        try
        {
            var reason = await closed.WaitAsync(Limit);
            Assert.True(reason is CloseReason.Eof or CloseReason.Error, $"{reason}");
            using var limit = new CancellationTokenSource(Limit);
            Assert.Equal([new ConnectionClosedEvent(reason)], await events.ToListAsync(limit.Token));
            Assert.False(connection.IsAlive);
            Assert.True(Error(() => connection.HostName).IsConnectionFailure);

            // Who subscribes too late is told at once.
            using var late = connection.Subscribe(DomainEvents.None);
            Assert.IsType<ConnectionClosedEvent>(Assert.Single(await late.ToListAsync(limit.Token)));
        }
        finally
        {
            await H2.RestartLibvirtdAsync();
        }

        using var again = LibvirtConnection.Open(H2.LibvirtUri);
        Assert.Equal(running, RunningOn(again));

        static string[] RunningOn(LibvirtConnection daemon) => [.. daemon.ListDomains(DomainFilters.Running).Select(d => d.Name).Order()];
    }

    [Fact]
    public async Task A_daemon_that_hangs_is_told_by_keepalive()
    {
        const int Stop = 19;
        const int Continue = 18;
        using var connection = LibvirtConnection.Open(H2.LibvirtUri);
        Assert.True(connection.SetKeepAlive(1, 1));
        var closed = connection.WaitForCloseAsync();
        var daemons = H2.LibvirtdPids;
        Assert.NotEmpty(daemons);
        Signal(Stop);
        try
        {
            Assert.Equal(CloseReason.Keepalive, await closed.WaitAsync(Limit));
        }
        finally
        {
            Signal(Continue);
        }

        await H2.WaitForLibvirtAsync(Limit);

        void Signal(int signal)
        {
            foreach (var pid in daemons)
            {
                Signals.Send(pid, signal);
            }
        }
    }

    /// <summary>A migration of vm1 on a thread and a connection of its own.</summary>
    private Task Start(LabHost from, LabHost to, MigrateParameters parameters, MigrateFlags flags) => Task.Factory.StartNew(
        () =>
        {
            using var own = LibvirtConnection.Open(from.LibvirtUri);
            using var domain = own.FindByUuid(Vm1.Uuid)!;
            domain.MigrateToUri($"qemu+tcp://{to.Address}/system", parameters, flags);
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Resumes the post-copy from h1 to h2; while QEMU says that it has not stopped yet, that means: wait.</summary>
    private async Task ResumeAsync(MigrateParameters parameters, MigrateFlags flags)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await Start(H1, H2, parameters, flags).WaitAsync(Limit);
                return;
            }
            catch (LibvirtException e) when (e.Code == LibvirtErrorCode.OperationInvalid && clock.Elapsed < Limit)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>True if vm1's process on a host answers no command.</summary>
    private bool HasQemuHung(LabHost host)
    {
        const int KilledByTimeout = 124;
        return Shell.Try("timeout", "10", "virsh", "-c", host.LibvirtUri, "qemu-monitor-command", Vm1.Name, "{\"execute\":\"query-status\"}").Code == KilledByTimeout;
    }

    /// <summary>Brings vm1 to h1, also out of what a test that failed has left: then with a new guest.</summary>
    private async Task HomeAsync()
    {
        var isWhole = () => fixture.Lab.Where(Vm1) is [{ State: var state }] && state.StartsWith("running", StringComparison.Ordinal)
            && !state.Contains("post-copy", StringComparison.Ordinal) && Vm1.HasWholeDisk;
        var clock = Stopwatch.StartNew();
        while (!isWhole() && clock.Elapsed < TimeSpan.FromSeconds(5))
        {
            await Task.Delay(100);
        }

        if (!isWhole())
        {
            await Vm1.BootAnewAsync(fixture.Lab.Hosts, H1);
            await fixture.Lab.WaitForGuestsAsync(TimeSpan.FromSeconds(60));
        }

        await UntilAsync(isWhole, "vm1 runs once");
        if (fixture.Lab.Where(Vm1) is [{ Host: "h2" }])
        {
            await Start(
                H2, H1, new MigrateParameters { MigrateUri = $"tcp://{H1.Address}" }, Live | MigrateFlags.Peer2Peer | MigrateFlags.UndefineSource).WaitAsync(Limit);
        }
    }

    private static bool Try(Action call)
    {
        try
        {
            call();
            return true;
        }
        catch (LibvirtException)
        {
            return false;
        }
    }

    private static LibvirtException Error(Action call) => Assert.Throws<LibvirtException>(call);

    private static LibvirtException Error(Func<object?> call) => Assert.Throws<LibvirtException>(call);

    private static Task<LibvirtException> FailureOf(Task migration) => Assert.ThrowsAsync<LibvirtException>(() => migration.WaitAsync(Limit));

    private static string UuidOf(LibvirtEvent happened) => happened switch
    {
        DomainLifecycleEvent e => e.Uuid,
        MigrationIterationEvent e => e.Uuid,
        JobCompletedEvent e => e.Uuid,
        _ => "",
    };

    private static void AssertInOrder(string[] expected, IReadOnlyList<string> seen)
    {
        var next = 0;
        foreach (var word in seen)
        {
            next += next < expected.Length && word == expected[next] ? 1 : 0;
        }

        Assert.True(next == expected.Length, $"'{string.Join(", ", expected)}' do not come in this order in: {string.Join(", ", seen)}");
    }

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed >= Limit)
            {
                Assert.Fail($"In {Limit.TotalSeconds:0} s it did not come to pass that {what}.\n{LabCase.ConsoleOf(Vm1)}");
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Remembers what a stream tells.</summary>
    private sealed class Recorder : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly List<LibvirtEvent> _all = [];
        private readonly EventSubscription _events;
        private readonly Task _reading;

        public Recorder(EventSubscription events)
        {
            _events = events;
            _reading = ReadAsync();
        }

        public IReadOnlyList<LibvirtEvent> All
        {
            get
            {
                lock (_lock)
                {
                    return [.. _all];
                }
            }
        }

        public IReadOnlyList<string> Words => [.. All.OfType<DomainLifecycleEvent>().Select(e => e.InWords())];

        public void Dispose()
        {
            _events.Dispose();
            _reading.GetAwaiter().GetResult();
        }

        private async Task ReadAsync()
        {
            await foreach (var happened in _events)
            {
                lock (_lock)
                {
                    _all.Add(happened);
                }
            }
        }
    }
}
