using ActorMig.Actors;

namespace ActorMig.Akka;

/// <summary>A reference by which somebody outside of the actors gets one answer.</summary>
internal sealed class AskRef(string path) : ActorRef(path)
{
    public TaskCompletionSource<object> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
