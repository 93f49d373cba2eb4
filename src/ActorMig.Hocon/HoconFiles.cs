using System.Globalization;
using System.Text;

namespace ActorMig.Hocon;

/// <summary>The files that are being read: finds included ones, and keeps the limits.</summary>
internal sealed class HoconFiles(HoconOptions options)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly List<string> _open = [];
    private long _bytes;
    private int _includes;

    public HoconOptions Options { get; } = options;

    /// <summary>Counts a text against the limit.</summary>
    public void Count(long bytes, HoconPosition position)
    {
        _bytes += bytes;
        if (_bytes > Options.TextBytesMax)
        {
            throw new HoconException(position, string.Create(
                CultureInfo.InvariantCulture, $"the text is, with all that it includes, larger than {Options.TextBytesMax} bytes; make it shorter"));
        }
    }

    /// <summary>Reads the file with which everything begins.</summary>
    public string ReadFirst(string path)
    {
        _open.Add(Path.GetFullPath(path));
        return ReadText(path, new HoconPosition(path, 1, 1));
    }

    /// <summary>Reads the stream of a file with which everything begins.</summary>
    public string ReadFirst(Stream stream, string path)
    {
        _open.Add(Path.GetFullPath(path));
        return ReadText(stream, path, new HoconPosition(path, 1, 1));
    }

    /// <summary>
    /// Opens what an include names, beside the file that includes it. A name without extension stands for <c>.json</c> and <c>.conf</c> as well.
    /// After each one <see cref="Close"/> is called.
    /// </summary>
    public IEnumerable<(string File, string Text)> Open(string name, string includer, bool isRequired, HoconPosition position)
    {
        var path = Resolve(name, includer, position);
        string[] paths = Path.HasExtension(path) ? [path] : [path, path + ".json", path + ".conf"];
        var found = paths.Where(File.Exists).ToArray();
        if (found.Length == 0)
        {
            if (Directory.Exists(path))
            {
                throw new HoconException(position, $"{path} is a folder; include a file");
            }

            if (isRequired)
            {
                throw new HoconException(position, $"the required file {path} does not exist; make it, or correct the name");
            }
        }

        foreach (var file in found)
        {
            if (_open.Contains(file, StringComparer.Ordinal))
            {
                throw new HoconException(position, $"{file} includes itself ({string.Join(", which includes ", [.. _open.SkipWhile(f => f != file), file])}); remove one include");
            }

            if (_open.Count > Options.IncludeDepthMax || ++_includes > Options.IncludesMax)
            {
                throw new HoconException(position, string.Create(
                    CultureInfo.InvariantCulture, $"files include each other deeper than {Options.IncludeDepthMax}, or more than {Options.IncludesMax} in all; make fewer files of them"));
            }

            _open.Add(file);
            yield return (file, ReadText(file, position));
        }
    }

    public void Close() => _open.RemoveAt(_open.Count - 1);

    private static string Resolve(string name, string includer, HoconPosition position)
    {
        try
        {
            return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(includer)) ?? "/", name));
        }
        catch (ArgumentException)
        {
            throw new HoconException(position, "the name of the included file has characters that no file's name has; correct it");
        }
    }

    private string ReadText(string path, HoconPosition position)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return ReadText(stream, path, position);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new HoconException(position, $"the file {path} cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    private string ReadText(Stream stream, string path, HoconPosition position)
    {
        // Not by its length: a device or a pipe has none.
        using var copy = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            Count(read, position);
            copy.Write(buffer, 0, read);
        }

        var bytes = copy.ToArray();
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw NotUtf8(path, bytes);
        }
    }

    private static HoconException NotUtf8(string path, byte[] bytes)
    {
        // What can be read up to the first wrong byte says on which line it stands.
        var good = Encoding.UTF8.GetString(bytes);
        var before = good[..Math.Max(0, good.IndexOf('\ufffd', StringComparison.Ordinal))];
        var line = before.Count(c => c == '\n');
        return new HoconException(
            new HoconPosition(path, line + 1, before.Length - before.LastIndexOf('\n')), "the file is not UTF-8 here; save it as UTF-8");
    }
}
