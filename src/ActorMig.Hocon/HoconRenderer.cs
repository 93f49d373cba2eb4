using System.Globalization;
using System.Text;

namespace ActorMig.Hocon;

/// <summary>Writes values as JSON. Texts that JSON could write in several ways are written in one.</summary>
internal static class HoconRenderer
{
    public static string Render(HoconValue value, bool isIndented)
    {
        var text = new StringBuilder();
        Render(value, text, isIndented ? 0 : null);
        return text.ToString();
    }

    public static void Quote(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                _ when char.IsControl(c) || char.IsSurrogate(c) => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    private static void Render(HoconValue value, StringBuilder text, int? indent)
    {
        switch (value)
        {
            case HoconScalar { Kind: HoconKind.String } scalar:
                Quote(scalar.Text, text);
                break;
            case HoconScalar scalar:
                text.Append(scalar.Text);
                break;
            case HoconArray array:
                RenderAll(array.Items, '[', ']', text, indent, (item, inner) => Render(item, text, inner));
                break;
            case HoconObject o:
                RenderAll(o.Fields, '{', '}', text, indent, (field, inner) =>
                {
                    Quote(field.Key, text);
                    text.Append(indent is null ? ":" : " : ");
                    Render(field.Value, text, inner);
                });
                break;
        }
    }

    private static void RenderAll<T>(IReadOnlyCollection<T> all, char open, char close, StringBuilder text, int? indent, Action<T, int?> render)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var one in all)
        {
            text.Append(isFirst ? "" : ",");
            isFirst = false;
            NewLine(text, indent + 1);
            render(one, indent + 1);
        }

        if (!isFirst)
        {
            NewLine(text, indent);
        }

        text.Append(close);
    }

    private static void NewLine(StringBuilder text, int? indent)
    {
        if (indent is { } depth)
        {
            text.Append('\n').Append(' ', 2 * depth);
        }
    }
}
