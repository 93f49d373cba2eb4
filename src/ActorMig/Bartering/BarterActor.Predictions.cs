using ActorMig.Policies;

namespace ActorMig.Bartering;

/// <summary>What a barter was to come to, and a few rounds later what it came to. Each host looks at its own load, and at what its peer says of itself.</summary>
internal sealed partial class BarterActor
{
    /// <summary>So many rounds after its end a barter is looked at: by then smoothed loads have settled. For so many more its peer is waited for.</summary>
    private const int MeasureRounds = 3;
    private const int PatienceRounds = 3;

    /// <summary>After so many it is not looked at any more: loads have changed by themselves.</summary>
    private const int OldRounds = 30;
    private readonly SortedSet<string> _predictionsSaid = new(StringComparer.Ordinal);

    /// <summary>The round in which the newest barter settled, or the first one after a restart since.</summary>
    private long? _settledRound;

    private void Predict(string barter, string peer, BarterKind kind, string? policy, IReadOnlyList<Leg> legs, double? peerLoad, HostUse? peerUse)
    {
        _settledRound = null;

        // One that weighs several loads expects something of all of them together, which is not what is measured here.
        if (policy is WeightedPolicyActor.PolicyName or BalanceRules.Policy || policies.All(p => p.Name != policy) || kind.IsPersons() || kind == BarterKind.Mend || peerLoad is not { } load)
        {
            return;
        }

        var looksAt = LoadKind.Of(policy!);
        if (looksAt.Of(Load(), Use()) is { } self && looksAt.Of(load, peerUse) is { } theirs && Predictions.After(Self, looksAt, self, theirs, legs) is var (mine, there))
        {
            Context.Persist(new StatePredicted(barter, policy!, looksAt.Policy, peer, mine, there));
        }
    }

    private void NoteSettled(string barter, BarterOutcome outcome)
    {
        if (outcome == BarterOutcome.Settled && _ledger.Prediction?.Predicted.Barter == barter)
        {
            _settledRound = _view?.Round ?? 0;
        }
    }

    /// <summary>In a round in which nothing is under way, and peers have said how they are.</summary>
    private void MeasurePrediction()
    {
        if (_ledger.Prediction is not { IsSettled: true, Predicted: var predicted, LegWallMs: var settledWallMs })
        {
            return;
        }

        if (_settledRound is null)
        {
            // It had settled before the agent was started again: loads are smoothed anew from here on.
            var isOld = Math.Abs(Context.Now.WallMs - settledWallMs) > OldRounds * options.RoundMs;
            _settledRound = isOld ? long.MinValue / 2 : _view!.Round;
        }

        // What nothing depends on is not written to a disk that is full.
        if (_view!.Round - _settledRound.Value is var rounds && rounds is < MeasureRounds or > OldRounds || _limits.DiskFull is not null)
        {
            return;
        }

        var looksAt = LoadKind.Of(predicted.Policy);
        var peer = _digests.TryGetValue(predicted.Peer, out var digest) ? looksAt.Of(digest.LoadBitPerSecond, digest.Use)?.Level : null;
        if (looksAt.Of(Load(), Use())?.Level is not { } self || (peer is null && rounds < MeasureRounds + PatienceRounds))
        {
            return;
        }

        _settledRound = null;
        var off = Predictions.Off(predicted, self, peer);
        Context.Persist(new StateMeasured(predicted.Barter, predicted.Policy, predicted.Load, predicted.Peer, predicted.SelfLevel, predicted.PeerLevel, self, peer, off, Context.Now.WallMs));
        var told = _ledger.Predictions.Of(predicted.Policy, options.PredictionTolerance, off);
        Context.Tell(_policies!, new PredictionsStand(predicted.Policy, told));
        if (told is null)
        {
            _predictionsSaid.Remove(predicted.Policy);
        }
        else if (_predictionsSaid.Add(predicted.Policy))
        {
            Context.Note(207, $"{told.InWords()}.");
        }
    }

    /// <summary>New policies know what the old ones were told; people have read it.</summary>
    private void TellPredictions()
    {
        foreach (var policy in policies)
        {
            var off = _ledger.Predictions.Of(policy.Name, options.PredictionTolerance);
            off = off is null ? null : off with { AgeRounds = Math.Max(0, Context.Now.WallMs - _ledger.Predictions.LastWallMs(policy.Name)) / options.RoundMs };
            Context.Tell(_policies!, new PredictionsStand(policy.Name, off));
            if (off is not null)
            {
                _predictionsSaid.Add(policy.Name);
            }
        }
    }

    /// <summary>The policies of this host whose predictions are off; null for none.</summary>
    private PredictionsOff[]? PredictionsOff() =>
        _ledger.Predictions.All(options.PredictionTolerance).Where(o => policies.Any(p => p.Name == o.Policy)).ToArray() is { Length: > 0 } off ? off : null;
}
