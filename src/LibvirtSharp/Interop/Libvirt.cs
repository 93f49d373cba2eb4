using System.Runtime.InteropServices;

namespace LibvirtSharp.Interop;

/// <summary>The functions of <c>libvirt.so.0</c>, one to one. No logic here; errors are read by the caller, on the same thread, in the same method.</summary>
internal static unsafe partial class Libvirt
{
    private const string Library = "libvirt.so.0";

    [LibraryImport(Library)]
    internal static partial int virInitialize();

    [LibraryImport(Library)]
    internal static partial int virEventRegisterDefaultImpl();

    [LibraryImport(Library)]
    internal static partial int virEventRunDefaultImpl();

    [LibraryImport(Library)]
    internal static partial int virEventAddTimeout(int timeout, delegate* unmanaged[Cdecl]<int, nint, void> cb, nint opaque, nint ff);

    [LibraryImport(Library)]
    internal static partial nint virGetLastError();

    [LibraryImport(Library)]
    internal static partial void virResetLastError();

    [LibraryImport(Library)]
    internal static partial void virSetErrorFunc(nint userData, delegate* unmanaged[Cdecl]<nint, nint, void> handler);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ConnectHandle virConnectOpen(string? name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ConnectHandle virConnectOpenReadOnly(string? name);

    [LibraryImport(Library)]
    internal static partial int virConnectClose(nint conn);

    [LibraryImport(Library)]
    internal static partial int virConnectIsAlive(ConnectHandle conn);

    [LibraryImport(Library)]
    internal static partial int virConnectSetKeepAlive(ConnectHandle conn, int interval, uint count);

    [LibraryImport(Library)]
    internal static partial int virConnectRegisterCloseCallback(
        ConnectHandle conn, delegate* unmanaged[Cdecl]<nint, int, nint, void> cb, nint opaque, delegate* unmanaged[Cdecl]<nint, void> freecb);

    [LibraryImport(Library)]
    internal static partial int virConnectUnregisterCloseCallback(ConnectHandle conn, delegate* unmanaged[Cdecl]<nint, int, nint, void> cb);

    [LibraryImport(Library)]
    internal static partial nint virConnectGetCapabilities(ConnectHandle conn);

    [LibraryImport(Library)]
    internal static partial nint virConnectGetHostname(ConnectHandle conn);

    [LibraryImport(Library)]
    internal static partial int virConnectGetLibVersion(ConnectHandle conn, out nuint version);

    [LibraryImport(Library)]
    internal static partial int virNodeGetInfo(ConnectHandle conn, out NodeInfo info);

    [LibraryImport(Library)]
    internal static partial int virConnectListAllDomains(ConnectHandle conn, nint** domains, uint flags);

    [LibraryImport(Library)]
    internal static partial int virConnectGetAllDomainStats(ConnectHandle conn, uint stats, StatsRecord*** records, uint flags);

    [LibraryImport(Library)]
    internal static partial void virDomainStatsRecordListFree(StatsRecord** records);

    [LibraryImport(Library)]
    internal static partial int virConnectDomainEventRegisterAny(
        ConnectHandle conn, nint dom, int eventId, nint cb, nint opaque, delegate* unmanaged[Cdecl]<nint, void> freecb);

    [LibraryImport(Library)]
    internal static partial int virConnectDomainEventDeregisterAny(ConnectHandle conn, int callbackId);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainLookupByUUIDString(ConnectHandle conn, string uuid);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainLookupByName(ConnectHandle conn, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainDefineXMLFlags(ConnectHandle conn, string xml, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainCreateXML(ConnectHandle conn, string xml, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainCreate(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainFree(nint domain);

    [LibraryImport(Library)]
    internal static partial nint virDomainGetName(nint domain);

    [LibraryImport(Library)]
    internal static partial int virDomainGetUUIDString(nint domain, byte* buffer);

    [LibraryImport(Library)]
    internal static partial int virDomainGetState(DomainHandle domain, out int state, out int reason, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainIsPersistent(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainGetAutostart(DomainHandle domain, out int autostart);

    [LibraryImport(Library)]
    internal static partial int virDomainSetAutostart(DomainHandle domain, int autostart);

    [LibraryImport(Library)]
    internal static partial nint virDomainGetXMLDesc(DomainHandle domain, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint virDomainGetMetadata(DomainHandle domain, int type, string? uri, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainSuspend(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainResume(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainDestroy(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainUndefine(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainGetJobStats(DomainHandle domain, out int type, TypedParameter** parameters, out int count, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainAbortJob(DomainHandle domain);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainMigrateToURI3(DomainHandle domain, string uri, TypedParameter* parameters, uint count, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainMigrateStartPostCopy(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainMigrateGetMaxDowntime(DomainHandle domain, out ulong downtimeMs, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainMigrateSetMaxDowntime(DomainHandle domain, ulong downtimeMs, uint flags);

    [LibraryImport(Library)]
    internal static partial void virTypedParamsFree(TypedParameter* parameters, int count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virTypedParamsAddString(TypedParameter** parameters, int* count, int* capacity, string name, string value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virTypedParamsAddULLong(TypedParameter** parameters, int* count, int* capacity, string name, ulong value);
}
