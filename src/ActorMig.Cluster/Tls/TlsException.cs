namespace ActorMig.Cluster.Tls;

/// <summary>A certificate or a key cannot be made, read or used; the message is one sentence with the file and the remedy.</summary>
/// <param name="message">The sentence.</param>
/// <param name="cause">What lies behind it, if anything.</param>
public sealed class TlsException(string message, Exception? cause = null) : Exception(message, cause);
