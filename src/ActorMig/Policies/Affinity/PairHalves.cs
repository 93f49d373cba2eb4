using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Vms;

namespace ActorMig.Policies.Affinity;

/// <summary>Makes halves of a pair from what a host has measured, and the problem of the pair from both halves.</summary>
public static class PairHalves
{
    /// <summary>How dear a VM is to copy is not known more exactly; what is as dear shall not be taken in turn because a rate has changed a little.</summary>
    private const int FactorDigits = 1;

    /// <summary>What a host tells of itself.</summary>
    /// <param name="host">The host.</param>
    /// <param name="vms">Its VMs.</param>
    /// <param name="members">The other hosts, sorted by name.</param>
    /// <param name="options">The limits.</param>
    /// <param name="wanted">The room that it gathers, if any.</param>
    /// <param name="price">What a move costs; null if only memory is to be counted.</param>
    /// <returns>Null if of none of its VMs is known with whom it talks.</returns>
    public static PairHalf? Of(string host, IReadOnlyList<VmView> vms, IReadOnlyList<Member> members, AffinityOptions options, RoomWanted? wanted = null, MovePrice? price = null)
    {
        ArgumentNullException.ThrowIfNull(vms);
        ArgumentNullException.ThrowIfNull(options);
        if (vms.All(v => v.Traffic is null))
        {
            return null;
        }

        // Who does not run here talks to nobody, whatever others send to it.
        PairHalfVm[] told =
        [
            .. vms.Where(v => v.Facts.MemoryBytes > 0 && !v.IsStill)
                .OrderByDescending(v => v.Traffic?.Partners.Sum(p => p.BitPerSecond) ?? 0).ThenBy(v => v.Facts.Uuid, StringComparer.Ordinal).Take(options.VmsMax)
                .OrderBy(v => v.Facts.Uuid, StringComparer.Ordinal).Select(v => Half(v, price)),
        ];
        told = Strongest(told, options.TiesMax);
        var hosts = new SortedSet<string>(told.SelectMany(v => v.Ties).Select(t => t.Host).Where(h => h != host), StringComparer.Ordinal);
        return new PairHalf(host, told, [.. hosts.Select(h => (Host: h, Ms: Member.Find(members, h)?.DistanceMs)).Where(d => d.Ms is not null).Select(d => new HostDistance(d.Host, d.Ms!.Value))], wanted);
    }

