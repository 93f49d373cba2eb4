namespace ActorMig.Cluster.Serf;

/// <summary>A map that serf has sent. A field that is missing or nil is zero, empty or false, as serf means it.</summary>
internal sealed class SerfRecord(IReadOnlyDictionary<string, object?> fields)
{
    public static SerfRecord Of(object? value) => value is IReadOnlyDictionary<string, object?> map
        ? new SerfRecord(map)
        : throw new SerfException("serf sent a value that is no map where one was expected; does something else answer at its RPC address?");

    public string Text(string field) => Get(field) switch
    {
        null => "",
        string text => text,
        _ => throw Wrong(field, "text"),
    };

    public ulong Unsigned(string field) => Get(field) switch
    {
        null => 0,
        long number and >= 0 => (ulong)number,
        ulong number => number,
        _ => throw Wrong(field, "number that is not negative"),
    };

    public int Small(string field) => Unsigned(field) is <= int.MaxValue and var number ? (int)number : throw Wrong(field, "small number");

    public double Number(string field) => Get(field) is var value && value is null ? 0 : ToNumber(field, value);

    public bool Flag(string field) => Get(field) is true;

    public byte[] Bytes(string field) => Get(field) switch
    {
        null => [],
        byte[] bytes => bytes,
        string text => System.Text.Encoding.UTF8.GetBytes(text),
        _ => throw Wrong(field, "string of bytes"),
    };

    public IReadOnlyList<double> Numbers(string field) => [.. List(field).Select(v => ToNumber(field, v))];

    public IReadOnlyList<SerfRecord> Records(string field) => [.. List(field).Select(Of)];

    public SerfRecord Record(string field) => Get(field) is { } value ? Of(value) : new SerfRecord(new Dictionary<string, object?>());

    /// <summary>Texts by their names, in order.</summary>
    public IReadOnlyDictionary<string, string> Texts(string field)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Get(field) is { } value)
        {
            var record = Of(value);
            foreach (var name in record.Names)
            {
                texts[name] = record.Text(name);
            }
        }

        return texts;
    }

    public IEnumerable<string> Names => fields.Keys;

    private object? Get(string field) => fields.GetValueOrDefault(field);

    private List<object?> List(string field) => Get(field) switch
    {
        null => [],
        List<object?> list => list,
        _ => throw Wrong(field, "list"),
    };

    private static double ToNumber(string field, object? value) => value switch
    {
        double number => number,
        long number => number,
        ulong number => number,
        _ => throw Wrong(field, "number"),
    };

    private static SerfException Wrong(string field, string expected) =>
        new($"serf sent a field '{field}' that is no {expected}; is it a release that this agent does not know?");
}
