namespace ActorMig.Policies;

/// <summary>
/// A swap is offered blindly: what the other host has is not known. So whoever has offered some in vain waits, twice as long each time. It does not outlive its
/// actor, and needs not.
/// </summary>
/// <param name="holdRounds">A proposal is made for so many rounds in a row before it is an offer.</param>
internal sealed class SwapRest(int holdRounds)
{
    private const int RestMinRounds = 2;
    private const int RestMaxRounds = 512;
    private int _tries;
    private int _held;
    private long _lastRound = -1;
    private long _untilRound;
    private string? _vm;

    /// <summary>How many were offered in vain; null if it waits.</summary>
    /// <param name="view">The host.</param>
    public int? Tries(HostView view)
    {
        if (_vm is not null && view.Vms.All(v => v.Facts.Uuid != _vm))
        {
            // The last one was taken, or its VM is gone: then things have changed.
            (_tries, _vm, _untilRound) = (0, null, 0);
        }

        return view.Round < _untilRound ? null : _tries;
    }

    /// <summary>A proposal was made.</summary>
    /// <param name="view">The host.</param>
    /// <param name="proposal">The proposal; null if there is none.</param>
    public void Note(HostView view, Proposal? proposal)
    {
        // Whatever is proposed for this cause holds it; if it is a swap in the last of these rounds, it is offered.
        // Where a rule stands against it, it is asked again in the same round.
        _held = proposal is null ? 0 : view.Round == _lastRound ? Math.Max(1, _held) : view.Round == _lastRound + 1 ? _held + 1 : 1;
        _lastRound = view.Round;
        if (_held < holdRounds)
        {
            return;
        }

        _held = 0;
        if (proposal!.Kind == Bartering.BarterKind.Swap)
        {
            (_vm, _tries) = (proposal.Give, _tries + 1);
            _untilRound = view.Round + Math.Min(RestMaxRounds, RestMinRounds << Math.Min(_tries, 10));
        }
    }
}
