using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorMig.Cluster.Serf;
using ActorMig.Tests;

namespace ActorMig.Cluster.Tests.Serf;

/// <summary>Real serfs on loopback.</summary>
public sealed class SerfMembershipTests
{
    private const string Key = "1MvmzlmSxU7XtOKX6xyZbWFI5AMZMAvmNdsJnWuXgto=";
    private const string OtherKey = "yWPrQHJyRCVONC7QeTdvO9tHqSSSjVfMgkmfNXzr7KI=";

    [Fact]
    public async Task Hosts_join_by_a_key_see_each_other_fail_return_and_leave()
    {
        using var folder = new SerfFolder();
        var key = folder.Secret("key", $"# the cluster's\n{Key}\n");
        await using var a = await new SerfHost(folder, "a", 1, key).StartAsync();
        await using var b = new SerfHost(folder, "b", 2, key);
        await using var c = new SerfHost(folder, "c", 3, key);
        foreach (var host in (SerfHost[])[b, c])
        {
            host.Options = host.Options with { Join = [a.Address, host.Address] };
            await host.StartAsync();
        }

        foreach (var (one, other) in (((SerfHost, SerfHost)[])[(a, b), (a, c), (b, c), (c, b), (c, a)]))
        {
            await one.UntilSeesAsync(other, SerfMemberState.Alive);
            Assert.Equal(other.Options.NodeName, one.Sees(other)!.Tags["test"]);
            Assert.Equal(other.Options.Bind, one.Sees(other)!.Address);
        }

        await a.UntilAsync(() => a.Sees(b)?.DistanceMs is > 0 and < 10_000, "a knows how far b is");
        Assert.Null(a.Sees(a)!.DistanceMs);

        // The agent of c ends: c has not left.
        await c.DisposeAsync();
        await a.UntilSeesAsync(c, SerfMemberState.Failed);
        await b.UntilSeesAsync(c, SerfMemberState.Failed);
        Assert.All([a, b], host => Assert.Equal("1", host.Sees(c)!.Tags[SerfMembership.StoppedTag]));

        // It comes back, and finds the others by what it knew.
        c.Options = c.Options with { Join = [] };
        await c.StartAsync();
        await a.UntilSeesAsync(c, SerfMemberState.Alive);
        await a.UntilAsync(() => !a.Sees(c)!.Tags.ContainsKey(SerfMembership.StoppedTag), "a knows that c is not stopped any more");
        await c.UntilSeesAsync(b, SerfMemberState.Alive);

        await c.Membership.LeaveAsync(TestContext.Current.CancellationToken);
        await a.UntilSeesAsync(c, SerfMemberState.Left);
        await b.UntilSeesAsync(c, SerfMemberState.Left);
        await c.UntilAsync(() => c.Told.Count == 0, "c is alone");

        // That holds until a person says otherwise.
        await c.DisposeAsync();
        await c.StartAsync();
        Assert.True(c.Membership.HasLeft);
        Assert.Contains(c.Notes, n => n.Contains("stays alone until `actormig cluster join`", StringComparison.Ordinal));
        await Assert.ThrowsAsync<SerfException>(() => c.Membership.LeaveAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, await c.Membership.JoinAsync([b.Address], TestContext.Current.CancellationToken));
        await a.UntilSeesAsync(c, SerfMemberState.Alive);
        await c.UntilSeesAsync(a, SerfMemberState.Alive);
    }

