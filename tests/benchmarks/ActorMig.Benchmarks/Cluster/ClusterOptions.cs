using System.Globalization;

namespace ActorMig.Benchmarks;

/// <summary>What the cluster's benchmark is asked to do.</summary>
internal sealed record ClusterOptions
{
    public const string Usage = """
        Usage: cluster [--agents N] [--rounds SECONDS] [--quiet ROUNDS] [--profile lan|local|wan] [--no-kill]
          --agents N         how many agents (2 to 100; 30)
          --rounds SECONDS   the time from one round to the next (0.2 to 60; 2)
          --quiet ROUNDS     how long nothing may move until they count as balanced (1 to 100; 5)
          --profile NAME     how fast serf takes a silent host for failed (lan, as agents do by default)
          --no-kill          none is killed at the end
        """;

    public int Agents { get; init; } = 30;

    public double RoundSeconds { get; init; } = 2;

    public int QuietRounds { get; init; } = 5;

    public string Profile { get; init; } = "lan";

    public bool Kills { get; init; } = true;

    public TimeSpan Round => TimeSpan.FromSeconds(RoundSeconds);

    /// <summary>Reads them; null if they are wrong.</summary>
    public static ClusterOptions? Parse(string[] arguments)
    {
        var options = new ClusterOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--no-kill":
                    options = options with { Kills = false };
                    continue;
                case "--agents" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var agents) && agents is >= 2 and <= 100:
                    options = options with { Agents = agents };
                    break;
                case "--rounds" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.2 and <= 60:
                    options = options with { RoundSeconds = seconds };
                    break;
                case "--quiet" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds is >= 1 and <= 100:
                    options = options with { QuietRounds = rounds };
                    break;
                case "--profile" when value is "lan" or "local" or "wan":
                    options = options with { Profile = value };
                    break;
                default:
                    return null;
            }

            i++;
        }

        return options;
    }
}
