namespace ActorMig.Cluster;

/// <summary>What a transport has done since it began. Immutable.</summary>
/// <param name="Peers">Each peer, by name.</param>
/// <param name="Refused">Who was refused and why, by name or address; the first that were, and the rest in <paramref name="RefusedOthers"/>.</param>
/// <param name="RefusedOthers">How many times others were refused.</param>
public sealed record TransportCounters(IReadOnlyList<PeerCounters> Peers, IReadOnlyList<RefusalCounter> Refused, long RefusedOthers);

/// <summary>What has gone to a peer and come from it; numbers of messages.</summary>
/// <param name="Peer">Its name.</param>
/// <param name="Waiting">Those that wait for it now.</param>
/// <param name="Sent">Those that it has taken.</param>
/// <param name="Batches">In how many requests.</param>
/// <param name="Dropped">Those that were dropped because too many waited.</param>
/// <param name="Failed">Those that it did not take, or has not said so.</param>
/// <param name="Received">Those that came from it.</param>
/// <param name="Repeated">Those that came from it once more, or behind later ones, and were dropped.</param>
/// <param name="Unreadable">Those that came from it and could not be read.</param>
public sealed record PeerCounters(
    string Peer, int Waiting, long Sent, long Batches, long Dropped, long Failed, long Received, long Repeated, long Unreadable);

/// <summary>How often somebody was refused.</summary>
/// <param name="Who">By what a certificate says, or the address.</param>
/// <param name="Reason">Why.</param>
/// <param name="Count">How often.</param>
public sealed record RefusalCounter(string Who, RefusalReason Reason, long Count);
