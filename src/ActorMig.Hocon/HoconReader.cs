using System.Text;

namespace ActorMig.Hocon;

/// <summary>Makes a tree from the words of one text, and of the files that it includes.</summary>
internal sealed class HoconReader
{
    private readonly HoconFiles _files;
    private readonly string _file;
    private readonly int _depthMax;
    private readonly IReadOnlyList<IReadOnlyList<string>> _prefixes;
    private readonly List<HoconToken> _tokens;
    private int _at;

    private HoconReader(HoconFiles files, string text, string file, IReadOnlyList<IReadOnlyList<string>> prefixes)
    {
        _files = files;
        _file = file;
        _depthMax = files.Options.DepthMax;
        _prefixes = prefixes;
        _tokens = HoconLexer.Read(text, file);
    }

    private HoconToken Current => _tokens[_at];

    /// <summary>Reads a text.</summary>
    /// <param name="files">The files that are being read.</param>
    /// <param name="text">The text.</param>
    /// <param name="file">What error messages call it.</param>
    /// <param name="path">The path at which it is included; null inside of an array.</param>
    /// <param name="prefixes">The paths at which it and the files around it are included, innermost first.</param>
    public static HoconNode Read(
        HoconFiles files, string text, string file, IReadOnlyList<string>? path, IReadOnlyList<IReadOnlyList<string>> prefixes) =>
        new HoconReader(files, text, file, prefixes).ReadDocument(path);

    private HoconNode ReadDocument(IReadOnlyList<string>? path)
    {
        SkipNewlines();
        var depth = path?.Count ?? 0;
        HoconNode root;
        switch (Current.Kind)
        {
            case HoconTokenKind.OpenBracket:
                root = ReadArray(depth);
                break;
            case HoconTokenKind.OpenBrace:
                root = ReadObject(path, depth);
                break;
            default:
                var o = new ObjectNode(Current.Position);
                ReadFields(o, path, depth, HoconTokenKind.End);
                return o;
        }

        SkipNewlines();
        return Current.Kind == HoconTokenKind.End
            ? root
            : throw new HoconException(Current.Position, $"after the bracket that ends the document stands {Current.Shown}; remove it, or move it inside");
    }

    private ObjectNode ReadObject(IReadOnlyList<string>? path, int depth)
    {
        var o = new ObjectNode(Take().Position);
        ReadFields(o, path, Deeper(depth, o.Position), HoconTokenKind.CloseBrace);
        _at++;
        return o;
    }

    private ArrayNode ReadArray(int depth)
    {
        var array = new ArrayNode([], Take().Position);
        var inner = Deeper(depth, array.Position);
        ReadSeparated(HoconTokenKind.CloseBracket, array.Position, () => array.Items.Add(ReadValue(null, inner, "an element")));
        _at++;
        return array;
    }

    private int Deeper(int depth, HoconPosition position, int by = 1) => depth + by <= _depthMax
        ? depth + by
        : throw new HoconException(position, FormattableString.Invariant($"objects and arrays are nested deeper than {_depthMax}; make the text flatter"));

    private void ReadFields(ObjectNode o, IReadOnlyList<string>? path, int depth, HoconTokenKind end) =>
        ReadSeparated(end, o.Position, () => ReadField(o, path, depth));

