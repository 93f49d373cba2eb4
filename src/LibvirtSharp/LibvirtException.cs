namespace LibvirtSharp;

/// <summary>
/// libvirt refused or failed (<c>virGetLastError</c>). The message is libvirt's own, in its language; decide by <see cref="Code"/>. Credentials that were
/// asked for are never in it.
/// </summary>
public sealed class LibvirtException : Exception
{
    internal LibvirtException(LibvirtErrorCode code, LibvirtErrorDomain domain, string message, string function)
        : base(message)
    {
        Code = code;
        ErrorDomain = domain;
        Function = function;
    }

    /// <summary>What went wrong (<c>virErrorNumber</c>); values that are not named there pass through.</summary>
    public LibvirtErrorCode Code { get; }

    /// <summary>Which part of libvirt says so (<c>virErrorDomain</c>); values that are not named there pass through.</summary>
    public LibvirtErrorDomain ErrorDomain { get; }

    /// <summary>The libvirt function that failed.</summary>
    public string Function { get; }

    /// <summary>True if the connection failed: then the outcome of the call is unknown.</summary>
    public bool IsConnectionFailure => ErrorDomain == LibvirtErrorDomain.Rpc
        || Code is LibvirtErrorCode.NoConnect or LibvirtErrorCode.InvalidConnection or LibvirtErrorCode.Rpc or LibvirtErrorCode.NoClient;
}
