using System.Globalization;
using ActorMig.Agent;
using ActorMig.Bartering;
using Spectre.Console;

namespace ActorMig.Lab;

/// <summary>
/// Two groups of guests that talk among themselves are scattered over the hosts. The agents see who talks to whom, and bring each group together by real
/// migrations: what the hosts send each other, by the counters of their links, falls to what is left besides.
/// </summary>
internal static class AffinityStory
{
    /// <summary>The policies of each host.</summary>
    public const string Settings = "actormig.policies.list = [threshold, affinity]";

    /// <summary>At least so much of what goes between hosts at first must be gone at the end.</summary>
    private const double FallMin = 0.9;
    private const int FrameBytes = 1_442;

    /// <summary>What a guest sends each other one of its group.</summary>
    private const double MbitPerSecond = 2;
    private static readonly TimeSpan Counted = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <param name="stage">What it is played on.</param>
    /// <param name="groups">Which guests talk among themselves.</param>
    public static async Task PlayAsync(Stage stage, IReadOnlyList<IReadOnlyList<LabGuest>> groups)
    {
        var lab = stage.Lab;
        stage.Step($"{string.Join(" and ", groups.Select(g => string.Join(", ", g.Select(v => v.Name))))} begin to talk among themselves, each with {MbitPerSecond:0} Mbit/s to each other one");
        Show(stage, groups);
        foreach (var (from, to) in groups.SelectMany(g => g.SelectMany(from => g.Where(to => to != from).Select(to => (from, to)))))
        {
            await from.TellAsync(string.Create(CultureInfo.InvariantCulture, $"send {to.Address} {FrameBytes} {MbitPerSecond * 1e6 / 8:0}"));
        }

        // Two rounds of the smoothed rates: enough to count what the links carry before a cause has held for long enough.
        var before = await LinkCounters.RatesAsync(lab, TimeSpan.FromSeconds(4), stage.Cancellation);
        stage.Say($"    the links carry {Words.Rate(before.Sum())}");

        stage.Step("the agents bring each group together");
        await stage.UntilAsync(() => Task.FromResult(groups.All(g => Hosts(stage, g).Length == 1)), "each group is on one host", Limit);
        await stage.UntilAsync(
            async () => (await Task.WhenAll(lab.Hosts.Select(stage.StatusAsync))).All(s => s.Barter.OpenBarters.Count == 0), "nothing is under way");
        Show(stage, groups);
        var after = await LinkCounters.RatesAsync(lab, Counted, stage.Cancellation);
        var talker = groups[0][0];
        stage.Command(stage.HostOf(talker), ExitCodes.Ok, "vm", "partners", talker.Name);
        Report(stage, before, after);
        var fall = 1 - (after.Sum() / before.Sum());
        if (fall < FallMin)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"what the links carry fell by {fall:0 %}, and {FallMin:0 %} were expected."));
        }

        stage.Step("nothing moves any more, though they talk on");
        var moves = stage.Log.Migrations().Count;
        await Task.Delay(Counted, stage.Cancellation);
        if (stage.Log.Migrations().Skip(moves).FirstOrDefault() is { } late)
        {
            throw new InvalidOperationException($"{late.Plan.Vm.Name} moved from {late.Plan.From} to {late.Plan.To}, though its group is together.");
        }

        if (stage.Log.Migrations().FirstOrDefault(m => m.Settled is not { Outcome: LegOutcome.Completed }) is { } broken)
        {
            throw new InvalidOperationException($"the migration {broken.Plan.Migration} of {broken.Plan.Vm.Name} ended as {broken.Settled?.Outcome.ToString() ?? "nothing"}.");
        }

        foreach (var guest in groups.SelectMany(g => g))
        {
            await guest.TellAsync("unsend");
        }

        await stage.CheckAtRestAsync();
    }

    private static string[] Hosts(Stage stage, IReadOnlyList<LabGuest> group) => [.. group.SelectMany(g => stage.Lab.Where(g)).Select(w => w.Host).Distinct().Order(StringComparer.Ordinal)];

    private static void Show(Stage stage, IReadOnlyList<IReadOnlyList<LabGuest>> groups)
    {
        foreach (var host in stage.Lab.Hosts)
        {
            var here = groups.Select(g => g.Where(v => stage.Lab.Where(v).Any(w => w.Host == host.Name)).Select(v => v.Name).ToArray()).Where(g => g.Length > 0);
            stage.Say($"    {host.Name}: {(string.Join("  |  ", here.Select(g => string.Join(", ", g))) is { Length: > 0 } names ? names : "none of them")}");
        }
    }

    private static void Report(Stage stage, IReadOnlyList<double> before, IReadOnlyList<double> after)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("host").AddColumn(new TableColumn("sends, scattered").RightAligned()).AddColumn(new TableColumn("sends, together").RightAligned());
        foreach (var (host, i) in stage.Lab.Hosts.Select((h, i) => (h, i)))
        {
            table.AddRow(host.Name, Words.Rate(before[i]), Words.Rate(after[i]));
        }

        table.AddRow("all", Words.Rate(before.Sum()), Words.Rate(after.Sum()));
        AnsiConsole.Write(table);
        var settled = stage.Log.Barters().Count(b => b.Outcome == BarterOutcome.Settled);
        stage.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{stage.Log.Migrations().Count} migrations in {settled} barters; traffic between hosts fell by {1 - (after.Sum() / before.Sum()):0 %}, from {Words.Rate(before.Sum())} to {Words.Rate(after.Sum())}"));
    }
}
