using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMig.Agent.Commands;
using ActorMig.Hocon;

namespace ActorMig.Agent.Configuration;

/// <summary>Shows a configuration: every value that is in force, and where it comes from. Secrets are never shown.</summary>
internal static class ConfigurationText
{
    /// <summary>For terminals and pipes, not for web pages: only what JSON itself asks for is escaped.</summary>
    private static readonly ConfigurationJson Lines = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static void Write(AgentConfiguration configuration, bool isJson, TextWriter output)
    {
        var all = configuration.Values.Select(v => Shown(v.Key, v.Value));
        if (!isJson)
        {
            Table.Write(output, ["KEY", "VALUE", "FROM"], all.Select(s => (IReadOnlyList<string>)[s.Key, s.Value.Length == 0 ? "\"\"" : s.Value, InWords(s)]));
            return;
        }

        foreach (var shown in all)
        {
            output.WriteLine(JsonSerializer.Serialize(shown, Lines.ShownValue));
        }
    }

    /// <summary>A value as people may see it.</summary>
    public static string Of(string key, HoconValue value) => Secrets.Masked(key, value is HoconScalar scalar ? scalar.Text : value.ToString());

    private static ShownValue Shown(string key, HoconValue value)
    {
        var at = value.Position;
        var isDefault = at.File == ConfigurationLoader.ReferenceName;
        return new ShownValue(
            key,
            Of(key, value),
            at.EnvironmentVariable is not null ? "environment" : isDefault ? "default" : "file",
            isDefault ? null : at.File,
            isDefault ? null : at.Line,
            at.EnvironmentVariable);
    }

    private static string InWords(ShownValue shown) => shown switch
    {
        { From: "default" } => "default",
        { Variable: { } variable } => FormattableString.Invariant($"environment ({variable}, {shown.File}:{shown.Line})"),
        _ => FormattableString.Invariant($"{shown.File}:{shown.Line}"),
    };
}

/// <summary>A value as it is shown.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">The value.</param>
/// <param name="From"><c>default</c>, <c>file</c> or <c>environment</c>.</param>
/// <param name="File">The file, unless it is a default.</param>
/// <param name="Line">The line in it.</param>
/// <param name="Variable">The environment variable, if it comes from one.</param>
internal sealed record ShownValue(string Key, string Value, string From, string? File, int? Line, string? Variable);

[JsonSerializable(typeof(ShownValue))]
internal sealed partial class ConfigurationJson : JsonSerializerContext;
