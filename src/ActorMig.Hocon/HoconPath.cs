using System.Text;

namespace ActorMig.Hocon;

/// <summary>Path expressions, as keys and in substitutions: elements with dots between them, quoted where they contain other characters.</summary>
internal static class HoconPath
{
    /// <summary>The elements of a path that stands by itself.</summary>
    public static IReadOnlyList<string> Parse(string path)
    {
        var tokens = HoconLexer.Read(path, "path");
        return Read(tokens[..^1], tokens[0].Position, path);
    }

    /// <summary>The elements of a path.</summary>
    /// <param name="tokens">Its words.</param>
    /// <param name="position">Where it begins.</param>
    /// <param name="shown">As error messages show it.</param>
    public static IReadOnlyList<string> Read(IReadOnlyList<HoconToken> tokens, HoconPosition position, string shown)
    {
        var elements = new List<string>();
        var element = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            element.Append(i == 0 ? "" : token.Space);
            switch (token.Kind)
            {
                case HoconTokenKind.Quoted:
                    isQuoted = true;
                    element.Append(token.Text);
                    break;
                case HoconTokenKind.Unquoted:
                    var parts = token.Text.Split('.');
                    element.Append(parts[0]);
                    foreach (var part in parts.Skip(1))
                    {
                        End();
                        element.Append(part);
                    }

                    break;
                default:
                    throw new HoconException(token.Position, $"{token.Shown} cannot stand in a path; put it into quotes");
            }
        }

        End();
        return elements;

        void End()
        {
            if (element.Length == 0 && !isQuoted)
            {
                throw new HoconException(position, $"the path '{shown}' has an empty element; write \"\" for it, or remove the dot");
            }

            elements.Add(element.ToString());
            element.Clear();
            isQuoted = false;
        }
    }

    /// <summary>A path from its elements.</summary>
    public static string Join(IEnumerable<string> elements) => string.Join('.', elements.Select(Quote));

    /// <summary>An element of a path, in quotes if it must be.</summary>
    public static string Quote(string element)
    {
        if (element.Length > 0 && element.All(c => c != '.' && HoconLexer.IsUnquoted(c)) && !element.Contains("//", StringComparison.Ordinal))
        {
            return element;
        }

        var text = new StringBuilder();
        HoconRenderer.Quote(element, text);
        return text.ToString();
    }
}
