using ActorMig.Hosts;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>The offerer whose host is being drained: one VM after the other, without hold, margin and rest.</summary>
internal sealed partial class BarterActor
{
    private readonly SortedDictionary<string, (DrainRefused Refused, long AtMs)> _drainRefused = new(StringComparer.Ordinal);

    /// <summary>Refusals that are not about the VM: whatever is offered next would be refused, too.</summary>
    private static bool IsOfThePeer(Refusal? refusal) => refusal is Refusal.Busy or Refusal.Frozen or Refusal.Observing or Refusal.Draining or Refusal.Budget
        or Refusal.StaleView or Refusal.NoAnswer or Refusal.DiskFull or Refusal.NoHypervisor or Refusal.LeaseOver or Refusal.UnknownBarter;

    private DrainView? DrainView() => _limits.Drain is { } order ? new DrainView(order, [.. _drainRefused.Values.Select(r => r.Refused)]) : null;

    /// <summary>Who has refused is not asked again before the next round; the others are, at once.</summary>
    private void NoteDrain(string peer, VmFacts? give, bool hasMoved, Refusal? refusal, string reason)
    {
        if (_limits.Drain is not { IsOverdue: false })
        {
            return;
        }

        if (!hasMoved)
        {
            Remember(_drainRefused, peer, give, refusal, reason);
        }

        Context.Tell(host, new RoundWanted());
    }

    private void Remember(SortedDictionary<string, (DrainRefused Refused, long AtMs)> refused, string peer, VmFacts? give, Refusal? refusal, string reason)
    {
        var uuid = IsOfThePeer(refusal) ? null : give?.Uuid;
        refused[$"{uuid}/{peer}"] = (new DrainRefused(uuid, peer, reason), Context.Now.MonotonicMs);
    }

    private void ForgetDrainRefused()
    {
        foreach (var key in _drainRefused.Where(r => _limits.Drain is null || Context.Now.MonotonicMs - r.Value.AtMs >= options.RoundMs / 2).Select(r => r.Key).ToArray())
        {
            _drainRefused.Remove(key);
        }
    }

    private void DecideDrain(Proposed answer)
    {
        _held.Clear();
        Context.Tell(host, new DrainStands(DrainRules.Left(HostView(), Held())));
        var no = answer.Proposal is not { } proposal ? (answer.Refusal ?? Refusal.Calm, answer.Reason)
            : _ledger.Open.Any() || _pending is not null || _wish is not null ? (Refusal.Busy, answer.Reason)
            : WhyNotBegin(BarterKind.Drain) is var (refusal, why) ? (refusal, $"{answer.Reason}; but {why}")
            : WhyNoMore(BarterKind.Drain, leaves: 1, comes: 0) is { } many ? (Refusal.Budget, $"{answer.Reason}; but {many}")
            : ((Refusal, string)?)null;
        if (no is var (what, reason))
        {
            Decided(answer, Words.Of(what), reason);
        }
        else if (Present.FirstOrDefault(v => v.Facts.Uuid == answer.Proposal!.Give && DrainRules.MayLeave(v)) is { } vm)
        {
            Decided(answer, Words.Of(BarterKind.Drain), answer.Reason);
            Want(new Wish(BarterKind.Drain, answer.Proposal!.Peer, vm.Facts with { CoolDownLeftMs = 0 }, answer.Policy, answer.Reason));
        }
    }

    private string? Held() => _limits.Drain is { IsOverdue: true } ? "the time for the drain is over"
        : WhyNotBegin(BarterKind.Drain)?.Text ?? WhyNoMore(BarterKind.Drain, leaves: 1, comes: 0);

    /// <summary>Why this host begins no barter of a kind, whatever is to be moved; null if it may.</summary>
    private (Refusal Refusal, string Text)? WhyNotBegin(BarterKind kind) => this switch
    {
        _ when _limits.JournalLoss is { } lost => (Refusal.Observing, lost),
        _ when !MayMove(kind) => (Refusal.Observing, $"mode is {Words.Of(Mode)}, so nothing is moved"),
        _ when _limits.Frozen is { } frozen => (Refusal.Frozen, frozen),
        _ when _limits.DiskFull is { } full => (Refusal.DiskFull, $"no barter begins: {full}"),
        _ => null,
    };
}
