using System.Globalization;
using System.Runtime.InteropServices;
using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Control;
using ActorMig.Agent.Edges;
using ActorMig.Agent.Engine;
using ActorMig.Agent.Traffic;
using ActorMig.Cluster;
using ActorMig.Cluster.Tls;
using ActorMig.Edges;
using ActorMig.Hocon;
using ActorMig.Hosts;
using ActorMig.Agent.Policies;
using Microsoft.Extensions.Logging;

namespace ActorMig.Agent;

/// <summary>An agent: where the parts are put together, and taken apart again in the opposite order.</summary>
internal static partial class AgentProcess
{
    /// <summary>EWOULDBLOCK: what a file that is locked by another says. Other errors are no lock.</summary>
    private const int WouldBlock = 11;

    /// <summary>Hours in rules are meant by this machine's clock on the wall.</summary>
    private static ActorMigOptions ByLocalClock(ActorMigOptions core) => core with { LocalMsOf = LocalMsOf };

    private static long LocalMsOf(long wallMs) => wallMs + (long)TimeZoneInfo.Local.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(wallMs)).TotalMilliseconds;

    /// <summary>Runs until it is told to stop.</summary>
    /// <param name="config">The configuration file, which is read again on SIGHUP.</param>
    /// <param name="stop">Tells it to stop.</param>
    /// <returns>An exit code of <see cref="ExitCodes"/>.</returns>
    public static Task<int> RunAsync(string config, CancellationToken stop) => RunAsync(config, null, stop);

    /// <summary>Runs until it is told to stop, with libvirt or what stands in for it.</summary>
    /// <param name="config">The configuration file, which is read again on SIGHUP.</param>
    /// <param name="standIn">The edge that stands in for libvirt's, as for a benchmark whose hypervisors are simulated; null: libvirt's.</param>
    /// <param name="stop">Tells it to stop.</param>
    /// <returns>An exit code of <see cref="ExitCodes"/>.</returns>
    internal static async Task<int> RunAsync(string config, Props? standIn, CancellationToken stop)
    {
        var read = ConfigurationLoader.Read(config);
        var options = read.Options;
        var policies = PolicyLibraries.Load(options);
        using var logging = LoggerFactory.Create(builder => builder.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff ";
            console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
        }));
        var logger = logging.CreateLogger("actormig");
        using var running = new RunningConfiguration(config, read, logger);
        var fatal = new TaskCompletionSource<(int Code, string Sentence)>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            Directory.CreateDirectory(options.DataDir);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Socket))!);
            if (options.ObserverSocket.Length > 0)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.ObserverSocket))!);
            }

            await using var dataLock = LockData(options.DataDir);
            if (dataLock is null)
            {
                await Console.Error.WriteLineAsync($"Another actormig agent uses the folder {options.DataDir}; stop it, or set actormig.data-dir to another one.").ConfigureAwait(false);
                return ExitCodes.Taken;
            }

            var (code, sentence) = await RunAsync(running, policies, standIn, logger, fatal, stop).ConfigureAwait(false);
            if (sentence.Length > 0)
            {
                await Console.Error.WriteLineAsync(sentence).ConfigureAwait(false);
            }

            return code;
        }
        catch (Exception e) when (StartFailure.Of(e) is { } failure)
        {
            await Console.Error.WriteLineAsync(failure.Sentence).ConfigureAwait(false);
            return failure.Code;
        }
#pragma warning disable CA1031 // Nobody knows this error, so nobody can be told what to change: whoever runs the agent is to start it again.
        catch (Exception e) when (e is not (OperationCanceledException or HoconException or TlsException))
