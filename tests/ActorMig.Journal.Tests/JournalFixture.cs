using ActorMig.Actors;
using ActorMig.Actors.Tests;
using Microsoft.Data.Sqlite;

namespace ActorMig.Journal.Tests;

/// <summary>A journal in a folder of its own, which goes with the test.</summary>
public abstract class JournalFixture : IDisposable
{
    protected JournalFixture()
    {
        Folder = Directory.CreateTempSubdirectory("actormig-").FullName;
        Options = new JournalOptions { Path = Path.Combine(Folder, "journal.db"), Note = n => { lock (Notes) { Notes.Add(n); } } };
    }

    protected string Folder { get; }

    protected JournalOptions Options { get; set; }

    protected List<string> Notes { get; } = [];

    protected SteppedTime Time { get; } = new();

    public virtual void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected SqliteJournal Open() => SqliteJournal.Open(Options, TestEvents.Registry(), TestEvents.Registry(), Time);

    /// <summary>As an agent does: events of the identity <c>host</c> tell the incarnation.</summary>
    protected Task<OpenedJournal> OpenStoreAsync() => JournalStore.OpenAsync(
        Options, TestEvents.Registry(), TestEvents.Registry(), new Owner(), Time);

    protected static async Task<List<object>> ReplayAsync(SqliteJournal journal, string id)
    {
        var messages = new List<object>();
        await journal.ReplayAsync(id, messages.Add, CancellationToken.None);
        return messages;
    }

    protected static async Task<List<long>> NumbersAsync(SqliteJournal journal, string id) =>
        [.. (await ReplayAsync(journal, id)).Select(m => ((Added)m).Number)];

    protected static Added[] Added(int first, int count) => [.. Enumerable.Range(first, count).Select(n => new Added(n))];

    protected long Count(string table, string where = "1") => (long)Sql($"SELECT count(*) FROM {table} WHERE {where}")!;

    private sealed class Owner : IJournalOwner
    {
        public string PersistenceId => "host";

        public long Incarnation { get; private set; }

        public IReadOnlyCollection<string> Needed => ["barter"];

        public void Apply(object message) => Incarnation = Math.Max(Incarnation, (message as Added)?.Number ?? ((Kept)message).Sum);
    }

    protected object? Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Options.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    protected static async Task UntilAsync(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "It did not come to pass in 20 s.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}

/// <summary>A wall clock that goes when it is told to.</summary>
public sealed class SteppedTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}

internal static class TestEvents
{
    public static MessageRegistry Registry() => new MessageRegistry().Add("added.1", TestJson.Default.Added).Add("kept.1", TestJson.Default.Kept);
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase)]
[System.Text.Json.Serialization.JsonSerializable(typeof(Added))]
[System.Text.Json.Serialization.JsonSerializable(typeof(Kept))]
internal sealed partial class TestJson : System.Text.Json.Serialization.JsonSerializerContext;
