namespace ActorMig.Akka.Logging;

/// <summary>What is said in a log event of ours: the number stays when the words change.</summary>
/// <param name="Id">The number.</param>
/// <param name="Text">The words.</param>
public sealed record Numbered(int Id, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"[{Id}] {Text}");
}
