using System.Net;

namespace ActorMig.Cluster;

/// <summary>
/// Lets in only so many connections in a second, and so many at a time, from addresses where no member is: each costs a handshake. Thread-safe.
/// </summary>
/// <param name="perSecond">How many in a second.</param>
/// <param name="openMax">How many at a time, until they have shown that they are a member.</param>
/// <param name="time">The clock.</param>
internal sealed class StrangerGate(int perSecond, int openMax, TimeProvider time)
{
    private readonly Lock _counting = new();
    private double _left = perSecond;
    private long _countedAt = time.GetTimestamp();
    private int _open;

    /// <summary>True if it may come in; then <see cref="Leave"/> must be called once.</summary>
    public bool TryEnter()
    {
        lock (_counting)
        {
            var now = time.GetTimestamp();
            _left = Math.Min(perSecond, _left + (time.GetElapsedTime(_countedAt, now).TotalSeconds * perSecond));
            _countedAt = now;
            if (_left < 1 || _open >= openMax)
            {
                return false;
            }

            _left--;
            _open++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_counting)
        {
            _open--;
        }
    }

    /// <summary>An IPv4 address as such, also if it comes through a socket for both.</summary>
    public static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
