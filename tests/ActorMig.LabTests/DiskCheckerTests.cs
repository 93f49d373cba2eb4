using System.Text;
using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>The checker itself: made-up doubles, holes and second writers must be seen.</summary>
public sealed class DiskCheckerTests
{
    private const string Boot = "11111111-1111-1111-1111-111111111111";
    private const string Other = "22222222-2222-2222-2222-222222222222";

    [Fact]
    public void A_good_disk_is_good() => Assert.Equal(new DiskReport(4, 0, 0), Check((0, Boot, 0), (1, Boot, 1), (2, Boot, 2), (3, Boot, 3)));

    [Fact]
    public void An_empty_disk_has_no_numbers() => Assert.Equal(new DiskReport(0, 0, 0), Check());

    [Fact]
    public void A_hole_is_seen() => Assert.Equal(new DiskReport(3, 1, 0, "2 is empty"), Check((0, Boot, 0), (1, Boot, 1), (3, Boot, 3)));

    [Fact]
    public void A_number_that_stands_twice_is_seen() => Assert.Equal(new DiskReport(3, 0, 1, $"2 is '{Boot} 0000000001'"), Check((0, Boot, 0), (1, Boot, 1), (2, Boot, 1)));

    [Fact]
    public void A_second_boot_is_seen() => Assert.Equal(new DiskReport(3, 0, 1, $"2 is '{Other} 0000000002'"), Check((0, Boot, 0), (1, Boot, 1), (2, Other, 2)));

    [Fact]
    public void A_second_copy_that_found_its_block_taken_is_seen() =>
        Assert.Equal(new DiskReport(2, 0, 2, $"a collision is '{Boot} 0000000001'"), Check((0, Boot, 0), (1, Boot, 1), (12_000, Boot, 1), (12_001, Boot, 2)));

    private static DiskReport Check(params (int Block, string Boot, int Number)[] records)
    {
        using var disk = new MemoryStream(new byte[8 << 20]);
        foreach (var (block, boot, number) in records)
        {
            disk.Position = block * 512;
            var text = FormattableString.Invariant($"{boot} {number:0000000000}").PadRight(511) + "\n";
            disk.Write(Encoding.ASCII.GetBytes(text));
        }

        disk.Position = 0;
        return DiskChecker.Check(disk);
    }
}
