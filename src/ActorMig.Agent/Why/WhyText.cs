using System.Globalization;
using ActorMig.Agent.Commands;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Policies;
using ActorMig.Vms;

namespace ActorMig.Agent.Why;

/// <summary>Why a VM is where it is, in lines for people.</summary>
internal static class WhyText
{
    /// <summary>The lines.</summary>
    /// <param name="why">What is known.</param>
    public static IEnumerable<string> Lines(WhyReply why)
    {
        foreach (var line in why.View is { } view ? Here(why, view) : Away(why))
        {
            yield return line;
        }

        foreach (var line in Past(why))
        {
            yield return line;
        }

        if (why.View is null)
        {
            yield break;
        }

        yield return "It would move if";
        foreach (var change in why.Changes)
        {
            yield return $"  - {change}";
        }
    }

    private static IEnumerable<string> Here(WhyReply why, VmView view)
    {
        var facts = view.Facts;
        yield return $"{why.Name} ({why.Uuid}) is on {why.Host}, {Words.Of(view.Status)}: {Words.Rate(facts.LoadBitPerSecond)}, {Words.Memory(facts.MemoryBytes)}"
            + (facts.Use is { } use ? string.Create(CultureInfo.InvariantCulture, $", {use.Cpus:0.00} CPUs") : "")
            + (facts.DirtyBytePerSecond is { } written ? $", writes to {Words.Memory((long)written)} of it a second" : "");
        if (facts.GapMs is { } gapMs)
        {
            yield return $"Those that were sent from here in mode {Words.Of(facts.Mode)} stood still for {Words.Duration(gapMs)} (the median of the last ones)";
        }

        if (why.History.Came is { } came)
        {
            yield return $"It came {(came.From is { } from ? $"from {from} " : "")}{Ago(why, came.WallMs)}{(came.Barter is { Length: > 0 } barter ? $" ({barter})" : "")}"
                + $"{(came.Reason.Length > 0 ? $": {came.Reason}" : "")}{(came.Moves is { } moves ? string.Create(CultureInfo.InvariantCulture, $"; it was moved {moves} times") : "")}";
        }

        if (facts.Origin is { } origin && origin != why.Host)
        {
            yield return $"Before that it was on {origin}; a policy for load has it go back when that has room for its load{(view.NotBack is { } not ? $"; but {not}" : "")}";
        }

        yield return why.Forbids.Count == 0 ? "It may move now; nothing forbids it" : "It may not move now:";
        foreach (var not in why.Forbids)
        {
            yield return $"  - {Words.Of(not.Refusal)}: {not.Text}";
        }

        if (why.Decided is not { } decided)
        {
            yield return $"Nothing was decided yet: {why.Decision}";
            yield break;
        }

        yield return $"In {(decided.Round == why.Round ? "the last round" : string.Create(CultureInfo.InvariantCulture, $"round {decided.Round}, {why.Round - decided.Round} rounds ago,"))} {why.Host} decided {decided.Answer}{Subject(why, decided.Vm, decided.With)} ({decided.Policy}): {decided.Reason}";
        if (decided.Round != why.Round)
        {
            yield return $"Since then: {why.Decision}";
        }

        foreach (var line in decided.Said().SelectMany(o => Opinion(why, o, decided)))
        {
            yield return line;
        }
    }

    private static string Subject(WhyReply why, string? vm, IReadOnlyList<string>? with)
    {
        if (vm is null)
        {
            return "";
        }

        string[] all = [vm, .. with ?? []];
        var others = string.Join(", ", all.Where(v => v != why.Name));
        return all.Contains(why.Name) ? " of this VM" + (others.Length > 0 ? $" with {others}" : "") : $" of {others}, not of this VM";
    }

    private static IEnumerable<string> Opinion(WhyReply why, PolicyOpinion opinion, RoundDecided decided)
    {
        if (opinion.Policy != decided.Policy || opinion.Answer != decided.Answer || opinion.Reason != decided.Reason)
        {
            yield return $"  {opinion.Policy} said {opinion.Answer}{Subject(why, opinion.Vm, opinion.With)}: {opinion.Reason}";
        }

        // What was thought of this VM comes before what was thought of others.
        foreach (var other in (opinion.Alternatives ?? []).OrderBy(a => a.Vm != why.Name))
        {
            yield return $"  {opinion.Policy} also looked at {Other(why, other)}: {other.Reason}";
        }

        if (opinion.Alternatives is { Count: > 0 } others && !opinion.IsOf(why.Name) && why.View is { IsMovable: true } && others.All(a => a.Vm != why.Name))
        {
            yield return $"  {why.Name} was not among the first that {opinion.Policy} looked at";
        }
    }

