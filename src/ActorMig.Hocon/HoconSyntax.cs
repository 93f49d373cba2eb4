namespace ActorMig.Hocon;

/// <summary>What a text says before its substitutions are resolved. Grows while it is read, and is not changed any more after that.</summary>
internal abstract class HoconNode(HoconPosition position)
{
    public HoconPosition Position { get; } = position;

    /// <summary>True if nothing in it has to be resolved.</summary>
    public abstract bool IsConstant { get; }
}

internal sealed class ScalarNode(HoconKind kind, string text, HoconPosition position) : HoconNode(position)
{
    public HoconKind Kind { get; } = kind;

    public string Text { get; } = text;

    public override bool IsConstant => true;
}

internal sealed class ArrayNode(List<HoconNode> items, HoconPosition position) : HoconNode(position)
{
    public List<HoconNode> Items { get; } = items;

    public override bool IsConstant => Items.TrueForAll(i => i.IsConstant);
}

internal sealed class ObjectNode(HoconPosition position) : HoconNode(position)
{
    public OrderedDictionary<string, HoconSlot> Fields { get; } = new(StringComparer.Ordinal);

    public override bool IsConstant => Fields.Values.All(f => f.Definitions.TrueForAll(d => d.IsConstant));

    /// <summary>The field of this name, made if it is missing.</summary>
    public HoconSlot this[string key]
    {
        get
        {
            if (!Fields.TryGetValue(key, out var slot))
            {
                Fields.Add(key, slot = new HoconSlot());
            }

            return slot;
        }
    }

    /// <summary>Lays another object over this one.</summary>
    public void Merge(ObjectNode over)
    {
        foreach (var (key, slot) in over.Fields)
        {
            foreach (var definition in slot.Definitions)
            {
                this[key].Push(definition);
            }
        }
    }
}

/// <summary>Values side by side, of which one value is made.</summary>
internal sealed class ConcatenationNode(IReadOnlyList<(string Space, HoconNode Node)> pieces, HoconPosition position) : HoconNode(position)
{
    /// <summary>Each with the whitespace before it.</summary>
    public IReadOnlyList<(string Space, HoconNode Node)> Pieces { get; } = pieces;

    public override bool IsConstant => false;
}

/// <summary><c>${path}</c> or <c>${?path}</c>.</summary>
/// <param name="shown">As it is written.</param>
/// <param name="path">The path.</param>
/// <param name="prefixes">At which paths the files are included in which it stands, innermost first: there it is looked for first.</param>
/// <param name="isOptional">True if the path may be missing.</param>
/// <param name="position">Where it stands.</param>
internal sealed class SubstitutionNode(
    string shown, IReadOnlyList<string> path, IReadOnlyList<IReadOnlyList<string>> prefixes, bool isOptional, HoconPosition position) : HoconNode(position)
{
    public string Shown { get; } = shown;

    public IReadOnlyList<string> Path { get; } = path;

    public bool IsOptional { get; } = isOptional;

    /// <summary>Where it is looked for, in this order.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Candidates { get; } = [.. prefixes.Select(p => (IReadOnlyList<string>)[.. p, .. path]), path];

    public override bool IsConstant => false;
}

/// <summary><c>a += b</c>.</summary>
/// <param name="items">What is appended.</param>
/// <param name="path">The path of the array; null inside of an array, where nothing has a path.</param>
/// <param name="position">Where it stands.</param>
internal sealed class AppendNode(List<HoconNode> items, IReadOnlyList<string>? path, HoconPosition position) : HoconNode(position)
{
    public List<HoconNode> Items { get; } = items;

    public IReadOnlyList<string>? Path { get; } = path;

    public override bool IsConstant => false;

    public bool AreItemsConstant { get; } = items.TrueForAll(i => i.IsConstant);
}

/// <summary>A field: all values that it was given, in order. The last one counts, as far as it does not let earlier ones show through.</summary>
internal sealed class HoconSlot
{
    public List<HoconNode> Definitions { get; } = [];

    public void Push(HoconNode node)
    {
        var below = Definitions.Count > 0 ? Definitions[^1] : null;
        switch (node)
        {
            case ObjectNode o when below is ObjectNode lower:
                lower.Merge(o);
                return;
            case AppendNode { AreItemsConstant: true } append when below is ArrayNode array:
                array.Items.AddRange(append.Items);
                return;
            case AppendNode { AreItemsConstant: true } append when below is AppendNode { AreItemsConstant: true } lower:
                lower.Items.AddRange(append.Items);
                return;
            case ScalarNode or ArrayNode:
            case ObjectNode when below is ScalarNode or ArrayNode or AppendNode:
                // What lies below is hidden for good, wrong or not.
                Definitions.Clear();
                break;
        }

        Definitions.Add(node);
    }
}
