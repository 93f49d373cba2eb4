namespace LibvirtSharp;

/// <summary>How <see cref="LibvirtConnection.Open(string?, ConnectOptions)"/> opens a connection (<c>virConnectOpenAuth</c>).</summary>
public sealed record ConnectOptions
{
    /// <summary>Flags.</summary>
    public ConnectFlags Flags { get; init; }

    /// <summary>
    /// Answers what libvirt asks; null gives up (<see cref="LibvirtErrorCode.AuthenticationFailed"/> or
    /// <see cref="LibvirtErrorCode.AuthenticationCancelled"/>). It is called on the thread that opens the connection, before it is open, and must not use
    /// it. Answers are copied to libvirt, which frees them; this library neither keeps nor prints them. What it throws, opening throws.
    /// </summary>
    public Func<CredentialRequest, string?>? Credentials { get; init; }

    /// <summary>
    /// Which kinds <see cref="Credentials"/> can answer (<c>virConnectAuth.credtype</c>): libvirt chooses how to authenticate by them.
    /// </summary>
    public IReadOnlyList<CredentialType> CredentialTypes { get; init; } =
    [
        CredentialType.UserName, CredentialType.AuthName, CredentialType.Passphrase, CredentialType.Realm, CredentialType.EchoPrompt,
        CredentialType.NoEchoPrompt,
    ];
}
