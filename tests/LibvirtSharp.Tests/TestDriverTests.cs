namespace LibvirtSharp.Tests;

/// <summary>The binding against libvirt's own test driver: what works there, and the right exception for what does not.</summary>
public sealed class TestDriverTests : IDisposable
{
    private const string Uri = "test:///default";
    private const string TestUuid = "6695eb01-f6a4-8304-79aa-97f2502e193f";
    private const string Namespace = "https://example.org/test";
    private readonly LibvirtConnection _connection = LibvirtConnection.Open(Uri);
    private readonly LibvirtDomain _domain;

    public TestDriverTests() => _domain = _connection.FindByName("test")!;

    public void Dispose()
    {
        _domain.Dispose();
        _connection.Dispose();
    }

    [Fact]
    public void A_host_is_read()
    {
        Assert.True(_connection.IsAlive);
        Assert.False(_connection.IsEncrypted);
        Assert.True(_connection.IsSecure);
        Assert.Equal(Uri, _connection.Uri);
        Assert.Equal(Uri, _connection.CanonicalUri);
        Assert.Equal("TEST", _connection.HypervisorType);
        Assert.NotEmpty(_connection.HostName);
        Assert.True(_connection.LibraryVersion >= 9_000_000);
        Assert.Equal(_connection.LibraryVersion, LibvirtConnection.ClientVersion);
        Assert.True(_connection.HypervisorVersion > 0);
        var node = _connection.GetNodeInfo();
        Assert.Equal(new NodeInfo("i686", 3_145_728L * 1024, 16, 1400, 2, 2, 2, 2), node);
        Assert.Equal(node.MemoryBytes, _connection.NodeMemoryBytes);
        Assert.True(_connection.GetFreeMemoryBytes() > 0);
        Assert.NotEmpty(_connection.GetCpuMap());
        Assert.NotNull(_connection.GetCpuStatistics().IdleNs);
        Assert.NotNull(_connection.GetCpuStatistics(0).UserNs);
        Assert.Contains("<capabilities>", _connection.GetCapabilities(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_domain_is_found_by_name_uuid_and_number()
    {
        using var byUuid = _connection.FindByUuid(TestUuid)!;
        using var byId = _connection.FindById(_domain.Id!.Value)!;
        Assert.Equal(TestUuid, _domain.Uuid);
        Assert.Equal("test", byUuid.Name);
        Assert.Equal("test", byId.Name);
        Assert.Null(_connection.FindByName("nobody"));
        Assert.Null(_connection.FindByUuid(TestNode.Uuid(1)));
        Assert.Null(_connection.FindById(10_000));
        Assert.Equal(LibvirtErrorCode.InvalidArgument, Error(() => _connection.FindByUuid("no UUID")).Code);
    }

    [Fact]
    public void A_domain_is_read()
    {
        Assert.Equal(new DomainStatus(DomainState.Running, (int)RunningReason.Unknown), _domain.GetState());
        var info = _domain.GetInfo();
        Assert.Equal(DomainState.Running, info.State);
        Assert.Equal(2, info.Vcpus);
        Assert.Equal(8_388_608L * 1024, info.MaxMemoryBytes);
        Assert.Equal(2_097_152L * 1024, info.MemoryBytes);
        Assert.True(info.CpuTimeNs > 0);
        Assert.True(_domain.IsActive);
        Assert.True(_domain.IsPersistent);
        Assert.False(_domain.IsUpdated);
        Assert.False(_domain.HasManagedSave);
        Assert.Equal(0, _domain.SnapshotCount);
        Assert.Equal(0, _domain.CheckpointCount);
        Assert.Contains("<name>test</name>", _domain.GetXml(), StringComparison.Ordinal);
        Assert.Contains("id='", _domain.GetXml(), StringComparison.Ordinal);
        Assert.DoesNotContain("id='", _domain.GetXml(XmlFlags.Inactive), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_state_has_its_own_reason()
    {
        Assert.Equal(RunningReason.Postcopy, new DomainStatus(DomainState.Running, 10).RunningReason);
        Assert.Equal(PausedReason.PostcopyFailed, new DomainStatus(DomainState.Paused, 13).PausedReason);
        Assert.Equal(ShutoffReason.Migrated, new DomainStatus(DomainState.Shutoff, 4).ShutoffReason);
        Assert.Equal(CrashedReason.Panicked, new DomainStatus(DomainState.Crashed, 1).CrashedReason);
        Assert.Equal(ShutdownReason.User, new DomainStatus(DomainState.Shutdown, 1).ShutdownReason);
        Assert.Equal((PausedReason)99, new DomainStatus(DomainState.Paused, 99).PausedReason);
        var reasons = typeof(DomainStatus).GetProperties().Where(p => p.Name.EndsWith("Reason", StringComparison.Ordinal) && p.Name != nameof(DomainStatus.Reason)).ToList();
        Assert.All(Enum.GetValues<DomainState>(), state => Assert.Single(reasons, r => r.GetValue(new DomainStatus(state, 0)) is not null));
        Assert.All(reasons, r => Assert.Null(r.GetValue(new DomainStatus((DomainState)99, 0))));
    }

    [Fact]
    public void A_life_from_definition_to_its_end()
    {
        using var domain = _connection.Define(TestNode.Domain(7));
        Assert.Equal(DomainState.Shutoff, domain.GetState().State);
        Assert.Null(domain.Id);
        Assert.False(domain.IsActive);
        Assert.False(domain.IsAutostart);
        domain.IsAutostart = true;
        Assert.True(domain.IsAutostart);
        domain.Start();
        Assert.NotNull(domain.Id);
        Assert.Equal("virDomainCreateWithFlags", Error(() => domain.Start()).Function);
        domain.Suspend();
        Assert.Equal(PausedReason.User, domain.GetState().PausedReason);
        domain.Resume();
        Assert.Equal(RunningReason.Unpaused, domain.GetState().RunningReason);
        domain.Destroy(DestroyFlags.Graceful);
        Assert.Equal(ShutoffReason.Destroyed, domain.GetState().ShutoffReason);
        domain.Start();
        domain.Shutdown();
        Assert.Equal(ShutoffReason.Shutdown, domain.GetState().ShutoffReason);
        domain.Undefine(UndefineFlags.ManagedSave | UndefineFlags.SnapshotsMetadata);
        Assert.Equal(LibvirtErrorCode.NoDomain, Error(() => domain.GetState()).Code);
        Assert.Null(_connection.FindByUuid(TestNode.Uuid(7)));
    }

    [Fact]
    public void A_transient_domain_leaves_nothing()
    {
        using var domain = _connection.CreateTransient(TestNode.Domain(8));
        Assert.False(domain.IsPersistent);
        Assert.Equal(DomainState.Running, domain.GetState().State);
        domain.Destroy();
        Assert.Null(_connection.FindByUuid(TestNode.Uuid(8)));
        Assert.Equal("virDomainCreateXML", Error(() => _connection.CreateTransient("<domain/>")).Function);
        Assert.Equal(LibvirtErrorCode.XmlDetail, Error(() => _connection.Define("<domain type='test'><name>x</name>")).Code);
    }

    [Fact]
    public void Metadata_is_set_and_read_and_removed()
    {
        Assert.Null(_domain.GetMetadata(Namespace));
        _domain.SetMetadata(Namespace, "t", "<tag a='x'/>", ModificationImpact.Live | ModificationImpact.Config);
        Assert.Equal("<tag a=\"x\"/>", _domain.GetMetadata(Namespace)!.Replace('\'', '"'));
        Assert.NotNull(_domain.GetMetadata(Namespace, ModificationImpact.Config));
        Assert.Contains("<t:tag xmlns:t=\"https://example.org/test\"", _domain.GetXml(), StringComparison.Ordinal);
        _domain.SetMetadata(Namespace, "t", null, ModificationImpact.Config);
        Assert.Null(_domain.GetMetadata(Namespace, ModificationImpact.Config));
        Assert.NotNull(_domain.GetMetadata(Namespace, ModificationImpact.Live));
        Assert.Null(_domain.GetTitle());
        _domain.SetTitle("a title, ä");
        _domain.SetDescription("two\nlines");
        Assert.Equal("a title, ä", _domain.GetTitle());
        Assert.Equal("two\nlines", _domain.GetDescription());
        _domain.SetTitle(null);
        Assert.Null(_domain.GetTitle());
    }

    [Fact]
    public void Lists_are_filtered()
    {
        using var defined = _connection.Define(TestNode.Domain(9));
        Assert.Equal(["d9", "test"], Names(DomainFilters.None));
        Assert.Equal(["test"], Names(DomainFilters.Active));
        Assert.Equal(["d9"], Names(DomainFilters.Inactive | DomainFilters.Persistent));
        Assert.Equal(["d9"], Names(DomainFilters.Shutoff | DomainFilters.Paused));
        Assert.Empty(Names(DomainFilters.Transient));
        _domain.Suspend();
        Assert.Equal(["d9", "test"], Names(DomainFilters.Shutoff | DomainFilters.Paused));

        string[] Names(DomainFilters filters)
        {
            var domains = _connection.ListDomains(filters);
            foreach (var domain in domains)
            {
                domain.Dispose();
            }

            return [.. domains.Select(d => d.Name).Order()];
        }
    }

    [Fact]
    public void Statistics_come_in_one_call()
    {
        using var defined = _connection.Define(TestNode.Domain(10));
        var active = Assert.Single(_connection.GetAllStatistics());
        Assert.Equal((TestUuid, "test"), (active.Uuid, active.Name));
        Assert.Equal(_domain.GetState(), active.Status);
        Assert.Null(active.Values.GetLong("no.such"));
        Assert.Null(active.DirtyRate);
        Assert.Equal(2, _connection.GetAllStatistics(StatisticsGroups.State, StatisticsFlags.None).Count);
        Assert.Equal("d10", Assert.Single(_connection.GetAllStatistics(StatisticsGroups.State, StatisticsFlags.Inactive)).Name);
        Assert.Equal(["d10", "test"], _connection.GetStatistics([defined, _domain], StatisticsGroups.State).Select(s => s.Name));
        Assert.Equal("d10", Assert.Single(_connection.GetStatistics([defined])).Name);
        Assert.Empty(_connection.GetStatistics([]));
        Assert.Equal(
            LibvirtErrorCode.ArgumentUnsupported,
            Error(() => _connection.GetAllStatistics((StatisticsGroups)(1 << 29), StatisticsFlags.Enforce)).Code);
        defined.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _connection.GetStatistics([_domain, defined]));
    }

    [Fact]
    public void What_the_driver_does_not_have_says_so()
    {
        (string Function, Action Call)[] calls =
        [
            ("virDomainGetJobStats", () => _domain.GetJobStatistics()),
            ("virDomainAbortJob", () => _domain.AbortJob()),
            ("virDomainAbortJobFlags", () => _domain.AbortJob(AbortJobFlags.Postcopy)),
            ("virDomainMigrateStartPostCopy", () => _domain.StartPostCopy()),
            ("virDomainMigrateGetMaxSpeed", () => _domain.GetMaxSpeed()),
            ("virDomainMigrateSetMaxSpeed", () => _domain.SetMaxSpeed(1)),
            ("virDomainMigrateGetMaxDowntime", () => _domain.GetMaxDowntime()),
            ("virDomainMigrateSetMaxDowntime", () => _domain.SetMaxDowntime(1)),
            ("virDomainMigrateGetCompressionCache", () => _domain.GetCompressionCache()),
            ("virDomainMigrateSetCompressionCache", () => _domain.SetCompressionCache(1)),
            ("virDomainStartDirtyRateCalc", () => _domain.StartDirtyRateCalculation(1)),
            ("virConnectSetKeepAlive", () => _connection.SetKeepAlive(5, 5)),
            ("virConnectGetDomainCapabilities", () => _connection.GetDomainCapabilities()),
            ("virConnectCompareCPU", () => _connection.CompareCpu("<cpu/>")),
            ("virConnectCompareHypervisorCPU", () => _connection.CompareHypervisorCpu("<cpu/>")),
        ];
        Assert.All(calls, c =>
        {
            var e = Error(c.Call);
            Assert.Equal((c.Function, LibvirtErrorCode.NoSupport), (e.Function, e.Code));
            Assert.False(e.IsConnectionFailure);
            Assert.NotEmpty(e.Message);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => _domain.SetMaxSpeed(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _domain.SetMaxDowntime(-1));
    }

    [Fact]
    public void A_migration_is_refused_with_the_reason()
    {
        var parameters = new MigrateParameters { MigrateUri = "tcp://x", BandwidthMiBPerSecond = 5, MigrateDisks = ["vda", "vdb"] };
        Assert.Equal(LibvirtErrorCode.ArgumentUnsupported, Error(() => _domain.MigrateToUri("test:///other", parameters, MigrateFlags.Live)).Code);
        using var other = LibvirtConnection.Open(Uri);
        Assert.Equal(LibvirtErrorCode.ArgumentUnsupported, Error(() => _domain.Migrate(other, parameters, MigrateFlags.Live)).Code);
        Assert.Equal(LibvirtErrorCode.NoSupport, Error(() => _domain.Migrate(other, new MigrateParameters(), MigrateFlags.Live)).Code);
        var p2p = Error(() => _domain.Migrate(other, parameters, MigrateFlags.Live | MigrateFlags.Peer2Peer));
        Assert.Equal(("virDomainMigrate3", LibvirtErrorCode.InvalidArgument), (p2p.Function, p2p.Code));
    }

    [Fact]
    public void Who_only_looks_may_change_nothing()
    {
        using var connection = LibvirtConnection.Open(Uri, isReadOnly: true);
        using var domain = connection.FindByName("test")!;
        Assert.Equal(DomainState.Running, domain.GetState().State);
        var e = Error(() => domain.Suspend());
        Assert.Equal((LibvirtErrorCode.OperationDenied, "virDomainSuspend"), (e.Code, e.Function));
    }

    [Fact]
    public void A_daemon_that_is_not_there_is_named()
    {
        var e = Error(() => LibvirtConnection.Open("qemu+unix:///system?socket=/nowhere/libvirt-sock"));
        Assert.Contains("/nowhere/libvirt-sock", e.Message, StringComparison.Ordinal);
        Assert.Equal("virConnectOpenAuth", e.Function);

        // Port 1 of the loopback: nobody listens there.
        Assert.Equal(LibvirtErrorDomain.Rpc, Error(() => LibvirtConnection.Open("qemu+tcp://127.0.0.1:1/system")).ErrorDomain);
        Assert.True(Error(() => LibvirtConnection.Open("qemu+tcp://127.0.0.1:1/system")).IsConnectionFailure);
    }

    /// <summary>Each way to a daemon is taken: what is missing at its end, or on it, is named.</summary>
    [Theory]
    [InlineData("qemu+tls://127.0.0.1:1/system?pkipath=/nowhere", "/nowhere/cacert.pem")]
    [InlineData("qemu+ssh://nobody@127.0.0.1:1/system?command=/nowhere/ssh", "/nowhere/ssh")]
    [InlineData("qemu+unix:///session?socket=/nowhere/socket", "/nowhere/socket")]
    public void Each_transport_is_tried(string uri, string named)
    {
        // libvirt may see a tunnel's end before it has read what the tunnel's program has said of it.
        const int TriesMax = 20;
        for (var tries = 1; tries < TriesMax; tries++)
        {
            var message = Error(() => LibvirtConnection.Open(uri)).Message;
            if (!message.Contains("client socket is closed", StringComparison.Ordinal))
            {
                Assert.Contains(named, message, StringComparison.Ordinal);
                return;
            }
        }

        Assert.Fail($"{TriesMax} tries said nothing but that the socket is closed.");
    }

    [Fact]
    public void Errors_of_many_threads_do_not_mix() => Parallel.For(0, 500, i =>
    {
        if (i % 2 == 0)
        {
            Assert.Null(_connection.FindByName("nobody" + i));
        }
        else
        {
            using var domain = _connection.FindByName("test");
            Assert.Equal(LibvirtErrorCode.NoSupport, Error(() => domain!.GetJobStatistics()).Code);
        }
    });

    private static LibvirtException Error(Action call) => Assert.Throws<LibvirtException>(call);
}
