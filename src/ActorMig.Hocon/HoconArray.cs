namespace ActorMig.Hocon;

/// <summary>An array.</summary>
public sealed class HoconArray : HoconValue
{
    /// <summary>Makes an array.</summary>
    /// <param name="items">Its elements.</param>
    /// <param name="position">Where it stands.</param>
    public HoconArray(IEnumerable<HoconValue> items, HoconPosition position)
        : base(position)
    {
        Items = [.. items];
        Size = Items.Aggregate(1L, (sum, item) => sum + item.Size);
    }

    /// <inheritdoc/>
    public override HoconKind Kind => HoconKind.Array;

    /// <summary>Its elements.</summary>
    public IReadOnlyList<HoconValue> Items { get; }

    internal override long Size { get; }

    /// <inheritdoc/>
    public override bool Equals(HoconValue? other) => other is HoconArray array && Items.SequenceEqual(array.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Aggregate(Items.Count, HashCode.Combine);
}
