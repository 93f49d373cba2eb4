namespace ActorMig.Actors;

/// <summary>A reference of the in-process engine; bound to its cell when the spawn is carried out.</summary>
internal sealed class LocalRef(string path) : ActorRef(path)
{
    public ActorCell? Cell { get; set; }
}

/// <summary>A reference by which somebody outside of the actors gets one answer.</summary>
internal sealed class PromiseRef(string path) : ActorRef(path)
{
    public TaskCompletionSource<object> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
