using ActorMig.Hocon;

namespace ActorMig.Agent.Configuration;

/// <summary>A value that another configuration has changed.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Old">What it was, as people may see it.</param>
/// <param name="New">What it is to be.</param>
/// <param name="NeedsRestart">True if it cannot be taken while the agent runs.</param>
internal sealed record ConfigurationChange(string Key, string Old, string New, bool NeedsRestart);

/// <summary>What is different between the configuration in force and another one, and what of that is taken at once.</summary>
internal static class ConfigurationChanges
{
    private const string Nothing = "nothing";

    /// <summary>Compares two configurations by what they mean: <c>60s</c> and <c>1m</c> are the same.</summary>
    /// <returns>The configuration in force from now on, and what has changed, by key.</returns>
    public static (AgentConfiguration Now, IReadOnlyList<ConfigurationChange> Changes) Between(AgentConfiguration running, AgentConfiguration read)
    {
        var options = running.Options;
        var values = new SortedDictionary<string, HoconValue>(StringComparer.Ordinal);
        var changes = new List<ConfigurationChange>();
        foreach (var (key, set) in ConfigurationKeys.All)
        {
            var (before, after) = (running.Values[key], read.Values[key]);
            var isSame = before.Equals(after) || set(running.Options, after).Equals(running.Options);
            var needsRestart = !isSame && ConfigurationKeys.NeedsRestart(key);
            values[key] = needsRestart ? before : after;
            if (!isSame)
            {
                changes.Add(new ConfigurationChange(key, ConfigurationText.Of(key, before), ConfigurationText.Of(key, after), needsRestart));
                options = needsRestart ? options : set(options, after);
            }
        }

        // Whom the members are other than depends on the host's name, and that one is not taken.
        var isRenamed = read.Options.Core.HostName != running.Options.Core.HostName;
        foreach (var key in running.Values.Keys.Union(read.Values.Keys).Where(k => IsOfMember(k) || IsOfLibrary(k) || IsOfRule(k) || IsOfAkka(k)).Order(StringComparer.Ordinal))
        {
            var (before, after) = (running.Values.GetValueOrDefault(key), read.Values.GetValueOrDefault(key));
            var needsRestart = IsOfLibrary(key) || IsOfAkka(key) || (isRenamed && !IsOfRule(key));
            var kept = needsRestart ? before : after;
            if (kept is not null)
            {
                values[key] = kept;
            }

            if (before is null || !before.Equals(after))
            {
                changes.Add(new ConfigurationChange(key, Shown(key, before), Shown(key, after), needsRestart));
            }
        }

        if (!isRenamed && !options.Members.SequenceEqual(read.Options.Members))
        {
            options = options with { Members = read.Options.Members };
        }

        if (changes.Any(c => IsOfRule(c.Key)))
        {
            options = options with { Core = options.Core with { Rules = read.Options.Core.Rules } };
        }

        return (new AgentConfiguration(options, values), [.. changes.OrderBy(c => c.Key, StringComparer.Ordinal)]);
    }

    private static bool IsOfMember(string key) => key.StartsWith(ConfigurationKeys.MembersPrefix, StringComparison.Ordinal);

    private static bool IsOfLibrary(string key) => key.StartsWith(PolicyCheck.LibrariesPrefix, StringComparison.Ordinal);

    private static bool IsOfRule(string key) => key.StartsWith(RuleReader.Prefix, StringComparison.Ordinal);

    private static bool IsOfAkka(string key) => key.StartsWith(ConfigurationKeys.AkkaPrefix, StringComparison.Ordinal);

    private static string Shown(string key, HoconValue? value) => value is null ? Nothing : ConfigurationText.Of(key, value);
}
