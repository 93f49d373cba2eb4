using System.Globalization;

namespace ActorMig.Benchmarks;

/// <summary>What the benchmark of placements is asked to do.</summary>
internal sealed record PlacementOptions
{
    public const string Usage = """
        Usage: placement [--hosts N] [--per-host N] [--full P] [--graph sparse|dense] [--seed N] [--seeds N] [--quick] [--no-order] [--price P] [--moves N] [--no-room] [--bound]
          --hosts N      only this many hosts (2 to 10000; all of 10, 30, 100, 300 and 1000)
          --per-host N   only this many VMs per host (2 to 200; 10, and up to 100 hosts 50, too)
          --full P       only this full, in percent of memory (10 to 99; 60, 80 and 95)
          --graph NAME   only sparse tenants with heavy tails, or dense ones with similar weights
          --seed N       other instances (1)
          --seeds N      so many instances of each, with this seed and those after it (1 to 1000; 1)
          --quick        10 and 30 hosts; about two minutes
          --no-order     an exchange need not have an order in which memory holds at each step; nobody could carry that out
          --price P      the price of a move, in percent of a VM's mean traffic, instead of the default
          --moves N      the most VMs of an exchange (1 to 16), instead of the default
          --no-room      no room is gathered for exchanges that have no order without it
          --bound        beside a central planner, too, that moves one VM at a time to where there is room for it, without end and for nothing
        """;

    public IReadOnlyList<int> Hosts { get; init; } = [10, 30, 100, 300, 1000];

    public IReadOnlyList<int> PerHost { get; init; } = [10, 50];

    public IReadOnlyList<int> FullPercent { get; init; } = [60, 80, 95];

    public IReadOnlyList<string> Graphs { get; init; } = ["sparse", "dense"];

    public int Seed { get; init; } = 1;

    public int Seeds { get; init; } = 1;

    public double? PricePercent { get; init; }

    public int? MovesMax { get; init; }

    public bool NeedsOrder { get; init; } = true;

    public bool GathersRoom { get; init; } = true;

    public bool HasBound { get; init; }

    /// <summary>Set if the number of hosts was asked for: then 50 VMs per host are played with however many.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Reads them; null if they are wrong.</summary>
    public static PlacementOptions? Parse(string[] arguments)
    {
        var options = new PlacementOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (arguments[i])
            {
                case "--quick":
                    options = options with { Hosts = [10, 30] };
                    continue;
                case "--no-order":
                    options = options with { NeedsOrder = false };
                    continue;
                case "--no-room":
                    options = options with { GathersRoom = false };
                    continue;
                case "--bound":
                    options = options with { HasBound = true };
                    continue;
                case "--hosts" when isNumber && number is >= 2 and <= 10_000:
                    options = options with { Hosts = [number], IsSingle = true };
                    break;
                case "--per-host" when isNumber && number is >= 2 and <= 200:
                    options = options with { PerHost = [number] };
                    break;
                case "--full" when isNumber && number is >= 10 and <= 99:
                    options = options with { FullPercent = [number] };
                    break;
                case "--graph" when value is "sparse" or "dense":
                    options = options with { Graphs = [value] };
                    break;
                case "--seed" when isNumber:
                    options = options with { Seed = number };
                    break;
                case "--seeds" when isNumber && number is >= 1 and <= 1_000:
                    options = options with { Seeds = number };
                    break;
                case "--price" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent):
                    options = options with { PricePercent = percent };
                    break;
                case "--moves" when isNumber && number is >= 1 and <= 16:
                    options = options with { MovesMax = number };
                    break;
                default:
                    return null;
            }

            i++;
        }

        return options;
    }
}
