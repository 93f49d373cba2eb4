namespace ActorMig.Simulation;

/// <summary>What lies in a mailbox: most letters are messages that somebody sent, the others are the engine's own.</summary>
internal enum LetterKind : byte
{
    /// <summary>A message that was sent: it counts against the mailbox's limit.</summary>
    Posted,

    /// <summary>A message that has been handled once and was stashed.</summary>
    Sifted,

    /// <summary>A timer.</summary>
    Timer,

    /// <summary>The end of an actor that is watched.</summary>
    Terminated,

    /// <summary>The end of a child.</summary>
    ChildEnded,
}

/// <summary>One letter.</summary>
internal readonly record struct Letter(LetterKind Kind, object What);

/// <summary>A mailbox: a ring of letters that grows. An empty one has no memory, because most actors have nothing to do most of the time.</summary>
internal struct LetterQueue
{
    private Letter[]? _ring;
    private int _first;

    public int Count { get; private set; }

    public void AddLast(Letter letter)
    {
        Grow();
        _ring![(_first + Count++) & (_ring.Length - 1)] = letter;
    }

    public void AddFirst(Letter letter)
    {
        Grow();
        _first = (_first - 1) & (_ring!.Length - 1);
        _ring[_first] = letter;
        Count++;
    }

    public Letter TakeFirst()
    {
        var letter = _ring![_first];
        _ring[_first] = default;
        _first = (_first + 1) & (_ring.Length - 1);
        Count--;
        return letter;
    }

    /// <summary>Takes out the letter of a kind that has waited longest.</summary>
    public bool TryTakeOldest(LetterKind kind, out Letter letter)
    {
        for (var i = 0; i < Count; i++)
        {
            letter = At(i);
            if (letter.Kind == kind)
            {
                for (; i > 0; i--)
                {
                    At(i) = At(i - 1);
                }

                TakeFirst();
                return true;
            }
        }

        letter = default;
        return false;
    }

    private readonly ref Letter At(int index) => ref _ring![(_first + index) & (_ring.Length - 1)];

    private void Grow()
    {
        if (_ring is null)
        {
            _ring = new Letter[4];
        }
        else if (Count == _ring.Length)
        {
            var ring = new Letter[Count * 2];
            for (var i = 0; i < Count; i++)
            {
                ring[i] = At(i);
            }

            (_ring, _first) = (ring, 0);
        }
    }
}
