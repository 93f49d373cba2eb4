using System.Reflection;

namespace ActorMig.Simulation;

/// <summary>What met what: the phase of a migration or the step of a barter, the fault, and the side on which it struck; and refusals.</summary>
public sealed class CampaignCoverage
{
    private static readonly string[] s_phases = ["preparing", "pre-copy", "switching", "post-copy", "recovering"];
    private static readonly string[] s_steps = ["offered", "granted", "confirmed", "leg"];
    private readonly SortedDictionary<string, long> _cells = new(StringComparer.Ordinal);

    /// <summary>The cells that have been met, with how often.</summary>
    public IReadOnlyDictionary<string, long> Cells => _cells;

    /// <summary>All cells, also those that cannot happen, in the order of the tables.</summary>
    public static IReadOnlyList<string> AllCells { get; } =
    [
        .. s_phases.SelectMany(p => Enum.GetValues<FaultKind>().SelectMany(f => Sides(f, "source", "destination").Select(s => $"migration {p} {Words.Of(f)} {s}"))),
        .. s_steps.SelectMany(p => Enum.GetValues<FaultKind>().SelectMany(f => Sides(f, "offerer", "granter").Select(s => $"barter {p} {Words.Of(f)} {s}"))),
        .. Enum.GetValues<Refusal>().Select(r => $"refusal {Words.Of(r)}"),
    ];

    /// <summary>The cells that cannot happen, or too rarely to wait for, with the reason of each.</summary>
    public static IReadOnlyDictionary<string, string> Impossible { get; } = ReadImpossible();

    /// <summary>True for one that happens now and then: once in some thousand seeds.</summary>
    /// <param name="cell">The cell.</param>
    public static bool IsRare(string cell) => Impossible.TryGetValue(cell, out var reason) && reason.StartsWith("rare", StringComparison.Ordinal);

    /// <summary>Adds another's counts.</summary>
    /// <param name="other">The other.</param>
    public void Add(CampaignCoverage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (cell, count) in other._cells)
        {
            Count(cell, count);
        }
    }

    internal void Count(string cell, long count = 1) => _cells[cell] = (_cells.TryGetValue(cell, out var before) ? before : 0) + count;

    /// <summary>A refusal was said, heard or concluded.</summary>
    internal void Count(Refusal refusal) => Count($"refusal {Words.Of(refusal)}");

    /// <summary>A fault begins: what does it meet?</summary>
    internal void Count(WorldChecks checks, FaultKind kind, string host, string peer, string vm)
    {
        foreach (var book in checks.Books.Values)
        {
            foreach (var migration in book.OpenMigrations)
            {
                if (Side(kind, host, peer, vm, migration.Plan.From, migration.Plan.To, [migration.Plan.Vm.Name], checks) is { } side)
                {
                    Count($"migration {Words.Of(migration.Phase)} {Words.Of(kind)} {(side switch { 0 => "source", 1 => "destination", _ => "both" })}");
                }
            }

            foreach (var barter in book.Open.Where(b => b.IsOfferer))
            {
                var legs = barter.Legs.Count > 0 ? barter.Legs : checks.Books.TryGetValue(barter.Peer, out var granter) ? granter.Barter(barter.Id)?.Legs ?? [] : [];
                var names = legs.Count > 0 ? legs.Select(l => l.Vm.Name) : [barter.Give!.Name];
                if (Side(kind, host, peer, vm, book.Name, barter.Peer, names, checks) is { } side)
                {
                    Count($"barter {Step(checks, barter)} {Words.Of(kind)} {(side switch { 0 => "offerer", 1 => "granter", _ => "both" })}");
                }
            }
        }
    }

    private static string Step(WorldChecks checks, BarterBook offered)
    {
        var granted = checks.Books.TryGetValue(offered.Peer, out var peer) ? peer.Barter(offered.Id) : null;
        return offered.Begun.Count > 0 ? "leg" : offered.IsConfirmed ? "confirmed" : granted is not null ? "granted" : "offered";
    }

    private static int? Side(FaultKind kind, string host, string peer, string vm, string first, string second, IEnumerable<string> vms, WorldChecks checks)
    {
        switch (kind)
        {
            case FaultKind.NetworkBad:
                return 2;
            case FaultKind.LinksCut:
                return (host, peer) == (first, second) || (peer, host) == (first, second) ? 2 : null;
            case FaultKind.LinkCut or FaultKind.LinkLate or FaultKind.LinkEchoing:
                return (host, peer) == (first, second) ? 0 : (peer, host) == (first, second) ? 1 : null;
            case FaultKind.StreamBroken:
                return vms.Contains(vm) ? 2 : null;
            case FaultKind.OwnerAbortedJob:
                return vms.Contains(vm) ? 0 : null;
            case FaultKind.OwnerDestroyed or FaultKind.OwnerShutDown or FaultKind.OwnerDeleted or FaultKind.OwnerPaused or FaultKind.OwnerMigrated:
                return !vms.Contains(vm) ? null : checks.WhereIs(vm) is not { } place ? null : place == first ? 0 : place == second ? 1 : null;
            case FaultKind.QemuCrashed when !vms.Contains(vm) || !checks.IsOn(vm, host):
                return null;
            default:
                return host == first ? 0 : host == second ? 1 : null;
        }
    }

    private static string[] Sides(FaultKind kind, string first, string second) => kind switch
    {
        FaultKind.NetworkBad or FaultKind.LinksCut or FaultKind.StreamBroken => ["both"],
        FaultKind.OwnerAbortedJob => [first],
        _ => [first, second],
    };

    private static SortedDictionary<string, string> ReadImpossible()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("impossible-cells.txt")
            ?? throw new InvalidOperationException("The list of cells that cannot happen is missing.");
        using var reader = new StreamReader(stream);
        var cells = new SortedDictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                var at = line.IndexOf(':', StringComparison.Ordinal);
                foreach (var cell in AllCells.Where(c => Matches(line[..at].Split(' '), c.Split(' '))))
                {
                    cells[cell] = line[(at + 1)..].Trim();
                }
            }
        }

        return cells;
    }

    /// <summary>A star stands for any word.</summary>
    private static bool Matches(string[] pattern, string[] words) =>
        pattern.Length == words.Length && pattern.Zip(words).All(p => p.First == "*" || p.First == p.Second);
}
