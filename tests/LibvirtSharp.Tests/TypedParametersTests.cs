using System.Text;
using LibvirtSharp.Interop;

namespace LibvirtSharp.Tests;

/// <summary>What is read out of libvirt's memory.</summary>
public sealed unsafe class TypedParametersTests
{
    [Fact]
    public void Each_type_is_read_as_it_is()
    {
        var text = Encoding.UTF8.GetBytes("ä text\0");
        fixed (byte* pointer = text)
        {
            var parameters = stackalloc TypedParameter[9];
            Set(&parameters[0], "int", Constants.VIR_TYPED_PARAM_INT, unchecked((long)0xdead_beef_ffff_fffe));
            Set(&parameters[1], "uint", Constants.VIR_TYPED_PARAM_UINT, unchecked((long)0xdead_beef_ffff_fffe));
            Set(&parameters[2], "long", Constants.VIR_TYPED_PARAM_LLONG, long.MinValue);
            Set(&parameters[3], "ulong", Constants.VIR_TYPED_PARAM_ULLONG, -1);
            Set(&parameters[4], "double", Constants.VIR_TYPED_PARAM_DOUBLE, BitConverter.DoubleToInt64Bits(2.5));
            Set(&parameters[5], "yes", Constants.VIR_TYPED_PARAM_BOOLEAN, unchecked((long)0xdead_beef_dead_be01));
            Set(&parameters[6], "no", Constants.VIR_TYPED_PARAM_BOOLEAN, unchecked((long)0xdead_beef_dead_be00));
            Set(&parameters[7], "string", Constants.VIR_TYPED_PARAM_STRING, (nint)pointer);
            Set(&parameters[8], "of a type to come", 99, 5);
            var read = Native.Read(parameters, 9);
            Assert.Equal(-2, read.GetLong("int"));
            Assert.Equal(uint.MaxValue - 1, read.GetLong("uint"));
            Assert.Equal(long.MinValue, read.GetLong("long"));
            Assert.Equal(long.MaxValue, read.GetLong("ulong"));
            Assert.Equal(2.5, read.GetDouble("double"));
            Assert.True(read.GetBoolean("yes"));
            Assert.False(read.GetBoolean("no"));
            Assert.Equal("ä text", read.GetString("string"));
            Assert.Equal("ä text", read.GetValue("string"));
            Assert.Equal(8, read.Names.Count);
            Assert.Null(read.GetValue("of a type to come"));
            Assert.Null(read.GetLong("string") ?? read.GetLong("missing"));
            Assert.Null(read.GetString("int"));
            Assert.Null(read.GetBoolean("int"));
            Assert.Null(read.GetDouble("int"));
        }
    }

    private static void Set(TypedParameter* parameter, string name, int type, long value)
    {
        Encoding.UTF8.GetBytes(name + '\0').CopyTo(new Span<byte>(parameter->Field, Constants.VIR_TYPED_PARAM_FIELD_LENGTH));
        parameter->Type = type;
        parameter->Value = value;
    }
}
