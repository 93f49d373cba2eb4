using System.Xml.Linq;

namespace LibvirtSharp.Tests;

/// <summary>The library's XML documentation, which names the libvirt symbol behind each member.</summary>
internal static class Documentation
{
    private static readonly Dictionary<string, XElement> Members = XElement.Load(Path.Combine(AppContext.BaseDirectory, "LibvirtSharp.xml"))
        .Element("members")!.Elements("member").ToDictionary(m => m.Attribute("name")!.Value);

    /// <summary>The symbols that a member's documentation names, in order.</summary>
    /// <param name="member">The member's name as the compiler writes it, without its arguments.</param>
    public static IReadOnlyList<string> SymbolsOf(string member) =>
    [
        .. Members.Where(m => m.Key == member || m.Key.StartsWith(member + "(", StringComparison.Ordinal))
            .SelectMany(m => m.Value.Descendants("c"))
            .Select(c => c.Value)
            .Where(s => s.StartsWith("vir", StringComparison.OrdinalIgnoreCase)),
    ];

    /// <summary>What a record says of its parameters, which are its properties.</summary>
    public static bool IsParameter(Type type, string name) =>
        Members[$"T:{type.FullName}"].Elements("param").Any(p => p.Attribute("name")!.Value == name);
}
