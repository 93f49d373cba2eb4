using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ActorMig.Hocon;

/// <summary>An object. Its fields keep the order in which they were first written.</summary>
public sealed class HoconObject : HoconValue
{
    private readonly OrderedDictionary<string, HoconValue> _fields;

    /// <summary>Makes an object.</summary>
    /// <param name="fields">Its fields; of two with one name the later one counts.</param>
    /// <param name="position">Where it stands.</param>
    public HoconObject(IEnumerable<KeyValuePair<string, HoconValue>> fields, HoconPosition position)
        : base(position)
    {
        ArgumentNullException.ThrowIfNull(fields);
        _fields = new OrderedDictionary<string, HoconValue>(StringComparer.Ordinal);
        foreach (var (key, value) in fields)
        {
            _fields[key] = value;
        }

        Size = _fields.Aggregate(1L, (sum, field) => sum + field.Key.Length + field.Value.Size);
    }

    /// <inheritdoc/>
    public override HoconKind Kind => HoconKind.Object;

    /// <summary>Its fields in order.</summary>
    public IReadOnlyCollection<KeyValuePair<string, HoconValue>> Fields => _fields;

    internal override long Size { get; }

    /// <summary>The value of a field.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">The value.</param>
    /// <returns>False if there is no such field.</returns>
    public bool TryGet(string key, [MaybeNullWhen(false)] out HoconValue value) => _fields.TryGetValue(key, out value);

    /// <summary>The value at a path, or null.</summary>
    /// <param name="path">A path expression such as <c>a.b."c.d"</c>.</param>
    /// <exception cref="HoconException">The path is none.</exception>
    public HoconValue? Find(string path)
    {
        HoconValue? found = this;
        foreach (var element in HoconPath.Parse(path))
        {
            found = found is HoconObject inner && inner.TryGet(element, out var value) ? value : null;
        }

        return found;
    }

    /// <summary>This object with another laid over it, as if both were values of one key: objects are merged, of other values the upper one counts.</summary>
    /// <param name="over">The upper one.</param>
    public HoconObject MergedWith(HoconObject over)
    {
        ArgumentNullException.ThrowIfNull(over);
        var merged = new OrderedDictionary<string, HoconValue>(_fields, StringComparer.Ordinal);
        foreach (var (key, value) in over._fields)
        {
            merged[key] = value is HoconObject upper && _fields.TryGetValue(key, out var below) && below is HoconObject lower
                ? lower.MergedWith(upper)
                : value;
        }

        return new HoconObject(merged, over.Position);
    }

    /// <summary>
    /// All values that are not made of further fields, by their paths and sorted by them; elements of paths are quoted where they must be.
    /// An array is one value, and so is an empty object; an empty object as a whole has none.
    /// </summary>
    public SortedDictionary<string, HoconValue> Flatten()
    {
        var leaves = new SortedDictionary<string, HoconValue>(StringComparer.Ordinal);
        Flatten("", leaves);
        return leaves;
    }

    /// <summary>The object as an array, if its keys are numbers: their values in the order of the numbers, other keys left out. Else null.</summary>
    internal HoconArray? ToArray()
    {
        var items = new SortedDictionary<int, HoconValue>();
        foreach (var (key, value) in _fields)
        {
            if (int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                items[index] = value;
            }
        }

        return items.Count == 0 ? null : new HoconArray(items.Values, Position);
    }

    /// <inheritdoc/>
    public override bool Equals(HoconValue? other) => other is HoconObject { _fields: var theirs }
        && theirs.Count == _fields.Count
        && _fields.All(f => theirs.TryGetValue(f.Key, out var value) && f.Value.Equals(value));

    /// <inheritdoc/>
    public override int GetHashCode() => _fields.Aggregate(_fields.Count, (hash, f) => hash ^ HashCode.Combine(f.Key, f.Value));

    private void Flatten(string prefix, SortedDictionary<string, HoconValue> leaves)
    {
        foreach (var (key, value) in _fields)
        {
            var path = prefix + HoconPath.Quote(key);
            if (value is HoconObject { _fields.Count: > 0 } inner)
            {
                inner.Flatten(path + ".", leaves);
            }
            else
            {
                leaves[path] = value;
            }
        }
    }
}
