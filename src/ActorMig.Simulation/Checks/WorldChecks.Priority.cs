using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Policies;

namespace ActorMig.Simulation;

/// <content>
/// For load what has a lower priority goes first: where a VM is offered, moving none of a lower priority would have done. Judged by the rules of the policy
/// threshold, asked once more with what the host knew, and by the priorities that guests have.
/// </content>
internal sealed partial class WorldChecks
{
    private static readonly SortedSet<string> s_forLoad = new(
        ((BarterKind[])[BarterKind.Migrate, BarterKind.Swap, BarterKind.Remigrate, BarterKind.Exchange]).Select(k => Words.Of(k)), StringComparer.Ordinal);

    private static void SaidPriority(HostBook book, ActorRef from, object message)
    {
        switch (message)
        {
            case Propose propose when from.Path == "/host/barter":
                // What was decided earlier and not offered yet is offered now, or not at all: nobody knows which it will be.
                (book.Asked, book.Chosen) = (book.Chosen is null ? (propose.View, book.Host.Options) : null, null);
                break;
            case RoundDecided decided:
                book.Chosen = s_forLoad.Contains(decided.Answer) ? book.Asked : null;
                break;
        }
    }

    private void CheckPriority(HostBook book, BarterOffered offered)
    {
        // In the turn in which it was decided the event comes first, and the record of the decision after it.
        var asked = book.Chosen ?? book.Asked;
        (book.Asked, book.Chosen) = (null, null);

        // A round whose options have changed meanwhile, or in which the process stood still, was decided by what nobody knows.
        if (offered.Kind is not (BarterKind.Migrate or BarterKind.Swap or BarterKind.Remigrate or BarterKind.Exchange)
            || asked is not var (view, options) || !ReferenceEquals(options, book.Host.Options) || NowMs < book.StoodStillUntilMs
            || book.Host.PoliciesOf(options).All(p => p.Name != ThresholdPolicyActor.PolicyName))
        {
            return;
        }

        int PriorityOf(string uuid) => RulesOf(uuid)?.Priority ?? 0;
        var rules = new ThresholdRules(options.Threshold, options.Margin, MovePrice.Of(options));
        if (book.Off.Count >= Predictions.LastMin && book.Off.Average() is var off && off > options.PredictionTolerance)
        {
            // How much of its doubt has faded is its own business.
            rules = rules.Doubting(options.MarginTimesMax, new PredictionsOff(ThresholdPolicyActor.PolicyName, off, book.Off.Count, options.PredictionTolerance));
        }

        var priority = (offered.Exchange?.Gives ?? [offered.Give.Uuid]).Max(PriorityOf);
        foreach (var lower in view.Vms.Where(v => v.IsMovable).Select(v => PriorityOf(v.Facts.Uuid)).Where(p => p < priority).Distinct().Order())
        {
            var spared = view with { Vms = [.. view.Vms.Select(v => PriorityOf(v.Facts.Uuid) > lower ? v with { HeldByRule = "it is spared" } : v)] };
            if (rules.Propose(spared) is { Proposal: { } proposal, Reason: var reason })
            {
                Breach("rule priority", $"{book.Name} offers {offered.What()} of priority {priority} with {offered.Barter}, and {NameOf(proposal.Give)} of priority {lower} would have done: {reason}");
                return;
            }
        }
    }
}
