namespace ActorMig.Actors;

/// <summary>
/// An actor at the edge to the outside world (libvirt, sockets). It has one verb more than the others, and no decisions:
/// a result from outside comes back as a message to itself.
/// </summary>
public abstract class EdgeActor : EphemeralActor
{
    private Action<object>? _tellSelf;
    private CancellationToken _ended;

    /// <summary>Starts work outside. Its result, or what the failure is turned into, comes back as a message to this incarnation.</summary>
    /// <param name="work">The work; the token is cancelled when this incarnation ends. Called on this turn's thread: it must not block.</param>
    /// <param name="onFailure">Turns what the work threw into a message.</param>
    protected void PipeToSelf(Func<CancellationToken, Task<object>> work, Func<Exception, object> onFailure)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(onFailure);
        var tell = TellSelf();
        _ = RunAsync(work, onFailure, tell, _ended);
    }

    /// <summary>A function that threads outside may call to send this incarnation messages, any time; after its end they are dropped.</summary>
    protected Action<object> TellSelf() => _tellSelf ?? throw new InvalidOperationException($"{GetType().Name} runs on no engine that has edges.");

    /// <summary>For engines that have edges: gives this incarnation its verb, before turn 0.</summary>
    /// <param name="tellSelf">Sends this incarnation a message from any thread; drops it after the incarnation's end.</param>
    /// <param name="ended">Cancelled when this incarnation ends.</param>
    public void Attach(Action<object> tellSelf, CancellationToken ended)
    {
        _tellSelf = tellSelf;
        _ended = ended;
    }

    private static async Task RunAsync(
        Func<CancellationToken, Task<object>> work, Func<Exception, object> onFailure, Action<object> tell, CancellationToken ended)
    {
        object result;
        try
        {
            result = await work(ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever fails outside becomes a message: that is what this method is for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            result = onFailure(e);
        }

        tell(result);
    }
}