    /// <summary>Reads up to the end, with one comma or at least one newline between any two.</summary>
    private void ReadSeparated(HoconTokenKind end, HoconPosition start, Action readOne)
    {
        var what = end == HoconTokenKind.CloseBracket ? "elements" : "fields";
        SkipNewlines();
        if (Current.Kind == HoconTokenKind.Comma)
        {
            throw new HoconException(Current.Position, $"a comma stands before the first of the {what}; remove it");
        }

        while (Current.Kind != end)
        {
            if (Current.Kind == HoconTokenKind.End)
            {
                throw new HoconException(start, $"the '{(end == HoconTokenKind.CloseBracket ? ']' : '}')}' that ends what begins here is missing; add it");
            }

            if (Current.Kind is HoconTokenKind.CloseBrace or HoconTokenKind.CloseBracket)
            {
                throw new HoconException(Current.Position, $"{Current.Shown} ends nothing that has begun; remove it");
            }

            readOne();
            var hasNewline = SkipNewlines();
            if (Current.Kind == HoconTokenKind.Comma)
            {
                _at++;
                SkipNewlines();
                if (Current.Kind == HoconTokenKind.Comma)
                {
                    throw new HoconException(Current.Position, $"two commas stand between {what}; remove one");
                }
            }
            else if (!hasNewline && Current.Kind != end && Current.Kind != HoconTokenKind.End)
            {
                throw new HoconException(
                    Current.Position,
                    Current.Kind is HoconTokenKind.CloseBrace or HoconTokenKind.CloseBracket
                        ? $"{Current.Shown} ends nothing that has begun; remove it"
                        : $"{Current.Shown} cannot stand inside of an unquoted text; put the text into quotes, or begin a new line");
            }
        }
    }

    private void ReadField(ObjectNode o, IReadOnlyList<string>? path, int depth)
    {
        if (Current is { Kind: HoconTokenKind.Unquoted, Text: "include" })
        {
            ReadInclude(o, path);
            return;
        }

        var position = Current.Position;
        var key = ReadKey();
        SkipNewlines();
        var separator = Current;
        switch (separator.Kind)
        {
            case HoconTokenKind.Colon or HoconTokenKind.Equals or HoconTokenKind.PlusEquals:
                _at++;
                SkipNewlines();
                break;
            case HoconTokenKind.OpenBrace:
                break;
            default:
                throw new HoconException(separator.Position, $"after the key '{HoconPath.Join(key)}' comes '=', ':', '+=' or '{{', not {separator.Shown}");
        }

        IReadOnlyList<string>? whole = path is null ? null : [.. path, .. key];
        var value = ReadValue(whole, Deeper(depth, position, key.Count), $"the value of '{HoconPath.Join(key)}'");
        var inner = o;
        foreach (var element in key.SkipLast(1))
        {
            var next = new ObjectNode(position);
            inner[element].Push(next);

            // It was merged into the object that lay there, if one did.
            inner = (ObjectNode)inner[element].Definitions[^1];
        }

        inner[key[^1]].Push(separator.Kind == HoconTokenKind.PlusEquals ? new AppendNode([value], whole, value.Position) : value);
    }

    private IReadOnlyList<string> ReadKey()
    {
        var start = _at;
        while (Current.IsText)
        {
            _at++;
        }

        if (Current.Kind == HoconTokenKind.Substitution)
        {
            throw new HoconException(Current.Position, $"the substitution {Current.Text} cannot stand in a key; write the name itself");
        }

        if (_at == start)
        {
            throw new HoconException(Current.Position, $"a key is missing before {Current.Shown}; add it, or \"\" for an empty one");
        }

        var tokens = _tokens[start.._at];
        return HoconPath.Read(tokens, tokens[0].Position, string.Concat(tokens.Select((t, i) => (i == 0 ? "" : t.Space) + t.Text)));
    }

    /// <summary>Reads all that stands side by side, and makes one value of it as far as that can be done before resolving.</summary>
    private HoconNode ReadValue(IReadOnlyList<string>? path, int depth, string what)
    {
        var position = Current.Position;
        var pieces = new List<(string Space, HoconNode Node)>();
        while (Current.IsValue)
        {
            var space = pieces.Count == 0 ? "" : Current.Space;
            if (Current.IsText)
            {
                pieces.Add((space, ReadTexts()));
                continue;
            }

            HoconNode node = Current.Kind switch
            {
                HoconTokenKind.OpenBrace => ReadObject(path, depth),
                HoconTokenKind.OpenBracket => ReadArray(depth),
                _ => ReadSubstitution(),
            };
            if (node is ObjectNode o && pieces.Count > 0 && pieces[^1].Node is ObjectNode lower)
            {
                lower.Merge(o);
            }
            else
            {
                pieces.Add((space, node));
            }
        }

        return pieces.Count switch
        {
            0 => throw new HoconException(position, $"{what} is missing before {Current.Shown}; add it, or \"\" for an empty text"),
            1 => pieces[0].Node,
            _ => new ConcatenationNode(pieces, position),
        };
    }

