using System.Runtime.InteropServices;

namespace LibvirtSharp.Interop;

/// <summary><c>virError</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeError
{
    public int Code;
    public int Domain;
    public byte* Message;
    public int Level;
    public nint Connection;
    public nint DomainObject;
    public byte* String1;
    public byte* String2;
    public byte* String3;
    public int Int1;
    public int Int2;
    public nint Network;
}

/// <summary><c>virTypedParameter</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TypedParameter
{
    public fixed byte Field[80];
    public int Type;
    public long Value;
}

/// <summary><c>virDomainStatsRecord</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct StatsRecord
{
    public nint Domain;
    public TypedParameter* Parameters;
    public int Count;
}

/// <summary><c>virNodeInfo</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NodeInfo
{
    public fixed byte Model[32];
    public nuint MemoryKiB;
    public uint Cpus;
    public uint Mhz;
    public uint Nodes;
    public uint Sockets;
    public uint Cores;
    public uint Threads;
}
