using System.Text;

namespace ActorMig.Hocon;

/// <summary>Reads HOCON by its published specification: parses, then resolves substitutions, into one immutable tree.</summary>
public static class HoconParser
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What it may refer to, and the limits.</param>
    /// <exception cref="HoconException">It cannot be read, or is not HOCON.</exception>
    public static HoconValue ParseFile(string path, HoconOptions? options = null)
    {
        var files = new HoconFiles(options ?? new HoconOptions());
        return Parse(files, files.ReadFirst(path), path);
    }

    /// <summary>Reads a file that is open already.</summary>
    /// <param name="stream">Its text in UTF-8, from here to the end.</param>
    /// <param name="file">What error messages call it; included files are looked for beside it.</param>
    /// <param name="options">What it may refer to, and the limits.</param>
    /// <exception cref="HoconException">It is not HOCON.</exception>
    public static HoconValue Parse(Stream stream, string file, HoconOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var files = new HoconFiles(options ?? new HoconOptions());
        return Parse(files, files.ReadFirst(stream, file), file);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">What error messages call it; included files are looked for beside it.</param>
    /// <param name="options">What it may refer to, and the limits.</param>
    /// <exception cref="HoconException">It is not HOCON.</exception>
    public static HoconValue Parse(string text, string file, HoconOptions? options = null)
    {
        var files = new HoconFiles(options ?? new HoconOptions());
        files.Count(Encoding.UTF8.GetByteCount(text), new HoconPosition(file, 1, 1));
        return Parse(files, text, file);
    }

    /// <summary>The tree as an object.</summary>
    /// <param name="value">The tree.</param>
    /// <exception cref="HoconException">It is an array.</exception>
    public static HoconObject AsObject(this HoconValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value as HoconObject ?? throw value.Wrong("an object, as a configuration is; write fields such as 'a = b'");
    }

    private static HoconValue Parse(HoconFiles files, string text, string file)
    {
        var options = files.Options;
        var read = HoconReader.Read(files, text, file, [], []);
        if (read is not ObjectNode own)
        {
            return new HoconResolver(new ObjectNode(read.Position), options).Resolve(read);
        }

        var root = own;
        if (options.Fallback is { } fallback)
        {
            root = (ObjectNode)Node(fallback);
            root.Merge(own);
        }

        return new HoconResolver(root, options).Resolve(root);
    }

    /// <summary>A resolved value as a tree, so that others can be laid over it.</summary>
    private static HoconNode Node(HoconValue value)
    {
        switch (value)
        {
            case HoconArray array:
                return new ArrayNode([.. array.Items.Select(Node)], array.Position);
            case HoconObject o:
                var node = new ObjectNode(o.Position);
                foreach (var (key, field) in o.Fields)
                {
                    node[key].Push(Node(field));
                }

                return node;
            default:
                return new ScalarNode(value.Kind, value.Text, value.Position);
        }
    }
}
