using System.Globalization;

namespace ActorMig.Simulation.Imports;

/// <summary>Makes names of a scenario from others' names: letters, digits, '-', '_' and '.', each once.</summary>
public sealed class NameBook
{
    private readonly SortedSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Those that had to be changed: the name as it was, and as it is now.</summary>
    public IList<(string Was, string Is)> Changed { get; } = [];

    /// <summary>A name that is not taken, as near to the one that is wanted as possible.</summary>
    /// <param name="wanted">That one.</param>
    public string Take(string wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var legal = string.Concat(wanted.Take(ImportLimits.NameMax).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));
        var stem = legal.Length > 0 ? legal : "unnamed";
        var name = stem;
        for (var i = 2; !_taken.Add(name); i++)
        {
            name = stem + "-" + i.ToString(CultureInfo.InvariantCulture);
        }

        if (name != wanted)
        {
            Changed.Add((wanted, name));
        }

        return name;
    }

    /// <summary>What was changed, as a sentence; null if nothing was.</summary>
    /// <param name="what">Whose names they are, such as <c>VMs</c>.</param>
    public string? Note(string what)
    {
        const int Shown = 5;
        return Changed.Count == 0
            ? null
            : FormattableString.Invariant($"Changed names of {what} ({Changed.Count}), since a name has letters, digits, '-', '_' and '.' and is there once: ")
                + string.Join(", ", Changed.Take(Shown).Select(c => $"'{c.Was}' is {c.Is}")) + (Changed.Count > Shown ? " ..." : "") + ".";
    }
}
