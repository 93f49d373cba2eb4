using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace LibvirtSharp.Tests;

/// <summary>libvirt's own description of its API and its headers, from the package libvirt-dev, which tests/run unpacks and never installs.</summary>
internal sealed partial class ApiDescription
{
    private static readonly Lazy<ApiDescription?> Loaded = new(Load);
    private readonly Dictionary<string, XElement> _enums;
    private readonly Dictionary<string, XElement> _macros;
    private readonly Dictionary<string, XElement> _functions;
    private readonly Dictionary<string, XElement> _functionTypes;

    private ApiDescription(XElement symbols)
    {
        _enums = Named(symbols, "enum");
        _macros = Named(symbols, "macro");
        _functions = Named(symbols, "function");
        _functionTypes = Named(symbols, "functype");
    }

    public static string Folder { get; } = Path.Combine(Repository.Folder, "artifacts", "lab-cache", "libvirt-dev", "usr");

    public static ApiDescription Get()
    {
        Assert.SkipWhen(
            Loaded.Value is null, "libvirt's API description is not there: run tests/run once, which takes it out of the package libvirt-dev.");
        return Loaded.Value;
    }

    public IReadOnlyCollection<string> MacroNames => _macros.Keys;

    public bool HasFunction(string name) => _functions.ContainsKey(name);

    /// <summary>The values of an enumeration's type, by their names; ends (_LAST) are left out.</summary>
    public IReadOnlyDictionary<string, long> ValuesOf(string type) => _enums
        .Where(e => e.Value.Attribute("type")!.Value == type && !e.Key.EndsWith("_LAST", StringComparison.Ordinal))
        .ToDictionary(e => e.Key, e => Value(e.Key)!.Value);

    public long? Value(string name)
    {
        if (_enums.TryGetValue(name, out var value))
        {
            var text = value.Attribute("value")!.Value;
            return long.TryParse(text, out var number) ? number : Value(text);
        }

        // A macro's text is a number, or a sum in parentheses.
        return _macros.TryGetValue(name, out var macro) && macro.Attribute("raw") is { } raw ? Number().Matches(raw.Value).Sum(m => long.Parse(m.Value)) : null;
    }

    public string? Text(string name) => _macros.GetValueOrDefault(name)?.Attribute("string")?.Value;

    public string Info(string name) => _macros[name].Value;

    public Signature? Function(string name) => _functions.TryGetValue(name, out var function) ? new Signature(function) : null;

    public Signature? FunctionType(string name) => _functionTypes.TryGetValue(name, out var function) ? new Signature(function) : null;

    private static Dictionary<string, XElement> Named(XElement symbols, string kind) =>
        symbols.Elements(kind).GroupBy(e => e.Attribute("name")!.Value).ToDictionary(g => g.Key, g => g.First());

    private static ApiDescription? Load()
    {
        var file = Path.Combine(Folder, "share", "libvirt", "api", "libvirt-api.xml");
        return File.Exists(file) ? new ApiDescription(XElement.Load(file).Element("symbols")!) : null;
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    /// <summary>A function's types as C writes them.</summary>
    internal sealed class Signature(XElement function)
    {
        public string Return { get; } = function.Element("return")!.Attribute("type")!.Value;

        public IReadOnlyList<string> Arguments { get; } = [.. function.Elements("arg").Select(a => a.Attribute("type")!.Value)];

        public override string ToString() => $"{Return} ({string.Join(", ", Arguments)})";
    }
}
