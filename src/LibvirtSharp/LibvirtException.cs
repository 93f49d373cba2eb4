namespace LibvirtSharp;

/// <summary>libvirt refused or failed (<c>virError</c>). The message is libvirt's own.</summary>
public sealed class LibvirtException : Exception
{
    private const int RpcDomain = 7;

    internal LibvirtException(LibvirtErrorCode code, int domain, string message, string function)
        : base(message)
    {
        Code = code;
        ErrorDomain = domain;
        Function = function;
    }

    /// <summary>What went wrong (<c>virErrorNumber</c>); values that are not named here pass through.</summary>
    public LibvirtErrorCode Code { get; }

    /// <summary>Which part of libvirt says so (<c>virErrorDomain</c>).</summary>
    public int ErrorDomain { get; }

    /// <summary>The libvirt function that failed.</summary>
    public string Function { get; }

    /// <summary>True if the connection failed: then the outcome of the call is unknown.</summary>
    public bool IsConnectionFailure => ErrorDomain == RpcDomain
        || Code is LibvirtErrorCode.NoConnect or LibvirtErrorCode.InvalidConnection or LibvirtErrorCode.Rpc or LibvirtErrorCode.NoClient;
}
