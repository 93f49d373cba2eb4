using System.Globalization;
using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Policies;

namespace ActorMig.Examples;

/// <summary>Makes the policy from its settings: <c>floor</c>, in GiB.</summary>
public sealed class MemoryPolicyFactory : IPolicyFactory
{
    /// <inheritdoc/>
    public Props Create(string name, IReadOnlyDictionary<string, string> settings, ActorMigOptions options)
    {
        var floor = settings.TryGetValue("floor", out var text) && double.TryParse(text, CultureInfo.InvariantCulture, out var gib) && gib > 0
            ? (long)(gib * (1L << 30))
            : throw new ArgumentException("its setting 'floor' is not a number of GiB above zero");
        return Props.Of(() => new MemoryPolicy(name, floor));
    }
}

/// <summary>A host that can promise less memory than <paramref name="floor"/> (in bytes) moves its quietest VM that fits to the peer with the most.</summary>
public sealed class MemoryPolicy(string name, long floor) : PolicyActor(name)
{
    /// <inheritdoc/>
    protected override (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var has = $"{view.Host} can promise {Words.Memory(view.FreeBytes)}";
        if (view.FreeBytes >= floor)
        {
            return (null, Refusal.Calm, null, $"{has}, not under {Words.Memory(floor)}");
        }

        var peer = view.Peers.MaxBy(p => p.FreeBytes);
        if (peer is null)
        {
            return (null, Refusal.NoPeer, null, $"{has}; no peer has answered");
        }

        var vm = view.Vms.Where(v => v.IsMovable && peer.FreeBytes - v.Facts.MemoryBytes >= floor).MinBy(v => v.Facts.LoadBitPerSecond);
        return vm is null
            ? (null, Refusal.NoFittingVm, peer.Host, $"{has}, under {Words.Memory(floor)}; no VM that may move leaves {peer.Host} as much")
            : (new Proposal(BarterKind.Migrate, peer.Host, vm.Facts.Uuid, "memory", vm.Facts.MemoryBytes, "bytes"), null, peer.Host,
                $"{has}, under {Words.Memory(floor)}; {peer.Host} {Words.Memory(peer.FreeBytes)}: move the quietest, {vm.Facts.Name} ({Words.Memory(vm.Facts.MemoryBytes)})");
    }

    /// <inheritdoc/>
    protected override (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(view);
        var left = view.FreeBytes - offer.Vms.First(v => v.Uuid == offer.Give).MemoryBytes;
        return (left < floor && offer.Kind != BarterKind.Swap ? Refusal.WorseForMe : null, null, $"with it I could promise {Words.Memory(left)}");
    }
}