    /// <summary>The hosts with which a host's VMs talk, those first with which they talk most.</summary>
    /// <param name="host">The host.</param>
    /// <param name="vms">Its VMs.</param>
    public static IReadOnlyList<string> Attracted(string host, IReadOnlyList<VmView> vms)
    {
        ArgumentNullException.ThrowIfNull(vms);
        return
        [
            .. vms.SelectMany(v => v.Traffic?.Partners ?? []).Where(p => p.Host != host).GroupBy(p => p.Host, StringComparer.Ordinal)
                .OrderByDescending(g => g.Sum(p => p.BitPerSecond)).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key),
        ];
    }

    /// <summary>The problem of two hosts, the same whichever of them makes it.</summary>
    /// <param name="a">A half.</param>
    /// <param name="freeOfA">Memory that its host can promise.</param>
    /// <param name="b">The other half.</param>
    /// <param name="freeOfB">Memory that its host can promise.</param>
    /// <param name="options">The numbers.</param>
    public static PairProblem Problem(PairHalf a, long freeOfA, PairHalf b, long freeOfB, AffinityOptions options)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(options);
        var (fromA, fromB) = (new Distances(a, b, options.NearMs), new Distances(b, a, options.NearMs));
        var rates = Rates(a, b);

        // One of a release before knows nothing of it, and both must come to the same.
        var isPriced = a.Vms.Any(v => v.CopyBytes is not null) && b.Vms.Any(v => v.CopyBytes is not null);
        return new PairProblem(
            PairHost.OfFree(a.Host, freeOfA, Wanted(a)), PairHost.OfFree(b.Host, freeOfB, Wanted(b)), [.. a.Vms.Select(Vm)], [.. b.Vms.Select(Vm)], Math.Max(fromA.To(b.Host), fromB.To(a.Host)));

        PairVm Vm(PairHalfVm vm) => new(
            vm.Uuid,
            Resources.OfMemory(vm.MemoryBytes) with { Cpus = 0, LoadBitPerSecond = 0 },
            rates.TryGetValue(vm.Uuid, out var ties) ? [.. ties.Select(t => new PairTie(t.Key, t.Value))] : [],
            [
                // Who is said to be on one of the two and is not told of there has left it, nobody knows yet where to. Of third hosts only what goes there is known.
                .. vm.Ties.Where(t => t.Host != a.Host && t.Host != b.Host && !IsOfPair(t.Uuid))
                    .Select(t => new FarTraffic(t.SentBitPerSecond + (t.HeardBitPerSecond ?? 0), fromA.To(t.Host), fromB.To(t.Host))),
            ],
            vm.IsMovable,
            isPriced && vm.CopyBytes is { } copied ? Math.Round(Math.Clamp((double)copied / vm.MemoryBytes, 1, MovePrice.CopiesMax), FactorDigits) : 1);

        bool IsOfPair(string uuid) => rates.ContainsKey(uuid);
    }

    /// <summary>No exchange can win more than all that its VMs say, whatever room is said to be worth.</summary>
    private static RoomWanted? Wanted(PairHalf half) =>
        half.Wanted is { } wanted ? wanted with { BitPerSecond = Math.Min(wanted.BitPerSecond, half.Vms.SelectMany(v => v.Ties).Sum(Rate)) } : null;

    private static PairHalfVm[] Strongest(PairHalfVm[] vms, int max)
    {
        var rates = vms.SelectMany(v => v.Ties).Select(Rate).OrderDescending().ToArray();
        return rates.Length <= max ? vms : [.. vms.Select(v => v with { Ties = [.. v.Ties.Where(t => Rate(t) > rates[max])] })];
    }

    private static double Rate(VmTie tie) => tie.SentBitPerSecond + (tie.HeardBitPerSecond ?? 0);

    private static PairHalfVm Half(VmView vm, MovePrice? price) => new(
        vm.Facts.Uuid,
        vm.Facts.Name,
        vm.Facts.MemoryBytes,
        vm.IsMovable && vm.Traffic is { IsUnseen: false },
        [.. (vm.Traffic?.Partners ?? []).Select(Tie).Where(t => Rate(t) > 0)],
        vm.Facts.DirtyBytePerSecond is null ? null : (long?)price?.CopyBytes(vm.Facts));

    /// <summary>What is over already counts no longer: a burst of one round would linger in smoothed rates for as long as a cause must hold.</summary>
    private static VmTie Tie(Partner partner) => new(
        partner.Uuid,
        partner.Host,
        Math.Round(Math.Min(partner.SentBitPerSecond, partner.LastSentBitPerSecond ?? double.MaxValue)),
        partner.HeardBitPerSecond is { } heard ? Math.Round(Math.Min(heard, partner.LastHeardBitPerSecond ?? double.MaxValue)) : null);

    /// <summary>What each two VMs of the pair say to each other. Each host has counted what its own VMs send, and a direction that both have counted is one.</summary>
    private static SortedDictionary<string, SortedDictionary<string, double>> Rates(PairHalf a, PairHalf b)
    {
        var sent = new SortedDictionary<string, SortedDictionary<string, double>>(StringComparer.Ordinal);
        foreach (var vm in a.Vms.Concat(b.Vms))
        {
            sent[vm.Uuid] = new SortedDictionary<string, double>(StringComparer.Ordinal);
        }

        foreach (var vm in a.Vms.Concat(b.Vms))
        {
            foreach (var tie in vm.Ties.Where(t => t.Uuid != vm.Uuid && sent.ContainsKey(t.Uuid)))
            {
                Raise(vm.Uuid, tie.Uuid, tie.SentBitPerSecond);
                Raise(tie.Uuid, vm.Uuid, tie.HeardBitPerSecond ?? 0);
            }
        }

        var rates = new SortedDictionary<string, SortedDictionary<string, double>>(StringComparer.Ordinal);
        foreach (var (from, tos) in sent)
        {
            var sums = rates[from] = new SortedDictionary<string, double>(StringComparer.Ordinal);
            foreach (var (to, rate) in tos)
            {
                sums[to] = rate + sent[to].GetValueOrDefault(from);
            }
        }

        return rates;

        void Raise(string from, string to, double bitPerSecond)
        {
            sent[from][to] = Math.Max(sent[from].GetValueOrDefault(to), bitPerSecond);
            sent[to].TryAdd(from, 0);
        }
    }

    /// <summary>
    /// How far a host of the pair is from others: 1 for all that are near. A half tells of hosts with which its own VMs talk only; third ones of which it says
    /// nothing are taken to be as far as from the other of the pair, so that nobody moves nearer to what may be as far.
    /// </summary>
    private sealed class Distances(PairHalf own, PairHalf peer, long nearMs)
    {
        private readonly SortedDictionary<string, double> _ms = Of(own);
        private readonly SortedDictionary<string, double> _msOfPeer = Of(peer);

        public double To(string host) => host == own.Host ? 0
            : _ms.TryGetValue(host, out var ms) ? Math.Max(1, ms / nearMs)
            : _msOfPeer.TryGetValue(host == peer.Host ? own.Host : host, out var theirs) ? Math.Max(1, theirs / nearMs)
            : 1;

        private static SortedDictionary<string, double> Of(PairHalf half)
        {
            var ms = new SortedDictionary<string, double>(StringComparer.Ordinal);
            foreach (var distance in half.Distances)
            {
                ms[distance.Host] = distance.Ms;
            }

            return ms;
        }
    }
}
