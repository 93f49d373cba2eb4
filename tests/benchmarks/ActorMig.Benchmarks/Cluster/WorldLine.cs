using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace ActorMig.Benchmarks;

/// <summary>A connection between an agent's process and the world's, by a Unix socket: lines of text both ways. Thread-safe.</summary>
internal sealed class WorldLine : IAsyncDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly NetworkStream _stream;
    private readonly Channel<string> _waiting = Channel.CreateUnbounded<string>();
    private readonly Task _writing;

    public WorldLine(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Sends a line. Never waits; after the connection's end it goes nowhere.</summary>
    public void Send(string line) => _waiting.Writer.TryWrite(line);

    /// <summary>Reads until the other process is gone.</summary>
    public async Task ReadAsync(Action<string> read)
    {
        try
        {
            using var reader = new StreamReader(_stream, Utf8, leaveOpen: true);
            while (await reader.ReadLineAsync() is { } line)
            {
                read(line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It was killed, or this one ends.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stream.DisposeAsync();
        await _writing;
    }

    private async Task WriteAsync()
    {
        try
        {
            await using var writer = new StreamWriter(_stream, Utf8, leaveOpen: true) { NewLine = "\n" };
            await foreach (var line in _waiting.Reader.ReadAllAsync())
            {
                await writer.WriteLineAsync(line);
                if (_waiting.Reader.Count == 0)
                {
                    await writer.FlushAsync();
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // As above.
        }
    }
}
