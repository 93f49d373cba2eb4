using System.Text;
using ActorMig.Actors;
using ActorMig.Agent.Control;
using ActorMig.Journal;

namespace ActorMig.Lab;

/// <summary>A line of a host's journal, read.</summary>
internal sealed record Followed(string Host, long WallMs, object Message);

/// <summary>Follows the journal of one agent over its socket, also across restarts of the agent, by the same door as any operator.</summary>
internal sealed class JournalFollower : IAsyncDisposable
{
    private static readonly MessageRegistry Events = Wire.Events();
    private static readonly MessageRegistry Records = Wire.Records();
    private readonly LabHost _host;
    private readonly Action<Followed> _take;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private JournalPosition _position;

    public JournalFollower(LabHost host, Action<Followed> take)
    {
        _host = host;
        _take = take;
        _loop = Task.Run(FollowAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = new ControlClient(_host.Socket);
                await foreach (var entry in client.JournalAsync(_position, follow: true, _stop.Token))
                {
                    _position = entry.Position;
                    var registry = entry.Source == "record" ? Records : Events;
                    _take(new Followed(_host.Name, entry.WallMs, registry.Read(entry.Name, Encoding.UTF8.GetBytes(entry.Json))));
                }
            }
            catch (Exception e) when (e is ControlException or OperationCanceledException or IOException or HttpRequestException)
            {
                // The agent is down, or we are done.
            }

            await Task.Delay(100, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
