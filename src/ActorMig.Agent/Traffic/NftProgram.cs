using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace ActorMig.Agent.Traffic;

/// <summary>How a call of nft ended.</summary>
/// <param name="Code">Its exit code; 0 is good.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Error">What it complained of.</param>
internal sealed record NftResult(int Code, ReadOnlyMemory<byte> Output, string Error)
{
    /// <summary>There is no table, set or chain of that name.</summary>
    public bool IsMissing => Code != 0 && Error.Contains("No such file or directory", StringComparison.Ordinal);
}

/// <summary>The program nft, called anew each time: whoever may call it needs CAP_NET_ADMIN and nothing else.</summary>
/// <param name="program">Its path or name.</param>
/// <param name="limit">How long it may take.</param>
internal sealed class NftProgram(string program, TimeSpan limit)
{
    /// <summary>The largest answer: 65,536 pairs take 15 MB.</summary>
    private const int OutputBytesMax = 64 << 20;
    private static readonly string[] Folders = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

    /// <summary>Carries out commands, all or none of them.</summary>
    /// <exception cref="TrafficException">nft cannot be called.</exception>
    public Task<NftResult> CarryOutAsync(string commands, CancellationToken cancellation) => RunAsync(["-f", "-"], commands, cancellation);

    /// <summary>Calls nft.</summary>
    /// <exception cref="TrafficException">It cannot be called.</exception>
    public async Task<NftResult> RunAsync(IReadOnlyList<string> arguments, string input, CancellationToken cancellation)
    {
        using var process = Start(arguments);
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        soon.CancelAfter(limit);
        try
        {
            var error = process.StandardError.ReadToEndAsync(soon.Token);
            var output = ReadAsync(process.StandardOutput.BaseStream, soon.Token);
            await WriteAsync(process, input, soon.Token).ConfigureAwait(false);
            var written = await output.ConfigureAwait(false);
            var complaint = await error.ConfigureAwait(false);
            await process.WaitForExitAsync(soon.Token).ConfigureAwait(false);
            return new NftResult(process.ExitCode, written, complaint);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TrafficException(FormattableString.Invariant($"{program} did not end in {limit.TotalSeconds:0.###} s (actormig.traffic.answer-timeout)"));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private Process Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Resolve(), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = "/",
        };
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new TrafficException($"{program} (actormig.traffic.nft) cannot be started: {e.Message}", e);
        }
    }

    /// <summary>It is in a folder that not everybody has in the PATH.</summary>
    private string Resolve()
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(program) ? program : throw Missing();
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(Folders);
        return folders.Where(f => f.Length > 0).Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists) ?? throw Missing();
    }

    private TrafficException Missing() =>
        new($"there is no program '{program}' (actormig.traffic.nft); install nftables (`apt-get install nftables`), or set actormig.traffic.source to off");

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellation).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading: why, it has said.
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[64 << 10];
        var length = 0;
        while (await stream.ReadAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            length += read;
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, length < OutputBytesMax ? length * 2 : throw new TrafficException("nft's answer is too large; lower actormig.traffic.pairs-max"));
            }
        }

        return buffer.AsMemory(0, length);
    }
}
