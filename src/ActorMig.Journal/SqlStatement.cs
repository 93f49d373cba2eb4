using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorMig.Journal;

/// <summary>A prepared statement that is used again and again, without an allocation per use. For one thread at a time.</summary>
internal sealed class SqlStatement : IDisposable
{
    private const int StackBytesMax = 512;
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;

    public SqlStatement(SqliteConnection connection, string sql)
    {
        _db = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_db, sql, out _statement));
    }

    public void Bind(int index, long value) => Check(raw.sqlite3_bind_int64(_statement, index, value));

    public void Bind(int index, ReadOnlySpan<byte> value) => Check(raw.sqlite3_bind_blob(_statement, index, value));

    public void Bind(int index, string value)
    {
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> bytes = most <= StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[most];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        Check(raw.sqlite3_bind_text(_statement, index, bytes[..length]));
    }

    /// <summary>Goes to the next row; false at the end, where the statement is ready to be used again.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code == raw.SQLITE_DONE)
        {
            Reset();
            return false;
        }

        var error = Error(_db, code);
        Reset();
        throw error;
    }

    /// <summary>Runs a statement that has no rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Ends the reading of rows early.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string() ?? "";

    /// <summary>Good until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    public static SqliteException Error(sqlite3 db, int code) => new(
        $"SQLite error {code}: {raw.sqlite3_errmsg(db).utf8_to_string()}", code & 0xff, raw.sqlite3_extended_errcode(db));

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Error(_db, code);
        }
    }
}
