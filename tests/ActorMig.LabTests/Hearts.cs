using ActorMig.Actors.Tests;
using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>
/// Whether guests live. QEMU without KVM loses a page's last change now and then when it migrates, and of all that a guest does its heart has most to lose:
/// seen is a heart that stands still for good in a guest that answers, writes and moves as before. Such a guest lives; its heart is begun anew, which
/// is written into <c>artifacts/hearts.txt</c> with how it was found.
/// </summary>
internal static class Hearts
{
    private const long BeatMs = 2_000;
    private const long PatienceMs = 30_000;

    /// <summary>Waits for a guest's heart, and sees to one that stands still. A guest that neither beats nor answers is told by an exception.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="guest">The guest.</param>
    /// <param name="sinceMs">Beats before this do not count: milliseconds since 1970.</param>
    public static async Task LiveAsync(Lab.Lab lab, LabGuest guest, long sinceMs = 0)
    {
        var beganMs = Heartbeats.NowMs;
        while (!Beats(lab, guest, sinceMs))
        {
            if (Heartbeats.NowMs - beganMs > PatienceMs)
            {
                var found = await guest.AskAsync("heart", answer => answer.Length > 0);
                await guest.TellAsync("beat");
                var line = $"the heart of {guest.Name} stood still while it answered, and was begun anew: {found}";
                await File.AppendAllTextAsync(Path.Combine(Repository.Folder, "artifacts", "hearts.txt"), line + "\n");
                TestContext.Current.SendDiagnosticMessage(line);
                (sinceMs, beganMs) = (0, Heartbeats.NowMs);
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static bool Beats(Lab.Lab lab, LabGuest guest, long sinceMs) =>
        lab.Heartbeats!.LastMs(guest) is { } beat && beat > sinceMs && Heartbeats.NowMs - beat < BeatMs;
}
