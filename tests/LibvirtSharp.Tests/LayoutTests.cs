using System.Runtime.InteropServices;
using LibvirtSharp.Interop;

namespace LibvirtSharp.Tests;

/// <summary>Sizes and offsets on x86-64 as a C compiler gives them for libvirt 9.0's headers.</summary>
public sealed unsafe class LayoutTests
{
    [Fact]
    public void Structs_have_the_layout_of_the_headers()
    {
        Assert.Equal(80, sizeof(NativeError));
        Assert.Equal(8, (int)Marshal.OffsetOf<NativeError>(nameof(NativeError.Message)));
        Assert.Equal(72, (int)Marshal.OffsetOf<NativeError>(nameof(NativeError.Network)));
        Assert.Equal(96, sizeof(TypedParameter));
        Assert.Equal(80, (int)Marshal.OffsetOf<TypedParameter>(nameof(TypedParameter.Type)));
        Assert.Equal(88, (int)Marshal.OffsetOf<TypedParameter>(nameof(TypedParameter.Value)));
        Assert.Equal(24, sizeof(StatsRecord));
        Assert.Equal(64, sizeof(NodeInfo));
    }
}
