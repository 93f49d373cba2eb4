using System.Diagnostics;
using ActorMig.Actors;

namespace ActorMig.Agent.Edges;

/// <summary>For tests of crashes: kills this process (SIGKILL) as soon as an event of a name is durable, before anything follows from it.</summary>
internal sealed class DyingJournal(IJournal journal, MessageRegistry events, string dieAfterEvent) : IJournal
{
    public Task<long> ReplayAsync(string persistenceId, Action<object> apply, CancellationToken cancellation) =>
        journal.ReplayAsync(persistenceId, apply, cancellation);

    public Task SaveSnapshotAsync(string persistenceId, long sequenceNr, object snapshot) =>
        journal.SaveSnapshotAsync(persistenceId, sequenceNr, snapshot);

    public async Task WriteAsync(string persistenceId, long firstSequenceNr, IReadOnlyList<object> batch)
    {
        await journal.WriteAsync(persistenceId, firstSequenceNr, batch).ConfigureAwait(false);
        if (batch.Any(e => events.NameOf(e).StartsWith(dieAfterEvent + ".", StringComparison.Ordinal)))
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
            await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
        }
    }
}
