using System.Text.Json;
using ActorMig.Agent.Control;
using ActorMig.Agent.Simulation;
using ActorMig.Hocon;
using ActorMig.Simulation.Imports;

namespace ActorMig.Agent.Commands;

/// <summary>What the commands that write a scenario have in common: how their options are read, and what they say.</summary>
internal static class DraftOutput
{
    /// <summary>A scenario that has been written, for programs.</summary>
    /// <param name="Directory">Its folder.</param>
    /// <param name="Hosts">How many hosts it has.</param>
    /// <param name="Vms">How many VMs.</param>
    /// <param name="DurationMs">How long it is.</param>
    /// <param name="Busiest">The host that has the most traffic at any time, before anything moves.</param>
    /// <param name="Notes">What was not known, left out or assumed.</param>
    internal sealed record DraftReply(string Directory, int Hosts, int Vms, long DurationMs, DraftLoad Busiest, IReadOnlyList<string> Notes);

    /// <summary>Says what was written.</summary>
    public static void Say(ScenarioDraft draft, string directory, bool isJson, TextWriter output)
    {
        var busiest = DraftLoad.Of(draft);
        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new DraftReply(directory, draft.Hosts.Count, draft.Vms.Count, draft.DurationMs, busiest, draft.Notes), SimulationOutput.Json.DraftReply));
            return;
        }

        output.WriteLine($"{directory} is a scenario: {ScenarioWriter.Size(draft)}; `actormig sim run {directory}` plays it.");
        output.WriteLine($"The busiest host is {busiest.Host}, with {Words.Rate(busiest.MaxBitPerSecond)} after {Words.Span(busiest.AtMs)}, before anything moves.");
        foreach (var note in draft.Notes)
        {
            output.WriteLine("- " + note);
        }
    }

    /// <summary>Runs a command, with errors in sentences.</summary>
    public static async Task<int> GuardAsync(TextWriter errors, Func<Task<int>> command)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (Exception e) when (e is HoconException or ImportException)
        {
            await errors.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCodes.BadInput;
        }
        catch (ControlException e)
        {
            await errors.WriteLineAsync(e.Message).ConfigureAwait(false);
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("Stopped; nothing is written.").ConfigureAwait(false);
            return ExitCodes.Stopped;
        }
    }

    /// <summary>A number from 1 on.</summary>
    public static int? Within(string option, int? value, int max) => value is null or > 0 && (value ?? 0) <= max
        ? value
        : throw new HoconException(FormattableString.Invariant($"{option} is '{value}'; write a number from 1 to {max}."));

    /// <summary>An amount of memory.</summary>
    public static long? Memory(string option, string? text) =>
        Read(option, text, v => v.Bytes(), b => b is >= 1 << 20 and <= ImportLimits.MemoryMaxBytes, "a size from 1MiB on, such as 64GiB");

    /// <summary>A rate.</summary>
    public static double? Rate(string option, string? text) =>
        Read(option, text, v => v.BitPerSecond(), r => r is >= 1 and <= ImportLimits.RateMaxBitPerSecond, "a rate such as '100 Mbit/s'");

    /// <summary>How long a scenario is.</summary>
    public static long? Duration(string option, string? text) =>
        Read(option, text, v => v.Milliseconds(), ms => ms is >= 1_000 and <= ImportLimits.DurationMaxMs, "a time with its unit from 1s to 366d, such as 2h");

    /// <summary>A quantity with its unit, in the configuration's own words.</summary>
    private static T? Read<T>(string option, string? text, Func<HoconScalar, T> read, Predicate<T> isGood, string expected)
        where T : struct
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            if (char.IsAsciiLetter(text.LastOrDefault()) && read(new HoconScalar(text, new HoconPosition(option, 1, 1))) is var value && isGood(value))
            {
                return value;
            }
        }
        catch (HoconException)
        {
            // Said below, without a file's position.
        }

        throw new HoconException($"{option} is '{text}'; write {expected}.");
    }
}
