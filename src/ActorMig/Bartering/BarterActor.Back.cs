using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>
/// VMs that their origin has refused. It may have a policy that this host has not, to which it is worse with them: whoever asked in each round would be refused
/// in each round, and no other VM would get its turn.
/// </summary>
internal sealed partial class BarterActor
{
    private readonly SortedDictionary<string, (int Times, long UntilMs, string Reason)> _backRefused = new(StringComparer.Ordinal);

    /// <summary>A VM that was refused waits as long as one that was moved as often, twice as long each time.</summary>
    private void NoteBack(Barter barter, BarterOutcome outcome, Refusal? refusal, string reason)
    {
        if (barter.Kind == BarterKind.Remigrate && barter.Give is { } give && outcome == BarterOutcome.Declined && !IsOfThePeer(refusal) && refusal is not (null or Refusal.NoOpinion or Refusal.Restarted))
        {
            var times = _backRefused.TryGetValue(give.Uuid, out var before) ? before.Times + 1 : 1;
            _backRefused[give.Uuid] = (times, Context.Now.MonotonicMs + CoolDownMs(times), reason);
        }
    }

    /// <summary>What has left is not remembered, and neither is what was refused long ago: as long again as it had to wait.</summary>
    private void ForgetBack()
    {
        foreach (var uuid in _backRefused.Where(b => Present.All(v => v.Facts.Uuid != b.Key) || Context.Now.MonotonicMs - b.Value.UntilMs > CoolDownMs(b.Value.Times)).Select(b => b.Key).ToArray())
        {
            _backRefused.Remove(uuid);
        }
    }

    /// <summary>This host's VMs, with what keeps them from going back to their origins.</summary>
    private IReadOnlyList<VmView> WithBack() => _backRefused.Count == 0 ? Present
        : [.. Present.Select(v => _backRefused.TryGetValue(v.Facts.Uuid, out var back) && Context.Now.MonotonicMs is var nowMs && nowMs < back.UntilMs
            ? v with { NotBack = $"{back.Reason}; it is asked again in {Words.Span((back.UntilMs - nowMs) / 1_000 * 1_000)}" } : v)];
}
