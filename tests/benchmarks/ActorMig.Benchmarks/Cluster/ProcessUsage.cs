using System.Globalization;

namespace ActorMig.Benchmarks;

/// <summary>What a process has taken so far.</summary>
/// <param name="Cpu">Of all cores.</param>
/// <param name="ResidentBytes">The memory that it holds now, what it shares with others included.</param>
internal readonly record struct ProcessUsage(TimeSpan Cpu, long ResidentBytes)
{
    private const int TicksPerSecond = 100;

    // Behind the name, whose brackets may hold anything: proc(5) counts from 1, and the name is the second.
    private const int UserTime = 14 - 3;
    private const int SystemTime = 15 - 3;
    private const int ResidentPages = 24 - 3;

    /// <summary>Looks; null if there is no such process.</summary>
    public static ProcessUsage? Of(int process)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessUsage(
                TimeSpan.FromSeconds((double)(Number(fields[UserTime]) + Number(fields[SystemTime])) / TicksPerSecond), Number(fields[ResidentPages]) * Environment.SystemPageSize);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
