using System.Diagnostics;
using System.Globalization;

namespace ActorMig.Lab;

/// <summary>
/// The lab: hosts, guests, the switch between them, and the namespace from which they are watched. It touches nothing of the machine's own libvirt, network or guests,
/// and what an earlier run left behind is removed before it begins.
/// </summary>
internal sealed class Lab : IAsyncDisposable
{
    /// <summary>EWOULDBLOCK: what a file that is locked by another says.</summary>
    private const int WouldBlock = 11;

    /// <summary>A host's cable to the switch.</summary>
    private const string Uplink = "up0";

    private readonly FileStream _lock;

    private Lab(FileStream fileLock, string cacheDir, bool hasKvm, string machine, GuestShape shape, IReadOnlyList<LabHost> hosts, int guests)
    {
        _lock = fileLock;
        CacheDir = cacheDir;
        HasKvm = hasKvm;
        Machine = machine;
        Hosts = hosts;
        Guests = [.. Enumerable.Range(1, guests).Select(n => new LabGuest(n, cacheDir, hasKvm, shape))];
    }

    /// <summary>The folder with the guests' kernel and initrd.</summary>
    public string CacheDir { get; }

    public bool HasKvm { get; }

    /// <summary>What the guests run on, in words.</summary>
    public string Machine { get; }

    public IReadOnlyList<LabHost> Hosts { get; }

    public IReadOnlyList<LabGuest> Guests { get; }

    public Heartbeats? Heartbeats { get; private set; }

    /// <summary>True to leave everything running at the end. Set when the end is reached: what fails or is stopped before is removed.</summary>
    public bool IsKept { get; set; }

    /// <summary>Where a guest is at the beginning: as many on each host, in the order of their numbers.</summary>
    public LabHost HomeOf(LabGuest guest) => Hosts[(guest.Number - 1) * Hosts.Count / Guests.Count];

    /// <summary>Makes the hosts, each with a libvirt that answers.</summary>
    /// <param name="repository">The repository's folder.</param>
    /// <param name="say">Is told what happens.</param>
    /// <param name="shape">How big the guests are.</param>
    /// <param name="size">How many hosts and guests; null: two and four.</param>
    /// <param name="cancellation">Ends the waiting; what was made is removed.</param>
    public static async Task<Lab> StartAsync(
        string repository, Action<string> say, GuestShape shape, LabSize? size = null, CancellationToken cancellation = default)
    {
        size ??= LabSize.Usual;
        var fileLock = TakeLock();
        Lab lab;
        try
        {
            CleanUp();
            var cache = Path.Combine(repository, "artifacts", "lab-cache");
            var agent = AgentProgram();
            var hocon = Path.Combine(repository, "hocon");
            var (hasKvm, kvmText) = await Kvm.FindAsync(cache, cancellation);
            say(kvmText);
            lab = new Lab(
                fileLock, cache, hasKvm, kvmText, shape, [.. Enumerable.Range(1, size.Hosts).Select(n => new LabHost(n, agent, hocon))], size.Guests);
        }
        catch
        {
            await fileLock.DisposeAsync();
            throw;
        }

        try
        {
            Directory.CreateDirectory(LabNames.StateDir + "/share");
            say($"making {size.Hosts} hosts (network, mount and process namespaces) and starting their libvirt");
            lab.MakeNetwork();
            if (size.IsCluster)
            {
                say("making an authority, a certificate for each host, and a key for serf");
                LabCluster.Prepare(lab, AgentProgram(), Environment.GetEnvironmentVariable(LabHost.MembershipVariable) == "akka");
            }

            foreach (var host in lab.Hosts)
            {
                host.Keepalive = size.HearsCutsSoon ? (1, 3) : host.Keepalive;
                host.Start();
            }

            foreach (var host in lab.Hosts)
            {
                await host.WaitForLibvirtAsync(TimeSpan.FromSeconds(60), cancellation);
            }

            lab.Heartbeats = new Heartbeats();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>The agent's program: the build that the lab itself is from.</summary>
    public static string AgentProgram()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, "ActorMig.Agent", own.Name, "actormig");
    }

