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
    public fixed byte Field[Constants.VIR_TYPED_PARAM_FIELD_LENGTH];
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
internal unsafe struct NativeNodeInfo
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

/// <summary><c>virNodeCPUStats</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NodeCpuStats
{
    public fixed byte Field[Constants.VIR_NODE_CPU_STATS_FIELD_LENGTH];
    public ulong Value;
}

/// <summary><c>virDomainInfo</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeDomainInfo
{
    public byte State;
    public nuint MaxMemoryKiB;
    public nuint MemoryKiB;
    public ushort Vcpus;
    public ulong CpuTimeNs;
}

/// <summary><c>virConnectAuth</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeAuth
{
    public int* CredentialTypes;
    public uint CredentialTypeCount;
    public delegate* unmanaged[Cdecl]<NativeCredential*, uint, nint, int> Callback;
    public nint CallbackData;
}

/// <summary><c>virConnectCredential</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeCredential
{
    public int Type;
    public byte* Prompt;
    public byte* Challenge;
    public byte* DefaultResult;
    public byte* Result;
    public uint ResultLength;
}
