using System.Text;
using ActorMig.Actors;
using ActorMig.Journal;

namespace ActorMig.Agent;

/// <summary>What stands in a journal, read again.</summary>
internal static class JournalEntries
{
    /// <summary>The event or record of an entry; null if it is of a later release, or damaged.</summary>
    public static object? ReadIfKnown(this MessageRegistry registry, JournalEntry entry)
    {
        try
        {
            return registry.Read(entry.Name, Encoding.UTF8.GetBytes(entry.Json));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
