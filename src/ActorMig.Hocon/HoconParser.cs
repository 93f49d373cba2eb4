using System.Text;

namespace ActorMig.Hocon;

/// <summary>
/// Reads HOCON into paths and plain values; of two values for one path the later one counts. What it knows so far: comments, objects and dotted
/// paths, quoted and unquoted strings, arrays of plain values, <c>include</c> of files. Substitutions are refused with a sentence.
/// </summary>
public sealed class HoconParser
{
    private const int DepthMax = 50;
    private readonly string _text;
    private readonly string _file;
    private readonly SortedDictionary<string, HoconValue> _values;
    private readonly int _includes;
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private HoconParser(string text, string file, SortedDictionary<string, HoconValue> values, int includes)
    {
        _text = text;
        _file = file;
        _values = values;
        _includes = includes;
    }

    private bool IsAtEnd => _at >= _text.Length;

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="HoconException">It is not HOCON.</exception>
    public static SortedDictionary<string, HoconValue> ParseFile(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">What error messages call it; included files are looked for beside it.</param>
    /// <exception cref="HoconException">It is not HOCON.</exception>
    public static SortedDictionary<string, HoconValue> Parse(string text, string file)
    {
        var values = new SortedDictionary<string, HoconValue>(StringComparer.Ordinal);
        new HoconParser(text, file, values, 0).ReadAll();
        return values;
    }

    private void ReadAll()
    {
        SkipSpace(lines: true);
        if (Current == '{')
        {
            _at++;
            ReadFields("", '}', 0);
            SkipSpace(lines: true);
            if (!IsAtEnd)
            {
                throw Error($"after the closing brace stands '{Current}'");
            }
        }
        else
        {
            ReadFields("", '\0', 0);
        }
    }

    private void ReadFields(string prefix, char end, int depth)
    {
        if (depth > DepthMax)
        {
            throw Error($"objects are nested deeper than {DepthMax}");
        }

        while (true)
        {
            SkipSpace(lines: true);
            while (Current == ',')
            {
                _at++;
                SkipSpace(lines: true);
            }

            if (IsAtEnd)
            {
                if (end != '\0')
                {
                    throw Error("a '}' is missing at the end");
                }

                return;
            }

            if (Current == end)
            {
                _at++;
                return;
            }

            ReadField(prefix, depth);
        }
    }

    private void ReadField(string prefix, int depth)
    {
        var key = ReadKey();
        if (key == "include" && Current is '"' or 'f' or 'r')
        {
            Include();
            return;
        }

        var path = prefix.Length == 0 ? key : prefix + "." + key;
        SkipSpace(lines: false);
        if (Current is '=' or ':')
        {
            _at++;
            SkipSpace(lines: true);
        }
        else if (Current != '{')
        {
            throw Error($"after the key '{path}' comes '=', ':' or '{{', not '{(IsAtEnd ? "the end" : Current)}'");
        }

        if (Current == '{')
        {
            _at++;
            ReadFields(path, '}', depth + 1);
        }
        else if (Current == '[')
        {
            ReadArray(path);
        }
        else
        {
            var (line, column) = (_line, Column);
            _values[path] = new HoconValue(ReadPlain(",}"), _file, line, column);
        }
    }

    private int Column => _at - _lineStart + 1;

    private void ReadArray(string path)
    {
        var (line, column) = (_line, Column);
        _at++;
        var items = new List<string>();
        while (true)
        {
            SkipSpace(lines: true);
            switch (Current)
            {
                case ']':
                    _at++;
                    _values[path] = new HoconValue(string.Join('\n', items), _file, line, column);
                    return;
                case ',':
                    _at++;
                    break;
                case '\0' when IsAtEnd:
                    throw Error("a ']' is missing");
                default:
                    items.Add(ReadPlain(",]"));
                    break;
            }
        }
    }

    private string ReadKey()
    {
        var key = new StringBuilder();
        while (!IsAtEnd && Current is not ('=' or ':' or '{' or '}' or ',' or '\n' or '#' or '[' or ']'))
        {
            if (Current == '"')
            {
                key.Append(ReadQuoted());
            }
            else if (char.IsWhiteSpace(Current))
            {
                if (key.ToString() == "include")
                {
                    SkipSpace(lines: false);
                }

                break;
            }
            else
            {
                key.Append(Current);
                _at++;
            }
        }

        return key.Length == 0 ? throw Error($"a key is missing before '{Current}'") : key.ToString();
    }

    private string ReadPlain(string ends)
    {
        if (Current == '"')
        {
            var quoted = ReadQuoted();
            SkipSpace(lines: false);
            return IsAtEnd || Current is '\n' or '#' || ends.Contains(Current, StringComparison.Ordinal) || (Current == '/' && Next == '/')
                ? quoted
                : throw Error($"after the quoted value stands '{Current}'");
        }

        var start = _at;
        while (!IsAtEnd && Current is not ('\n' or '#') && !ends.Contains(Current, StringComparison.Ordinal) && !(Current == '/' && Next == '/'))
        {
            if (Current == '$')
            {
                throw Error("substitutions (${...}) are not supported yet: write the value");
            }

            _at++;
        }

        var text = _text[start.._at].Trim();
        return text.Length == 0 ? throw Error("a value is missing") : text;
    }

    private char Next => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    private string ReadQuoted()
    {
        _at++;
        var text = new StringBuilder();
        while (Current != '"')
        {
            if (IsAtEnd || Current == '\n')
            {
                throw Error("a closing quote is missing");
            }

            if (Current != '\\')
            {
                text.Append(Current);
                _at++;
                continue;
            }

            _at++;
            text.Append(Current switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '"' => '"',
                '\\' => '\\',
                '/' => '/',
                _ => throw Error($"'\\{Current}' is no escape"),
            });
            _at++;
        }

        _at++;
        return text.ToString();
    }

    private void Include()
    {
        const int IncludesMax = 10;
        var isRequired = Take("required(");
        var isFile = Take("file(");
        if (Current != '"')
        {
            throw Error("include is followed by a quoted file name");
        }

        var name = ReadQuoted();
        if ((isRequired && !Take(")")) || (isFile && !Take(")")))
        {
            throw Error("a ')' is missing");
        }

        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_file)) ?? "", name);
        if (_includes >= IncludesMax)
        {
            throw Error($"files include each other deeper than {IncludesMax}");
        }

        if (File.Exists(path))
        {
            new HoconParser(File.ReadAllText(path), path, _values, _includes + 1).ReadAll();
        }
        else if (isRequired)
        {
            throw Error($"the required file {path} does not exist");
        }
    }

    private bool Take(string word)
    {
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private void SkipSpace(bool lines)
    {
        while (!IsAtEnd)
        {
            if (Current == '#' || (Current == '/' && Next == '/'))
            {
                while (!IsAtEnd && Current != '\n')
                {
                    _at++;
                }
            }
            else if (Current == '\n')
            {
                if (!lines)
                {
                    return;
                }

                _at++;
                _line++;
                _lineStart = _at;
            }
            else if (char.IsWhiteSpace(Current))
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private HoconException Error(string what) => new(FormattableString.Invariant($"{_file}:{_line}:{Column}: {what}."));
}
