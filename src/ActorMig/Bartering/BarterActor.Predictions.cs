using ActorMig.Edges;
using ActorMig.Policies;

namespace ActorMig.Bartering;

/// <summary>What a barter was to come to, and a few rounds later what it came to. Each host looks at its own load, and at what its peer says of itself.</summary>
internal sealed partial class BarterActor
{
    /// <summary>So many rounds after its end a barter is looked at: by then smoothed loads have settled. For so many more its peer is waited for.</summary>
    private const int MeasureRounds = 3;
    private const int PatienceRounds = 3;
    private readonly Predictions _predictions = new();
    private readonly SortedSet<string> _predictionsSaid = new(StringComparer.Ordinal);

    /// <summary>The newest barter that both sides have agreed on, and the round in which it settled. Of an earlier one nothing can be told any more.</summary>
    private (StatePredicted Predicted, long? Round)? _predicted;

    private void Predict(string barter, string peer, BarterKind kind, string? policy, IReadOnlyList<Leg> legs, double? peerLoad, HostUse? peerUse)
    {
        _predicted = null;
        // One that weighs several loads expects something of all of them together, which is not what is measured here.
        if (policy is WeightedPolicyActor.PolicyName or BalanceRules.Policy || policies.All(p => p.Name != policy) || kind.IsPersons() || kind == BarterKind.Mend || peerLoad is not { } load)
        {
            return;
        }

        var looksAt = LoadKind.Of(policy!);
        if (looksAt.Of(Load(), Use()) is { } self && looksAt.Of(load, peerUse) is { } theirs && Predictions.After(Self, looksAt, self, theirs, legs) is var (mine, there))
        {
            var predicted = new StatePredicted(barter, policy!, looksAt.Policy, peer, mine, there);
            _predicted = (predicted, null);
            Context.Tell(edges.Records, predicted);
        }
    }

    private void NoteSettled(string barter, BarterOutcome outcome)
    {
        if (_predicted is var (predicted, _) && predicted.Barter == barter)
        {
            _predicted = outcome == BarterOutcome.Settled ? (predicted, _view?.Round ?? 0) : null;
        }
    }

    /// <summary>In a round in which nothing is under way, and peers have said how they are.</summary>
    private void MeasurePrediction()
    {
        if (_predicted is not (var predicted, { } settled) || _view!.Round - settled is var rounds && rounds < MeasureRounds)
        {
            return;
        }

        var looksAt = LoadKind.Of(predicted.Policy);
        var peer = _digests.TryGetValue(predicted.Peer, out var digest) ? looksAt.Of(digest.LoadBitPerSecond, digest.Use)?.Level : null;
        if (looksAt.Of(Load(), Use())?.Level is not { } self || (peer is null && rounds < MeasureRounds + PatienceRounds))
        {
            return;
        }

        _predicted = null;
        var off = Predictions.Off(predicted, self, peer);
        Context.Tell(edges.Records, new StateMeasured(predicted.Barter, predicted.Policy, predicted.Load, predicted.Peer, predicted.SelfLevel, predicted.PeerLevel, self, peer, off));
        _predictions.Add(predicted.Policy, off);
        if (_predictions.Of(predicted.Policy, options.PredictionTolerance) is not { } told)
        {
            _predictionsSaid.Remove(predicted.Policy);
            return;
        }

        Context.Tell(_policies!, told);
        if (_predictionsSaid.Add(predicted.Policy))
        {
            Context.Note(207, $"{told.InWords()}.");
        }
    }
}
