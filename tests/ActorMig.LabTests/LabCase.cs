using System.Diagnostics;
using System.Globalization;
using ActorMig.Agent;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Lab;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.LabTests;

/// <summary>One case in the lab: agents with a fresh journal, their journals followed, and at the end the checks that always hold.</summary>
internal sealed class LabCase : IAsyncDisposable
{
    /// <summary>Short rounds, no rests, and who is silent is dead soon. What holds for two rounds has been seen by both hosts.</summary>
    public const string Quick = """
        actormig.round { interval = 700ms, smoothing = 1, jitter = 0.05 }
        actormig.barter { hold-rounds = 2, cool-down-rounds = 0, answer-timeout = 500ms, lease = 8s }
        actormig.libvirt { keepalive-interval = 1s, keepalive-count = 3 }
        """;

    /// <summary>Phases last: a pass is slow and the only one, and post-copy sends next to nothing that the guest does not ask for.</summary>
    public const string HeldOpen = Quick + "\nactormig.migration { pre-copy-bandwidth = 8, post-copy-bandwidth = 1, passes-max = 1 }";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>Moves back and rests take their rounds, and more of them after each kill.</summary>
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(240);

    /// <summary>It takes less than a second on a machine that has nothing else to do.</summary>
    private static readonly TimeSpan AgentLimit = TimeSpan.FromSeconds(60);
    private readonly Lab.Lab _lab;
    private readonly string _more;
    private readonly List<JournalFollower> _followers = [];

    private LabCase(Lab.Lab lab, string more)
    {
        _lab = lab;
        _more = more;
    }

    public LabLog Log { get; } = new();

    public LabHost H1 => _lab.Hosts[0];

    public LabHost H2 => _lab.Hosts[1];

    public LabGuest Vm(int number) => _lab.Guests[number - 1];

    /// <summary>Starts both agents anew.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="more">More configuration for both.</param>
    /// <param name="testing">A host, and a setting of <c>testing</c> that its agent has until it is started again.</param>
    public static async Task<LabCase> StartAsync(Lab.Lab lab, string more = Quick, (string Host, string Setting)? testing = null)
    {
        var one = new LabCase(lab, more);
        foreach (var host in lab.Hosts)
        {
            host.KillAgent();
            if (!host.HasPower)
            {
                await host.PowerOnAsync();
            }

            // It outlives its agent, and the files by which the next one would find it are removed.
            host.KillSerf();
            if (Directory.Exists(host.Dir + "/data"))
            {
                Directory.Delete(host.Dir + "/data", recursive: true);
            }
        }

        await one.ToStartPositionsAsync();
        foreach (var host in lab.Hosts)
        {
            host.Configure(lab.Hosts, more + (host.Name == testing?.Host ? $"\nactormig.testing.{testing.Value.Setting}" : ""));
            host.StartAgent();
            one._followers.Add(new JournalFollower(host, one.Log.Add));
        }

        foreach (var host in lab.Hosts)
        {
            await host.WaitForAgentAsync(AgentLimit);
        }

        await one.UntilAsync(() => lab.Hosts.All(h => one.Log.Decisions.Any(d => d.Host == h.Name)), "all hosts have measured");
        await one.UntilAsync(one.KnowAllOthers, "all hosts know each other");
        return one;
    }

    /// <summary>True if every host sees all others alive.</summary>
    public bool KnowAllOthers() => _lab.Hosts.All(h => MembersAsync(h).GetAwaiter().GetResult() is { } members
        && members.Count(m => m.IsSelf || m.State is null or MemberState.Alive) == _lab.Hosts.Count);

    /// <summary>
    /// h1 over the threshold and h2 in the window, so that they swap vm1 or vm2 for vm3 or vm4. h2 first, and seen to be there in two rounds: a host that is
    /// still under the window while h1 is over the threshold already would be given a VM, and no swap would come.
    /// </summary>
    public async Task LoadForSwapAsync()
    {
        const double Enough = 22e6;
        await Vm(3).LoadAsync((Vm(4), 12.5));
        await UntilAsync(
            () => Log.Of<RoundMeasured>().Where(r => r.Host == "h2").TakeLast(2).Count(r => r.Message.HostBitPerSecond >= Enough) == 2, "h2 is in the window");
        await Vm(1).LoadAsync((Vm(2), 22));
    }

