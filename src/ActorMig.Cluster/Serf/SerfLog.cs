using System.Globalization;

namespace ActorMig.Cluster.Serf;

/// <summary>What serf itself writes: its warnings and errors are handed on, so many in a minute. Not thread-safe.</summary>
internal sealed class SerfLog(string path, int linesMax, TimeProvider time)
{
    private const long FileBytesMax = 1 << 20;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private long _position;
    private long _minuteStart = time.GetTimestamp();
    private int _said;
    private int _unsaid;

    /// <summary>Only what is written from now on is new.</summary>
    public void SkipToEnd() => _position = File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>The warnings and errors that are new.</summary>
    public IReadOnlyList<string> Take()
    {
        if (time.GetElapsedTime(_minuteStart) >= Minute)
        {
            (_minuteStart, _said) = (time.GetTimestamp(), 0);
        }

        var lines = new List<string>();
        foreach (var line in ReadNew())
        {
            if (Worth(line) is not { } text)
            {
                continue;
            }

            if (_said >= linesMax)
            {
                _unsaid++;
                continue;
            }

            if (_unsaid > 0)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{_unsaid} more of its warnings were not said; raise membership.serf.log-lines-max to see all"));
                _unsaid = 0;
            }

            _said++;
            lines.Add(text);
        }

        return lines;
    }

    /// <summary>How the line begins in which it says why it crashed.</summary>
    public const string Panic = "panic: ";

    /// <summary>What it said last before it ended, if it ended at its start.</summary>
    public string LastWords()
    {
        _position = 0;
        const string Mark = "==> ";
        return ReadNew().Select(l => Worth(l) ?? (l.StartsWith(Mark, StringComparison.Ordinal) ? l[Mark.Length..] : null)).LastOrDefault(w => w is not null)?.Trim()
            ?? "none";
    }

    private List<string> ReadNew()
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            _position = Math.Min(_position, stream.Length);

            // Of what is more than the file may hold only the end is read.
            stream.Position = Math.Max(_position, stream.Length - FileBytesMax);
            using var reader = new StreamReader(stream);
            var lines = reader.ReadToEnd();
            var end = lines.LastIndexOf('\n') + 1;
            _position = stream.Length - System.Text.Encoding.UTF8.GetByteCount(lines.AsSpan(end));
            if (stream.Length > FileBytesMax)
            {
                // serf appends, so it goes on at the new end.
                stream.SetLength(0);
                _position = 0;
            }

            return [.. lines[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string? Worth(string line)
    {
        var at = Math.Max(line.IndexOf("[WARN] ", StringComparison.Ordinal), line.IndexOf("[ERR] ", StringComparison.Ordinal));
        return line.StartsWith(Panic, StringComparison.Ordinal) ? line
            : at < 0 ? null : line[(line.IndexOf(']', at) + 2)..];
    }
}
