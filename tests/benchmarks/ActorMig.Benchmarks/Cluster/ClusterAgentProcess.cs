using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorMig.Actors;
using ActorMig.Agent;
using ActorMig.Agent.Configuration;

namespace ActorMig.Benchmarks;

/// <summary>The process of one agent: all of it is as <c>actormig agent</c> has it, but its hypervisor, which is another process's.</summary>
internal static class ClusterAgentProcess
{
    /// <summary>Runs until it is told to stop, or the world is gone.</summary>
    /// <param name="config">The agent's configuration file.</param>
    /// <param name="world">The world's socket.</param>
    public static async Task<int> RunAsync(string config, string world)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(world));
        await using var line = new WorldLine(socket);
        var far = new FarWorld(line, ConfigurationLoader.Load(config).Core.HostName);
        var hearing = far.RunAsync();
        var agent = AgentProcess.RunAsync(config, Props.Of(() => new FarHypervisorActor(far)), stop.Token);
        await Task.WhenAny(agent, hearing);
        await stop.CancelAsync();
        try
        {
            return await agent;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while it began.
            return ExitCodes.Ok;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
