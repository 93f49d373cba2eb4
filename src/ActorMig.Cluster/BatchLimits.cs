namespace ActorMig.Cluster;

/// <summary>How much one request between hosts may hold.</summary>
/// <param name="MessagesMax">The most messages.</param>
/// <param name="BytesMax">The largest body; see <see cref="For"/>.</param>
/// <param name="MessageBytesMax">The largest message.</param>
public readonly record struct BatchLimits(int MessagesMax, int BytesMax, int MessageBytesMax)
{
    /// <summary>A body always has room for the largest message.</summary>
    /// <param name="messagesMax">The most messages.</param>
    /// <param name="bytesMax">How large a body of several messages may be.</param>
    /// <param name="messageBytesMax">The largest message.</param>
    public static BatchLimits For(int messagesMax, int bytesMax, int messageBytesMax) =>
        new(messagesMax, Math.Max(bytesMax, messageBytesMax + BatchFormat.HeaderBytes + BatchFormat.FrameBytes + (2 * BatchFormat.NameBytesMax)), messageBytesMax);
}
