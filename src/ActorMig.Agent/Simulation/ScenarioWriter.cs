using System.Globalization;
using System.Text;
using ActorMig.Rules;
using ActorMig.Simulation.Imports;
using ActorMig.Simulation.Scenarios;

namespace ActorMig.Agent.Simulation;

/// <summary>Writes a scenario down as <see cref="ScenarioReader"/> reads it.</summary>
internal static class ScenarioWriter
{
    private const int StepsInLine = 8;

    /// <summary>What would be read as something else than a name.</summary>
    private static readonly string[] Words = ["true", "false", "null", "yes", "no", "on", "off", "include"];

    /// <summary>Its configuration.</summary>
    public static string Conf(ScenarioDraft draft)
    {
        var text = new StringBuilder();
        Line($"duration = {Time(draft.DurationMs)}");
        Line("");
        Line("actormig {                      # every key of hocon/reference.conf, for all hosts; a host's block may have its own");
        Line("  mode = auto");
        Line($"  manage = {ActorMig.Words.Of(draft.Manage)}");
        foreach (var line in draft.Agents)
        {
            Line("  " + line);
        }

        Line("}");
        Line("");
        Line("hosts {");
        foreach (var host in draft.Hosts)
        {
            string[] own = [.. host.ReserveBytes > 0 ? new[] { $"host.memory.reserve = {Memory(host.ReserveBytes)}" } : [], .. host.Agent];
            var cpus = host.Cpus > 0 ? FormattableString.Invariant($", cpus = {host.Cpus}") : "";
            Line($"  {Name(host.Name)} {{ memory = {Memory(host.MemoryBytes)}{cpus}{(own.Length == 0 ? "" : $", actormig {{ {string.Join(", ", own)} }}")} }}");
        }

        Line("}");
        Line("");
        Line("vms {");
        foreach (var vm in draft.Vms)
        {
            Line($"  {Name(vm.Name)} {{ {string.Join(", ", Keys(vm))} }}");
        }

        Line("}");
        if (draft.Talks.Count > 0)
        {
            Line("");
            Line("talks {");
            foreach (var talk in draft.Talks)
            {
                Line($"  \"{talk.From} to {talk.To}\" = {Rate(talk.BitPerSecond)}");
            }

            Line("}");
        }

        if (draft.Events.Count > 0)
        {
            Line("");
            Line("events = [");
            foreach (var line in draft.Events)
            {
                Line("  " + line);
            }

            Line("]");
        }

        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    /// <summary>What it shows, for people.</summary>
    /// <param name="draft">The scenario.</param>
    /// <param name="command">What has made it.</param>
    public static string Readme(ScenarioDraft draft, string command)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Clean(draft.Title)}\n\nMade by `{command}`: {Size(draft)}.\n");
        if (draft.Notes.Count > 0)
        {
            text.Append('\n').AppendJoin("", draft.Notes.Select(n => $"- {Clean(n)}\n"));
        }

        return text.ToString();
    }

    /// <summary>How large it is, in words.</summary>
    public static string Size(ScenarioDraft draft) => string.Create(
        CultureInfo.InvariantCulture, $"{Count(draft.Hosts.Count, "host")}, {Count(draft.Vms.Count, "VM")}, {ActorMig.Words.Span(draft.DurationMs)}");

    /// <summary>A name as a key or a value, in quotes where it needs them.</summary>
    public static string Name(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && char.IsAsciiLetter(name[0]) && !Words.Contains(name) ? name : $"\"{name}\"";

    /// <summary>A rate, exactly.</summary>
    public static string Rate(double bitPerSecond) => Exact((decimal)Math.Round(bitPerSecond), 1_000_000, "Mbit/s");

    /// <summary>A time in the largest unit in which it is whole.</summary>
    public static string Time(long ms) => ms switch
    {
        _ when ms % 60_000 == 0 => FormattableString.Invariant($"{ms / 60_000}m"),
        _ when ms % 1_000 == 0 => FormattableString.Invariant($"{ms / 1_000}s"),
        _ => FormattableString.Invariant($"{ms}ms"),
    };

    private static IEnumerable<string> Keys(ScenarioVm vm)
    {
        yield return $"host = {Name(vm.Host)}";
        yield return $"memory = {Memory(vm.MemoryBytes)}";
        if (vm.IsTagged)
        {
            yield return "tagged = true";
        }

        if (!vm.IsPersistent)
        {
            yield return "persistent = false";
        }

        if (vm.IsAutostart)
        {
            yield return "autostart = true";
        }

        if (vm.Migration is { } mode)
        {
            yield return $"migration = {ActorMig.Words.Of(mode)}";
        }

        if (vm.UsedMemoryBytes is { } used)
        {
            yield return $"memory-used = {Memory(used)}";
        }

        if (vm.DirtyBytePerSecond > 0)
        {
            yield return $"dirty-rate = {Memory((long)vm.DirtyBytePerSecond)}";
        }

        if (vm.Cpus > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"cpu = {vm.Cpus:0.####}");
        }

        foreach (var (key, value) in Rules(vm.Wish))
        {
            yield return $"{key} = \"{string.Concat(value.Select(c => c is '"' or '\\' || char.IsControl(c) ? '-' : c))}\"";
        }

        if (vm.Load is [{ AtMs: 0 }])
        {
            yield return $"load = {Rate(vm.Load[0].BitPerSecond)}";
        }
        else if (vm.Load.Count > 0)
        {
            var lines = vm.Load.Select(s => $"{Time(s.AtMs)} {Rate(s.BitPerSecond)}").Chunk(StepsInLine).Select(steps => string.Join(", ", steps));
            yield return $"load = [{string.Join(",\n    ", lines)}]";
        }
    }

    private static IEnumerable<(string Key, string Value)> Rules(VmWish? wish) => wish is null ? []
        : new[]
        {
            ("tags", wish.Tags), ("together", wish.Together), ("apart", wish.Apart), ("pin", wish.Pin), ("never-on", wish.NeverOn), ("priority", wish.Priority), ("not-during", wish.NotDuring),
        }.Where(r => r.Item2 is not null).Select(r => (r.Item1, r.Item2!));

    private static string Memory(long bytes) => bytes switch
    {
        _ when bytes % (1L << 30) == 0 => FormattableString.Invariant($"{bytes >> 30}GiB"),
        _ when bytes % (1L << 20) == 0 => FormattableString.Invariant($"{bytes >> 20}MiB"),
        _ => FormattableString.Invariant($"{bytes}B"),
    };

    private static string Exact(decimal value, decimal factor, string unit) => (value / factor).ToString("0.############", CultureInfo.InvariantCulture) + " " + unit;

    private static string Count(int n, string what) => string.Create(CultureInfo.InvariantCulture, $"{n} {what}{(n == 1 ? "" : "s")}");

    /// <summary>A line of Markdown that stays one, whatever names are in it.</summary>
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
