using System.Runtime.InteropServices;

namespace LibvirtSharp.Interop;

/// <summary>Connections and their hosts.</summary>
internal static unsafe partial class Libvirt
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ConnectHandle virConnectOpenAuth(string? name, NativeAuth* auth, uint flags);

    [LibraryImport(Library)]
    internal static partial int virConnectClose(nint conn);

    [LibraryImport(Library)]
    internal static partial int virConnectIsAlive(ConnectHandle conn);

    [LibraryImport(Library)]
    internal static partial int virConnectIsEncrypted(ConnectHandle conn);

    [LibraryImport(Library)]
    internal static partial int virConnectIsSecure(ConnectHandle conn);

    [LibraryImport(Library)]
    internal static partial int virConnectSetKeepAlive(ConnectHandle conn, int interval, uint count);

    [LibraryImport(Library)]
    internal static partial int virConnectRegisterCloseCallback(
        ConnectHandle conn, delegate* unmanaged[Cdecl]<nint, int, nint, void> cb, nint opaque, delegate* unmanaged[Cdecl]<nint, void> freecb);

    [LibraryImport(Library)]
    internal static partial int virConnectUnregisterCloseCallback(ConnectHandle conn, delegate* unmanaged[Cdecl]<nint, int, nint, void> cb);

    [LibraryImport(Library)]
    internal static partial nint virConnectGetURI(ConnectHandle conn);

    [LibraryImport(Library)]
    internal static partial nint virConnectGetHostname(ConnectHandle conn);

    [LibraryImport(Library)]
    internal static partial nint virConnectGetType(ConnectHandle conn);

    [LibraryImport(Library)]
    internal static partial int virConnectGetVersion(ConnectHandle conn, out nuint hvVer);

    [LibraryImport(Library)]
    internal static partial int virConnectGetLibVersion(ConnectHandle conn, out nuint libVer);

    [LibraryImport(Library)]
    internal static partial nint virConnectGetCapabilities(ConnectHandle conn);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint virConnectGetDomainCapabilities(
        ConnectHandle conn, string? emulatorbin, string? arch, string? machine, string? virttype, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virConnectCompareCPU(ConnectHandle conn, string xmlDesc, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virConnectCompareHypervisorCPU(
        ConnectHandle conn, string? emulator, string? arch, string? machine, string? virttype, string xmlCPU, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NetworkHandle virNetworkLookupByName(ConnectHandle conn, string name);

    [LibraryImport(Library)]
    internal static partial int virNetworkIsActive(NetworkHandle net);

    [LibraryImport(Library)]
    internal static partial int virNetworkFree(nint network);

    [LibraryImport(Library)]
    internal static partial int virNodeGetInfo(ConnectHandle conn, out NativeNodeInfo info);

    [LibraryImport(Library)]
    internal static partial ulong virNodeGetFreeMemory(ConnectHandle conn);

    [LibraryImport(Library)]
    internal static partial int virNodeGetCPUStats(ConnectHandle conn, int cpuNum, NodeCpuStats* parameters, ref int count, uint flags);

    [LibraryImport(Library)]
    internal static partial int virNodeGetCPUMap(ConnectHandle conn, byte** cpumap, out uint online, uint flags);

    [LibraryImport(Library)]
    internal static partial int virConnectListAllDomains(ConnectHandle conn, nint** domains, uint flags);

    [LibraryImport(Library)]
    internal static partial int virConnectGetAllDomainStats(ConnectHandle conn, uint stats, StatsRecord*** records, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainListGetStats(nint* domains, uint stats, StatsRecord*** records, uint flags);

    [LibraryImport(Library)]
    internal static partial void virDomainStatsRecordListFree(StatsRecord** records);

    [LibraryImport(Library)]
    internal static partial int virConnectDomainEventRegisterAny(
        ConnectHandle conn, nint dom, int eventId, nint cb, nint opaque, delegate* unmanaged[Cdecl]<nint, void> freecb);

    [LibraryImport(Library)]
    internal static partial int virConnectDomainEventDeregisterAny(ConnectHandle conn, int callbackId);
}
