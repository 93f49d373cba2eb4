using System.Globalization;
using System.Text;

namespace ActorMig.Hocon;

/// <summary>Divides a text into words.</summary>
internal sealed class HoconLexer
{
    private readonly string _text;
    private readonly string _file;
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private HoconLexer(string text, string file)
    {
        _text = text;
        _file = file;
    }

    private char Current => Ahead(0);

    private HoconPosition Position => new(_file, _line, _at - _lineStart + 1);

    /// <summary>All words; the last one is <see cref="HoconTokenKind.End"/>.</summary>
    public static List<HoconToken> Read(string text, string file)
    {
        var lexer = new HoconLexer(text, file);
        var tokens = new List<HoconToken>();
        do
        {
            tokens.Add(lexer.Next());
        }
        while (tokens[^1].Kind != HoconTokenKind.End);
        return tokens;
    }

    /// <summary>How many characters from a place on are a number by JSON's rules; the most that are, or zero.</summary>
    public static int NumberLength(string text, int start)
    {
        var at = start;
        if (at < text.Length && text[at] == '-')
        {
            at++;
        }

        var digits = Digits(text, at);
        if (digits == 0)
        {
            return 0;
        }

        // JSON has no leading zeros: of 01 only the 0 is a number.
        at += text[at] == '0' ? 1 : digits;
        if (at < text.Length && text[at] == '.' && Digits(text, at + 1) is > 0 and var fraction)
        {
            at += 1 + fraction;
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var sign = at + 1 < text.Length && text[at + 1] is '+' or '-' ? 1 : 0;
            if (Digits(text, at + 1 + sign) is > 0 and var exponent)
            {
                at += 1 + sign + exponent;
            }
        }

        return at - start;
    }

    /// <summary>A text without the whitespace around it, as HOCON has whitespace.</summary>
    public static string Trim(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && (IsSpace(text[start]) || text[start] == '\n'))
        {
            start++;
        }

        while (end > start && (IsSpace(text[end - 1]) || text[end - 1] == '\n'))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>True if an unquoted text may contain the character.</summary>
    public static bool IsUnquoted(char c) => !"$\"{}[]:=,+#`^?!@*&\\\n".Contains(c, StringComparison.Ordinal) && !IsSpace(c);

    private static bool IsSpace(char c) => c is '\t' or '\v' or '\f' or '\r' or (>= '\u001c' and <= '\u001f') or '\ufeff' || char.IsSeparator(c);

    private static int Digits(string text, int start)
    {
        var at = start;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at - start;
    }

    private char Ahead(int n) => _at + n < _text.Length ? _text[_at + n] : '\0';

    private bool IsAt(string word) => string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;

    private HoconToken Next()
    {
        var space = SkipSpace();
        var position = Position;
        if (_at >= _text.Length)
        {
            return new HoconToken(HoconTokenKind.End, "", space, position);
        }

        switch (Current)
        {
            case '\n':
                _at++;
                NewLine();
                return new HoconToken(HoconTokenKind.Newline, "\n", space, position);
            case '"':
                return new HoconToken(HoconTokenKind.Quoted, IsAt("\"\"\"") ? ReadTripleQuoted(position) : ReadQuoted(position), space, position);
            case '$' when Ahead(1) == '{':
                return ReadSubstitution(space, position);
            case '+' when Ahead(1) == '=':
                return Mark(HoconTokenKind.PlusEquals, 2);
        }

        HoconTokenKind? mark = Current switch
        {
            ',' => HoconTokenKind.Comma,
            ':' => HoconTokenKind.Colon,
            '=' => HoconTokenKind.Equals,
            '{' => HoconTokenKind.OpenBrace,
            '}' => HoconTokenKind.CloseBrace,
            '[' => HoconTokenKind.OpenBracket,
            ']' => HoconTokenKind.CloseBracket,
            _ => null,
        };
        return mark is { } kind ? Mark(kind, 1) : new HoconToken(HoconTokenKind.Unquoted, ReadUnquoted(), space, position);

        HoconToken Mark(HoconTokenKind kind, int length)
        {
            var token = new HoconToken(kind, _text.Substring(_at, length), space, position);
            _at += length;
            return token;
        }
    }

