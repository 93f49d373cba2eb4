using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ActorMig.Lab.Experiment;

/// <summary>Sends a stream to each guest that connects, paced by the clock: what a viewer of a video receives.</summary>
internal sealed class VideoStream : IAsyncDisposable
{
    public const int Port = 7100;

    private const int BytePerSecond = 250_000;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(40);
    private readonly Socket _listener = NetworkNamespace.Tcp(LabNames.Control);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public VideoStream()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Any, Port));
        _listener.Listen();
        _loop = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var viewers = new List<Task>();
        try
        {
            while (true)
            {
                viewers.Add(SendAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(viewers);
        }
    }

    private async Task SendAsync(Socket viewer)
    {
        using (viewer)
        {
            try
            {
                var buffer = new byte[BytePerSecond * (int)Tick.TotalMilliseconds / 1_000];
                Random.Shared.NextBytes(buffer);
                for (var (clock, due) = (Stopwatch.StartNew(), TimeSpan.Zero); ; due += Tick)
                {
                    if (due - clock.Elapsed is { Ticks: > 0 } wait)
                    {
                        await Task.Delay(wait, _stop.Token);
                    }

                    await viewer.SendAsync(buffer, _stop.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The viewer is gone, or we are done.
            }
        }
    }
}
