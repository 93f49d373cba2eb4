using ActorMig.Actors;

namespace ActorMig.Simulation;

/// <summary>
/// The clock and the agenda of a simulation. Things that are due at the same instant happen in the order in which they were put on the agenda,
/// so that a run is repeatable to the byte. Single-threaded.
/// </summary>
/// <param name="seed">The seed of all chance in the run.</param>
public sealed class VirtualTime(ulong seed)
{
    /// <summary>The wall clock at the start of every run: 2026-01-01 00:00:00 UTC.</summary>
    public const long WallStartMs = 1_767_225_600_000;

    /// <summary>The most steps at one instant: an endless restart would else stop the clock for ever.</summary>
    public const int StepsPerInstantMax = 1_000_000;

    private readonly Agenda _agenda = new();
    private int _stepsAtInstant;

    /// <summary>All chance in the run.</summary>
    public SplitMix64 Random { get; } = new(seed);

    /// <summary>Milliseconds since the start of the run.</summary>
    public long NowMs { get; private set; }

    /// <summary>How many things have happened since the start of the run.</summary>
    public long Steps { get; private set; }

    /// <summary>A number from 0 up to, not including, <paramref name="bound"/>.</summary>
    /// <param name="bound">Greater than zero.</param>
    public long Draw(long bound) => (long)(Random.Next() % (ulong)bound);

    /// <summary>When the next thing on the agenda is due; <see cref="long.MaxValue"/> if there is none.</summary>
    public long NextMs => _agenda.NextMs;

    /// <summary>Puts something on the agenda.</summary>
    /// <param name="delayMs">In how many milliseconds.</param>
    /// <param name="action">What happens then.</param>
    public void After(long delayMs, Action action) => _agenda.Add(NowMs + Math.Max(0, delayMs), action);

    internal void After(long delayMs, IDue due) => _agenda.Add(NowMs + Math.Max(0, delayMs), due);

    /// <summary>Does the next thing on the agenda.</summary>
    /// <returns>False if the agenda is empty, or its next entry is later than <paramref name="untilMs"/>.</returns>
    /// <param name="untilMs">How far the clock may go.</param>
    public bool Step(long untilMs = long.MaxValue)
    {
        if (!_agenda.TryTake(untilMs, out var atMs, out var what))
        {
            return false;
        }

        _stepsAtInstant = atMs > NowMs ? 0 : _stepsAtInstant + 1;
        if (_stepsAtInstant > StepsPerInstantMax)
        {
            throw new InvalidOperationException($"More than {StepsPerInstantMax} steps at the instant {NowMs} ms: something runs in a circle.");
        }

        NowMs = atMs;
        Steps++;
        if (what is Action action)
        {
            action();
        }
        else
        {
            ((IDue)what).Due();
        }

        return true;
    }

    /// <summary>Lets time pass.</summary>
    /// <param name="durationMs">How much.</param>
    public void Run(long durationMs)
    {
        var untilMs = NowMs + durationMs;
        while (Step(untilMs))
        {
        }

        NowMs = untilMs;
        _agenda.PassTo(untilMs);
    }

    /// <summary>Lets time pass until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="limitMs">How long at most.</param>
    /// <returns>False if it did not come to hold.</returns>
    public bool RunUntil(Func<bool> condition, long limitMs)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var untilMs = NowMs + limitMs;
        while (!condition())
        {
            if (!Step(untilMs))
            {
                return false;
            }
        }

        return true;
    }
}
