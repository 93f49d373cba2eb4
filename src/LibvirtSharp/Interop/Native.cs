using System.Globalization;
using System.Runtime.InteropServices;

namespace LibvirtSharp.Interop;

/// <summary>What every call needs: turn a failure into an exception before anything else happens on this thread, and copy what libvirt hands out.</summary>
internal static unsafe class Native
{
    /// <summary>Throws with libvirt's last error if the result says failure.</summary>
    public static int Check(int result, string function) => result < 0 ? throw LastError(function) : result;

    public static T Check<T>(T handle, string function)
        where T : SafeHandle => handle.IsInvalid ? throw LastError(function) : handle;

    public static LibvirtException LastError(string function)
    {
        var error = Libvirt.virGetLastError();
        return error is null
            ? new LibvirtException(LibvirtErrorCode.InternalError, LibvirtErrorDomain.None, "libvirt gave no reason", function)
            : new LibvirtException(
                (LibvirtErrorCode)error->Code, (LibvirtErrorDomain)error->Domain, Marshal.PtrToStringUTF8((nint)error->Message) ?? "", function);
    }

    /// <summary>Copies a string that libvirt made for us, and frees it.</summary>
    public static string TakeString(nint text, string function)
    {
        if (text == 0)
        {
            throw LastError(function);
        }

        try
        {
            return Marshal.PtrToStringUTF8(text)!;
        }
        finally
        {
            NativeMemory.Free((void*)text);
        }
    }

    public static string UuidOf(nint domain)
    {
        var buffer = stackalloc byte[Constants.VIR_UUID_STRING_BUFLEN];
        Check(Libvirt.virDomainGetUUIDString(domain, buffer), nameof(Libvirt.virDomainGetUUIDString));
        return Marshal.PtrToStringUTF8((nint)buffer)!;
    }

    public static string NameOf(nint domain) => Marshal.PtrToStringUTF8(Libvirt.virDomainGetName(domain)) ?? "";

    /// <summary>Copies statistics, and frees them.</summary>
    public static DomainStatistics[] TakeStatistics(StatsRecord** records, int count)
    {
        try
        {
            var all = new DomainStatistics[count];
            for (var i = 0; i < count; i++)
            {
                all[i] = new DomainStatistics(UuidOf(records[i]->Domain), NameOf(records[i]->Domain), Read(records[i]->Parameters, records[i]->Count));
            }

            return all;
        }
        finally
        {
            Libvirt.virDomainStatsRecordListFree(records);
        }
    }

    /// <summary>Copies typed parameters.</summary>
    public static TypedParameters Read(TypedParameter* parameters, int count)
    {
        var values = new Dictionary<string, object>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var p = &parameters[i];
            var raw = p->Value;
            object? value = p->Type switch
            {
                Constants.VIR_TYPED_PARAM_INT => (long)(int)raw,
                Constants.VIR_TYPED_PARAM_UINT => (long)(uint)raw,
                Constants.VIR_TYPED_PARAM_LLONG => raw,
                Constants.VIR_TYPED_PARAM_ULLONG => (ulong)raw > long.MaxValue ? long.MaxValue : raw,
                Constants.VIR_TYPED_PARAM_DOUBLE => BitConverter.Int64BitsToDouble(raw),
                Constants.VIR_TYPED_PARAM_BOOLEAN => (raw & 0xff) != 0,
                Constants.VIR_TYPED_PARAM_STRING => Marshal.PtrToStringUTF8((nint)raw),
                _ => null,
            };
            if (value is not null)
            {
                values[Marshal.PtrToStringUTF8((nint)p->Field) ?? i.ToString(CultureInfo.InvariantCulture)] = value;
            }
        }

        return new TypedParameters(values);
    }
}
