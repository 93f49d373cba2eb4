using System.Net;
using System.Net.Sockets;

namespace ActorMig.Lab;

/// <summary>
/// Receives the packets that each guest sends (guest/beat.c: every 5 ms, unless its shape says otherwise), and remembers when: the longest time between
/// two is what a guest, or whoever talks to it, feels of a migration.
/// </summary>
internal sealed class Heartbeats : IDisposable
{
    private const int KeptPerGuest = 200_000;
    private readonly Socket _socket = NetworkNamespace.Icmp(LabNames.Control);
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Queue<long>> _beats = new(StringComparer.Ordinal);
    private volatile bool _isStopping;

    public Heartbeats()
    {
        _socket.ReceiveBufferSize = 4 << 20;
        _socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        _thread = new Thread(Receive) { IsBackground = true, Priority = ThreadPriority.AboveNormal, Name = "heartbeats" };
        _thread.Start();
    }

    /// <summary>Milliseconds since 1970, by which beats are stamped.</summary>
    public static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <summary>The longest time without a beat of a guest that begins or ends within a span; null if there was none.</summary>
    public long? LongestGapMs(LabGuest guest, long fromMs, long toMs) => LongestGap(guest, fromMs, toMs)?.LengthMs;

    /// <summary>The same, and with which beat it began.</summary>
    public (long LengthMs, long BeganMs)? LongestGap(LabGuest guest, long fromMs, long toMs)
    {
        lock (_lock)
        {
            if (!_beats.TryGetValue(guest.Address, out var beats))
            {
                return null;
            }

            (long LengthMs, long BeganMs)? longest = null;
            long? last = null;
            foreach (var beat in beats)
            {
                if (last is { } before && beat >= fromMs && before <= toMs && beat - before > (longest?.LengthMs ?? -1))
                {
                    longest = (beat - before, before);
                }

                last = beat;
            }

            return longest;
        }
    }

    /// <summary>When the last beat of a guest came; null if there was none.</summary>
    public long? LastMs(LabGuest guest)
    {
        lock (_lock)
        {
            return _beats.TryGetValue(guest.Address, out var beats) && beats.Count > 0 ? beats.Last() : null;
        }
    }

    public void Dispose()
    {
        _isStopping = true;
        _socket.Dispose();
        _thread.Join();
    }

    private void Receive()
    {
        const byte EchoReply = 0;
        var buffer = new byte[256];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (!_isStopping)
        {
            try
            {
                var count = _socket.ReceiveFrom(buffer, ref from);
                var header = (buffer[0] & 0xf) * 4;
                if (count <= header || buffer[header] != EchoReply)
                {
                    continue;
                }

                var now = NowMs;
                lock (_lock)
                {
                    var guest = ((IPEndPoint)from).Address.ToString();
                    if (!_beats.TryGetValue(guest, out var beats))
                    {
                        _beats.Add(guest, beats = new Queue<long>());
                    }

                    beats.Enqueue(now);
                    if (beats.Count > KeptPerGuest)
                    {
                        beats.Dequeue();
                    }
                }
            }
            catch (SocketException) when (_isStopping)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
