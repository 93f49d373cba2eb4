using System.Runtime.InteropServices;

namespace LibvirtSharp.Interop;

/// <summary>Owns a reference on a <c>virConnect</c>.</summary>
internal sealed class ConnectHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Libvirt.virConnectClose(handle) >= 0;
}

/// <summary>Owns a reference on a <c>virDomain</c>, which itself keeps its connection.</summary>
internal sealed class DomainHandle() : SafeHandle(0, ownsHandle: true)
{
    public DomainHandle(nint domain)
        : this() => SetHandle(domain);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Libvirt.virDomainFree(handle) >= 0;
}

/// <summary>Owns a reference on a <c>virNetwork</c>, which itself keeps its connection.</summary>
internal sealed class NetworkHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Libvirt.virNetworkFree(handle) >= 0;
}
