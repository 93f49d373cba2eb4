using ActorMig.Policies;

namespace ActorMig.Bartering;

/// <summary>
/// What a barter was to come to, beside what it came to. Both hosts compute the same from the same facts, each for itself and its peer: how full each will
/// be by what the policy looks at. Pure functions, and the last figures of each policy.
/// </summary>
public sealed class Predictions
{
    /// <summary>A policy is judged by so many barters, its last.</summary>
    public const int LastMax = 5;

    /// <summary>With fewer nothing is said: loads change by themselves, too.</summary>
    public const int LastMin = 3;

    private readonly SortedDictionary<string, Queue<double>> _last = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _lastWallMs = new(StringComparer.Ordinal);

    /// <summary>What both hosts will have when all legs are over.</summary>
    /// <param name="host">The host that predicts.</param>
    /// <param name="kind">The load that the policy looks at.</param>
    /// <param name="self">What it has to carry now.</param>
    /// <param name="peer">What the peer has to carry now.</param>
    /// <param name="legs">The VMs.</param>
    /// <returns>The levels; null if what a VM takes is not known.</returns>
    public static (double Self, double Peer)? After(string host, LoadKind kind, Burden self, Burden peer, IReadOnlyList<Leg> legs)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(legs);
        var comes = 0.0;
        foreach (var leg in legs)
        {
            if (kind.Of(leg.Vm) is not { } amount)
            {
                return null;
            }

            comes += leg.To == host ? amount : -amount;
        }

        // Smoothed loads of two moments may differ by more than there is.
        return (Math.Max(0, self.With(comes)), Math.Max(0, peer.With(-comes)));
    }

    /// <summary>How far a prediction was off: the larger error of the two hosts, as a share of the busier one's level.</summary>
    /// <param name="predicted">What was predicted.</param>
    /// <param name="self">What was measured here.</param>
    /// <param name="peer">What the peer said of itself; null if it did not.</param>
    /// <returns>0 for none; never more than 1 for levels that are not below zero.</returns>
    public static double Off(StatePredicted predicted, double self, double? peer)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        var error = Math.Max(Math.Abs(self - predicted.SelfLevel), peer is { } p ? Math.Abs(p - predicted.PeerLevel) : 0);
        var most = Math.Max(Math.Max(self, predicted.SelfLevel), Math.Max(peer ?? 0, predicted.PeerLevel));
        return most > 0 ? error / most : 0;
    }

    /// <summary>Takes what a barter came to.</summary>
    /// <param name="policy">Whose it was.</param>
    /// <param name="off">How far its prediction was off.</param>
    /// <param name="wallMs">When that was measured; 0 says nothing.</param>
    public void Add(string policy, double off, long wallMs = 0)
    {
        _lastWallMs[policy] = wallMs;
        if (!_last.TryGetValue(policy, out var last))
        {
            _last.Add(policy, last = new Queue<double>());
        }

        last.Enqueue(off);
        if (last.Count > LastMax)
        {
            last.Dequeue();
        }
    }

    /// <summary>How a policy's predictions stand: the mean error of its last ones; null while they are good, or too few.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="tolerance">What is still good.</param>
    /// <param name="next">One that is to be added.</param>
    public PredictionsOff? Of(string policy, double tolerance, double? next = null)
    {
        IEnumerable<double> all = _last.TryGetValue(policy, out var last) ? last : [];
        double[] counted = [.. (next is { } off ? all.Append(off) : all).TakeLast(LastMax)];
        return counted.Length >= LastMin && counted.Average() is var mean && mean > tolerance ? new PredictionsOff(policy, mean, counted.Length, tolerance) : null;
    }

    /// <summary>All policies whose predictions are off, by name.</summary>
    /// <param name="tolerance">What is still good.</param>
    public IReadOnlyList<PredictionsOff> All(double tolerance) => [.. _last.Keys.Select(p => Of(p, tolerance)).OfType<PredictionsOff>()];

    /// <summary>When a policy's newest was measured; 0 if that is not known.</summary>
    internal long LastWallMs(string policy) => _lastWallMs.GetValueOrDefault(policy);

    /// <summary>All that is kept here.</summary>
    internal IReadOnlyList<PolicyPredictions>? State() => _last.Count == 0 ? null : [.. _last.Select(l => new PolicyPredictions(l.Key, [.. l.Value], LastWallMs(l.Key)))];
}
