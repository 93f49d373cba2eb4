using System.Diagnostics;
using System.Globalization;

namespace ActorMig.Lab;

/// <summary>
/// The lab: two hosts, four guests, and the namespace from which they are watched. It touches nothing of the machine's own libvirt, network or guests,
/// and what an earlier run left behind is removed before it begins.
/// </summary>
internal sealed class Lab : IAsyncDisposable
{
    /// <summary>EWOULDBLOCK: what a file that is locked by another says.</summary>
    private const int WouldBlock = 11;

    private readonly FileStream _lock;

    private Lab(FileStream fileLock, string cacheDir, bool hasKvm, string machine, GuestShape shape, IReadOnlyList<LabHost> hosts)
    {
        _lock = fileLock;
        CacheDir = cacheDir;
        HasKvm = hasKvm;
        Machine = machine;
        Hosts = hosts;
        Guests = [.. Enumerable.Range(1, 4).Select(n => new LabGuest(n, cacheDir, hasKvm, shape))];
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

    /// <summary>Makes the hosts, each with a libvirt that answers.</summary>
    /// <param name="repository">The repository's folder.</param>
    /// <param name="say">Is told what happens.</param>
    /// <param name="shape">How big the guests are.</param>
    /// <param name="cancellation">Ends the waiting; what was made is removed.</param>
    public static async Task<Lab> StartAsync(string repository, Action<string> say, GuestShape shape, CancellationToken cancellation = default)
    {
        var fileLock = TakeLock();
        Lab lab;
        try
        {
            CleanUp();
            var cache = Path.Combine(repository, "artifacts", "lab-cache");
            var agent = AgentProgram(repository);
            var hocon = Path.Combine(repository, "hocon");
            var (hasKvm, kvmText) = await Kvm.FindAsync(cache, cancellation);
            say(kvmText);
            lab = new Lab(fileLock, cache, hasKvm, kvmText, shape, [new LabHost(1, agent, hocon), new LabHost(2, agent, hocon)]);
        }
        catch
        {
            await fileLock.DisposeAsync();
            throw;
        }

        try
        {
            Directory.CreateDirectory(LabNames.StateDir + "/share");
            say("making two hosts (network, mount and process namespaces) and starting their libvirt");
            lab.MakeNetwork();
            foreach (var host in lab.Hosts)
            {
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
    public static string AgentProgram(string repository)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        return Path.Combine(repository, "artifacts", "bin", "ActorMig.Agent", configuration, "actormig");
    }

    /// <summary>Boots guests: two on each host.</summary>
    public async Task BootAsync(Action<string> say, bool isPersistent = true, CancellationToken cancellation = default)
    {
        say($"booting {Guests.Count} guests of {LabNames.GuestMemoryMiB} MiB");
        foreach (var guest in Guests)
        {
            cancellation.ThrowIfCancellationRequested();
            guest.Boot(Hosts[(guest.Number - 1) / 2], isPersistent);
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
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task StartAgentsAsync(ulong seed = 0, string settings = LabHost.UsualSettings, CancellationToken cancellation = default)
    {
        foreach (var host in Hosts)
        {
            // Two agents that drew the same would act in step.
            var own = seed == 0 ? 0 : unchecked((seed * 10) + (ulong)host.Number) & long.MaxValue;
            host.Configure(Hosts, FormattableString.Invariant($"actormig.testing.seed = {own}"), settings);
            host.StartAgent();
        }

        foreach (var host in Hosts)
        {
            await host.WaitForAgentAsync(TimeSpan.FromSeconds(30), cancellation);
        }
    }

    /// <summary>Cuts the link between the hosts, or joins it again: nothing gets through, and nobody is told.</summary>
    public static void SetLink(bool isUp) =>
        Shell.Run("ip", ["-n", LabNames.Namespace("h2"), "link", "set", "up0", .. isUp ? (string[])["master", "br0"] : ["nomaster"]]);

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

    private static void KillAll(string name)
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
        foreach (var host in Hosts)
        {
            var ns = LabNames.Namespace(host.Name);
            Shell.Run("ip", "netns", "add", ns);
            Shell.Run("ip", "-n", ns, "link", "set", "lo", "up");
            Shell.Run("ip", "-n", ns, "link", "add", "br0", "type", "bridge", "stp_state", "0", "forward_delay", "0");
            Shell.Run("ip", "-n", ns, "addr", "add", host.Address + "/24", "dev", "br0");
            Shell.Run("ip", "-n", ns, "link", "set", "br0", "up");
        }

        Link(LabNames.Namespace("h1"), LabNames.Namespace("h2"), "up0", "up0");
        Shell.Run("ip", "-n", LabNames.Namespace("h2"), "link", "set", "up0", "master", "br0", "up");
        Shell.Run("ip", "netns", "add", LabNames.Control);
        Link(LabNames.Namespace("h1"), LabNames.Control, "ctl0", "eth0");
        Shell.Run("ip", "-n", LabNames.Control, "addr", "add", LabNames.ControlAddress + "/24", "dev", "eth0");
        Shell.Run("ip", "-n", LabNames.Control, "link", "set", "eth0", "up");
    }

    private static void Link(string one, string other, string nameInOne, string nameInOther)
    {
        Shell.Run("ip", "-n", one, "link", "add", nameInOne, "type", "veth", "peer", "name", nameInOther, "netns", other);
        Shell.Run("ip", "-n", one, "link", "set", nameInOne, "master", "br0", "up");
    }
}
