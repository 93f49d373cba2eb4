using System.Runtime.InteropServices;
using ActorMig.Actors;

namespace ActorMig.Agent.Edges;

/// <summary>
/// For tests: sends this process a signal as soon as an event of a name is durable for the first time, before anything follows from it. One that stops it
/// (SIGSTOP) holds the moment open until somebody has it go on (SIGCONT).
/// </summary>
internal sealed partial class SignallingJournal(IJournal journal, MessageRegistry events, string afterEvent, int signal) : IJournal
{
    public const int Kill = 9;
    public const int Stop = 19;
    private int _wasSent;

    public Task<long> ReplayAsync(string persistenceId, Action<object> apply, CancellationToken cancellation) =>
        journal.ReplayAsync(persistenceId, apply, cancellation);

    public Task SaveSnapshotAsync(string persistenceId, long sequenceNr, object snapshot) =>
        journal.SaveSnapshotAsync(persistenceId, sequenceNr, snapshot);

    public async Task WriteAsync(string persistenceId, long firstSequenceNr, IReadOnlyList<object> batch)
    {
        await journal.WriteAsync(persistenceId, firstSequenceNr, batch).ConfigureAwait(false);
        AreDurable(batch);
    }

    /// <summary>Also told by who writes the journal's file beside it.</summary>
    public void AreDurable(IReadOnlyList<object> batch)
    {
        if (batch.Any(e => events.NameOf(e).StartsWith(afterEvent + ".", StringComparison.Ordinal)) && Interlocked.Exchange(ref _wasSent, 1) == 0)
        {
            // To this very thread, so that it stands still before the call returns: one to the process is taken by some thread, some time.
            _ = SendSignal(signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "raise")]
    private static partial int SendSignal(int signal);
}
