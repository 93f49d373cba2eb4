using System.Runtime.InteropServices;

namespace ActorMig.Lab;

/// <summary>kill(2) itself: a minimal Debian has no program of this name.</summary>
internal static partial class Signals
{
    public const int Hangup = 1;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;

    /// <summary>Sends a signal; a process that has ended already needs none.</summary>
    public static void Send(int pid, int signal) => _ = kill(pid, signal);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
