using ActorMig.Cluster.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace ActorMig.Cluster;

/// <summary>A connection that came: who is at its other end, and when it must end.</summary>
internal sealed class PeerConnection : IDisposable
{
    private readonly IConnectionLifetimeNotificationFeature? _lifetime;
    private readonly StrangerGate? _gate;
    private readonly ITimer? _age;
    private int _left;

    /// <param name="connection">The connection.</param>
    /// <param name="who">Its other end, in words.</param>
    /// <param name="gate">Through which it came, if from an address where no member is.</param>
    /// <param name="ageMax">How long it may live; null: for ever.</param>
    /// <param name="grace">How long what has begun may then go on.</param>
    /// <param name="time">The clock.</param>
    public PeerConnection(ConnectionContext connection, string who, StrangerGate? gate, TimeSpan? ageMax, TimeSpan grace, TimeProvider time)
    {
        (_lifetime, Who, _gate) = (connection.Features.Get<IConnectionLifetimeNotificationFeature>(), who, gate);
        if (ageMax is { } age)
        {
            var isAsked = false;
            _age = time.CreateTimer(
                _ =>
                {
                    try
                    {
                        if (isAsked)
                        {
                            connection.Abort(new ConnectionAbortedException("The connection is too old."));
                        }

                        isAsked = true;
                        Close();
                    }
                    catch (ObjectDisposedException)
                    {
                        // It ended meanwhile.
                    }
                },
                null,
                age,
                grace);
        }
    }

    public string Who { get; }

    /// <summary>What it has shown; null without TLS, and before.</summary>
    public ShownCertificate? Shown { get; set; }

    /// <summary>With which of our certificates it was accepted.</summary>
    public int Generation { get; set; }

    /// <summary>True once it has spoken TLS.</summary>
    public bool HasSaidHello { get; set; }

    /// <summary>True once a whole batch was taken from it.</summary>
    public bool HasGiven { get; set; }

    /// <summary>What has begun is answered, nothing more is begun.</summary>
    public void Close() => _lifetime?.RequestClose();

    /// <summary>It has shown that it is a member, or has ended: it takes no place from strangers.</summary>
    public void LeaveGate()
    {
        if (_gate is not null && Interlocked.Exchange(ref _left, 1) == 0)
        {
            _gate.Leave();
        }
    }

    public void Dispose()
    {
        _age?.Dispose();
        LeaveGate();
    }
}
