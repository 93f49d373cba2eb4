using System.Collections.Concurrent;
using System.Net.Sockets;
using ActorMig.Simulation;

namespace ActorMig.Benchmarks;

/// <summary>
/// A simulated world whose clock goes as the real one does, and whose agents are other processes: they connect by a Unix socket, each to its host's
/// hypervisor. All that happens in the world happens on one thread, as ever.
/// </summary>
internal sealed class RealTimeWorld : IAsyncDisposable
{
    private const int IdleMs = 1_000;
    private const int WaitingMax = 256;
    private readonly SimWorld _world;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly SortedDictionary<string, SimHypervisor> _hypervisors = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<WorldLine, Task> _lines = new();
    private readonly Queue<Action> _todo = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly Task _accepting;
    private bool _isTouched;

    /// <summary>Begins.</summary>
    /// <param name="world">The world, with its hosts and guests.</param>
    /// <param name="socket">Where agents find it.</param>
    /// <param name="time">The real clock.</param>
    public RealTimeWorld(SimWorld world, string socket, TimeProvider time)
    {
        (_world, _time, _start) = (world, time, time.GetTimestamp());
        foreach (var (name, host) in world.Hosts)
        {
            _hypervisors.Add(LibvirtUri(name), host.Hypervisor);
            host.Hypervisor.Touched += (_, _) => _isTouched = true;
        }

        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen(WaitingMax);
        _thread = new Thread(Run) { IsBackground = true, Name = "world" };
        _thread.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Looks at the world, or changes it.</summary>
    /// <param name="question">Called on the world's thread; must not throw.</param>
    public Task<T> AskAsync<T>(Func<SimWorld, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Do(() => answer.SetResult(question(_world)));
        return answer.Task;
    }

    /// <summary>Ends; agents that are connected lose their connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        foreach (var (line, _) in _lines)
        {
            await line.DisposeAsync();
        }

        await Task.WhenAll(_lines.Values);
        Do(static () => { });
        _thread.Join();
        _stop.Dispose();
    }

    /// <summary>As an agent tells by itself how its libvirt is reached, if its configuration does not.</summary>
    private static string LibvirtUri(string host) => $"qemu+tls://{host}/system";

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            Pass();
            var waitMs = Math.Clamp(_world.Time.NextMs - NowMs, 0, IdleMs);
            for (var action = Take((int)waitMs); action is not null; action = Take(0))
            {
                // What is due before comes before.
                Pass();
                action();
            }
        }
    }

    private long NowMs => (long)_time.GetElapsedTime(_start).TotalMilliseconds;

    private void Pass()
    {
        _world.Time.Run(Math.Max(0, NowMs - _world.Time.NowMs));
        if (_isTouched)
        {
            _isTouched = false;
            _world.Look();
        }
    }

    private void Do(Action action)
    {
        lock (_todo)
        {
            _todo.Enqueue(action);
            Monitor.Pulse(_todo);
        }
    }

    private Action? Take(int waitMs)
    {
        lock (_todo)
        {
            if (_todo.Count == 0 && waitMs > 0)
            {
                Monitor.Wait(_todo, waitMs);
            }

            return _todo.Count > 0 ? _todo.Dequeue() : null;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var line = new WorldLine(await _listener.AcceptAsync(_stop.Token));
                _lines[line] = ServeAsync(line);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(WorldLine line)
    {
        FarAgent? agent = null;
        await line.ReadAsync(said => Do(() =>
        {
            if (agent is null)
            {
                agent = new FarAgent(_world, _world.Hosts[said], _hypervisors, line);
            }
            else
            {
                agent.Hear(said);
            }
        }));
        Do(() => agent?.End());
        await line.DisposeAsync();
    }
}
