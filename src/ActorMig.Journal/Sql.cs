using Microsoft.Data.Sqlite;

namespace ActorMig.Journal;

/// <summary>What is done once, in plain SQL.</summary>
internal static class Sql
{
    public const int Busy = 5;
    public const int Locked = 6;
    public const int Full = 13;
    public const int CannotOpen = 14;
    public const int ReadOnly = 8;
    public const int InputOutput = 10;
    public const int Corrupt = 11;
    public const int NoDatabase = 26;
    public const int Interrupted = 9;

    public const int Constraint = 19;

    private const int InputOutputRead = InputOutput | (1 << 8);
    private const int InputOutputShortRead = InputOutput | (2 << 8);

    public static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this project.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this project.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    public static bool IsDamage(SqliteException e) => e.SqliteErrorCode is Corrupt or NoDatabase || e.SqliteExtendedErrorCode == InputOutputShortRead;

    /// <summary>A full disk; SQLite says so, or only that a write failed.</summary>
    public static bool IsFull(SqliteException e) =>
        e.SqliteErrorCode == Full || (e.SqliteErrorCode == InputOutput && e.SqliteExtendedErrorCode is not (InputOutputRead or InputOutputShortRead));

    /// <summary>An error as a sentence that names the file and what to do.</summary>
    public static JournalException Explain(JournalOptions options, SqliteException e) => e.SqliteErrorCode switch
    {
        _ when IsDamage(e) => Damaged(options, $"is damaged ({Plain(e)})", e),
        Full => new JournalException($"The journal {options.Path} cannot be written: the disk is full; make room in {options.Folder}.", e) { MayPass = true },
        ReadOnly => new JournalException(
            $"The journal {options.Path} cannot be written: the file, its folder or its file system is read-only ({Plain(e)}); make it writable for this user.", e),
        CannotOpen => new JournalException(
            $"The journal {options.Path} cannot be opened or made ({Plain(e)}); see that the folder {options.Folder} exists and that this user may write there.", e),
        Constraint => new JournalException($"The journal {options.Path} took no write, because it has an event of that number already ({Plain(e)}).", e),
        InputOutput => new JournalException($"The journal {options.Path} cannot be used: its disk fails ({Plain(e)}); check the disk and its free space.", e) { MayPass = true },
        Busy or Locked => new JournalException($"The journal {options.Path} cannot be used: another process holds it ({Plain(e)}); end that one.", e) { MayPass = true },
        _ => new JournalException($"The journal {options.Path} cannot be used: {Plain(e)}. Check the file, its folder and the free space.", e),
    };

    public static JournalDamagedException Damaged(JournalOptions options, string damage, Exception? inner = null) => new(
        damage, $"The journal {options.Path} {damage}, so it cannot be used; start the agent anew: it moves the file aside and says what to do.", inner);

    private static string Plain(SqliteException e) => e.Message.TrimEnd('.');
}
