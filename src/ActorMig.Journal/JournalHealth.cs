using System.Diagnostics;
using ActorMig.Actors;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorMig.Journal;

/// <summary>Looks whether a file holds what was written there: its pages, and whether the newest events can be read.</summary>
internal static class JournalHealth
{
    private const int NewestEvents = 2_000;

    /// <summary>How many of SQLite's instructions pass between two looks at the clock.</summary>
    private const int InstructionsPerLook = 10_000;

    /// <summary>Throws if the file is damaged, or holds what only a later release can read.</summary>
    public static void Check(SqliteConnection connection, JournalOptions options, MessageRegistry events)
    {
        if (JournalSchema.VersionOf(connection) == 0)
        {
            return;
        }

        var deadline = Stopwatch.GetTimestamp() + (long)(options.CheckMaxMs / 1e3 * Stopwatch.Frequency);
        raw.sqlite3_progress_handler(connection.Handle!, InstructionsPerLook, _ => Stopwatch.GetTimestamp() > deadline ? 1 : 0, null);
        try
        {
            // What decides comes first: the rest is records.
            CheckPages(connection, options, "PRAGMA integrity_check(journal)");
            CheckPages(connection, options, "PRAGMA integrity_check(snapshot)");
            CheckPages(connection, options, "PRAGMA quick_check");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Sql.Interrupted)
        {
            options.Note($"The journal {options.Path} is so big that only a part of it was checked in {options.CheckMaxMs} ms (actormig.journal.check-time-max).");
        }
        finally
        {
            raw.sqlite3_progress_handler(connection.Handle!, 0, null, null);
        }

        CheckNewest(connection, options, events);
    }

    private static void CheckPages(SqliteConnection connection, JournalOptions options, string pragma)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = pragma;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (reader.GetString(0) is not "ok" and var error)
            {
                throw Sql.Damaged(options, $"is damaged ({error.ReplaceLineEndings(" ").TrimEnd('.', ' ')})");
            }
        }
    }

    private static void CheckNewest(SqliteConnection connection, JournalOptions options, MessageRegistry events)
    {
        using var newest = new SqlStatement(
            connection, "SELECT persistence_id, sequence_number, manifest, message FROM journal WHERE deleted = 0 ORDER BY ordering DESC LIMIT ?");
        newest.Bind(1, NewestEvents);
        while (newest.Step())
        {
            var name = newest.Text(2);
            try
            {
                events.Read(name, newest.Blob(3));
            }
            catch (FormatException e) when (events.Names.Contains(name) || name.Length == 0)
            {
                throw Sql.Damaged(options, $"is damaged (event {newest.Long(1)} of '{newest.Text(0)}' cannot be read: {e.Message.TrimEnd('.')})", e);
            }
            catch (FormatException e)
            {
                throw IsName(name)
                    ? new JournalException(
                        $"The journal {options.Path} holds '{name}', which this release does not know: install the later release again, or move the file away.", e)
                    : Sql.Damaged(options, $"is damaged (event {newest.Long(1)} of '{newest.Text(0)}' has no name that could be one)", e);
            }
        }
    }

    private static bool IsName(string name) => name.Length < 100 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
}
