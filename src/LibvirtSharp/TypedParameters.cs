namespace LibvirtSharp;

/// <summary>Named values that libvirt hands out (<c>virTypedParameter</c>). A name that is missing is unknown, not zero. Immutable.</summary>
public sealed class TypedParameters
{
    private readonly Dictionary<string, object> _values;

    internal TypedParameters(Dictionary<string, object> values) => _values = values;

    /// <summary>All names.</summary>
    public IReadOnlyCollection<string> Names => _values.Keys;

    /// <summary>
    /// A value as it is: <see cref="long"/> for each of libvirt's integer types, else <see cref="double"/>, <see cref="bool"/> or <see cref="string"/>;
    /// null if it is missing.
    /// </summary>
    /// <param name="name">The parameter's name.</param>
    public object? GetValue(string name) => _values.GetValueOrDefault(name);

    /// <summary>An integer of any of libvirt's integer types; null if it is missing. Values over <see cref="long.MaxValue"/> read as that.</summary>
    /// <param name="name">The parameter's name, such as <c>memory_total</c>.</param>
    public long? GetLong(string name) => _values.TryGetValue(name, out var value) && value is long number ? number : null;

    /// <summary>A floating point number; null if it is missing.</summary>
    /// <param name="name">The parameter's name.</param>
    public double? GetDouble(string name) => _values.TryGetValue(name, out var value) && value is double number ? number : null;

    /// <summary>A string; null if it is missing.</summary>
    /// <param name="name">The parameter's name.</param>
    public string? GetString(string name) => _values.TryGetValue(name, out var value) ? value as string : null;

    /// <summary>A truth value; null if it is missing.</summary>
    /// <param name="name">The parameter's name.</param>
    public bool? GetBoolean(string name) => _values.TryGetValue(name, out var value) && value is bool truth ? truth : null;
}
