using ActorMig.Actors;
using ActorMig.Bartering;

namespace ActorMig.Policies;

/// <summary>
/// A policy: it answers two questions from what it is shown. It knows nothing else, keeps nothing that matters, and may fail: whoever does not answer in
/// <c>barter.policy-timeout</c> has no opinion in that round, and one that throws is started anew.
/// </summary>
/// <param name="name">Its name in configuration and journal.</param>
public abstract class PolicyActor(string name) : EphemeralActor
{
    /// <summary>Could the placement of this host's VMs be better?</summary>
    /// <param name="view">The host and what its peers have said of themselves in this round.</param>
    /// <returns>A proposal, or why there is none, with the peer that decided it, if any, and the reason in words.</returns>
    protected abstract (Proposal? Proposal, Refusal? Refusal, string? Peer, string Reason) Propose(HostView view);

    /// <summary>What else did it look at, and why was that worse? Whoever says nothing answers all the same.</summary>
    /// <param name="view">The host, as <see cref="Propose"/> has seen it.</param>
    /// <param name="proposal">What it proposed, or null.</param>
    /// <param name="peer">The peer that decided it, if any.</param>
    /// <returns>The next best first; what is more than <see cref="Alternative.Max"/> is not kept.</returns>
    protected virtual IReadOnlyList<Alternative> Alternatives(HostView view, Proposal? proposal, string? peer) => [];

    /// <summary>Which room does it gather, as <see cref="Propose"/> has found? Peers are told with this host's half. Null: none.</summary>
    protected virtual RoomWanted? Wanted => null;

    /// <summary>What does it think of a peer's offer?</summary>
    /// <param name="offer">The offer, by whatever policy (<see cref="Offer.Policy"/>).</param>
    /// <param name="view">This host.</param>
    /// <returns>Why not, or null if it agrees; the VM that goes the other way, if it is a swap; the reason in words.</returns>
    protected abstract (Refusal? Refusal, string? GiveBack, string Reason) Judge(Offer offer, HostView view);

    /// <summary>
    /// Its predictions were off of late; the log and <c>status</c> say so already. It may be more careful from now on, or do nothing. Told after each of its
    /// barters, after a restart, too.
    /// </summary>
    /// <param name="off">By how much.</param>
    protected virtual void Told(PredictionsOff off)
    {
    }

    /// <summary>Its predictions are good again, after it was told that they were off.</summary>
    protected virtual void ToldGood()
    {
    }

    /// <inheritdoc/>
    protected sealed override void Handle(object message)
    {
        switch (message)
        {
            case Propose propose:
                var (proposal, refusal, peer, reason) = Propose(propose.View);
                var others = Alternatives(propose.View, proposal, peer);
                Context.Tell(propose.ReplyTo, new Proposed(
                    propose.Token, name, proposal, refusal, peer, reason, others.Count == 0 ? null : [.. others.Take(Alternative.Max)], Wanted));
                break;
            case PredictionsStand stand:
                if (stand.Off is { } off)
                {
                    Told(off);
                }
                else
                {
                    ToldGood();
                }

                break;
            case Judge judge:
                var (no, giveBack, why) = Judge(judge.Offer, judge.View);
                Context.Tell(judge.ReplyTo, new Judged(judge.Token, name, no, giveBack, why));
                break;
        }
    }
}
