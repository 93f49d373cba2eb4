using System.Numerics;

namespace ActorMig.Simulation;

/// <summary>
/// What is due when, first by time and then by the order in which it was put here. The next <see cref="SpanMs"/> milliseconds are a ring of queues, one
/// for each; what is later waits in a heap. An entry of the heap was put here before any of the ring with the same instant, because at that time the
/// instant was still beyond the ring: so at each instant the heap's entries come first, by their numbers, and then the queue.
/// </summary>
internal sealed class Agenda
{
    /// <summary>How far the ring reaches. Only rounds and rests are later, and a round is one entry a host.</summary>
    public const int SpanMs = 1 << 14;

    private const int Mask = SpanMs - 1;
    private const int None = -1;
    private readonly PriorityQueue<object, (long AtMs, long Order)> _later = new();

    /// <summary>Each queue's last entry, whose next one is the first: queues are circles.</summary>
    private readonly int[] _last = new int[SpanMs];

    /// <summary>A bit for each queue that is not empty, and a bit for each word of them that is not zero.</summary>
    private readonly ulong[] _filled = new ulong[SpanMs / 64];
    private readonly ulong[] _filledWords = new ulong[SpanMs / 64 / 64];
    private Entry[] _entries = new Entry[64];
    private int _free = None;
    private int _used;
    private int _inRing;
    private long _order;
    private long _nowMs;

    public Agenda() => Array.Fill(_last, None);

    /// <summary>How many entries there are.</summary>
    public int Count => _inRing + _later.Count;

    /// <summary>Puts something on the agenda.</summary>
    /// <param name="atMs">When it is due; not before the last instant that was taken out.</param>
    /// <param name="what">An <see cref="Action"/> or an <see cref="IDue"/>.</param>
    public void Add(long atMs, object what)
    {
        if (atMs - _nowMs >= SpanMs)
        {
            _later.Enqueue(what, (atMs, _order++));
            return;
        }

        var (entry, slot) = (Take(what), (int)(atMs & Mask));
        var last = _last[slot];
        if (last == None)
        {
            _entries[entry].Next = entry;
            _filled[slot >> 6] |= 1UL << (slot & 63);
            _filledWords[slot >> 12] |= 1UL << ((slot >> 6) & 63);
        }
        else
        {
            _entries[entry].Next = _entries[last].Next;
            _entries[last].Next = entry;
        }

        _last[slot] = entry;
        _inRing++;
    }

    /// <summary>When the next entry is due; <see cref="long.MaxValue"/> if there is none.</summary>
    public long NextMs => Math.Min(RingNextMs(), LaterNextMs());

    /// <summary>Takes out the next entry, if it is due by then.</summary>
    /// <param name="untilMs">The latest instant that counts.</param>
    /// <param name="atMs">When it is due.</param>
    /// <param name="what">The entry.</param>
    public bool TryTake(long untilMs, out long atMs, out object what)
    {
        var (ringMs, laterMs) = (RingNextMs(), LaterNextMs());
        atMs = Math.Min(ringMs, laterMs);
        if (atMs > untilMs || atMs == long.MaxValue)
        {
            what = this;
            return false;
        }

        _nowMs = atMs;
        what = laterMs == atMs ? _later.Dequeue() : TakeFromRing((int)(atMs & Mask));
        return true;
    }

    /// <summary>The clock has gone on without an entry: the ring goes with it.</summary>
    /// <param name="nowMs">The time, not after the next entry.</param>
    public void PassTo(long nowMs) => _nowMs = nowMs;

    private long LaterNextMs() => _later.TryPeek(out _, out var due) ? due.AtMs : long.MaxValue;

    private long RingNextMs()
    {
        if (_inRing == 0)
        {
            return long.MaxValue;
        }

        var now = (int)(_nowMs & Mask);
        if (_last[now] != None)
        {
            return _nowMs;
        }

        return _nowMs + ((FirstFilledFrom(now) - now) & Mask);
    }

    /// <summary>The first queue that is not empty, from one on and around the ring; there is one.</summary>
    private int FirstFilledFrom(int slot)
    {
        var word = slot >> 6;
        if (_filled[word] >> (slot & 63) is > 0 and var rest)
        {
            return slot + BitOperations.TrailingZeroCount(rest);
        }

        // The words after this one, around the ring, this one's early bits last.
        var from = (word + 1) % _filled.Length;
        var index = from >> 6;
        var words = _filledWords[index] & (ulong.MaxValue << (from & 63));
        for (var i = 0; i <= _filledWords.Length; i++)
        {
            if (words != 0)
            {
                var found = (index << 6) + BitOperations.TrailingZeroCount(words);
                return (found << 6) + BitOperations.TrailingZeroCount(_filled[found]);
            }

            index = (index + 1) % _filledWords.Length;
            words = _filledWords[index];
        }

        throw new InvalidOperationException("The agenda counts entries that it does not have.");
    }

    private int Take(object what)
    {
        var entry = _free;
        if (entry != None)
        {
            _free = _entries[entry].Next;
        }
        else
        {
            if (_used == _entries.Length)
            {
                Array.Resize(ref _entries, _entries.Length * 2);
            }

            entry = _used++;
        }

        _entries[entry].What = what;
        return entry;
    }

    private object TakeFromRing(int slot)
    {
        var last = _last[slot];
        var first = _entries[last].Next;
        if (first == last)
        {
            _last[slot] = None;
            if ((_filled[slot >> 6] &= ~(1UL << (slot & 63))) == 0)
            {
                _filledWords[slot >> 12] &= ~(1UL << ((slot >> 6) & 63));
            }
        }
        else
        {
            _entries[last].Next = _entries[first].Next;
        }

        var what = _entries[first].What!;
        _entries[first] = new Entry { Next = _free };
        _free = first;
        _inRing--;
        return what;
    }

    private struct Entry
    {
        public object? What;
        public int Next;
    }
}
