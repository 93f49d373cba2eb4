using ActorMig.HypervisorRows;
using ActorMig.Simulation;
using LibvirtSharp;

namespace ActorMig.LabTests;

/// <summary>A migration that real libvirt was asked for.</summary>
internal sealed class RealCall(Task running) : ICall
{
    public bool IsOver => running.IsCompleted;

    public LibvirtError? Error => running.Exception?.InnerException is { } e ? Translate((LibvirtException)e) : null;

    public static LibvirtError Translate(LibvirtException e) => new(
        e.IsConnectionFailure ? LibvirtErrorKind.Connection : e.Code switch
        {
            LibvirtErrorCode.OperationInvalid => LibvirtErrorKind.OperationInvalid,
            LibvirtErrorCode.OperationFailed => LibvirtErrorKind.OperationFailed,
            LibvirtErrorCode.OperationAborted => LibvirtErrorKind.OperationAborted,
            LibvirtErrorCode.OperationTimeout => LibvirtErrorKind.OperationTimeout,
            LibvirtErrorCode.ArgumentUnsupported => LibvirtErrorKind.ArgumentUnsupported,
            LibvirtErrorCode.NoDomain => LibvirtErrorKind.NoDomain,
            LibvirtErrorCode.InternalError => LibvirtErrorKind.InternalError,
            LibvirtErrorCode.SystemError => LibvirtErrorKind.Connection,
            _ => throw new InvalidOperationException($"{e.Code} has no word in the model: {e.Message}"),
        },
        e.Message);
}
