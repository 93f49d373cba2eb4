namespace LibvirtSharp;

/// <summary><c>virConnectFlags</c>: how a connection is opened.</summary>
[Flags]
public enum ConnectFlags
{
    /// <summary>As usual.</summary>
    None = 0,

    /// <summary><c>VIR_CONNECT_RO</c>: only looks; what would change something is refused (<see cref="LibvirtErrorCode.OperationDenied"/>).</summary>
    ReadOnly = 1,

    /// <summary><c>VIR_CONNECT_NO_ALIASES</c>: the URI is not looked up among the aliases of the client's configuration.</summary>
    NoAliases = 1 << 1,
}

/// <summary><c>virConnectCloseReason</c>: why a connection ended.</summary>
public enum CloseReason
{
    /// <summary><c>VIR_CONNECT_CLOSE_REASON_ERROR</c>: reading or writing failed.</summary>
    Error = 0,

    /// <summary><c>VIR_CONNECT_CLOSE_REASON_EOF</c>: the daemon closed it, or has died.</summary>
    Eof = 1,

    /// <summary><c>VIR_CONNECT_CLOSE_REASON_KEEPALIVE</c>: the daemon gave no sign of life in time.</summary>
    Keepalive = 2,

    /// <summary><c>VIR_CONNECT_CLOSE_REASON_CLIENT</c>: this side asked for it.</summary>
    Client = 3,
}

/// <summary><c>virConnectCredentialType</c>: what is asked for when a connection is opened.</summary>
public enum CredentialType
{
    /// <summary><c>VIR_CRED_USERNAME</c>: whose identity to take.</summary>
    UserName = 1,

    /// <summary><c>VIR_CRED_AUTHNAME</c>: who is authenticated.</summary>
    AuthName = 2,

    /// <summary><c>VIR_CRED_LANGUAGE</c>: languages as in RFC 1766, by commas.</summary>
    Language = 3,

    /// <summary><c>VIR_CRED_CNONCE</c>: the client's nonce.</summary>
    ClientNonce = 4,

    /// <summary><c>VIR_CRED_PASSPHRASE</c>: a secret.</summary>
    Passphrase = 5,

    /// <summary><c>VIR_CRED_ECHOPROMPT</c>: an answer to a challenge, not secret.</summary>
    EchoPrompt = 6,

    /// <summary><c>VIR_CRED_NOECHOPROMPT</c>: an answer to a challenge, secret.</summary>
    NoEchoPrompt = 7,

    /// <summary><c>VIR_CRED_REALM</c>: the realm of the authentication.</summary>
    Realm = 8,

    /// <summary><c>VIR_CRED_EXTERNAL</c>: something done outside, such as asking polkit's agent; the answer is empty.</summary>
    External = 9,
}