#pragma warning restore CA1031
        {
            LogFault(logger, ExitCodes.TryAgain, e);
            return ExitCodes.TryAgain;
        }
    }

    /// <summary>One agent per journal. The lock ends with the process. Null if another process has it.</summary>
    internal static FileStream? LockData(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            return null;
        }
    }

    private static async Task<(int Code, string Sentence)> RunAsync(
        RunningConfiguration running, PolicyLibraries policies, Props? standIn, ILogger logger, TaskCompletionSource<(int Code, string Sentence)> fatal, CancellationToken stop)
    {
        // What needs a restart is taken from here; actors that start anew are made from what is in force then.
        var options = running.Options;
        var time = TimeProvider.System;
        using var certificates = options.Tls.ForPeers is { } tls ? CertificateStore.Open(tls, options.Core.HostName, time, note => LogPeers(logger, note)) : null;
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            certificates?.Look();
        });
        var opened = await AgentJournal.OpenAsync(options, time, note => LogJournal(logger, note)).ConfigureAwait(false);
        await using var journal = opened.Journal;
        IJournal events = options.DieAfterEvent.Length > 0 ? new SignallingJournal(journal, Wire.Events(), options.DieAfterEvent, SignallingJournal.Kill)
            : options.StopAfterEvent.Length > 0 ? new SignallingJournal(journal, Wire.Events(), options.StopAfterEvent, SignallingJournal.Stop)
            : journal;
        var start = (ulong)time.GetUtcNow().Ticks ^ (ulong)Environment.ProcessId;
        var seed = options.Seed == 0 ? start : (ulong)options.Seed;

        // Outlives the actors: one that asks while all is taken apart is not told that too much waits.
        using var calls = new DomainCalls();
        await using var counters = options.Traffic.Source == TrafficSource.Off ? null : new NftCounters(options.Traffic);
        await using var system = AgentEngine.Start(options, seed, events, journal, certificates, time, logger);
        IPeerTransport? transport = null;
        IMembership? watch = null;
        var membership = system.Spawn(
            Props.Of(() => new MembershipActor(running.Options, () => Volatile.Read(ref transport), () => Volatile.Read(ref watch))), "membership");
        await using var link = options.Membership.Kind == MembershipKind.Akka
            ? AkkaEngine.Join(system, options, changed => system.Tell(membership, changed), Receive, Unreachable)
            : await ConnectAsync(
                options, certificates, Receive, Unreachable, peers => Volatile.Write(ref transport, peers), changed => system.Tell(membership, changed), logger, stop).ConfigureAwait(false);
        Volatile.Write(ref transport, link.Peers);
        Volatile.Write(ref watch, link.Membership);
        var hypervisor = system.Spawn(
            standIn ?? Props.Of(() => new HypervisorActor(running.Options, calls, time, sentence => fatal.TrySetResult((ExitCodes.Taken, sentence)))), "hypervisor");
        var records = system.Spawn(Props.Of(() => new RecordsActor(journal, options, () => new DriveInfo(options.DataDir).AvailableFreeSpace)), "records");
        var traffic = counters is null ? null : system.Spawn(Props.Of(() => new TrafficActor(counters, options.Traffic)), "traffic");
        var edges = new HostEdges(hypervisor, membership, records, traffic);
        var startId = start.ToString("x16", CultureInfo.InvariantCulture);
        var host = system.Spawn(Props.Of(() => new HostActor(ByLocalClock(running.Options.Core), policies.Specs(running.Options.Core, Note), edges, startId, opened.Start)), "host");
        await using var control = await ControlServer.StartAsync(running, system, host, journal, link.Membership, link.Peers.Counters, logger).ConfigureAwait(false);
        running.Subscribe(changed =>
        {
            system.Tell(membership, new ConfigurationReloaded(changed));
            system.Tell(hypervisor, new ConfigurationReloaded(changed));
            system.Tell(host, new OptionsChanged(ByLocalClock(changed.Core), policies.Specs(changed.Core, Note)));
        });
        LogStarted(
            logger, options.Core.HostName, Words.Of(running.Options.Core.Mode), options.Engine == EngineKind.Akka ? "Akka.NET" : "its own engine", options.Listen.ToString(), certificates is null ? "without certificates" : "mutual TLS", options.Socket);

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var confirmed = opened.ConfirmStartAsync(system, host, note => LogJournal(logger, note), ends.Token);
        var hostEnded = system.WhenEnded(host);

        // Without an edge the host would go on deaf: nobody else spawns these again.
        ActorRef[] edgeActors = [membership, hypervisor, records, .. traffic is null ? [] : (ActorRef[])[traffic]];
        var edgeEnded = Task.WhenAny(edgeActors.Select(system.WhenEnded));
        var stopped = Task.Delay(Timeout.Infinite, stop);
        var first = await Task.WhenAny(fatal.Task, hostEnded, edgeEnded, stopped).ConfigureAwait(false);
        await ends.CancelAsync().ConfigureAwait(false);
        await confirmed.ConfigureAwait(false);
        if (first == fatal.Task)
        {
            return await fatal.Task.ConfigureAwait(false);
        }

        void Note(string note) => LogPolicies(logger, note);
        void Receive(PeerMessage said) => system.Tell(membership, said);
        void Unreachable(string peer, string reason) => system.Tell(membership, new PeerUnreachable(peer, reason));

        if (first == hostEnded)
        {
            // At once: what follows waits for a disk that may stand still for long.
            LogHostEnded(logger, ExitCodes.TryAgain);
            return (ExitCodes.TryAgain, "");
        }

        if (first == edgeEnded)
        {
            LogEdgeEnded(logger, string.Join(", ", edgeActors.Where(a => system.WhenEnded(a).IsCompleted).Select(a => a.Name)), ExitCodes.TryAgain);
            return (ExitCodes.TryAgain, "");
        }

        return (ExitCodes.Ok, "");
    }

    /// <summary>The agents' own transport, and serf if the configuration wants it.</summary>
    private static async Task<ClusterLink> ConnectAsync(
        AgentOptions options, CertificateStore? certificates, Action<PeerMessage> receive, Action<string, string> unreachable, Action<IPeerTransport> started, Action<SerfChanged> changed,
        ILogger logger, CancellationToken stop)
    {
        var peers = await PeerTransport.StartAsync(
            new PeerTransportOptions
            {
                HostName = options.Core.HostName,
                Listen = options.Listen,
                Peers = options.Peers,
                Certificates = certificates,
                QueueMax = options.PeerQueueMax,
                QueueBytesMax = options.PeerQueueBytesMax,
                BatchMax = options.PeerBatchMax,
                BatchBytesMax = options.PeerBatchBytesMax,
                MessageBytesMax = options.PeerMessageBytesMax,
                Timeout = TimeSpan.FromMilliseconds(options.PeerTimeoutMs),
                ConnectionsMax = options.PeerConnectionsMax,
                StreamsMax = options.PeerStreamsMax,
                HeaderBytesMax = options.PeerHeaderBytesMax,
                StrangersPerSecond = options.StrangersPerSecond,
                RefusedMax = options.RefusedMax,
                Note = note => LogPeers(logger, note),
                Time = TimeProvider.System,
            },
            Wire.Messages(),
            receive,
            unreachable).ConfigureAwait(false);
        started(peers);
        try
        {
            var serf = await SerfStart.RunAsync(options, changed, logger, stop).ConfigureAwait(false);
            return new ClusterLink(peers, serf, serf is null ? [peers] : [peers, serf]);
        }
        catch
        {
            await peers.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    [LoggerMessage(911, LogLevel.Error,
        "The HostActor stopped, most likely because its journal could not be written in actormig.journal.write-timeout; what stopped it is said above. The agent ends (exit code {Code}) as soon as its disk lets it, so that it is started anew.")]
    private static partial void LogHostEnded(ILogger logger, int code);

    [LoggerMessage(914, LogLevel.Critical, "The edge {Edge} stopped, which is a fault of this program; what stopped it is said above. The agent ends (exit code {Code}), so that it is started anew.")]
    private static partial void LogEdgeEnded(ILogger logger, string edge, int code);

    [LoggerMessage(912, LogLevel.Critical, "The agent ends (exit code {Code}) by an error that it does not know, which is a fault of this program: report what follows.")]
    private static partial void LogFault(ILogger logger, int code, Exception e);

    [LoggerMessage(921, LogLevel.Warning, "{Note}")]
    private static partial void LogPolicies(ILogger logger, string note);

    [LoggerMessage(908, LogLevel.Warning, "{Note}")]
    private static partial void LogJournal(ILogger logger, string note);

    [LoggerMessage(920, LogLevel.Warning, "{Note}")]
    private static partial void LogPeers(ILogger logger, string note);

    [LoggerMessage(900, LogLevel.Information, "Agent of {Host} in mode {Mode} on {Engine}: peers at {Listen} ({Security}), commands at {Socket}.")]
    private static partial void LogStarted(ILogger logger, string host, string mode, string engine, string listen, string security, string socket);
}
