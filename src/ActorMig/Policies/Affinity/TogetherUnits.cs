using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Policies.Affinity;

/// <summary>
/// VMs of a host that rules keep together go to a peer as one, or not at all: in the search for an exchange each such group stands as one VM that takes and
/// says what all of them do.
/// </summary>
internal sealed class TogetherUnits
{
    /// <summary>By VM the first of its group; only of VMs that have others of a group here.</summary>
    private readonly SortedDictionary<string, string> _first = new(StringComparer.Ordinal);

    /// <summary>By that first one all of them.</summary>
    private readonly SortedDictionary<string, SortedSet<string>> _units = new(StringComparer.Ordinal);

    /// <summary>The groups of a host.</summary>
    /// <param name="vms">All VMs of the host.</param>
    public TogetherUnits(IEnumerable<VmFacts> vms)
    {
        var ofRule = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var vm in vms.OrderBy(v => v.Uuid, StringComparer.Ordinal))
        {
            foreach (var rule in RuleJudge.GroupsOf(vm).Where(r => r.Kind == RuleKind.Together))
            {
                if (!ofRule.TryAdd(rule.Name, vm.Uuid))
                {
                    Join(FirstOf(ofRule[rule.Name]), FirstOf(vm.Uuid));
                }
            }
        }
    }

    /// <summary>True if there are any.</summary>
    public bool Any => _units.Count > 0;

    /// <summary>All that go with a VM, itself among them.</summary>
    /// <param name="uuid">The VM.</param>
    public IReadOnlyCollection<string> With(string uuid) => _units.TryGetValue(FirstOf(uuid), out var unit) ? unit : [uuid];

    /// <summary>A problem in which each group of the first host is one VM, which may move if all of them may.</summary>
    /// <param name="problem">The problem.</param>
    public PairProblem Merged(PairProblem problem)
    {
        if (_units.Count == 0)
        {
            return problem;
        }

        return problem with
        {
            VmsOfA = [.. problem.VmsOfA.GroupBy(v => FirstOf(v.Uuid), StringComparer.Ordinal).Select(g => With(g.Key).Count == 1
                ? Tied(g.First())
                : new PairVm(
                    g.Key,
                    g.Select(v => v.Load).Aggregate((a, b) => a + b),
                    Sums(g.SelectMany(v => v.Ties).Where(t => FirstOf(t.Uuid) != g.Key)),
                    [.. g.SelectMany(v => v.Far)],

                    // Of one that is not told of nobody knows what it would come to.
                    g.Count() == With(g.Key).Count && g.All(v => v.IsMovable),
                    g.Sum(v => v.PriceFactor * v.Load.MemoryBytes) / Math.Max(1, g.Sum(v => v.Load.MemoryBytes)),
                    g.Count()))],
            VmsOfB = [.. problem.VmsOfB.Select(Tied)],
        };
    }

    private PairVm Tied(PairVm vm) => vm.Ties.Any(t => _first.ContainsKey(t.Uuid)) ? vm with { Ties = Sums(vm.Ties) } : vm;

    private PairTie[] Sums(IEnumerable<PairTie> ties) =>
        [.. ties.GroupBy(t => FirstOf(t.Uuid), StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new PairTie(g.Key, g.Sum(t => t.BitPerSecond)))];

    private string FirstOf(string uuid) => _first.GetValueOrDefault(uuid, uuid);

    private void Join(string one, string other)
    {
        if (one == other)
        {
            return;
        }

        var unit = new SortedSet<string>([.. With(one), .. With(other)], StringComparer.Ordinal);
        _units.Remove(one);
        _units.Remove(other);
        _units[unit.Min!] = unit;
        foreach (var uuid in unit)
        {
            _first[uuid] = unit.Min!;
        }
    }
}