    /// <summary>Ends all load. A guest that hosts hand over just now may be seen on neither: only one that is seen nowhere again and again has ended.</summary>
    public async Task CalmAsync()
    {
        const int Looks = 10;
        foreach (var guest in _lab.Guests)
        {
            for (var look = 1; look <= Looks; look++)
            {
                // One that is just being moved is on both hosts, and hears.
                if (_lab.Where(guest).Count > 1 || IsRunning(guest))
                {
                    await guest.LoadAsync();
                    break;
                }

                await Task.Delay(200);
            }
        }
    }

    /// <summary>Waits for an agent that kills itself, and starts it again without that order.</summary>
    public async Task RestartAfterDeathAsync(LabHost host)
    {
        await UntilAsync(() => !host.IsAgentUp, $"the agent of {host.Name} kills itself");
        await RestartAsync(host);
    }

    /// <summary>Starts a host's agent again, and waits until it answers.</summary>
    /// <param name="host">The host.</param>
    /// <param name="testing">A setting of <c>testing</c>.</param>
    public async Task RestartAsync(LabHost host, string? testing = null)
    {
        host.Configure(_lab.Hosts, _more + (testing is null ? "" : "\nactormig.testing." + testing));
        host.StartAgent();
        await host.WaitForAgentAsync(AgentLimit);
    }

    /// <summary>Waits until a host that was started again has measured: until then it declines whatever it is offered.</summary>
    public Task MeasuredAsync(LabHost host) => UntilAsync(() => StatusAsync(host).GetAwaiter().GetResult().Round > 1, $"{host.Name} has measured");

    /// <summary>Changes a running agent's configuration, and tells it so.</summary>
    /// <param name="host">The host.</param>
    /// <param name="more">Further lines, which win over those with which the case began.</param>
    public void Reload(LabHost host, string more)
    {
        host.Configure(_lab.Hosts, _more + "\n" + more);
        host.ReloadAgent();
    }

    /// <summary>vm1 is on its way, and has begun to run at its destination while much of its memory is not there yet.</summary>
    public async Task HoldPostCopyOpenAsync()
    {
        await WriteInTheFirstPassAsync();

        // On both sides: until its daemon has let the guest run there, the destination is still switching.
        await UntilAsync(() => Log.Of<PostCopyBegan>().Any() && Log.Of<ArrivalRan>().Any(), "post-copy has begun");
    }

    /// <summary>
    /// Has vm1, which is on its way, write while its pass goes on and not any more after: what it wrote must follow it at the pace that <see cref="HeldOpen"/>
    /// has set. A guest that went on writing would fetch those pages at once.
    /// </summary>
    public async Task WriteInTheFirstPassAsync()
    {
        const int Files = 3;
        await UntilAsync(() => Log.Of<ArrivalSeen>().Any(), "pre-copy has begun");
        await UntilAsync(() => HasSentSome(H1, "vm1"), "the first pass sends");
        for (var file = 1; file <= Files && !Log.Of<SwitchIntended>().Any(); file++)
        {
            await Vm(1).DirtyAsync(4, FormattableString.Invariant($"{file}"));
        }
    }

