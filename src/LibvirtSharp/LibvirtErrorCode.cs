namespace LibvirtSharp;

/// <summary>The values of <c>virErrorNumber</c> that decide something.</summary>
public enum LibvirtErrorCode
{
    /// <summary><c>VIR_ERR_OK</c>.</summary>
    Ok = 0,

    /// <summary><c>VIR_ERR_INTERNAL_ERROR</c>.</summary>
    InternalError = 1,

    /// <summary><c>VIR_ERR_NO_SUPPORT</c>.</summary>
    NoSupport = 3,

    /// <summary><c>VIR_ERR_NO_CONNECT</c>.</summary>
    NoConnect = 5,

    /// <summary><c>VIR_ERR_INVALID_CONN</c>.</summary>
    InvalidConnection = 6,

    /// <summary><c>VIR_ERR_INVALID_ARG</c>.</summary>
    InvalidArgument = 8,

    /// <summary><c>VIR_ERR_OPERATION_FAILED</c>.</summary>
    OperationFailed = 9,

    /// <summary><c>VIR_ERR_SYSTEM_ERROR</c>.</summary>
    SystemError = 38,

    /// <summary><c>VIR_ERR_RPC</c>.</summary>
    Rpc = 39,

    /// <summary><c>VIR_ERR_NO_DOMAIN</c>.</summary>
    NoDomain = 42,

    /// <summary><c>VIR_ERR_AUTH_FAILED</c>.</summary>
    AuthenticationFailed = 45,

    /// <summary><c>VIR_ERR_OPERATION_INVALID</c>.</summary>
    OperationInvalid = 55,

    /// <summary><c>VIR_ERR_OPERATION_TIMEOUT</c>.</summary>
    OperationTimeout = 68,

    /// <summary><c>VIR_ERR_ARGUMENT_UNSUPPORTED</c>.</summary>
    ArgumentUnsupported = 74,

    /// <summary><c>VIR_ERR_OPERATION_ABORTED</c>.</summary>
    OperationAborted = 78,

    /// <summary><c>VIR_ERR_NO_DOMAIN_METADATA</c>.</summary>
    NoDomainMetadata = 80,

    /// <summary><c>VIR_ERR_MIGRATE_UNSAFE</c>.</summary>
    MigrateUnsafe = 81,

    /// <summary><c>VIR_ERR_OPERATION_UNSUPPORTED</c>.</summary>
    OperationUnsupported = 84,

    /// <summary><c>VIR_ERR_NO_CLIENT</c>.</summary>
    NoClient = 96,
}
