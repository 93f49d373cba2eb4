using System.Globalization;

namespace ActorMig.Hocon;

/// <summary>
/// Makes values from a tree. A substitution sees the last value of its path, and of an object only as much as it asks for. If that would lead back to
/// the field whose value it is, it sees that field as it was before: while the n-th value of a field is made, only the earlier ones are visible.
/// </summary>
internal sealed class HoconResolver(ObjectNode root, HoconOptions options)
{
    private readonly Dictionary<HoconSlot, HoconValue?> _done = [];
    private readonly Dictionary<HoconSlot, Limit> _limits = [];
    private readonly Dictionary<(HoconSlot Slot, int Count), int> _inProgress = [];
    private int _depth;
    private int _steps;
    private long _made;

    /// <summary>The outermost depth at which a limit was set that the value now being made depends on: above it the value may be another.</summary>
    private int _dependsOn = int.MaxValue;

    /// <summary>True if a look-up since this was set to false met a field that is being made and has no earlier value.</summary>
    private bool _hasMetItself;

    public HoconValue Resolve(HoconNode node)
    {
        try
        {
            return Make(node, null, 0)!;
        }
        catch (CircleException e)
        {
            throw new HoconException(e.Position ?? node.Position, "a value leads back to itself; remove one of the substitutions");
        }
    }

    /// <summary>The value of a node; null if it is undefined.</summary>
    /// <param name="node">The node.</param>
    /// <param name="slot">The field whose definition it is, if it is one.</param>
    /// <param name="index">Which of its definitions.</param>
    private HoconValue? Make(HoconNode node, HoconSlot? slot, int index) => node switch
    {
        ScalarNode scalar => new HoconScalar(scalar.Text, scalar.Position, scalar.Kind),
        ArrayNode array => Checked(new HoconArray(array.Items.Select(i => Make(i, null, 0)).OfType<HoconValue>(), array.Position)),
        ObjectNode o => MakeObject(o),
        SubstitutionNode substitution => Substitute(substitution, slot, index),
        ConcatenationNode concatenation => Concatenate(concatenation, slot, index),
        AppendNode append => Append(append, slot!, index),
        _ => throw new InvalidOperationException($"A {node.GetType().Name} has no value."),
    };

    private HoconObject MakeObject(ObjectNode o)
    {
        var fields = new List<KeyValuePair<string, HoconValue>>();
        foreach (var (key, slot) in o.Fields)
        {
            var (visible, isLimited) = Visible(slot, isWhole: true);
            if (isLimited && visible == 0)
            {
                // Who asked for this object asked from inside of a field that has no earlier value.
                throw new CircleException(slot.Definitions[0].Position);
            }

            if (Value(slot, visible, o.Position) is { } value)
            {
                fields.Add(new KeyValuePair<string, HoconValue>(key, value));
            }
        }

        return Checked(new HoconObject(fields, o.Position));
    }

    /// <summary>The value that the first definitions of a field make together.</summary>
    private HoconValue? Value(HoconSlot slot, int count, HoconPosition position)
    {
        var isWhole = count == slot.Definitions.Count;
        if (count == 0 || (isWhole && _done.TryGetValue(slot, out var done) && done is null))
        {
            return null;
        }

        if (isWhole && _done.TryGetValue(slot, out done))
        {
            return done;
        }

        if (count == 1 && slot.Definitions[0] is ScalarNode plain)
        {
            // Most fields: nothing to resolve, and nothing to count.
            return Make(plain, slot, 0);
        }

        if (_inProgress.TryGetValue((slot, count), out var since))
        {
            _dependsOn = Math.Min(_dependsOn, since);
            throw new CircleException(slot.Definitions[count - 1].Position);
        }

        Enter(position);
        var (outer, depth) = (_dependsOn, _depth);
        _dependsOn = int.MaxValue;
        _inProgress.Add((slot, count), depth);
        try
        {
            HoconValue? value = null;
            for (var i = count - 1; i >= 0; i--)
            {
                var next = Make(slot.Definitions[i], slot, i);
                value = Under(value, next);
                if (next is not (null or HoconObject))
                {
                    break;
                }
            }

            if (isWhole && _dependsOn >= depth)
            {
                _done[slot] = value;
            }

            return value;
        }
        finally
        {
            _inProgress.Remove((slot, count));
            _dependsOn = Math.Min(outer, _dependsOn < depth ? _dependsOn : int.MaxValue);
            _depth--;
        }
    }

    /// <summary>What is made of a value and the one below it.</summary>
    private HoconValue? Under(HoconValue? value, HoconValue? below) => (value, below) switch
    {
        (null, _) => below,
        (HoconObject upper, HoconObject lower) => Checked(lower.MergedWith(upper)),
        _ => value,
    };

