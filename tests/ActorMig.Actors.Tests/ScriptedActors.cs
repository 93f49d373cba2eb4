namespace ActorMig.Actors.Tests;

/// <summary>An ephemeral actor whose behaviour is in the test.</summary>
public sealed class Script(Action<Script, object> handle, Action<Script>? started = null) : EphemeralActor
{
    public ActorContext Ctx => Context;

    public int Seen { get; set; }

    public static Props Of(Action<Script, object> handle, Action<Script>? started = null) => Props.Of(() => new Script(handle, started));

    protected override void Handle(object message) => handle(this, message);

    protected override void Started() => started?.Invoke(this);
}

/// <summary>A persistent actor that adds up the numbers in its events, and whose decisions are in the test.</summary>
public sealed class Ledger(string id, Action<Ledger, object> handle, Action<Ledger>? recovered = null, Action<object>? applied = null)
    : PersistentActor(id)
{
    public ActorContext Ctx => Context;

    public long Sum { get; private set; }

    public static Props Of(string id, Action<Ledger, object> handle, Action<Ledger>? recovered = null, Action<object>? applied = null) =>
        Props.Of(() => new Ledger(id, handle, recovered, applied));

    protected override void Handle(object message) => handle(this, message);

    protected override void Apply(object @event)
    {
        applied?.Invoke(@event);
        Sum += ((Added)@event).Number;
    }

    protected override void Recovered() => recovered?.Invoke(this);
}

/// <summary>As <see cref="Ledger"/>, and keeps its sum in snapshots.</summary>
public sealed class Keeper(
    string id, Action<Keeper, object> handle, Action<Keeper>? recovered = null, Action<object>? applied = null, Func<long, object?>? snapshot = null)
    : PersistentActor(id)
{
    public ActorContext Ctx => Context;

    public long Sum { get; private set; }

    public static Props Of(
        string id, Action<Keeper, object> handle, Action<Keeper>? recovered = null, Action<object>? applied = null, Func<long, object?>? snapshot = null) =>
        Props.Of(() => new Keeper(id, handle, recovered, applied, snapshot));

    protected override void Handle(object message) => handle(this, message);

    protected override void Apply(object @event)
    {
        applied?.Invoke(@event);
        Sum = @event is Kept kept ? kept.Sum : Sum + ((Added)@event).Number;
    }

    protected override object? Snapshot() => snapshot is null ? new Kept(Sum) : snapshot(Sum);

    protected override void Recovered() => recovered?.Invoke(this);
}

public sealed record Added(long Number);

public sealed record Kept(long Sum);
