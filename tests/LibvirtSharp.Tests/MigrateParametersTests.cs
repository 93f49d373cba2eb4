using LibvirtSharp.Interop;

namespace LibvirtSharp.Tests;

/// <summary>What becomes of <see cref="MigrateParameters"/> in libvirt's memory.</summary>
public sealed unsafe class MigrateParametersTests
{
    [Fact]
    public void Every_member_arrives_under_its_name_and_once_for_each_value()
    {
        var set = new MigrateParameters();
        var number = 100;
        foreach (var property in typeof(MigrateParameters).GetProperties())
        {
            number++;
            property.SetValue(set, property.PropertyType switch
            {
                var t when t == typeof(string) => property.Name,
                var t when t == typeof(int?) => number,
                var t when t == typeof(long?) => (long)number << 32,
                _ => new[] { property.Name + "1", property.Name + "2" },
            });
        }

        using var list = MigrateParameterTable.ToNative(set);
        Assert.Equal((uint)MigrateParameterTable.Rows.Count + 2, list.Count);
        var values = new List<(string Name, object Value)>();
        for (var i = 0; i < list.Count; i++)
        {
            var one = Native.Read(list.Pointer + i, 1);
            values.Add((one.Names.Single(), one.GetValue(one.Names.Single())!));
        }

        foreach (var row in MigrateParameterTable.Rows)
        {
            var expected = typeof(MigrateParameters).GetProperty(row.Member)!.GetValue(set) switch
            {
                string[] several => several.Cast<object>(),
                int one => [(long)one],
                var one => [one!],
            };
            Assert.Equal(expected, values.Where(v => v.Name == row.Name).Select(v => v.Value));
        }
    }

    [Fact]
    public void What_is_not_set_is_not_sent()
    {
        using var none = MigrateParameterTable.ToNative(new MigrateParameters());
        Assert.Equal(0u, none.Count);
        using var zero = MigrateParameterTable.ToNative(new MigrateParameters { BandwidthMiBPerSecond = 0 });
        Assert.Equal(0, Native.Read(zero.Pointer, (int)zero.Count).GetLong("bandwidth"));
    }

    [Fact]
    public void A_negative_number_is_refused() => Assert.Equal(
        nameof(MigrateParameters.BandwidthMiBPerSecond),
        Assert.Throws<ArgumentOutOfRangeException>(() => MigrateParameterTable.ToNative(new MigrateParameters { BandwidthMiBPerSecond = -1 })).ParamName);
}