    private static string Other(WhyReply why, Alternative other) => other.Vm is null ? other.Peer : $"{(other.Vm == why.Name ? "this VM" : other.Vm)} to {other.Peer}";

    private static IEnumerable<string> Away(WhyReply why)
    {
        var now = why.Where is [var seen, ..] ? seen.IsConfirmed
            ? $"; it is on {seen.Host} now"
            : $"; it was on {seen.Host} {Words.Span(seen.AgeMs)} ago, which does not answer now" : "";
        yield return why.History.Left is { } left
            ? $"{why.Name} ({why.Uuid}) is not on {why.Host} any more: it left {(left.To is { } to ? $"to {to} " : "")}{Ago(why, left.WallMs)}{(left.Barter is { } barter ? $" ({barter})" : "")}: {left.Reason}{now}"
            : $"{why.Name} ({why.Uuid}) is not on {why.Host}, and its journal does not tell that it left{now}";
        if (why.History.Came is { } came)
        {
            yield return $"Before that it had come {(came.From is { } from ? $"from {from} " : "")}{Ago(why, came.WallMs)}{(came.Reason.Length > 0 ? $": {came.Reason}" : "")}";
        }

        if (now.Length == 0)
        {
            yield return $"`actormig vm where {why.Name}` asks the other hosts";
        }
    }

    private static IEnumerable<string> Past(WhyReply why)
    {
        if (why.History.Barters.Count > 0)
        {
            yield return "What was bartered with it, the newest first:";
        }

        foreach (var barter in why.History.Barters)
        {
            yield return $"  {Ago(why, barter.WallMs)}, {barter.Barter}: {Begin(barter)}: {barter.Reason}";
            yield return $"    {End(barter)}";
            if (barter.Measured is { } m)
            {
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"    it came to {JournalText.Levels(m.Load, m.SelfLevel, m.Peer, m.PeerLevel)}; {m.Policy} predicted {JournalText.Levels(m.Load, m.PredictedSelf, m.Peer, m.PredictedPeer)}: off by {m.Off * 100:0} %");
            }
            else if (barter.Predicted is { } p)
            {
                yield return $"    {p.Policy} predicted {JournalText.Levels(p.Load, p.SelfLevel, p.Peer, p.PeerLevel)}; what it came to is not measured{(barter.Outcome == BarterOutcome.Settled ? "" : ", for it has not settled")}";
            }
        }

        if (why.History.Proposals.Count > 0)
        {
            yield return "When a policy wanted it moved and something stood against that, the newest first:";
        }

        foreach (var proposal in why.History.Proposals)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"  {Ago(why, proposal.WallMs)}, round {proposal.Decided.Round}: {proposal.Decided.Answer}{(proposal.Decided.Peer is { } peer ? $" ({peer})" : "")}: {proposal.Decided.Reason}");
        }

        foreach (var refused in why.History.Refused)
        {
            yield return $"{Ago(why, refused.WallMs)} a person wanted it on {refused.Refused.To}: {Words.Of(refused.Refused.Refusal)}: {refused.Refused.Reason}";
        }

        foreach (var back in why.LookedBack ?? [])
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"Of {back.What} the newest {back.Newest:N0} were looked at, those since {Ago(why, back.SinceWallMs)}; what was before stands in the journal (`actormig journal tail`)");
        }
    }

    private static string Begin(VmBarter barter) => barter.Role switch
    {
        VmRole.Offered => $"offered to {barter.Peer} ({Words.Of(barter.Kind)}{(barter.Policy is { } policy && policy != Words.Of(barter.Kind) ? $", by {policy}" : "")})",
        VmRole.Exchanged => $"given to {barter.Peer} in exchange ({Words.Of(barter.Kind)})",
        _ => $"taken from {barter.Peer} ({Words.Of(barter.Kind)})",
    };

    private static string End(VmBarter barter)
    {
        if (barter.Outcome is not { } outcome)
        {
            return "is under way";
        }

        // What a peer says names the refusal already.
        var refusal = barter.Refusal is { } no && outcome != BarterOutcome.Declined ? $" ({Words.Of(no)})" : "";
        var figures = new[]
        {
            barter.Figures?.TotalMs is { } total ? $"took {Words.Duration(total)}" : null,
            barter.Figures?.DowntimeMs is { } downtime ? $"the guest stood still for {Words.Duration(downtime)}" : null,
            barter.Figures?.Bytes is { } bytes ? $"{Words.Memory(bytes)} were copied" : null,
        };
        var said = string.Join(", ", figures.Where(f => f is not null));
        return $"{Words.Of(outcome)}{refusal}: {barter.End}{(said.Length > 0 ? $"; {said}" : "")}";
    }

    private static string Ago(WhyReply why, long wallMs) => $"{Words.Span(Math.Max(0, why.NowWallMs - wallMs) / 1_000 * 1_000)} ago";
}