    /// <summary>Skips whitespace and comments up to the next newline.</summary>
    private string SkipSpace()
    {
        var start = _at;
        while (_at < _text.Length && IsSpace(Current))
        {
            _at++;
        }

        var space = _text[start.._at];
        if (Current == '#' || IsAt("//"))
        {
            while (_at < _text.Length && Current != '\n')
            {
                _at++;
            }
        }

        return space;
    }

    private void NewLine()
    {
        _line++;
        _lineStart = _at;
    }

    private string ReadUnquoted()
    {
        var start = _at;

        // The sign of an exponent belongs to its number; elsewhere '+' is no part of a text.
        _at += NumberLength(_text, _at);
        while (_at < _text.Length && IsUnquoted(Current) && !IsAt("//"))
        {
            _at++;
        }

        if (_at == start)
        {
            throw new HoconException(Position, Current == '$'
                ? "'$' begins a substitution such as ${a.b}; put the text into quotes if it is none"
                : $"the character '{Current}' has no meaning outside of quotes; put the text into quotes");
        }

        return _text[start.._at];
    }

    private string ReadQuoted(HoconPosition start)
    {
        _at++;
        var text = new StringBuilder();
        while (Current != '"' || _at >= _text.Length)
        {
            if (_at >= _text.Length || Current == '\n')
            {
                throw new HoconException(start, "the closing quote is missing; add it, or use three quotes for a text of several lines");
            }

            if (Current < ' ')
            {
                throw new HoconException(Position, string.Create(
                    CultureInfo.InvariantCulture, $"a quoted text has no control characters; write \\u{(int)Current:x4} or use three quotes"));
            }

            if (Current == '\\')
            {
                text.Append(ReadEscape());
            }
            else
            {
                text.Append(Current);
                _at++;
            }
        }

        _at++;
        return text.ToString();
    }

    private char ReadEscape()
    {
        var position = Position;
        _at++;
        var c = Current;
        if (c != 'u')
        {
            _at++;
            return c switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                '"' or '\\' or '/' => c,
                _ => throw new HoconException(
                    position, $"'\\{(char.IsControl(c) ? "" : c)}' is no escape; there are \\n \\t \\r \\b \\f \\\" \\\\ \\/ and \\uXXXX, and \\\\ is a backslash"),
            };
        }

        const int Length = 4;
        if (_at + Length < _text.Length
            && ushort.TryParse(_text.AsSpan(_at + 1, Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            _at += 1 + Length;
            return (char)code;
        }

        throw new HoconException(position, "\\u is followed by four hexadecimal digits, such as \\u00e9");
    }

    private string ReadTripleQuoted(HoconPosition start)
    {
        const string Quotes = "\"\"\"";
        _at += Quotes.Length;
        var end = _text.IndexOf(Quotes, _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new HoconException(start, "the closing three quotes are missing; add them");
        }

        // Of more than three quotes the last three end the text.
        while (end + Quotes.Length < _text.Length && _text[end + Quotes.Length] == '"')
        {
            end++;
        }

        var text = _text[_at..end];
        while (_at < end)
        {
            if (_text[_at++] == '\n')
            {
                NewLine();
            }
        }

        _at = end + Quotes.Length;
        return text;
    }

    private HoconToken ReadSubstitution(string space, HoconPosition position)
    {
        var start = _at;
        _at += 2;
        var isOptional = Current == '?';
        _at += isOptional ? 1 : 0;
        var inner = new List<HoconToken>();
        while (true)
        {
            var token = Next();
            if (token.Kind == HoconTokenKind.CloseBrace)
            {
                break;
            }

            inner.Add(token.Kind switch
            {
                HoconTokenKind.Unquoted or HoconTokenKind.Quoted => token,
                HoconTokenKind.Substitution => throw new HoconException(token.Position, "a substitution cannot stand inside of another; write the path itself"),
                HoconTokenKind.End or HoconTokenKind.Newline => throw new HoconException(position, "the '}' that ends the substitution is missing; add it"),
                _ => throw new HoconException(token.Position, $"{token.Shown} cannot stand in the path of a substitution; put it into quotes"),
            });
        }

        return new HoconToken(HoconTokenKind.Substitution, _text[start.._at], space, position) { Inner = inner, IsOptional = isOptional };
    }
}
