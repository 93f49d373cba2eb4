using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorMig.Journal;

/// <summary>
/// What stands in the small file beside a journal: that there was one, and what must not be forgotten with it. Written at each start, before
/// anything that it tells of is used.
/// </summary>
/// <param name="Id">The name of the journal.</param>
/// <param name="Incarnation">The highest incarnation that a start may have used.</param>
/// <param name="Journaled">The highest incarnation that is known to be in the journal: it never has a lower one again.</param>
/// <param name="Loss">The last loss of a journal here; whether it was accepted, the journal tells.</param>
internal sealed record JournalMarker(string Id, long Incarnation, long Journaled, MarkedLoss? Loss)
{
    /// <summary>The marker's file.</summary>
    public static string PathOf(JournalOptions options) => Path.ChangeExtension(options.Path, ".id");

    /// <summary>Reads the marker; null if there is none, or if it cannot be understood.</summary>
    public static JournalMarker? Read(JournalOptions options)
    {
        var path = PathOf(options);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(path), MarkerJson.Default.JournalMarker) is { Id: not null, Incarnation: >= 0 } marker)
            {
                return marker;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        options.Note($"The file {path}, which says which journal belongs here, cannot be read, and is written anew.");
        return null;
    }

    public void Write(JournalOptions options) =>
        DurableFile.Replace(PathOf(options), JsonSerializer.SerializeToUtf8Bytes(this, MarkerJson.Default.JournalMarker));
}

/// <summary>A loss of a journal.</summary>
/// <param name="Id">Tells one loss from another.</param>
/// <param name="Reason">What happened, in words.</param>
public sealed record MarkedLoss(string Id, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(JournalMarker))]
internal sealed partial class MarkerJson : JsonSerializerContext;