    private HoconValue? Substitute(SubstitutionNode substitution, HoconSlot? slot, int index)
    {
        var met = _hasMetItself;
        _hasMetItself = false;
        var value = LookUp(substitution, [], slot, index);
        var isCircle = _hasMetItself;
        _hasMetItself = met;
        if (value is not null || substitution.IsOptional)
        {
            return value;
        }

        throw new HoconException(substitution.Position, isCircle
            ? $"{substitution.Shown} leads back to the value of which it is a part, and there is no earlier one; remove the circle, or set a value before"
            : $"{substitution.Shown} is set nowhere, and there is no such environment variable; set it, or write ${{?{HoconPath.Join(substitution.Path)}}} if it may be missing");
    }

    /// <summary>What a substitution stands for, or a path inside of that; null if there is nothing.</summary>
    private HoconValue? LookUp(SubstitutionNode substitution, IReadOnlyList<string> rest, HoconSlot? slot, int index)
    {
        foreach (var candidate in substitution.Candidates)
        {
            try
            {
                if (WithLimit(slot, index, isLoose: false, () => Find(root, [.. candidate, .. rest], 0, substitution.Position)) is { } value)
                {
                    return value;
                }
            }
            catch (CircleException) when (substitution.IsOptional)
            {
                // As if it were missing.
                _hasMetItself = true;
            }
            catch (CircleException)
            {
                throw new HoconException(
                    substitution.Position, $"{substitution.Shown} leads back to the value of which it is a part; remove the circle");
            }
        }

        // A path into a text finds nothing, so only the whole name is looked for outside.
        var name = string.Join('.', substitution.Path);
        return rest.Count == 0 && name.Length > 0 && !name.Contains('\0', StringComparison.Ordinal) && !name.Contains('=', StringComparison.Ordinal)
            && options.Environment(name) is { } text
            ? new HoconScalar(text, substitution.Position with { EnvironmentVariable = name })
            : null;
    }

    /// <summary>The value at a path in an object; of each object on the way only what the path needs is made.</summary>
    private HoconValue? Find(ObjectNode o, IReadOnlyList<string> path, int at, HoconPosition position)
    {
        if (!o.Fields.TryGetValue(path[at], out var slot))
        {
            return null;
        }

        var isWhole = at + 1 == path.Count;
        var (visible, isLimited) = Visible(slot, isWhole);
        _hasMetItself |= isLimited && visible == 0;
        if (isWhole)
        {
            return Value(slot, visible, position);
        }

        Enter(position);
        HoconValue? value = null;
        for (var i = visible - 1; i >= 0; i--)
        {
            var definition = slot.Definitions[i];
            var next = FindIn(definition, slot, i, path, at + 1, position);
            value = Under(value, next);
            if (next is not (null or HoconObject) || (next is null && !LetsThrough(definition, slot, i)))
            {
                break;
            }
        }

        _depth--;
        return value;
    }

    private HoconValue? FindIn(HoconNode node, HoconSlot slot, int index, IReadOnlyList<string> path, int at, HoconPosition position)
    {
        switch (node)
        {
            case ObjectNode o:
                return Find(o, path, at, position);
            case SubstitutionNode substitution:
                return LookUp(substitution, [.. path.Skip(at)], slot, index);
            case ConcatenationNode concatenation:
                HoconValue? value = null;
                foreach (var (_, piece) in concatenation.Pieces.Reverse())
                {
                    var next = FindIn(piece, slot, index, path, at, position);
                    value = Under(value, next);
                    if (next is not (null or HoconObject))
                    {
                        break;
                    }
                }

                return value;
            default:
                return null;
        }
    }

    /// <summary>True if a definition is undefined or an object, so that earlier ones show through.</summary>
    private bool LetsThrough(HoconNode definition, HoconSlot slot, int index)
    {
        if (definition is ObjectNode)
        {
            return true;
        }

        var depth = _depth;
        try
        {
            return index > 0 && Make(definition, slot, index) is null or HoconObject;
        }
        catch (CircleException)
        {
            _depth = depth;
            return true;
        }
    }

