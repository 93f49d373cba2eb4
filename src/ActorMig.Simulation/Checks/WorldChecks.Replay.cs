using ActorMig.Actors;

namespace ActorMig.Simulation;

/// <content>S5: what the journal makes of an actor is what the actor was.</content>
internal sealed partial class WorldChecks
{
    private readonly MessageRegistry _events = Wire.Events();

    /// <summary>How many replays were compared.</summary>
    public long Replays { get; private set; }

    /// <summary>A process is about to be killed: its actors must be what their events make of them.</summary>
    private void Ending(HostBook book, VirtualCell cell)
    {
        if (cell.Core is { PersistenceId: { } id } core && core.Snapshot() is { } now)
        {
            Compare(book, id, now, cell, cell.SequenceNr, "what it is");
        }
    }

    private void Recovered(HostBook book, VirtualCell cell)
    {
        if (cell.Core is not { PersistenceId: { } id } core)
        {
            return;
        }

        RecoveredStep(book, id);
        if (id == "barter")
        {
            foreach (var barter in book.Open.Where(b => !b.IsOfferer))
            {
                // A granter gives open reservations their full lease once more.
                barter.SinceMs = NowMs;
            }
        }

        if (core.Snapshot() is { } now)
        {
            Compare(book, id, now, cell, book.Host.Journal.Replay(id).Count, "what it is after a recovery");
        }
    }

    private void Compare(HostBook book, string id, object now, VirtualCell cell, long eventCount, string what)
    {
        Replays++;
        var events = book.Host.Journal.Replay(id);
        if (events.Count < eventCount)
        {
            Breach("S5 replay", $"{book.Name}/{id} has applied {eventCount} events, and {events.Count} are durable");
            return;
        }

        var blank = cell.Blank();
        for (var i = 0; i < eventCount; i++)
        {
            blank.Apply(events[i]);
        }

        if (blank.Snapshot() is { } replayed && !_events.Write(now).AsSpan().SequenceEqual(_events.Write(replayed)))
        {
            Breach("S5 replay", $"{book.Name}/{id}: {what} is not what its events make of it");
        }
    }
}