    /// <summary>True if no host has an open barter; a host that does not answer just now may have one.</summary>
    public bool AreBartersOver()
    {
        try
        {
            return _lab.Hosts.All(h => StatusAsync(h).GetAwaiter().GetResult().Barter.OpenBarters.Count == 0);
        }
        catch (Exception e) when (e is ControlException or HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>vm1 runs on h1 again, with an empty disk.</summary>
    public async Task BootVm1AnewAsync()
    {
        await Vm(1).BootAnewAsync(_lab.Hosts, H1);
        await _lab.WaitForGuestsAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Every case that a host has opened is resolved there. One is journaled once more when it is heard that its guest has run.</summary>
    public bool AreCasesClosed() => Log.Of<CaseOpened>().Select(c => (c.Host, c.Message.Plan.Migration)).Distinct()
        .All(o => Log.Of<CaseClosed>().Any(c => (c.Host, c.Message.Migration) == o));

    /// <summary>A case is over by itself once somebody has seen to the guest; what then is still open, a person closes, with what the command itself offers.</summary>
    public async Task ResolveCasesAsync()
    {
        foreach (var (host, migration) in Log.Of<CaseOpened>().Select(c => (c.Host, c.Message.Plan.Migration)).Distinct().ToList())
        {
            var where = _lab.Hosts.First(h => h.Name == host);
            await UntilAsync(
                () =>
                {
                    string[][] choices = [.. _lab.Hosts.Select(h => (string[])["--runs-on", h.Name]), ["--lost"]];
                    return Log.Of<CaseClosed>().Any(c => c.Host == host && c.Message.Migration == migration)
                        || choices.Any(c => where.TryActormig(["migration", "resolve", migration, .. c, "--yes"]).Code == ExitCodes.Ok);
                },
                $"{migration} is resolved on {host}");
        }

        await UntilAsync(AreCasesClosed, "all hosts know that it is resolved");
    }

    public Task UntilAsync(Func<bool> condition, string what, TimeSpan? limit = null) => UntilAsync(condition, () => what, limit ?? Limit);

    private async Task UntilAsync(Func<bool> condition, Func<string> what, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed >= limit)
            {
                Assert.Fail($"In {limit.TotalSeconds:0} s it did not come to pass that {what()}.\n{Story()}");
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public static async Task<HostStatus> StatusAsync(LabHost host)
    {
        using var client = new ControlClient(host.Socket);
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await client.StatusAsync(soon.Token);
    }

    /// <summary>How a host sees another one; null if it is not asked or does not answer.</summary>
    public static MemberState? StateOf(LabHost host, LabHost other) => MembersAsync(host).GetAwaiter().GetResult()?.FirstOrDefault(m => m.Host == other.Name)?.State;

    private static async Task<IReadOnlyList<ClusterHostInfo>?> MembersAsync(LabHost host)
    {
        try
        {
            using var client = new ControlClient(host.Socket);
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            return (await client.ClusterAsync(soon.Token)).Hosts;
        }
        catch (Exception e) when (e is ControlException or HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public static async Task<MoveReply> MoveAsync(LabHost from, string vm, string to, MigrationMode? mode = null)
    {
        using var client = new ControlClient(from.Socket);
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await client.MoveAsync(new MoveRequest(vm, to, mode), soon.Token);
    }

    /// <summary>Begins a move as soon as the host is free for it.</summary>
    public async Task<string> BeginMoveAsync(LabHost from, string vm, string to, MigrationMode? mode = null)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var reply = await MoveAsync(from, vm, to, mode);
            if (reply.IsAccepted)
            {
                return reply.Barter!;
            }

            if (clock.Elapsed >= Limit)
            {
                Assert.Fail(reply.Text + "\n" + Story());
            }

            await Task.Delay(100);
        }
    }

    /// <summary>
    /// Once nothing is under way any more: every guest is alive exactly once, its counter is whole, no reservation is left, and every migration has
    /// one of its ends (S1, S2, S4, L1).
    /// </summary>
    public async Task CheckAtRestAsync()
    {
        await CalmAsync();

        // At rest is who is at rest for some rounds: a VM that has just come may want to go back.
        const int Rounds = 4;
        var (unrest, since) = await UnrestAsync();
        await UntilAsync(
            () =>
            {
                (unrest, var rounds) = UnrestAsync().GetAwaiter().GetResult();
                since = unrest is null ? since : rounds;
                return unrest is null && rounds - since >= Rounds;
            },
            () => $"all barters end and nothing is promised but what runs ({unrest ?? $"at rest since round {since}"})",
            RestLimit);
        foreach (var guest in _lab.Guests)
        {
            var where = _lab.Where(guest);
            Assert.True(where is [var only] && only.State.StartsWith("running", StringComparison.Ordinal), $"{guest.Name} is {string.Join(" and ", where)}.\n{Story()}");
            await Hearts.LiveAsync(_lab, guest);
            var disk = DiskChecker.Check(guest.Disk);
            Assert.True(disk.IsWhole, $"{guest.Name}'s disk: {disk}.\n{Story()}");
        }

        await UntilAsync(() => Log.Migrations().All(m => m.Settled is not null), "every migration has an end");
    }

    /// <summary>All that was journaled but rounds in which nothing happened; of those the last few, which show whether there still are any.</summary>
    public string Story() => string.Join('\n', Log.All.Select(f => (f, Text: Line(f))).Where(l => l.Text is not null).Select(l => $"{l.f.WallMs - Log.StartMs,7} {l.f.Host} {l.Text}"))
        + string.Concat(Log.All.TakeLast(12).Where(f => Line(f) is null).Select(f => $"\n{f.WallMs - Log.StartMs,7} {f.Host} {f.Message}"))
        + string.Concat(_lab.Hosts.Select(h => $"\n--- log of {h.Name}\n" + string.Join('\n', File.Exists(h.AgentLog) ? File.ReadLines(h.AgentLog).TakeLast(30) : [])))
        + string.Concat(_lab.Guests.Select(g => $"\n--- console of {g.Name}, its heart last {(_lab.Heartbeats?.LastMs(g) is { } beat ? $"{Heartbeats.NowMs - beat} ms ago" : "never")}\n" + ConsoleOf(g)));

    /// <summary>The last of what a guest's kernel and its init said: which of its programs has ended, and how.</summary>
    public static string ConsoleOf(LabGuest guest) => File.Exists(guest.Console) ? string.Join('\n', File.ReadLines(guest.Console).TakeLast(12)) : "";

    public async ValueTask DisposeAsync()
    {
        foreach (var follower in _followers)
        {
            await follower.DisposeAsync();
        }

        try
        {
            await CalmAsync();
        }
        finally
        {
            await Task.WhenAll(_lab.Hosts.Select(h => h.StopAgentAsync()));
        }
    }

    private static string? Line(Followed f) => f.Message switch
    {
        RoundMeasured or RoundDecided { Answer: "calm" } => null,
        _ => f.Message.ToString(),
    };

    /// <summary>What is not at rest yet, null if all is; and how many rounds the host of the fewest has had.</summary>
    private async Task<(string? Unrest, long Rounds)> UnrestAsync()
    {
        var (unrest, rounds) = ((string?)null, long.MaxValue);
        foreach (var host in _lab.Hosts)
        {
            HostStatus status;
            try
            {
                status = await StatusAsync(host);
            }
            catch (Exception e) when (e is ControlException or HttpRequestException or OperationCanceledException)
            {
                return ($"{host.Name}: {e.Message}", 0);
            }

            rounds = Math.Min(rounds, status.Round);
            unrest ??= Unrest(status) is { } what ? $"{host.Name} in round {status.Round}: {what}; {status.Barter.Decision}" : null;
        }

        return (unrest, rounds);
    }

    private static string? Unrest(HostStatus status)
    {
        var running = status.Barter.Vms.Sum(v => v.Facts.MemoryBytes);
        return status switch
        {
            { HypervisorError: { } error } => error,
            { Barter.OpenBarters: [var open, ..] } => $"{open} is open",
            { Barter.PromisedBytes: var promised } when promised != running => $"{promised} bytes are promised, {running} run",
            _ when status.Barter.Vms.FirstOrDefault(v => v.Facts.Origin is not null) is { } away => $"{away} may go back",
            _ when status.Barter.Vms.FirstOrDefault(v => v.Status is not (VmStatus.Idle or VmStatus.Cooling)) is { } busy => $"{busy.Facts.Name} is {busy.Status} and cannot move",
            _ => null,
        };
    }

    /// <summary>Writes from now on are in the pass that goes on.</summary>
    private static bool HasSentSome(LabHost host, string vm) =>
        host.TryVirsh("domjobinfo", vm, "--rawstats") is (0, var output)
        && output.Split('\n').Select(l => l.Split(':')).FirstOrDefault(p => p is ["memory_processed", ..]) is [_, var bytes]
        && long.Parse(bytes.Trim(), CultureInfo.InvariantCulture) > 0;

    private bool IsRunning(LabGuest guest) => _lab.Where(guest) is [{ State: var state }] && state.StartsWith("running", StringComparison.Ordinal);

    /// <summary>vm1 and vm2 on h1, vm3 and vm4 on h2, by libvirt's own hand. What a case before has lost is booted anew, so that it fails alone.</summary>
    private async Task ToStartPositionsAsync()
    {
        foreach (var host in _lab.Hosts.Where(h => h.LibvirtdPids.Count == 0))
        {
            await host.RestartLibvirtdAsync("root");
        }

        foreach (var guest in _lab.Guests.Where(g => !IsRunning(g) || !g.HasWholeDisk))
        {
            await guest.BootAnewAsync(_lab.Hosts, _lab.HomeOf(guest));
        }

        await _lab.WaitForGuestsAsync(TimeSpan.FromSeconds(60));
        await CalmAsync();
        foreach (var guest in _lab.Guests)
        {
            var home = _lab.HomeOf(guest);
            if (_lab.Where(guest) is [var only] && only.Host != home.Name)
            {
                var away = _lab.Hosts.First(h => h.Name == only.Host);
                away.Virsh(
                    "migrate", "--live", "--p2p", "--persistent", "--undefinesource", guest.Name, $"qemu+tcp://{home.Address}/system", $"tcp://{home.Address}");
            }

            var where = _lab.Where(guest);
            Assert.True(where is [var there] && there.Host == home.Name, $"{guest.Name} is {string.Join(" and ", where)}; the case begins with it on {home.Name} alone.");
            await Hearts.LiveAsync(_lab, guest);
            await guest.ClearAsync();
        }
    }
}
