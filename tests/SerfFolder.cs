using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ActorMig.Tests;

/// <summary>
/// A folder for the files of serfs; linked into each project that needs it. A serf of this system outlives who has started it, so another process
/// ends what was started with files in here: when the folder goes, or the tests end, however they do.
/// </summary>
internal sealed class SerfFolder : IDisposable
{
    private const string Reaper = """
        trap '' INT TERM HUP
        exec 2>/dev/null
        cat >/dev/null
        for process in /proc/[0-9]*; do
          if tr '\0' '\n' <"$process/cmdline" 2>/dev/null | grep -qF "$1/"; then kill -9 "${process#/proc/}"; fi
        done
        rm -rf "$1"
        """;

    private readonly Process _reaper;

    public SerfFolder() => _reaper = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Reaper, "sh", Path]) { RedirectStandardInput = true })!;

    public string Path { get; } = Directory.CreateTempSubdirectory("actormig-serf-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file that only its owner can read.</summary>
    public string Secret(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        System.IO.File.SetUnixFileMode(File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return File(name);
    }

    /// <summary>A port that nobody uses at an address, by TCP and by UDP.</summary>
    public static int FreePort(string address)
    {
        while (true)
        {
            using var tcp = new TcpListener(IPAddress.Parse(address), 0);
            tcp.Start();
            var end = (IPEndPoint)tcp.LocalEndpoint;
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(end);
                return end.Port;
            }
            catch (SocketException)
            {
                // Another one.
            }
        }
    }

    public void Dispose()
    {
        _reaper.StandardInput.Close();
        _reaper.WaitForExit();
        _reaper.Dispose();
    }
}
