using System.Diagnostics;
using System.Globalization;
using ActorMig.Agent.Control;

namespace ActorMig.Lab;

/// <summary>A "physical host": a network, mount, UTS and process namespace with a libvirtd of its own, and an agent.</summary>
internal sealed class LabHost(int number, string agentProgram, string referenceDir)
{
    /// <summary>The file in <c>hocon/</c> with what agents of the lab set besides their names.</summary>
    public const string UsualSettings = "lab.conf";

    /// <summary>The machine's folders over which a host mounts its own.</summary>
    public static readonly IReadOnlyList<string> MountPoints =
        ["/etc/libvirt", "/run/libvirt", "/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt"];

    /// <summary>Says what the agents run on, unless a host is told otherwise.</summary>
    public const string EngineVariable = "ACTORMIG_ENGINE";

    /// <summary>Says by what the agents of a cluster find each other.</summary>
    public const string MembershipVariable = "ACTORMIG_MEMBERSHIP";

    /// <summary>So long an agent may take to start: a busy machine has it wait for a processor again and again.</summary>
    public static readonly TimeSpan AgentStartLimit = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);
    private Process? _namespaces;
    private Process? _libvirtd;
    private Process? _agent;
    private string _qemuUser = "root";

    public int Number { get; } = number;

    public string Name { get; } = FormattableString.Invariant($"h{number}");

    public string Address { get; } = LabNames.HostAddress(number);

    public string Dir { get; } = FormattableString.Invariant($"{LabNames.StateDir}/h{number}");

    public string Socket => Dir + "/actormig.sock";

    public string AgentLog => Dir + "/agent.log";

    public string LibvirtSocket => Dir + "/run/libvirt-sock";

    public string LibvirtUri => $"qemu+unix:///system?socket={LibvirtSocket}";

    /// <summary>The agent's program; the next start takes it.</summary>
    public string AgentProgram { get; set; } = agentProgram;

    /// <summary>How the agent finds the others and talks to them; null: they are listed in its configuration.</summary>
    public string? Cluster { get; set; }

    /// <summary>Further lines of the agent's configuration, beside its own block.</summary>
    public string Beside { get; set; } = "";

    /// <summary>What the agent runs on, as <c>actormig.engine</c> is written; empty: as it is by default. Its next configuration takes it.</summary>
    public string Engine { get; set; } = Environment.GetEnvironmentVariable(EngineVariable) ?? "";

    public bool IsAgentUp => _agent is { HasExited: false };

    /// <summary>
    /// After how many seconds, and how many times, libvirtd asks whether the other side of a connection still lives; its next start takes it. At first
    /// libvirt's own.
    /// </summary>
    public (int IntervalS, int Count) Keepalive { get; set; } = (5, 5);

    /// <summary>How much of the processors the agent has had since it was started; null if there is none.</summary>
    public TimeSpan? AgentCpu
    {
        get
        {
            if (AgentPid is not { } pid)
            {
                return null;
            }

            using var agent = Process.GetProcessById(pid);
            return agent.TotalProcessorTime;
        }
    }

    /// <summary>The process in the host's namespaces that the others descend from.</summary>
    private int InitPid
    {
        get
        {
            return Children(_namespaces!.Id) is [var pid, ..] ? pid : throw new InvalidOperationException($"The namespaces of {Name} are gone.");
        }
    }

    /// <summary>The agent itself: the one child of nsenter, which waits for it in the outer process namespace.</summary>
    private int? AgentPid => _agent is { HasExited: false } && Children(_agent.Id) is [var pid, ..] ? pid : null;

    /// <summary>Makes the namespaces and starts libvirtd; the network namespace exists already.</summary>
    public void Start()
    {
        foreach (var dir in (string[])["etc", "run", "lib", "log", "cache", "data"])
        {
            Directory.CreateDirectory($"{Dir}/{dir}");
        }

        // Mount points only: nothing is ever written to the machine's own.
        foreach (var dir in MountPoints.Where(d => !Directory.Exists(d)))
        {
            File.AppendAllLines(LabNames.MadeFolders, [dir]);
            Directory.CreateDirectory(dir);
        }

        WriteLibvirtdConf();
        WriteQemuConf("root");

        // libvirtd does not start without the user of QEMU, even where it is not used.
        WriteWith("/etc/passwd", $"{Dir}/passwd", "libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin");
        WriteWith("/etc/group", $"{Dir}/group", "libvirt-qemu:x:64055:");
        File.WriteAllLines(
            $"{Dir}/hosts", ["127.0.0.1 localhost", .. Enumerable.Range(1, LabSize.HostsMax).Select(n => FormattableString.Invariant($"{LabNames.HostAddress(n)} h{n}"))]);
        _libvirtd = null;
        var script = $"""
            hostname {Name}
            mount --bind {Dir}/etc /etc/libvirt && mount --bind {Dir}/run /run/libvirt && mount --bind {Dir}/lib /var/lib/libvirt &&
            mount --bind {Dir}/log /var/log/libvirt && mount --bind {Dir}/cache /var/cache/libvirt &&
            mount --bind {Dir}/hosts /etc/hosts && mount --bind {Dir}/passwd /etc/passwd && mount --bind {Dir}/group /etc/group || exit 1
            libvirtd -l -f /etc/libvirt/libvirtd.conf -p /run/libvirt/libvirtd.pid &
            while :; do wait; sleep 1; done
            """;
        _namespaces = Shell.Start(
            $"{Dir}/libvirtd.out", "ip", "netns", "exec", LabNames.Namespace(Name),
            "unshare", "-m", "-u", "-p", "-f", "--kill-child", "--mount-proc", "--propagation", "private", "sh", "-c", script);
    }

    /// <summary>The ids of libvirtd's processes that live.</summary>
    public IReadOnlyList<int> LibvirtdPids => [.. Pids.Where(pid => CommandOf(pid) == "libvirtd")];

    /// <summary>Kill -9 of the QEMU of a guest: the guest, or this host's half of it, is gone.</summary>
    public void KillQemu(LabGuest guest)
    {
        foreach (var pid in QemuPids(guest))
        {
            Signals.Send(pid, Signals.Kill);
        }
    }

    /// <summary>The ids of a guest's QEMU processes in this host.</summary>
    public IReadOnlyList<int> QemuPids(LabGuest guest) => Processes(line => line.Contains($"guest={guest.Name},", StringComparison.Ordinal));

    /// <summary>The ids of this host's processes, by their command lines.</summary>
    public IReadOnlyList<int> Processes(Func<string, bool> isMeant) => [.. Pids.Where(pid => isMeant(CommandLineOf(pid)))];

    /// <summary>Gives the agent, which does not run, a data-dir on a disk of its own, with what it holds.</summary>
    public void MountSmallDataDir(int mib) => Inside(
        $"mkdir -p {Dir}/small {Dir}/data && mount -t tmpfs -o size={mib}m small {Dir}/small && cp -a {Dir}/data/. {Dir}/small && mount --bind {Dir}/small {Dir}/data");

    /// <summary>Takes that disk away again, if it is there; neither the agent nor its serf runs.</summary>
    public void UnmountSmallDataDir() => Inside($"for d in data small; do if mountpoint -q {Dir}/$d; then umount {Dir}/$d || exit 1; fi; done");

    /// <summary>Writes the disk of data-dir full to the last byte; true to do so, false to make room again.</summary>
    public void FillDataDir(bool isFull) => Inside(isFull ? $"dd if=/dev/zero of={Dir}/data/filler bs=4k 2>/dev/null; true" : $"rm -f {Dir}/data/filler");

    private IEnumerable<int> Pids =>
        Shell.Run("ip", "netns", "pids", LabNames.Namespace(Name)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture));

    /// <summary>Kill -9 of libvirtd, and waits until it is dead; guests go on.</summary>
    public void KillLibvirtd()
    {
        var pids = LibvirtdPids;
        foreach (var pid in pids)
        {
            Signals.Send(pid, Signals.Kill);
        }

        // As long as it dies, it keeps its lock and its port: one that is started then gives up.
        var clock = Stopwatch.StartNew();
        while (LibvirtdPids.Count > 0)
        {
            if (clock.Elapsed > EndLimit)
            {
                throw new InvalidOperationException($"libvirtd of {Name} does not end in {EndLimit.TotalSeconds:0} s after kill -9.");
            }

            Thread.Sleep(10);
        }
    }

    /// <summary>Starts libvirtd again in the same namespaces; it finds its guests.</summary>
    public async Task RestartLibvirtdAsync(string? qemuUser = null)
    {
        _qemuUser = qemuUser ?? _qemuUser;
        WriteLibvirtdConf();
        WriteQemuConf(_qemuUser);
        _libvirtd = Shell.Start(
            $"{Dir}/libvirtd.out", "nsenter", "--target", FormattableString.Invariant($"{InitPid}"), "--mount", "--uts", "--net", "--pid", "--",
            "setsid", "libvirtd", "-l", "-f", "/etc/libvirt/libvirtd.conf", "-p", "/run/libvirt/libvirtd.pid");
        await WaitForLibvirtAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Kills libvirtd and starts another; guests go on, and jobs that it held are gone.</summary>
    public async Task ReplaceLibvirtdAsync()
    {
        KillLibvirtd();
        await RestartLibvirtdAsync();
    }

    /// <summary>While libvirtd does not run: removes what it has written down of a domain of which there is no process.</summary>
    public void ForgetDead(string guest)
    {
        var state = $"{Dir}/run/qemu/{guest}.xml";
        if (File.Exists(state) && File.ReadAllText(state).Contains("pid='0'", StringComparison.Ordinal))
        {
            File.Delete(state);
            File.Delete(Path.ChangeExtension(state, ".pid"));
        }
    }

    /// <summary>Waits until libvirtd answers.</summary>
    public async Task WaitForLibvirtAsync(TimeSpan limit, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        while (Shell.Try("virsh", "-c", LibvirtUri, "version").Code != 0)
        {
            if (clock.Elapsed > limit || _namespaces!.HasExited || _libvirtd is { HasExited: true })
            {
                var ended = _namespaces!.HasExited ? " (its namespaces are gone)" : _libvirtd is { HasExited: true } ? $" (it ended with {_libvirtd.ExitCode})" : "";
                var log = $"{Dir}/log/libvirtd.log";
                var said = File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(20)) : "";
                throw new InvalidOperationException($"libvirtd of {Name} does not answer{ended}: {File.ReadAllText($"{Dir}/libvirtd.out")}\n{said}");
            }

            await Task.Delay(100, cancellation);
        }
    }

    public string Virsh(params string[] arguments) => Shell.Run("virsh", ["-q", "-c", LibvirtUri, .. arguments]);

    public (int Code, string Output) TryVirsh(params string[] arguments) => Shell.Try("virsh", ["-q", "-c", LibvirtUri, .. arguments]);

    /// <summary>Writes the agent's configuration.</summary>
    /// <param name="hosts">All hosts.</param>
    /// <param name="more">Further lines, which win.</param>
    /// <param name="settings">The file in <c>hocon/</c> with what it sets besides its name.</param>
    public string Configure(IEnumerable<LabHost> hosts, string more = "", string settings = UsualSettings)
    {
        var members = Cluster ?? "  members {\n" + string.Join('\n', hosts.Where(h => h.Number != Number).Select(h =>
            $$"""    {{h.Name}} { address = "{{h.Address}}:7601", libvirt = "qemu+tcp://{{h.Address}}/system", data = "tcp://{{h.Address}}" }""")) + "\n  }";
        var path = $"{Dir}/actormig.conf";
        File.WriteAllText(path, $$"""
            include required(file("{{referenceDir}}/{{settings}}"))
            actormig {
              host-name = {{Name}}
              socket = {{Socket}}
              data-dir = {{Dir}}/data
              listen.address = {{Address}}
            {{(Engine.Length > 0 ? $"  engine = {Engine}\n{members}" : members)}}
            }
            {{Beside}}
            {{more}}

            """);
        return path;
    }

    /// <summary>Starts the host's agent. A second one would live on beside it, and nobody would end it.</summary>
    /// <exception cref="InvalidOperationException">One runs.</exception>
    public void StartAgent() => _agent = !IsAgentUp ? StartAgentProcess($"{Dir}/actormig.conf", AgentLog)
        : throw new InvalidOperationException($"An agent of {Name} runs already; end it before another one is started.");

    /// <summary>Runs an agent inside of the host, beside the one that may run.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="log">Where its log goes.</param>
    /// <param name="wrapper">A program with its arguments that runs the agent.</param>
    public Process StartAgentProcess(string config, string log, params string[] wrapper) => Shell.Start(
        log, "nsenter",
        ["--target", FormattableString.Invariant($"{InitPid}"), "--mount", "--uts", "--net", "--pid", "--", .. wrapper, AgentProgram, "agent", "--config", config]);

    /// <summary>
    /// True while the agent stands still, as <c>testing.stop-after-event</c> makes it, and nsenter, which stops itself as soon as it sees that, does so, too.
    /// One that was told to go on before would stop after it, and never hear of the agent's end.
    /// </summary>
    public bool IsAgentStopped => _agent is { HasExited: false } nsenter && StateOf(nsenter.Id) is 'T' && AgentPid is { } pid && StateOf(pid) is 'T';

    /// <summary>Has the agent go on, and nsenter, which waits for it.</summary>
    public void ContinueAgent()
    {
        if (_agent is { HasExited: false } nsenter)
        {
            Signals.Send(nsenter.Id, Signals.Continue);
            Signal(Signals.Continue);
        }
    }

    /// <summary>Kill -9 of the host's serf, and waits until it is dead.</summary>
    public void KillSerf()
    {
        var clock = Stopwatch.StartNew();
        while (Processes(line => line.Split('\0') is [var program, "agent", ..] && Path.GetFileName(program) == "serf") is { Count: > 0 } pids)
        {
            if (clock.Elapsed > EndLimit)
            {
                throw new InvalidOperationException($"serf of {Name} does not end in {EndLimit.TotalSeconds:0} s after kill -9.");
            }

            foreach (var pid in pids)
            {
                Signals.Send(pid, Signals.Kill);
            }

            Thread.Sleep(10);
        }
    }

    /// <summary>False after <see cref="PowerOff"/>.</summary>
    public bool HasPower => _namespaces is { HasExited: false };

    /// <summary>The host loses its power: all of its processes are gone at once, its guests with them, and what is kept for one run of the machine only.</summary>
    public void PowerOff()
    {
        // A machine without power does not say that its connections are over.
        Lab.SetLink(Name, isUp: false);
        Lab.KillAll(LabNames.Namespace(Name));
        _namespaces!.WaitForExit();
        _agent?.WaitForExit();
        foreach (var entry in new DirectoryInfo($"{Dir}/run").EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    /// <summary>It has power again: libvirtd runs, no guest, and no agent.</summary>
    public async Task PowerOnAsync()
    {
        Lab.SetLink(Name, isUp: true);
        Start();
        await WaitForLibvirtAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Has the agent read its configuration again.</summary>
    public void ReloadAgent() => Signal(Signals.Hangup);

    /// <summary>Kill -9.</summary>
    public void KillAgent()
    {
        var clock = Stopwatch.StartNew();
        while (_agent is { HasExited: false })
        {
            if (clock.Elapsed > EndLimit)
            {
                throw new InvalidOperationException($"The agent of {Name} does not end in {EndLimit.TotalSeconds:0} s after kill -9.");
            }

            // There is none to kill until nsenter has forked.
            Signal(Signals.Kill);

            // An agent that stood still has stopped nsenter, too, which then would not see its end.
            Signals.Send(_agent.Id, Signals.Continue);
            _agent.WaitForExit(20);
        }
    }

    public async Task StopAgentAsync()
    {
        if (_agent is { HasExited: false } && AgentPid is { } pid && StateOf(pid) is 'T')
        {
            // It would not hear.
            KillAgent();
        }

        if (_agent is { HasExited: false })
        {
            Signal(Signals.Terminate);
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await _agent.WaitForExitAsync(soon.Token);
            }
            catch (OperationCanceledException)
            {
                KillAgent();
            }
        }
    }

    /// <summary>Waits until the agent answers and sees its libvirt.</summary>
    public async Task WaitForAgentAsync(TimeSpan limit, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var client = new ControlClient(Socket);
                using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                soon.CancelAfter(TimeSpan.FromSeconds(5));
                if ((await client.StatusAsync(soon.Token)).HypervisorError is null)
                {
                    return;
                }
            }
            catch (Exception e) when (e is ControlException or OperationCanceledException or HttpRequestException)
            {
                if (_agent is { HasExited: true })
                {
                    throw new InvalidOperationException($"The agent of {Name} ended ({_agent.ExitCode}): {File.ReadAllText(AgentLog)}");
                }
            }

            if (clock.Elapsed > limit)
            {
                throw new InvalidOperationException($"The agent of {Name} does not answer in {limit.TotalSeconds:0} s ({DescribeAgent()}): {File.ReadAllText(AgentLog)}");
            }

            await Task.Delay(100, cancellation);
        }
    }

    /// <summary>The agent's process and what it waits for in the kernel.</summary>
    private string DescribeAgent()
    {
        if (AgentPid is not { } pid)
        {
            return _agent is { HasExited: false } ? "not begun yet" : "it has ended";
        }

        try
        {
            var threads = Directory.GetDirectories($"/proc/{pid}/task").Select(t => $"{File.ReadAllText(t + "/comm").Trim()} {File.ReadAllText(t + "/wchan")}");
            return $"process {pid}, {CommandOf(pid)}: {string.Join(", ", threads)}";
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    private void WriteLibvirtdConf() => File.WriteAllText($"{Dir}/etc/libvirtd.conf", $"""
        listen_tls = 0
        listen_tcp = 1
        listen_addr = "{Address}"
        auth_tcp = "none"
        auth_unix_ro = "none"
        auth_unix_rw = "none"
        keepalive_interval = {Keepalive.IntervalS}
        keepalive_count = {Keepalive.Count}
        host_uuid = "77000000-0000-4000-8000-{Number:D12}"
        log_outputs = "2:file:/var/log/libvirt/libvirtd.log"

        """);

    private void WriteQemuConf(string user) => File.WriteAllText($"{Dir}/etc/qemu.conf", $"""
        user = "{user}"
        group = "{user}"
        dynamic_ownership = 0
        remember_owner = 0
        security_driver = "none"
        namespaces = []
        cgroup_controllers = []
        stdio_handler = "file"
        keepalive_interval = {Keepalive.IntervalS}
        keepalive_count = {Keepalive.Count}
        migration_address = "{Address}"
        migration_host = "{Address}"

        """);

    /// <summary>Runs a script in the host's mount namespace.</summary>
    private void Inside(string script) => Shell.Run("nsenter", "--target", FormattableString.Invariant($"{InitPid}"), "--mount", "--", "sh", "-c", script);

    private static string CommandLineOf(int pid)
    {
        try
        {
            return File.ReadAllText(FormattableString.Invariant($"/proc/{pid}/cmdline"));
        }
        catch (IOException)
        {
            // It has just ended.
            return "";
        }
    }

    private void Signal(int signal)
    {
        if (AgentPid is { } pid)
        {
            Signals.Send(pid, signal);
        }
    }

    /// <summary>The name of a process; null if it has ended, also while nobody has asked how.</summary>
    private static string? CommandOf(int pid) => Stat(pid) is { } stat && stat.State is not ('Z' or 'X') ? stat.Command : null;

    private static char? StateOf(int pid) => Stat(pid)?.State;

    private static (string Command, char State)? Stat(int pid)
    {
        try
        {
            var stat = File.ReadAllText(FormattableString.Invariant($"/proc/{pid}/stat"));
            var end = stat.LastIndexOf(')');
            return (stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end], stat[end + 2]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static int[] Children(int pid)
    {
        try
        {
            return
            [
                .. File.ReadAllText(FormattableString.Invariant($"/proc/{pid}/task/{pid}/children"))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => int.Parse(c, CultureInfo.InvariantCulture)),
            ];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static void WriteWith(string source, string destination, string line)
    {
        var name = line[..line.IndexOf(':', StringComparison.Ordinal)];
        var kept = File.ReadLines(source).Where(l => !l.StartsWith(name + ":", StringComparison.Ordinal));
        File.WriteAllLines(destination, kept.Append(line));
    }
}
