using System.Globalization;
using ActorMig.Actors;

namespace ActorMig.Journal;

/// <summary>
/// Opens a host's journal whatever happened to it: one that is damaged is moved aside and never deleted, one that is missing is noticed by the
/// marker beside it; then a new one is begun, above all earlier incarnations.
/// </summary>
public static class JournalStore
{
    private static readonly string[] Companions = ["-wal", "-shm"];

    /// <summary>Opens the journal.</summary>
    /// <param name="options">Where, and its limits.</param>
    /// <param name="events">The names of events and snapshots.</param>
    /// <param name="records">The records' names.</param>
    /// <param name="owner">What the owner knows.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="JournalException">It is from a later release, or cannot be written.</exception>
    public static async Task<OpenedJournal> OpenAsync(
        JournalOptions options, MessageRegistry events, MessageRegistry records, IJournalOwner owner, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(time);
        try
        {
            return await OpenMarkedAsync(options, events, records, owner, time).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(
                $"The files beside the journal {options.Path} cannot be used ({e.Message.TrimEnd('.')}); see that this user may write in {options.Folder} and that there is room.", e)
            {
                MayPass = JournalException.IsOfDisk(e),
            };
        }
    }

    private static async Task<OpenedJournal> OpenMarkedAsync(
        JournalOptions options, MessageRegistry events, MessageRegistry records, IJournalOwner owner, TimeProvider time)
    {
        var hadMarker = File.Exists(JournalMarker.PathOf(options));
        var marker = JournalMarker.Read(options);
        var file = new FileInfo(options.Path);
        var wasThere = file is { Exists: true, Length: > 0 };
        string? lost = null;
        if (wasThere)
        {
            var (sound, journaled, damage) = await TryOpenAsync(options, events, records, owner, time).ConfigureAwait(false);
            if (sound is not null)
            {
                return await MarkAsync(options, marker, sound, journaled, Doubt(marker, sound, journaled), hadMarker, time).ConfigureAwait(false);
            }

            lost = $"{Path.GetFileName(options.Path)} {damage}; it was moved to {MoveAside(options, time)}";
        }
        else if (hadMarker || Companions.Any(c => File.Exists(options.Path + c)))
        {
            lost = $"{Path.GetFileName(options.Path)} is {(file.Exists ? "empty" : "missing")}";
            MoveAside(options, time);
        }

        if (lost is not null && marker is { Id: "", Loss: { } unfinished })
        {
            // The start after the loss did not get as far as to a new journal.
            lost = unfinished.Reason;
        }

        // Said before the new journal is there: a crash in between must not make it look as if all was well.
        var floor = marker?.Incarnation ?? Epoch(time);
        if (lost is not null)
        {
            marker = new JournalMarker("", floor, 0, new MarkedLoss(Guid.NewGuid().ToString("n"), lost));
            Write(marker, options, Ballast.Of(options));
        }

        var journal = SqliteJournal.Open(options, events, records, time);
        return await MarkAsync(options, marker, journal, 0, null, hadMarker, time).ConfigureAwait(false);
    }

    /// <summary>On a full disk a start is worth the ballast.</summary>
    private static void Write(JournalMarker marker, JournalOptions options, Ballast ballast)
    {
        try
        {
            marker.Write(options);
        }
        catch (IOException) when (ballast.TryGiveUp())
        {
            marker.Write(options);
        }
    }

    /// <summary>Why a journal that is sound is not the one that was used here last, or null.</summary>
    private static string? Doubt(JournalMarker? marker, SqliteJournal journal, long journaled)
    {
        if (marker is null || (marker.Id == journal.Id && journaled >= marker.Journaled))
        {
            return null;
        }

        // Nothing has been written yet to a journal that was begun after a loss, if the first start ended at once.
        return marker.Id.Length == 0 && journaled == 0
            ? null
            : marker.Id != journal.Id
                ? $"{Path.GetFileName(journal.Options.Path)} is another one than was used here last"
                : string.Create(CultureInfo.InvariantCulture,
                    $"{Path.GetFileName(journal.Options.Path)} is older than the one that was used here last: it ends with incarnation {journaled}, and {marker.Journaled} was journaled");
    }

    private static async Task<OpenedJournal> MarkAsync(
        JournalOptions options, JournalMarker? marker, SqliteJournal journal, long journaled, string? doubt, bool hadMarker, TimeProvider time)
    {
        try
        {
            var known = Math.Max(journaled, marker?.Incarnation ?? 0);

            // Nothing tells of an earlier incarnation, or a marker that cannot be read may have told of a higher one.
            var floor = marker is null && (hadMarker || journaled == 0) ? Math.Max(known, Epoch(time)) : known;
            var loss = doubt is null ? marker?.Loss : new MarkedLoss(Guid.NewGuid().ToString("n"), doubt);
            Write(new JournalMarker(journal.Id, floor + 1, journaled, loss), options, journal.Ballast);
            return new OpenedJournal(journal, floor, loss);
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<(SqliteJournal? Sound, long Journaled, string? Damage)> TryOpenAsync(
        JournalOptions options, MessageRegistry events, MessageRegistry records, IJournalOwner owner, TimeProvider time)
    {
        SqliteJournal? journal = null;
        try
        {
            journal = SqliteJournal.Open(options, events, records, time);
            await journal.ReplayAsync(owner.PersistenceId, owner.Apply, CancellationToken.None).ConfigureAwait(false);
            foreach (var id in owner.Needed)
            {
                await journal.ReplayAsync(id, static _ => { }, CancellationToken.None).ConfigureAwait(false);
            }

            return (journal, owner.Incarnation, null);
        }
        catch (JournalDamagedException e)
        {
            if (journal is not null)
            {
                await journal.DisposeAsync().ConfigureAwait(false);
            }

            return (null, 0, e.Damage);
        }
        catch
        {
            if (journal is not null)
            {
                await journal.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Renames the journal's files so that they can still be opened together; returns the new name.</summary>
    private static string MoveAside(JournalOptions options, TimeProvider time)
    {
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var aside = $"{options.Path}.damaged-{stamp}";
        for (var n = 2; File.Exists(aside) || Companions.Any(c => File.Exists(aside + c)); n++)
        {
            aside = FormattableString.Invariant($"{options.Path}.damaged-{stamp}-{n}");
        }

        foreach (var companion in Companions.Prepend(""))
        {
            if (File.Exists(options.Path + companion))
            {
                File.Move(options.Path + companion, aside + companion);
            }
        }

        DurableFile.FlushFolder(options.Folder);
        return Path.GetFileName(aside);
    }

    /// <summary>Above every incarnation that was counted from 1, and above all that began like this before.</summary>
    private static long Epoch(TimeProvider time) => time.GetUtcNow().ToUnixTimeSeconds();
}
