using System.Globalization;
using System.Text;

namespace ActorMig.Simulation.Imports;

/// <summary>Reads files line by line, within the limits, and reads numbers as strictly as they are written.</summary>
internal sealed class ImportReader
{
    private const int ShownMax = 60;
    private long _bytes;

    /// <summary>The lines of a file, without their ends.</summary>
    /// <exception cref="ImportException">It cannot be read, or is too large.</exception>
    public IReadOnlyList<string> Lines(string path)
    {
        var lines = new List<string>();
        using var reader = new StreamReader(new MemoryStream(Bytes(path)), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>A value as an error shows it: in quotes, what is long cut short, what is no character of a line replaced.</summary>
    public static string Show(string value)
    {
        var cut = value.Length <= ShownMax ? value : value[..ShownMax] + "...";
        return $"'{string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c))}'";
    }

    /// <summary>A plain decimal number, such as 12, 0.5 or 6.7108864E7; false if it is none, or not from 0 to the most that makes sense.</summary>
    public static bool TryNumber(string text, double max, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
        && number >= 0 && number <= max;

    private byte[] Bytes(string path)
    {
        if (!File.Exists(path))
        {
            throw new ImportException(Directory.Exists(path) ? $"{path} is a folder, and one file is wanted." : $"There is no file '{path}'.");
        }

        try
        {
            using var file = File.OpenRead(path);
            using var memory = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (var read = file.Read(buffer); read > 0; read = file.Read(buffer))
            {
                // Counted while it is read: the length that a file has may be no truth.
                memory.Write(buffer, 0, read);
                _bytes += read;
                if (memory.Length > ImportLimits.FileBytesMax)
                {
                    throw new ImportException($"{path} is larger than {Words.Memory(ImportLimits.FileBytesMax)}, which is the most of one file; cut it into a shorter one.");
                }

                if (_bytes > ImportLimits.TotalBytesMax)
                {
                    throw new ImportException($"With {path} more than {Words.Memory(ImportLimits.TotalBytesMax)} would be read in all, which is the most; take fewer files with --vms.");
                }
            }

            return memory.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException($"{path} cannot be read: {e.Message}");
        }
    }
}
