using System.Runtime.InteropServices;

namespace LibvirtSharp.Interop;

/// <summary>Migration and jobs.</summary>
internal static unsafe partial class Libvirt
{
    [LibraryImport(Library)]
    internal static partial int virDomainGetJobStats(DomainHandle domain, out int type, TypedParameter** parameters, out int count, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainAbortJob(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainAbortJobFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial DomainHandle virDomainMigrate3(
        DomainHandle domain, ConnectHandle destination, TypedParameter* parameters, uint count, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainMigrateToURI3(DomainHandle domain, string uri, TypedParameter* parameters, uint count, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainMigrateStartPostCopy(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainMigrateGetMaxDowntime(DomainHandle domain, out ulong downtimeMs, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainMigrateSetMaxDowntime(DomainHandle domain, ulong downtimeMs, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainMigrateGetMaxSpeed(DomainHandle domain, out nuint mibPerSecond, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainMigrateSetMaxSpeed(DomainHandle domain, nuint mibPerSecond, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainMigrateGetCompressionCache(DomainHandle domain, out ulong bytes, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainMigrateSetCompressionCache(DomainHandle domain, ulong bytes, uint flags);
}
