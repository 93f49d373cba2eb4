namespace ActorMig.Simulation;

/// <summary>What libvirt answers when it refuses; the names are those of <c>virErrorNumber</c>.</summary>
public enum LibvirtErrorKind
{
    /// <summary><c>VIR_ERR_OPERATION_INVALID</c> (55): not in this state.</summary>
    OperationInvalid,

    /// <summary><c>VIR_ERR_OPERATION_FAILED</c> (9).</summary>
    OperationFailed,

    /// <summary><c>VIR_ERR_OPERATION_ABORTED</c> (78): somebody aborted the job.</summary>
    OperationAborted,

    /// <summary><c>VIR_ERR_OPERATION_TIMEOUT</c> (68): something else holds the domain.</summary>
    OperationTimeout,

    /// <summary><c>VIR_ERR_ARGUMENT_UNSUPPORTED</c> (74): not so, or not together with the rest.</summary>
    ArgumentUnsupported,

    /// <summary><c>VIR_ERR_NO_DOMAIN</c> (42).</summary>
    NoDomain,

    /// <summary><c>VIR_ERR_INTERNAL_ERROR</c> (1): among other things, a QEMU that does not start.</summary>
    InternalError,

    /// <summary>A daemon cannot be reached, or the connection to it broke: what was asked may have been done.</summary>
    Connection,
}

/// <summary>A refusal of libvirt.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Text">In libvirt's words.</param>
public sealed record LibvirtError(LibvirtErrorKind Kind, string Text);
