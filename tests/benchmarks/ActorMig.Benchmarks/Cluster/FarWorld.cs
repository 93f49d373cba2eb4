using ActorMig.Actors;

namespace ActorMig.Benchmarks;

/// <summary>
/// The world of hypervisors as an agent's process has it: the connection, and the numbers of the actors that hear of it. Outlives the actor that speaks
/// for it, which alone uses it, but for <see cref="RunAsync"/>.
/// </summary>
internal sealed class FarWorld
{
    private readonly WorldLine _line;
    private readonly EdgeFormat _format;
    private readonly Dictionary<ActorRef, long> _numbers = [];
    private readonly Dictionary<long, ActorRef> _actors = [];
    private volatile Action<object>? _listener;

    /// <summary>Actors are numbered behind the hypervisor, which has 0.</summary>
    private long _last;

    /// <summary>Says who this is; the world answers nothing before it is asked.</summary>
    /// <param name="line">The connection.</param>
    /// <param name="host">The host's name.</param>
    public FarWorld(WorldLine line, string host)
    {
        _line = line;
        _format = new EdgeFormat(NumberOf, static number => throw new InvalidOperationException($"The actor {number} was named by the wrong process."));
        _line.Send(host);
    }

    /// <summary>Hears the world until it is gone.</summary>
    public Task RunAsync() => _line.ReadAsync(said => _listener?.Invoke(said));

    /// <summary>Who is given the lines that come.</summary>
    public void Listen(Action<object> listener) => _listener = listener;

    /// <summary>Says something to the hypervisor.</summary>
    public void Say(object message) => _line.Send(_format.Write(EdgeFormat.Hypervisor, message));

    /// <summary>A line that has come, and to whom it goes; null: to nobody who lives.</summary>
    public (ActorRef? To, object Message) Read(string said)
    {
        var (to, message) = _format.Read(said);
        return (_actors.GetValueOrDefault(to), message);
    }

    /// <summary>An actor has ended; its number is never used again.</summary>
    public void Forget(ActorRef actor)
    {
        if (_numbers.Remove(actor, out var number))
        {
            _actors.Remove(number);
            Say(new FarActorEnded(number));
        }
    }

    private long NumberOf(ActorRef actor)
    {
        if (!_numbers.TryGetValue(actor, out var number))
        {
            number = ++_last;
            _numbers.Add(actor, number);
            _actors.Add(number, actor);
        }

        return number;
    }
}
