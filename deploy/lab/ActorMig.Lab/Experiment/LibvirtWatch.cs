using LibvirtSharp;

namespace ActorMig.Lab.Experiment;

/// <summary>Something that a host's libvirt told, and when.</summary>
internal sealed record Told(string Host, long AtMs, LibvirtEvent Event);

/// <summary>
/// Listens to both hosts' libvirt. The figures of a migration are libvirt's own, told on the source when its job is over: the same source for whoever
/// migrated the guest, and there is no other once its definition has gone.
/// </summary>
internal sealed class LibvirtWatch : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Told> _told = [];
    private readonly List<LibvirtConnection> _connections = [];
    private readonly List<Task> _readers = [];

    public LibvirtWatch(IEnumerable<LabHost> hosts)
    {
        foreach (var host in hosts)
        {
            var connection = LibvirtConnection.Open(host.LibvirtUri);
            _connections.Add(connection);
            _readers.Add(ReadAsync(host.Name, connection.Subscribe()));
        }
    }

    /// <summary>What was told since a time.</summary>
    public IReadOnlyList<Told> Since(long fromMs)
    {
        lock (_lock)
        {
            return [.. _told.Where(t => t.AtMs >= fromMs)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }

        await Task.WhenAll(_readers);
    }

    private async Task ReadAsync(string host, EventSubscription subscription)
    {
        await Task.Yield();
        await foreach (var told in subscription)
        {
            lock (_lock)
            {
                _told.Add(new Told(host, Heartbeats.NowMs, told));
            }
        }
    }
}
