using System.Globalization;
using System.Text;

namespace ActorMig.Lab;

/// <summary>What a guest's disk says.</summary>
/// <param name="Count">How many numbers were written.</param>
/// <param name="Missing">How many are missing before the last.</param>
/// <param name="Double">How many were written twice, or by a second writer.</param>
/// <param name="FirstWrong">What is in the first block that is wrong; null if none is.</param>
internal sealed record DiskReport(int Count, int Missing, int Double, string? FirstWrong = null)
{
    /// <summary>Every number was written, once, by one guest.</summary>
    public bool IsWhole => this is { Missing: 0, Double: 0, Count: > 0 };
}

/// <summary>
/// Reads the numbers that a guest wrote: block n has "boot-id n". A hole is a lost write; a record of another boot, a wrong number, or any entry in the
/// area of collisions is a second writer, which is what a guest that runs twice would be.
/// </summary>
internal static class DiskChecker
{
    /// <summary>So much at a disk's beginning is the counter's and its collisions'.</summary>
    public const long CheckedBytes = 8L << 20;

    private const int BlockSize = 512;
    private const int CollisionsFrom = 12_000;

    public static DiskReport Check(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Check(file);
    }

    public static DiskReport Check(Stream disk)
    {
        var blocks = new List<string>();
        var buffer = new byte[BlockSize];
        while (blocks.Count < CheckedBytes / BlockSize && disk.ReadAtLeast(buffer, BlockSize, throwOnEndOfStream: false) == BlockSize)
        {
            blocks.Add(Encoding.ASCII.GetString(buffer).TrimEnd('\n', ' ', '\0').Trim('\0'));
        }

        var numbers = blocks.Take(CollisionsFrom).ToList();
        var last = numbers.FindLastIndex(b => b.Length > 0);
        if (last < 0)
        {
            return new DiskReport(0, 0, 0);
        }

        string? boot = null, wrong = null;
        int missing = 0, doubled = 0, count = 0;
        for (var n = 0; n <= last; n++)
        {
            var parts = numbers[n].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0)
            {
                missing++;
                wrong ??= FormattableString.Invariant($"{n} is empty");
                continue;
            }

            count++;
            boot ??= parts[0];
            var isOurs = parts.Length == 2 && parts[0] == boot
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == n;
            if (!isOurs)
            {
                doubled++;
                wrong ??= FormattableString.Invariant($"{n} is '{string.Join(' ', parts)}'");
            }
        }

        var collisions = blocks.Skip(CollisionsFrom).Where(b => b.Length > 0).ToList();
        wrong ??= collisions is [var first, ..] ? $"a collision is '{first}'" : null;
        return new DiskReport(count, missing, doubled + collisions.Count, wrong);
    }
}