    private HoconValue? Concatenate(ConcatenationNode concatenation, HoconSlot? slot, int index)
    {
        var parts = new List<(string Space, HoconValue? Value)>();
        foreach (var (space, node) in concatenation.Pieces)
        {
            // What stands inside of an object or array is no value of this field: it sees the field as it was only where it must.
            parts.Add((space, node is SubstitutionNode ? Make(node, slot, index) : WithLimit(slot, index, isLoose: true, () => Make(node, null, 0))));
        }

        var values = parts.Select(p => p.Value).OfType<HoconValue>().ToArray();
        if (values.Length == 0)
        {
            return null;
        }

        if (values.Any(v => v is HoconArray))
        {
            var arrays = values.Select(v => v as HoconArray ?? (v as HoconObject)?.ToArray() ?? throw Mixed(concatenation, v));
            return Checked(new HoconArray(arrays.SelectMany(a => a.Items), concatenation.Position));
        }

        if (values.Any(v => v is HoconObject))
        {
            return values.Select(v => v as HoconObject ?? throw Mixed(concatenation, v)).Aggregate((lower, upper) => Checked(lower.MergedWith(upper)));
        }

        Spend(values.Sum(v => v.Size), concatenation.Position);
        var variables = string.Join(", ", values.Select(v => v.Position.EnvironmentVariable).OfType<string>());
        return new HoconScalar(
            string.Concat(parts.Select(p => p.Space + p.Value?.Text)),
            variables.Length == 0 ? concatenation.Position : concatenation.Position with { EnvironmentVariable = variables });
    }

    private static HoconException Mixed(ConcatenationNode concatenation, HoconValue value) => new(
        concatenation.Position,
        $"values of different types stand side by side: {Named(value)} from {value.Position} cannot be joined to the others; put a comma or a new line between them, or quote texts");

    private static string Named(HoconValue value) => value.Kind switch
    {
        HoconKind.Array => "an array",
        HoconKind.Object => "an object",
        _ => "a text",
    };

    private HoconArray Append(AppendNode append, HoconSlot slot, int index)
    {
        var below = WithLimit(
            slot, index, isLoose: false, () => append.Path is null ? Value(slot, index, append.Position) : Find(root, append.Path, 0, append.Position));
        var items = below switch
        {
            null => [],
            HoconArray array => array.Items,
            HoconObject o when o.ToArray() is { } array => array.Items,
            _ => throw new HoconException(append.Position, $"'+=' appends to an array, and what is there is {Named(below)} from {below.Position}; write '=', or make that an array"),
        };
        var more = append.Items.Select(i => WithLimit(slot, index, isLoose: true, () => Make(i, null, 0))).OfType<HoconValue>();
        return Checked(new HoconArray([.. items, .. more], append.Position));
    }

    /// <summary>How many definitions of a field can be seen now.</summary>
    private (int Count, bool IsLimited) Visible(HoconSlot slot, bool isWhole)
    {
        if (_limits.TryGetValue(slot, out var limit) && (isWhole || !limit.IsLoose))
        {
            _dependsOn = Math.Min(_dependsOn, limit.Depth);
            return (Math.Min(limit.Count, slot.Definitions.Count), true);
        }

        return (slot.Definitions.Count, false);
    }

    /// <summary>Does something while only the first definitions of a field can be seen. A loose limit lets pass who looks for a part of the field.</summary>
    private HoconValue? WithLimit(HoconSlot? slot, int count, bool isLoose, Func<HoconValue?> make)
    {
        var depth = _depth;
        Limit before = default;
        var had = slot is not null && _limits.TryGetValue(slot, out before);
        if (slot is not null)
        {
            _limits[slot] = new Limit(count, depth, isLoose);
        }

        try
        {
            return make();
        }
        finally
        {
            // Who was interrupted has not come back up by itself.
            _depth = depth;
            if (slot is null)
            {
                // Nothing was limited.
            }
            else if (had)
            {
                _limits[slot] = before;
            }
            else
            {
                _limits.Remove(slot);
            }
        }
    }

    private void Enter(HoconPosition position)
    {
        if (++_depth > options.ChainMax)
        {
            throw new HoconException(position, string.Create(
                CultureInfo.InvariantCulture, $"values are made of each other in a chain longer than {options.ChainMax}; make it shorter"));
        }

        if (++_steps > options.StepsMax)
        {
            throw new HoconException(position, string.Create(
                CultureInfo.InvariantCulture, $"resolving the substitutions takes more than {options.StepsMax} look-ups; use fewer"));
        }
    }

    private T Checked<T>(T value)
        where T : HoconValue
    {
        var count = value switch { HoconArray array => array.Items.Count, HoconObject o => o.Fields.Count, _ => 1 };
        Spend(value.Size > options.ResolvedSizeMax ? value.Size : count, value.Position);
        return value;
    }

    private void Spend(long size, HoconPosition position)
    {
        _made += size;
        if (_made > options.ResolvedSizeMax)
        {
            throw new HoconException(position, string.Create(
                CultureInfo.InvariantCulture, $"what the substitutions make is larger than {options.ResolvedSizeMax} characters; use fewer"));
        }
    }

    private readonly record struct Limit(int Count, int Depth, bool IsLoose);

    /// <summary>Who looks for the whole of something that is just being made. Ends at the substitution that looked.</summary>
    private sealed class CircleException(HoconPosition position) : Exception
    {
        public HoconPosition? Position { get; } = position;
    }
}