    /// <summary>Boots the guests, each where it is at home.</summary>
    public async Task BootAsync(Action<string> say, bool isPersistent = true, CancellationToken cancellation = default)
    {
        say($"booting {Guests.Count} guests of {LabNames.GuestMemoryMiB} MiB");
        foreach (var guest in Guests)
        {
            cancellation.ThrowIfCancellationRequested();
            guest.Boot(HomeOf(guest), isPersistent);
        }

        await WaitForGuestsAsync(TimeSpan.FromSeconds(90), cancellation);
    }

    public Task WaitForGuestsAsync(TimeSpan limit, CancellationToken cancellation = default) => WaitForGuestsAsync(Guests, limit, cancellation);

    public static async Task WaitForGuestsAsync(IReadOnlyList<LabGuest> guests, TimeSpan limit, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        while (guests.FirstOrDefault(g => !g.IsUp) is { } down)
        {
            if (clock.Elapsed > limit)
            {
                throw new InvalidOperationException($"{down.Name} did not come up in {limit.TotalSeconds:0} s; its console: {File.ReadAllText(down.Console)}");
            }

            await Task.Delay(100, cancellation);
        }
    }

    /// <summary>Starts an agent on each host.</summary>
    /// <param name="seed">Seeds what they draw, each its own; 0: from the clock.</param>
    /// <param name="settings">The file in <c>hocon/</c> with what both set besides their names.</param>
    /// <param name="more">Further lines of configuration.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task StartAgentsAsync(ulong seed = 0, string settings = LabHost.UsualSettings, string more = "", CancellationToken cancellation = default)
    {
        foreach (var host in Hosts)
        {
            // Two agents that drew the same would act in step.
            var own = seed == 0 ? 0 : unchecked((seed * 10) + (ulong)host.Number) & long.MaxValue;
            host.Configure(Hosts, FormattableString.Invariant($"actormig.testing.seed = {own}\n{more}"), settings);
            host.StartAgent();
        }

        foreach (var host in Hosts)
        {
            await host.WaitForAgentAsync(LabHost.AgentStartLimit, cancellation);
        }
    }

    /// <summary>Cuts h2 from the others, or joins it again: nothing gets through, and nobody is told.</summary>
    public static void SetLink(bool isUp) => SetLink("h2", isUp);

    /// <summary>Cuts a host from the others, or joins it again: nothing gets through, and nobody is told.</summary>
    public static void SetLink(string host, bool isUp) =>
        Shell.Run("ip", ["-n", LabNames.Namespace(host), "link", "set", Uplink, .. isUp ? (string[])["master", "br0"] : ["nomaster"]]);

    /// <summary>
    /// Has nothing arrive any more that one host sends to another, and nobody is told; or has it arrive again. What guests send is not cut.
    /// </summary>
    public static void SetWay(LabHost from, LabHost to, bool isUp)
    {
        const string Nobody = "02:00:00:00:00:fe";
        string[] neighbours = ["-n", LabNames.Namespace(from.Name), "neigh"];
        if (isUp)
        {
            // What was not cut cannot be deleted, and need not be.
            Shell.Try("ip", [.. neighbours, "del", to.Address, "dev", "br0"]);
        }
        else
        {
            Shell.Run("ip", [.. neighbours, "replace", to.Address, "lladdr", Nobody, "dev", "br0", "nud", "permanent"]);
        }
    }

