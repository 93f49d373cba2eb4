using System.Net;
using System.Net.Sockets;

namespace ActorMig.Cluster.Serf;

/// <summary>Where a serf answers, and how it is spoken to.</summary>
/// <param name="Address">Its RPC address.</param>
/// <param name="AuthKey">The key that it asks for; empty: none.</param>
/// <param name="AnswerTimeout">How long an answer may take.</param>
/// <param name="MessageBytesMax">The largest answer.</param>
internal sealed record SerfEndpoint(IPEndPoint Address, string AuthKey, TimeSpan AnswerTimeout, int MessageBytesMax);

/// <summary>
/// One connection to a serf's RPC address. serf answers what comes over one connection in order, so a question that takes long holds up what is asked
/// after it: such ones get connections of their own. Thread-safe.
/// </summary>
internal sealed class SerfConnection : IAsyncDisposable
{
    private const ulong Version = 1;
    private readonly SerfEndpoint _endpoint;
    private readonly NetworkStream _stream;
    private readonly Action<SerfRecord>? _streamed;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _asking = new();
    private readonly Dictionary<ulong, Question> _open = [];
    private readonly Task _reading;
    private ulong _lastSequence;
    private ulong? _streamSequence;
    private Exception? _why;

    private SerfConnection(SerfEndpoint endpoint, Socket socket, Action<SerfRecord>? streamed)
    {
        _endpoint = endpoint;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _streamed = streamed;
        _reading = Task.Run(ReadAllAsync);
    }

    /// <summary>True once nothing can be asked any more.</summary>
    public bool IsOver
    {
        get
        {
            lock (_asking)
            {
                return _why is not null;
            }
        }
    }

    /// <summary>Ends when the connection does, and never fails.</summary>
    public Task Ended => _reading;

