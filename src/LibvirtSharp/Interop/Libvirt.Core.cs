using System.Runtime.InteropServices;

namespace LibvirtSharp.Interop;

/// <summary>The library itself, its event loop, errors and typed parameters.</summary>
internal static unsafe partial class Libvirt
{
    [LibraryImport(Library)]
    internal static partial int virInitialize();

    [LibraryImport(Library)]
    internal static partial int virGetVersion(nuint* libVer, byte* type, nuint* typeVer);

    [LibraryImport(Library)]
    internal static partial int virEventRegisterDefaultImpl();

    [LibraryImport(Library)]
    internal static partial int virEventRunDefaultImpl();

    [LibraryImport(Library)]
    internal static partial int virEventAddTimeout(
        int timeout, delegate* unmanaged[Cdecl]<int, nint, void> cb, nint opaque, delegate* unmanaged[Cdecl]<nint, void> ff);

    [LibraryImport(Library)]
    internal static partial NativeError* virGetLastError();

    [LibraryImport(Library)]
    internal static partial void virSetErrorFunc(nint userData, delegate* unmanaged[Cdecl]<nint, NativeError*, void> handler);

    [LibraryImport(Library)]
    internal static partial void virTypedParamsFree(TypedParameter* parameters, int count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virTypedParamsAddInt(TypedParameter** parameters, int* count, int* capacity, string name, int value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virTypedParamsAddULLong(TypedParameter** parameters, int* count, int* capacity, string name, ulong value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virTypedParamsAddString(TypedParameter** parameters, int* count, int* capacity, string name, string value);
}
