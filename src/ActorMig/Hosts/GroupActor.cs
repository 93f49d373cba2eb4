using ActorMig.Actors;

namespace ActorMig.Hosts;

/// <summary>To a group: have a child of this name and recipe.</summary>
/// <param name="Name">The child's name.</param>
/// <param name="Props">The recipe.</param>
internal sealed record Ensure(string Name, Props Props);

/// <summary>To a group: stop a child for good.</summary>
/// <param name="Name">The child's name.</param>
internal sealed record Drop(string Name);

/// <summary>To a group: hand a message to a child.</summary>
/// <param name="Name">The child's name.</param>
/// <param name="Message">The message.</param>
internal sealed record ForChild(string Name, object Message);

/// <summary>From a group to the HostActor: it has begun, with no children.</summary>
internal sealed record GroupStarted;

/// <summary>Supervises children of one kind: one that stopped without being dropped is spawned again, later each time.</summary>
internal sealed class GroupActor(ActorRef host) : EphemeralActor
{
    private const long BackOffMs = 500;
    private const long BackOffMaxMs = 60_000;
    private readonly SortedDictionary<string, Child> _children = new(StringComparer.Ordinal);

    protected override void Started() => Context.Tell(host, new GroupStarted());

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Ensure ensure when !_children.ContainsKey(ensure.Name):
                var child = new Child(ensure.Props);
                _children.Add(ensure.Name, child);
                Spawn(ensure.Name, child);
                break;
            case Ensure ensure when _children[ensure.Name].IsDropped:
                // Its predecessor is on its way out: then this one follows.
                _children[ensure.Name].Next = ensure.Props;
                break;
            case Drop drop when _children.TryGetValue(drop.Name, out var dropped):
                if (dropped.Ref is null)
                {
                    Context.CancelTimer(drop.Name);
                    _children.Remove(drop.Name);
                    break;
                }

                (dropped.IsDropped, dropped.Next) = (true, null);
                Context.Stop(dropped.Ref);
                break;
            case ForChild forChild when _children.TryGetValue(forChild.Name, out var target) && target.Ref is not null:
                Context.Tell(target.Ref, forChild.Message);
                break;
            case Terminated ended when _children.TryGetValue(ended.Actor.Name, out var gone):
                gone.Ref = null;
                if (gone.IsDropped)
                {
                    _children.Remove(ended.Actor.Name);
                    if (gone.Next is { } next)
                    {
                        var successor = new Child(next);
                        _children.Add(ended.Actor.Name, successor);
                        Spawn(ended.Actor.Name, successor);
                    }

                    break;
                }

                Context.Note(301, $"{ended.Actor} stopped; it is spawned again in {gone.BackOffMs} ms.");
                Context.StartTimer(ended.Actor.Name, new Again(ended.Actor.Name), gone.BackOffMs);
                gone.BackOffMs = Math.Min(gone.BackOffMs * 2, BackOffMaxMs);
                break;
            case Again again when _children.TryGetValue(again.Name, out var back) && back is { Ref: null, IsDropped: false }:
                Spawn(again.Name, back);
                break;
        }
    }

    private void Spawn(string name, Child child)
    {
        child.Ref = Context.Spawn(child.Props, name);
        Context.Watch(child.Ref);
    }

    private sealed class Child(Props props)
    {
        public Props Props { get; } = props;

        public ActorRef? Ref { get; set; }

        public bool IsDropped { get; set; }

        public Props? Next { get; set; }

        public long BackOffMs { get; set; } = GroupActor.BackOffMs;
    }

    private sealed record Again(string Name);
}
