using ActorMig.Agent.Control;
using ActorMig.Cluster;
using ActorMig.Cluster.Serf;
using ActorMig.Journal;

namespace ActorMig.Agent;

/// <summary>Why an agent does not run: a sentence, and the exit code that says who has to do something about it.</summary>
/// <param name="Code">An exit code of <see cref="ExitCodes"/>.</param>
/// <param name="Sentence">For people.</param>
internal sealed record StartFailure(int Code, string Sentence)
{
    /// <summary>What an exception means; null if it is none that a start is known to end with.</summary>
    public static StartFailure? Of(Exception e) => e switch
    {
        JournalException journal => new StartFailure(journal.MayPass ? ExitCodes.TryAgain : ExitCodes.Journal, journal.Message),
        SerfException serf => CannotStart(CodeOf(serf.IsTaken, serf.MayPass), serf),
        ListenException listen => CannotStart(CodeOf(listen.IsTaken, listen.MayPass), listen),
        SocketTakenException => CannotStart(ExitCodes.Taken, e),
        IOException or UnauthorizedAccessException => CannotStart(CodeOf(isTaken: false, JournalException.IsOfDisk(e)), e),
        _ => null,
    };

    private static int CodeOf(bool isTaken, bool mayPass) => isTaken ? ExitCodes.Taken : mayPass ? ExitCodes.TryAgain : ExitCodes.BadInput;

    private static StartFailure CannotStart(int code, Exception e) => new(code, $"The agent cannot start: {e.Message}");
}
