using System.Collections.Concurrent;

namespace ActorMig.Agent.Edges;

/// <summary>
/// Looks that can wait for other machines: the way to a host, files on a server. Each on a thread of its own, and answered in time whatever becomes of it;
/// one that does not come back keeps its place, so that a machine that is gone takes no more threads than it has places. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="limit">How long an answer is waited for.</param>
internal sealed class AwayLooks(TimeProvider time, TimeSpan limit)
{
    private readonly ConcurrentDictionary<string, int> _away = new(StringComparer.Ordinal);

    /// <summary>Looks.</summary>
    /// <param name="where">What is waited for, such as a host.</param>
    /// <param name="most">How many looks there may be away at a time.</param>
    /// <param name="look">Looks, and makes an answer of it.</param>
    /// <param name="failed">Makes an answer of why there is none.</param>
    public async Task<object> LookAsync(string where, int most, Func<object> look, Func<string, object> failed)
    {
        if (_away.AddOrUpdate(where, 1, static (_, n) => n + 1) > most)
        {
            Return(where);
            return failed("an earlier look still waits for an answer");
        }

        var looking = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return look();
                }
#pragma warning disable CA1031 // Whatever fails outside becomes a message.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    return failed(e.Message);
                }
                finally
                {
                    Return(where);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        using var over = new CancellationTokenSource();
        var first = await Task.WhenAny(looking, Task.Delay(limit, time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        return first == looking ? await looking.ConfigureAwait(false) : failed($"nothing answered for {limit.TotalSeconds:0} s");
    }

    private void Return(string where) => _away.AddOrUpdate(where, 0, static (_, n) => n - 1);
}
