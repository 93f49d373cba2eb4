using ActorMig.Actors;
using ActorMig.Journal;
using Record = ActorMig.Edges.Record;

namespace ActorMig.Agent.Edges;

/// <summary>The edge to the journal's records.</summary>
internal sealed class RecordsActor(SqliteJournal journal) : EdgeActor
{
    protected override void Handle(object message)
    {
        if (message is Record record)
        {
            journal.Add(record);
        }
    }
}
