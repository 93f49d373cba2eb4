namespace ActorMig.Policies.Affinity;

/// <summary>What a search has found.</summary>
/// <param name="Plan">The best exchange, or null if none wins more than its price.</param>
/// <param name="NeedOfA">What room on A would make possible that wins more, or null.</param>
/// <param name="NeedOfB">What room on B would make possible that wins more, or null.</param>
public sealed record ExchangeSearch(ExchangePlan? Plan, RoomNeed? NeedOfA, RoomNeed? NeedOfB);