    [Fact]
    public async Task Who_has_another_key_or_none_does_not_join()
    {
        using var folder = new SerfFolder();
        await using var a = await new SerfHost(folder, "a", 4, folder.Secret("key", Key)).StartAsync();
        await using var other = await new SerfHost(folder, "other", 5, folder.Secret("other-key", OtherKey)).StartAsync();
        await using var none = await new SerfHost(folder, "none", 6).StartAsync();
        await Assert.ThrowsAsync<SerfException>(() => other.Membership.JoinAsync([a.Address], TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<SerfException>(() => none.Membership.JoinAsync([a.Address], TestContext.Current.CancellationToken));
        Assert.Equal(["a"], (await AnewAsync(a)).Select(m => m.Name));

        // A second key that both understand is enough, so that keys can be changed one host after the other.
        await other.DisposeAsync();
        folder.Secret("other-key", $"{OtherKey}\n{Key}");
        await other.StartAsync();
        await a.DisposeAsync();
        folder.Secret("key", $"{Key}\n{OtherKey}");
        await a.StartAsync();
        Assert.Equal(1, await other.Membership.JoinAsync([a.Address], TestContext.Current.CancellationToken));
        await a.UntilSeesAsync(other, SerfMemberState.Alive);
    }

    [Fact]
    public async Task A_serf_that_has_outlived_its_agent_is_taken_over_unless_its_configuration_has_changed()
    {
        using var folder = new SerfFolder();
        await using var a = new SerfHost(folder, "a", 7);

        // Its agent was killed while it ended, and had said so.
        a.Options = a.Options with { Tags = new Dictionary<string, string> { ["test"] = "a", [SerfMembership.StoppedTag] = "1" } };
        a.Files.MakeFolder();
        Assert.False(a.Files.Write());
        var old = await StartAsync(a);

        a.Options = a.Options with { Tags = new Dictionary<string, string> { ["test"] = "new" } };
        await a.StartAsync();
        Assert.Equal(old.Id, Running(a));
        Assert.Contains($"The serf that was started before runs on (process {old.Id}), and is used.", a.Notes);
        await a.UntilAsync(() => a.Sees(a) is { Tags: var tags } && tags["test"] == "new" && !tags.ContainsKey(SerfMembership.StoppedTag), "the tags are those of the new start");
        await a.DisposeAsync();
        Assert.Null(SerfProcess.Find(a.Files));

        Assert.True(a.Files.Write());
        var second = await StartAsync(a);
        a.Options = a.Options with { Profile = "lan" };
        await a.StartAsync();
        Assert.NotEqual(second.Id, Running(a));
        Assert.Contains($"The serf that was started before (process {second.Id}) has another configuration, and is started anew.", a.Notes);
    }

    [Fact]
    public async Task A_serf_that_is_killed_is_started_again_and_who_was_known_stays_known()
    {
        using var folder = new SerfFolder();
        await using var a = await new SerfHost(folder, "a", 8).StartAsync();
        await using var b = await new SerfHost(folder, "b", 9).StartAsync();
        await a.Membership.JoinAsync([b.Address], TestContext.Current.CancellationToken);
        await a.UntilSeesAsync(b, SerfMemberState.Alive);
        for (var times = 1; times <= 2; times++)
        {
            var first = Running(a);
            using (var serf = Process.GetProcessById(first))
            {
                serf.Kill();
            }

            await a.UntilAsync(() => a.Notes.Count(n => n == "serf runs again.") == times, "serf runs again");
            Assert.Equal(times, a.Notes.Count(n => n.StartsWith("serf is away: it ended with exit code 137. It is started again", StringComparison.Ordinal)));
            Assert.NotEqual(first, Running(a));
            Assert.NotNull(a.Sees(b));
            await a.UntilSeesAsync(b, SerfMemberState.Alive);
            await b.UntilSeesAsync(a, SerfMemberState.Alive);
        }
    }

    [Fact]
    public async Task A_serf_that_hangs_is_started_anew_and_ends_with_its_agent()
    {
        using var folder = new SerfFolder();
        await using var a = new SerfHost(folder, "a", 18);
        a.Options = a.Options with { AnswerTimeout = TimeSpan.FromSeconds(2), StartTimeout = TimeSpan.FromSeconds(5) };
        await a.StartAsync();
        var first = await HangAsync(a);
        await a.UntilAsync(() => a.Notes.Contains("serf runs again."), "another one runs");
        Assert.Contains(a.Notes, n => n.StartsWith("serf is away: ", StringComparison.Ordinal));
        Assert.NotEqual(first, Running(a));

        await HangAsync(a);
        await a.DisposeAsync();
        Assert.Null(SerfProcess.Find(a.Files));
    }

    [Fact]
    public async Task Who_has_failed_stays_known_over_restarts_until_a_person_forgets_it()
    {
        using var folder = new SerfFolder();
        await using var a = await new SerfHost(folder, "a", 10).StartAsync();
        await using var b = await new SerfHost(folder, "b", 11).StartAsync();
        await a.Membership.JoinAsync([b.Address], TestContext.Current.CancellationToken);
        await a.UntilSeesAsync(b, SerfMemberState.Alive);
        var early = await Assert.ThrowsAsync<SerfException>(() => a.Membership.ForgetAsync("b", TestContext.Current.CancellationToken));
        Assert.StartsWith("b is alive, and only a host that has failed can be forgotten", early.Message, StringComparison.Ordinal);
        await b.DisposeAsync();
        await a.UntilSeesAsync(b, SerfMemberState.Failed);

        await a.DisposeAsync();
        await a.StartAsync();
        await a.UntilSeesAsync(b, SerfMemberState.Failed);
        Assert.Equal("b", a.Sees(b)!.Tags["test"]);

        // It is looked for, although nothing names it but what was known.
        b.Options = b.Options with { Folder = folder.File("b-anew") };
        await b.StartAsync();
        await a.UntilSeesAsync(b, SerfMemberState.Alive);
        await b.DisposeAsync();
        await a.UntilSeesAsync(b, SerfMemberState.Failed);

        var nobody = await Assert.ThrowsAsync<SerfException>(() => a.Membership.ForgetAsync("x", TestContext.Current.CancellationToken));
        Assert.StartsWith("No member is called 'x'", nobody.Message, StringComparison.Ordinal);
        await a.Membership.ForgetAsync("b", TestContext.Current.CancellationToken);
        await a.UntilAsync(() => a.Sees(b) is null or { State: SerfMemberState.Left }, "b is forgotten");
        await a.DisposeAsync();
        await a.StartAsync();
        await a.UntilAsync(() => a.Sees(a) is not null, "a is back");
        Assert.True(a.Sees(b) is null or { State: SerfMemberState.Left }, $"{a.Sees(b)} is not forgotten");
    }

    [Fact]
    public async Task A_serf_that_somebody_else_runs_is_used_and_left_running()
    {
        using var folder = new SerfFolder();
        await using var owner = await new SerfHost(folder, "a", 12).StartAsync();
        await using var user = new SerfHost(folder, "a", 13);
        user.Options = user.Options with { UsesRunning = true, RpcAddress = owner.Options.RpcAddress, RpcAuthFile = folder.Secret("wrong", "not the key"), Folder = folder.File("user") };
        var wrong = await Assert.ThrowsAsync<SerfException>(user.StartAsync);
        Assert.Contains("asks for another RPC key", wrong.Message, StringComparison.Ordinal);

        user.Options = user.Options with { RpcAuthFile = folder.Secret("right", owner.Files.ReadRpcKey() + "\n"), NodeName = "z" };
        wrong = await Assert.ThrowsAsync<SerfException>(user.StartAsync);
        Assert.Contains("is called 'a', and this host 'z'", wrong.Message, StringComparison.Ordinal);

        user.Options = user.Options with { NodeName = "a" };
        await user.StartAsync();
        await user.UntilAsync(() => user.Sees(owner) is { State: SerfMemberState.Alive }, "its members are seen");
        await user.DisposeAsync();
        Assert.NotNull(SerfProcess.Find(owner.Files));
    }

    [Fact]
    public async Task What_stands_in_the_way_of_a_start_is_said()
    {
        using var folder = new SerfFolder();
        await using var a = new SerfHost(folder, "a", 14);
        using var taken = new TcpListener(a.Options.RpcAddress);
        taken.Start();
        var why = await Assert.ThrowsAsync<SerfException>(a.StartAsync);
        Assert.True(why.IsTaken);
        Assert.StartsWith($"Another process, which this agent has not started, listens at {a.Options.RpcAddress}; set membership.serf.rpc-address", why.Message, StringComparison.Ordinal);
        taken.Stop();

        using var bind = new TcpListener(a.Options.Bind);
        bind.Start();
        why = await Assert.ThrowsAsync<SerfException>(a.StartAsync);
        Assert.True(why.IsTaken);
        Assert.StartsWith("serf cannot run: it ended with exit code 1; its last words: Failed to start the Serf agent", why.Message, StringComparison.Ordinal);
        bind.Stop();

        var good = a.Options;
        foreach (var (options, sentence) in ((SerfOptions, string)[])
        [
            (good with { Program = "no-such-serf" }, "There is no program 'no-such-serf' (membership.serf.path)"),
            (good with { KeyFile = folder.File("none") }, "none (membership.serf.key-file) cannot be read"),
            (good with { KeyFile = folder.Secret("empty", "# nothing\n") }, "has no key"),
            (good with { KeyFile = folder.Secret("bad", $"{Key}\nnonsense\n") }, "Key 2 in the file"),
            (good with { KeyFile = Readable(folder.Secret("open", Key)) }, "can be read by everybody on this host"),
            (good with { Tags = new Dictionary<string, string> { ["long"] = new('x', 600) } }, "takes 610 bytes, and serf carries 512"),
        ])
        {
            a.Options = options;
            why = await Assert.ThrowsAsync<SerfException>(a.StartAsync);
            Assert.Contains(sentence, why.Message, StringComparison.Ordinal);
            Assert.False(why.MayPass);
            Assert.DoesNotContain("nonsense", why.Message, StringComparison.Ordinal);
            Assert.Null(SerfProcess.Find(a.Files));
        }

        // Tags as long as they may be are taken.
        a.Options = good with { Tags = new Dictionary<string, string> { ["x"] = new('x', 300), ["short"] = new('y', 196) } };
        Assert.Equal(SerfOptions.TagBytesMax, SerfOptions.TagBytes(a.Options.Tags));
        await a.StartAsync();
        await a.UntilAsync(() => a.Sees(a)?.Tags["x"].Length == 300, "its tags are whole");
    }

    [Fact]
    public async Task Secrets_are_in_files_that_only_their_owner_can_read()
    {
        using var folder = new SerfFolder();
        await using var a = await new SerfHost(folder, "a", 15, folder.Secret("key", Key)).StartAsync();
        var rpcKey = a.Files.ReadRpcKey();
        var arguments = await File.ReadAllTextAsync($"/proc/{Running(a)}/cmdline", TestContext.Current.CancellationToken);
        var environment = await File.ReadAllTextAsync($"/proc/{Running(a)}/environ", TestContext.Current.CancellationToken);
        foreach (var place in (string[])[arguments, environment, .. a.Notes, await File.ReadAllTextAsync(a.Files.Log, TestContext.Current.CancellationToken)])
        {
            Assert.DoesNotContain(Key, place, StringComparison.Ordinal);
            Assert.DoesNotContain(rpcKey, place, StringComparison.Ordinal);
        }

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(a.Options.Folder) & Others);
        foreach (var file in (string[])["serf.json", "keyring.json", "rpc-auth", "tags.json"])
        {
            Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(Path.Combine(a.Options.Folder, file)) & Others);
        }
    }