    /// <summary>Connects and shows the key.</summary>
    /// <param name="endpoint">To whom.</param>
    /// <param name="streamed">Is given what a stream of this connection brings; must not block.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SerfException">Nobody listens there, no serf, or one with another key.</exception>
    public static async Task<SerfConnection> OpenAsync(SerfEndpoint endpoint, Action<SerfRecord>? streamed, CancellationToken cancellation)
    {
        var socket = new Socket(endpoint.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            soon.CancelAfter(endpoint.AnswerTimeout);
            await socket.ConnectAsync(endpoint.Address, soon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            socket.Dispose();
            throw new SerfException($"No serf answers at its RPC address {endpoint.Address} ({(e is SocketException ? e.Message : "no answer in time")}).", e) { MayPass = true };
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var connection = new SerfConnection(endpoint, socket, streamed);
        try
        {
            await connection.AskAsync("handshake", body => body.Map(1).Text("Version").Whole(Version), Answer.None, cancellation).ConfigureAwait(false);
            if (endpoint.AuthKey.Length > 0)
            {
                await connection.AskAsync("auth", body => body.Map(1).Text("AuthKey").Text(endpoint.AuthKey), Answer.None, cancellation).ConfigureAwait(false);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks, and waits for the answer.</summary>
    /// <param name="command">The command.</param>
    /// <param name="body">Writes what the command says besides; null for one that has nothing to say.</param>
    /// <param name="answer">What comes back besides success or error.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="limit">How long it may take; null: as long as any answer.</param>
    /// <exception cref="SerfException">It was refused, took too long, or the connection has ended.</exception>
    public async Task<SerfRecord> AskAsync(
        string command, Action<MessagePackWriter>? body, Answer answer, CancellationToken cancellation, TimeSpan? limit = null)
    {
        var question = new Question(command, answer);
        var request = new MessagePackWriter();
        lock (_asking)
        {
            if (_why is not null)
            {
                throw Broken(_why);
            }

            var sequence = _lastSequence++;
            _open[sequence] = question;
            if (answer == Answer.Stream)
            {
                _streamSequence = sequence;
            }

            request.Map(2).Text("Command").Text(command).Text("Seq").Whole(sequence);
        }

        body?.Invoke(request);
        var time = limit ?? _endpoint.AnswerTimeout;
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end.Token);
        soon.CancelAfter(time);
        try
        {
            await WriteAsync(request.Written, soon.Token).ConfigureAwait(false);
            return await question.Done.Task.WaitAsync(soon.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            // It stays open: its answer, when it comes, has to be read past.
            throw _why is { } why ? Broken(why) : new SerfException($"serf at {_endpoint.Address} did not answer '{command}' in {time.TotalSeconds:0.#} s.", e) { MayPass = true };
        }
        catch (IOException e)
        {
            throw Broken(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Close(new SerfException("the agent has closed the connection"));
        await _reading.ConfigureAwait(false);
        _writing.Dispose();
        _end.Dispose();
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await _stream.WriteAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Half a request may be on its way: nothing more can be said over this connection.
            Close(e);
            throw;
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAllAsync()
    {
        try
        {
            var reader = new MessagePackReader(_stream, _endpoint.MessageBytesMax);
            while (true)
            {
                await ReadOneAsync(reader).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Whatever ends the connection is told to those who wait for it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Close(e);
        }
    }

    private async Task ReadOneAsync(MessagePackReader reader)
    {
        var header = SerfRecord.Of(await reader.ReadAsync(_end.Token).ConfigureAwait(false));
        var (sequence, error) = (header.Unsigned("Seq"), header.Text("Error"));
        Question? question;
        bool isStream;
        lock (_asking)
        {
            _open.Remove(sequence, out question);
            isStream = sequence == _streamSequence;
        }

        if (question is null)
        {
            // Only of a stream more than one answer comes; of another it is not known whether anything belongs to it.
            if (!isStream)
            {
                throw new SerfException("serf answered a question that was not asked.");
            }

            _streamed?.Invoke(SerfRecord.Of(await reader.ReadAsync(_end.Token).ConfigureAwait(false)));
            return;
        }

        var hasBody = question.Answer == Answer.BodyAlways || (question.Answer == Answer.Body && error.Length == 0);
        var body = hasBody ? SerfRecord.Of(await reader.ReadAsync(_end.Token).ConfigureAwait(false)) : header;
        if (error.Length == 0)
        {
            question.Done.TrySetResult(body);
        }
        else
        {
            question.Done.TrySetException(Refused(question.Command, error));
        }
    }

    private SerfException Refused(string command, string error) => new(error is "Invalid authentication token" or "Authentication required"
        ? $"The serf at {_endpoint.Address} asks for another RPC key; it is rpc_auth in its configuration, and its file is named by membership.serf.rpc-auth-file."
        : $"serf refused '{command}': {InOneLine(error)}.");

    /// <summary>serf lists several errors in lines of their own.</summary>
    private static string InOneLine(string error) => string.Join(' ', error.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private void Close(Exception why)
    {
        Question[] waiting;
        lock (_asking)
        {
            if (_why is not null)
            {
                return;
            }

            _why = why;
            waiting = [.. _open.Values];
            _open.Clear();
        }

        foreach (var question in waiting)
        {
            question.Done.TrySetException(Broken(why));
        }

        _end.Cancel();
        _stream.Dispose();
    }

    private SerfException Broken(Exception why) => why as SerfException ?? new($"The connection to serf at {_endpoint.Address} ended: {why.Message}", why) { MayPass = true };

    private sealed class Question
    {
        public Question(string command, Answer answer)
        {
            (Command, Answer) = (command, answer);

            // One that nobody waits for any more may fail.
            _ = Done.Task.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        public string Command { get; }

        public Answer Answer { get; }

        public TaskCompletionSource<SerfRecord> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What serf sends after the header of an answer.</summary>
internal enum Answer
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A map, unless it has refused.</summary>
    Body,

    /// <summary>A map, also if it has refused.</summary>
    BodyAlways,

    /// <summary>Nothing, and later records with the same sequence number.</summary>
    Stream,
}
