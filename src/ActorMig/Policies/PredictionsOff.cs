using System.Globalization;

namespace ActorMig.Policies;

/// <summary>Of a policy whose predictions were off of late: what was measured some rounds after its barters is not what they were to come to.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Off">By how much in the mean, as a share of the busier host's level.</param>
/// <param name="Barters">Over how many barters, the last.</param>
/// <param name="Tolerance">What would still be good.</param>
/// <param name="AgeRounds">How many rounds ago the last of them was measured.</param>
public sealed record PredictionsOff(string Policy, double Off, int Barters, double Tolerance, long AgeRounds = 0)
{
    /// <summary>In words, without a full stop.</summary>
    public string InWords() => string.Create(CultureInfo.InvariantCulture,
        $"What the policy {Policy} predicted of its last {Barters} barters was off by {Off * 100:0} % in the mean, over {Tolerance * 100:0} % (actormig.barter.prediction-tolerance): loads change faster than it moves VMs, or VMs take something else than they seem to");
}

/// <summary>To the policies: how one's predictions stand.</summary>
/// <param name="Policy">Which one.</param>
/// <param name="Off">By how much they were off; null: they are good, or too few to tell.</param>
internal sealed record PredictionsStand(string Policy, PredictionsOff? Off);