    [Fact]
    public async Task A_host_that_cannot_be_joined_is_said_once_and_tried_until_it_is_there()
    {
        using var folder = new SerfFolder();
        await using var late = new SerfHost(folder, "late", 16);
        late.Options = late.Options with { Bind = new IPEndPoint(IPAddress.Loopback, FreePorts.Next("127.0.0.1")) };
        await using var a = new SerfHost(folder, "a", 17);

        // By its name.
        var name = $"localhost:{late.Options.Bind.Port}";
        a.Options = a.Options with { Join = [name], JoinInterval = TimeSpan.FromMilliseconds(50) };
        await a.StartAsync();
        await a.UntilAsync(() => a.Notes.Any(n => n.StartsWith($"None of {name} could be joined yet", StringComparison.Ordinal)), "it is said");
        await late.StartAsync();
        await a.UntilSeesAsync(late, SerfMemberState.Alive);
        Assert.Single(a.Notes, n => n.StartsWith("None of", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("10.0.0.2", true)]
    [InlineData("10.0.0.2:7946", true)]
    [InlineData("10.0.0.2:7947", false)]
    [InlineData("10.0.0.3", false)]
    [InlineData("localhost", true)]
    [InlineData("localhost:7947", false)]
    [InlineData("no-such-host.invalid", false)]
    [InlineData("[::2]:7946", true)]
    [InlineData("::2", true)]
    [InlineData("a:b:c:d", false)]
    public async Task Who_is_known_is_not_joined_again(string address, bool isKnown)
    {
        HashSet<IPEndPoint> known = [IPEndPoint.Parse("10.0.0.2:7946"), IPEndPoint.Parse("127.0.0.1:7946"), IPEndPoint.Parse("[::2]:7946")];
        Assert.Equal(isKnown, await SerfJoiner.IsKnownAsync(address, known, TestContext.Current.CancellationToken));
    }

    /// <summary>A serf as an agent starts it that is killed then.</summary>
    private static async Task<SerfProcess> StartAsync(SerfHost host)
    {
        var serf = SerfProcess.Start("serf", host.Files);
        await host.UntilAsync(() => SerfProcess.Find(host.Files)?.Id == serf.Id, "serf runs");
        return serf;
    }

    private static async Task<int> HangAsync(SerfHost host)
    {
        var id = Running(host);
        using var kill = Process.Start("kill", ["-STOP", id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
        return id;
    }

    private static int Running(SerfHost host) => SerfProcess.Find(host.Files)?.Id ?? throw new InvalidOperationException("No serf runs.");

    private static string Readable(string file)
    {
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        return file;
    }

    /// <summary>What serf itself says now.</summary>
    private static async Task<IReadOnlyList<SerfMember>> AnewAsync(SerfHost host)
    {
        var endpoint = new SerfEndpoint(host.Options.RpcAddress, host.Files.ReadRpcKey(), host.Options.AnswerTimeout, host.Options.MessageBytesMax);
        await using var client = await SerfClient.ConnectAsync(endpoint, () => { }, TestContext.Current.CancellationToken);
        return await client.MembersAsync(TestContext.Current.CancellationToken);
    }
}
