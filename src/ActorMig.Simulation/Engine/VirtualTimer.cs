namespace ActorMig.Simulation;

/// <summary>One start of an actor's timer: on the agenda until it is due, then in the mailbox. Another start under the same key is another one.</summary>
internal sealed class VirtualTimer(VirtualCell cell, string key, object message) : IDue
{
    public string Key { get; } = key;

    public object Message { get; } = message;

    public void Due() => cell.Fire(this);
}