    private ScalarNode ReadTexts()
    {
        var first = Take();
        if (!Current.IsText)
        {
            return new ScalarNode(first.Kind == HoconTokenKind.Quoted ? HoconKind.String : HoconScalar.KindOf(first.Text), first.Text, first.Position);
        }

        var text = new StringBuilder(first.Text);
        while (Current.IsText)
        {
            text.Append(Current.Space).Append(Current.Text);
            _at++;
        }

        return new ScalarNode(HoconKind.String, text.ToString(), first.Position);
    }

    private SubstitutionNode ReadSubstitution()
    {
        var token = Take();
        var path = HoconPath.Read(token.Inner, token.Position, token.Text);
        Deeper(0, token.Position, path.Count);
        return new SubstitutionNode(token.Text, path, _prefixes, token.IsOptional, token.Position);
    }

    private void ReadInclude(ObjectNode o, IReadOnlyList<string>? path)
    {
        const string Remedy = "include is followed by a file's name in quotes, also as file(\"...\"), required(\"...\") or required(file(\"...\"))";
        var position = Take().Position;
        var before = ReadBare();
        if (Current.Kind != HoconTokenKind.Quoted)
        {
            throw new HoconException(position, $"{Remedy}, not by {Current.Shown}; a key of this name is written \"include\"");
        }

        var name = Take().Text;
        var isRequired = before.StartsWith("required(", StringComparison.Ordinal);
        var kind = isRequired ? before["required(".Length..] : before;
        if (kind is "url(" or "classpath(" || (kind.Length == 0 && name.Contains("://", StringComparison.Ordinal)))
        {
            throw new HoconException(position, $"'{name}' is no file; only files can be included: copy it to one");
        }

        if (kind is not ("" or "file("))
        {
            throw new HoconException(position, $"{Remedy}, not by '{before}'");
        }

        var closing = new string(')', before.Count(c => c == '('));
        if (ReadClosing(closing.Length) != closing)
        {
            throw new HoconException(position, $"after the name \"{name}\" must stand '{closing}'; {Remedy}");
        }

        IReadOnlyList<IReadOnlyList<string>> prefixes = path is { Count: > 0 } ? [path, .. _prefixes] : _prefixes;
        foreach (var (file, text) in _files.Open(name, _file, isRequired, position))
        {
            var included = Read(_files, text, file, path, prefixes);
            _files.Close();
            o.Merge(included as ObjectNode ?? throw new HoconException(included.Position, "an included file holds an object, not an array; write fields"));
        }
    }

    /// <summary>The unquoted words up to the next other one, without whitespace and newlines.</summary>
    private string ReadBare()
    {
        var text = new StringBuilder();
        while (Current.Kind is HoconTokenKind.Unquoted or HoconTokenKind.Newline)
        {
            text.Append(Current.Kind == HoconTokenKind.Unquoted ? Current.Text : "");
            _at++;
        }

        return text.ToString();
    }

    /// <summary>The unquoted words behind a name, as many as there are brackets to close.</summary>
    private string ReadClosing(int length)
    {
        var text = "";
        while (text.Length < length && Current.Kind is HoconTokenKind.Unquoted or HoconTokenKind.Newline)
        {
            text += Current.Kind == HoconTokenKind.Unquoted ? Current.Text : "";
            _at++;
        }

        return text;
    }

    private HoconToken Take() => _tokens[_at++];

    private bool SkipNewlines()
    {
        var start = _at;
        while (Current.Kind == HoconTokenKind.Newline)
        {
            _at++;
        }

        return _at > start;
    }
}