    /// <summary>On which hosts libvirt shows a guest as active, and in which state.</summary>
    public IReadOnlyList<(string Host, string State)> Where(LabGuest guest)
    {
        var found = new List<(string Host, string State)>();
        foreach (var host in Hosts)
        {
            var (code, output) = host.TryVirsh("domstate", guest.Name, "--reason");
            if (code == 0 && !output.StartsWith("shut off", StringComparison.Ordinal))
            {
                found.Add((host.Name, output.Trim()));
            }
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        Heartbeats?.Dispose();
        if (!IsKept)
        {
            foreach (var host in Hosts)
            {
                await host.StopAgentAsync();
            }

            CleanUp();
        }

        await _lock.DisposeAsync();
    }

    /// <summary>Removes what a lab has left, unless one runs: who is asked to clean up does not know whose it is.</summary>
    public static void Down()
    {
        using var fileLock = TakeLock();
        CleanUp();
    }

    private static FileStream TakeLock()
    {
        try
        {
            return new FileStream(LabNames.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new InvalidOperationException("Another lab runs on this machine, so nothing was touched; wait for its end, or stop it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The lock {LabNames.LockFile} cannot be taken: {e.Message}");
        }
    }

    /// <summary>Removes all that a lab of any run may have left: processes of its namespaces, the namespaces, loop devices, files.</summary>
    private static void CleanUp()
    {
        foreach (var line in Shell.Run("ip", "netns", "list").Split('\n'))
        {
            var name = line.Split(' ')[0];
            if (name.StartsWith(LabNames.Prefix, StringComparison.Ordinal))
            {
                KillAll(name);
                Shell.Try("ip", "netns", "del", name);
            }
        }

        if (!Directory.Exists(LabNames.StateDir))
        {
            return;
        }

        foreach (var line in Shell.Run("losetup", "--list", "--noheadings", "--output", "NAME,BACK-FILE").Split('\n'))
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length >= 2 && parts[1].StartsWith(LabNames.StateDir + "/", StringComparison.Ordinal))
            {
                Shell.Try("losetup", "-d", parts[0]);
            }
        }

        foreach (var point in File.Exists(LabNames.MadeFolders) ? File.ReadAllLines(LabNames.MadeFolders) : [])
        {
            if (Directory.Exists(point) && !Directory.EnumerateFileSystemEntries(point).Any())
            {
                Directory.Delete(point);
            }
        }

        Directory.Delete(LabNames.StateDir, recursive: true);
    }

    /// <summary>Ends all processes of a namespace.</summary>
    public static void KillAll(string name)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var pids = Shell.Try("ip", "netns", "pids", name).Output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 0)
                .ToArray();
            if (pids.Length == 0)
            {
                return;
            }

            foreach (var pid in pids)
            {
                Signals.Send(pid, Signals.Kill);
            }

            Thread.Sleep(50);
        }
    }

    private void MakeNetwork()
    {
        Shell.Run("ip", "netns", "add", LabNames.Switch);
        MakeBridge(LabNames.Switch);
        foreach (var host in Hosts)
        {
            var ns = LabNames.Namespace(host.Name);
            Shell.Run("ip", "netns", "add", ns);
            Shell.Run("ip", "-n", ns, "link", "set", "lo", "up");
            MakeBridge(ns);
            Shell.Run("ip", "-n", ns, "addr", "add", host.Address + "/24", "dev", "br0");
            Plug(host.Name, ns, Uplink);

            // A bridge takes the lowest address of its ports. Were a random one of the uplink above those of the guests' taps (fe:...), the bridge would have that of
            // a guest, and the host to which this guest goes could not reach this one any more.
            Shell.Run("ip", "-n", ns, "link", "set", Uplink, "address", FormattableString.Invariant($"02:00:00:77:00:{host.Number:x2}"));
            Shell.Run("ip", "-n", ns, "link", "set", Uplink, "master", "br0", "up");
        }

        Shell.Run("ip", "netns", "add", LabNames.Control);
        Plug("ctl", LabNames.Control, "eth0");
        Shell.Run("ip", "-n", LabNames.Control, "addr", "add", LabNames.ControlAddress + "/24", "dev", "eth0");
        Shell.Run("ip", "-n", LabNames.Control, "link", "set", "eth0", "up");
    }

    private static void MakeBridge(string ns)
    {
        Shell.Run("ip", "-n", ns, "link", "add", "br0", "type", "bridge", "stp_state", "0", "forward_delay", "0");
        Shell.Run("ip", "-n", ns, "link", "set", "br0", "up");
    }

    /// <summary>A cable from a port of the switch to a device of another namespace.</summary>
    private static void Plug(string port, string ns, string device)
    {
        Shell.Run("ip", "-n", LabNames.Switch, "link", "add", port, "type", "veth", "peer", "name", device, "netns", ns);
        Shell.Run("ip", "-n", LabNames.Switch, "link", "set", port, "master", "br0", "up");
    }
}
