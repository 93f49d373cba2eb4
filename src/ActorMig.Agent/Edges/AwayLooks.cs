namespace ActorMig.Agent.Edges;

/// <summary>
/// Looks that can wait for other machines: the way to a host, files on a server. Each on a thread of its own, and answered in time whatever becomes of it;
/// one that does not come back keeps its place, so that a machine that is gone takes no more threads than it has places. It keeps it for a while only, for
/// some never come back: nobody tells who reads from a machine that has lost its power that it was. Of these there may be a few. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="limits">How long each is waited for, and when one is given up.</param>
internal sealed class AwayLooks(TimeProvider time, AwayLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Place>> _away = new(StringComparer.Ordinal);

    /// <summary>Looks.</summary>
    /// <param name="where">What is waited for, such as a host.</param>
    /// <param name="most">How many looks there may be away at a time, beside those that were given up.</param>
    /// <param name="look">Looks, and makes an answer of it.</param>
    /// <param name="failed">Makes an answer of why there is none.</param>
    public async Task<T> LookAsync<T>(string where, int most, Func<T> look, Func<string, T> failed)
    {
        var place = new Place(time.GetTimestamp());
        if (WhyNot(where, most, place) is { } whyNot)
        {
            return failed(whyNot);
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
                    Return(where, place);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        using var over = new CancellationTokenSource();
        var first = await Task.WhenAny(looking, Task.Delay(limits.Answer, time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        return first == looking ? await looking.ConfigureAwait(false) : failed($"nothing answered for {Words.Span((long)limits.Answer.TotalMilliseconds)} (actormig.libvirt.look-timeout)");
    }

    /// <summary>Takes a place; or says why there is none.</summary>
    private string? WhyNot(string where, int most, Place place)
    {
        lock (_lock)
        {
            if (!_away.TryGetValue(where, out var places))
            {
                _away.Add(where, places = []);
            }

            var lost = places.Count(p => time.GetElapsedTime(p.BeganAt) >= limits.Abandoned);
            if (places.Count - lost >= most)
            {
                return "an earlier look still waits for an answer";
            }

            if (lost > 0 && lost >= limits.AbandonedMax)
            {
                return FormattableString.Invariant(
                    $"{lost} earlier looks have waited for an answer for more than {Words.Span((long)limits.Abandoned.TotalMilliseconds)} and still do (actormig.libvirt.looks-abandoned-max); restart this agent once what they wait for is well");
            }

            places.Add(place);
            return null;
        }
    }

    private void Return(string where, Place place)
    {
        lock (_lock)
        {
            var places = _away[where];
            places.Remove(place);
            if (places.Count == 0)
            {
                _away.Remove(where);
            }
        }
    }

    private sealed class Place(long beganAt)
    {
        public long BeganAt { get; } = beganAt;
    }
}
