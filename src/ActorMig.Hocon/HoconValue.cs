namespace ActorMig.Hocon;

#pragma warning disable CA1720 // The specification's names.
/// <summary>The types of values.</summary>
public enum HoconKind
{
    /// <summary>A text.</summary>
    String,

    /// <summary>A number by JSON's rules.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary>An array.</summary>
    Array,

    /// <summary>An object.</summary>
    Object,
}
#pragma warning restore CA1720

/// <summary>
/// A resolved value and where it stands. Immutable. Two values are equal if they say the same, wherever they stand. How a value is turned into
/// numbers, durations and sizes stands in <c>HoconValue.Conversions.cs</c>.
/// </summary>
public abstract partial class HoconValue : IEquatable<HoconValue>
{
    private protected HoconValue(HoconPosition position) => Position = position;

    /// <summary>Where it stands.</summary>
    public HoconPosition Position { get; }

    /// <summary>Its type.</summary>
    public abstract HoconKind Kind { get; }

    /// <summary>File, line and column, as error messages begin.</summary>
    public string Where => Position.ToString();

    /// <summary>How many values and characters it holds.</summary>
    internal abstract long Size { get; }

    /// <summary>True if the other says the same, wherever it stands.</summary>
    /// <param name="other">The other.</param>
    public abstract bool Equals(HoconValue? other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as HoconValue);

    /// <inheritdoc/>
    public abstract override int GetHashCode();

    /// <summary>The value as JSON, which is HOCON too, in one line.</summary>
    public sealed override string ToString() => HoconRenderer.Render(this, isIndented: false);

    /// <summary>The value as JSON, which is HOCON too, in indented lines.</summary>
    public string Render() => HoconRenderer.Render(this, isIndented: true);

    /// <summary>The error for a value that is not what it should be.</summary>
    /// <param name="expected">What it should be.</param>
    public HoconException Wrong(string expected) => new(Position, $"{Shown} is not {expected}");

    private string Shown => this switch
    {
        HoconScalar scalar => $"'{scalar.Text}'",
        HoconArray => "an array",
        _ => "an object",
    };
}
