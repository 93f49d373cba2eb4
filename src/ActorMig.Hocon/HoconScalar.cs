namespace ActorMig.Hocon;

/// <summary>A text, a number, a boolean or null.</summary>
/// <param name="text">As it was written, without quotes and escapes.</param>
/// <param name="position">Where it stands.</param>
/// <param name="kind">Its type.</param>
public sealed class HoconScalar(string text, HoconPosition position, HoconKind kind = HoconKind.String) : HoconValue(position)
{
    /// <inheritdoc/>
    public override HoconKind Kind { get; } = kind is HoconKind.Array or HoconKind.Object
        ? throw new ArgumentOutOfRangeException(nameof(kind), kind, "A scalar is neither an array nor an object.")
        : kind;

    /// <inheritdoc/>
    public override string Text { get; } = text;

    internal override long Size => 1 + Text.Length;

    /// <inheritdoc/>
    public override bool Equals(HoconValue? other) => other is HoconScalar scalar && scalar.Kind == Kind && scalar.Text == Text;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Text);

    /// <summary>The type of an unquoted text that is a whole value.</summary>
    internal static HoconKind KindOf(string unquoted) => unquoted switch
    {
        "true" or "false" => HoconKind.Boolean,
        "null" => HoconKind.Null,
        _ => unquoted.Length > 0 && HoconLexer.NumberLength(unquoted, 0) == unquoted.Length ? HoconKind.Number : HoconKind.String,
    };
}
