using ActorMig.Policies;
using ActorMig.Rules;
using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>
/// Rules: what a policy proposes is offered only if it breaks none, what breaks one is granted to nobody, and what is broken is mended. Each host judges by
/// the rules of its own configuration and by those that come with a VM.
/// </summary>
internal sealed partial class BarterActor
{
    /// <summary>So many times in a round the policies are asked again, without what rules forbid.</summary>
    private const int AsksMax = 16;
    private readonly SortedSet<string> _barred = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _barredBack = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (DrainRefused Refused, long AtMs)> _mendRefused = new(StringComparer.Ordinal);
    private IReadOnlyList<BrokenRule> _broken = [];
    private string _brokenSaid = "";
    private int _asks;
    private int _level;
    private Proposed? _barredAnswer;

    private IEnumerable<VmFacts> Here(string? without = null) => Present.Where(v => v.Facts.Uuid != without).Select(v => v.Facts);

    private IEnumerable<VmFacts> Here(IReadOnlyCollection<string> without) => Present.Where(v => !without.Contains(v.Facts.Uuid)).Select(v => v.Facts);

    private void BeginAsking()
    {
        (_asks, _level, _barredAnswer) = (0, 0, null);
        _barred.Clear();
    }

    /// <summary>The host as policies are to see it: what rules hold, and what is spared while others could move, does not move.</summary>
    private HostView ViewToAsk()
    {
        var view = HostView();
        var levels = Levels();
        if (_barred.Count == 0 && levels.Length <= 1)
        {
            return view;
        }

        var asked = view with
        {
            Vms = [.. view.Vms.Select(v => _barred.Contains(v.Facts.Uuid) ? Barred(v)
                : levels.Length > 1 && (v.Facts.Rules?.Priority ?? 0) > levels[_level] ? v with { HeldByRule = "those of a lower priority go first" } : v)],
        };
        return asked.Pair is null ? asked : asked with { Pair = Half(asked.Vms) };
    }

    private static VmView Barred(VmView vm) => vm with { HeldByRule = "a rule forbids it" };

    private int[] Levels() => [.. Present.Where(v => v.IsMovable).Select(v => v.Facts.Rules?.Priority ?? 0).Distinct().Order()];

    /// <summary>Takes out what rules forbid; asks again, without that, as long as nothing is left. Null: it has asked again.</summary>
    private PoliciesProposed? WithinRules(PoliciesProposed proposed)
    {
        var answers = proposed.Answers.Select(a => (Answer: a, WhyNot: a.Proposal is { } p ? WhyNot(p) : null)).ToArray();
        foreach (var (answer, whyNot) in answers.Where(a => a.WhyNot is not null))
        {
            Count(Refusal.Rule);
            _barred.UnionWith(answer.Proposal!.Gives);
            _barredAnswer ??= answer with { Proposal = null, Refusal = Refusal.Rule, Reason = $"{answer.Reason}; but {whyNot}" };
        }

        if (answers.Where(a => a.Answer.Proposal is not null && a.WhyNot is null).Select(a => a.Answer).ToArray() is { Length: > 0 } fine)
        {
            return proposed with { Answers = fine };
        }

        var isBarred = answers.Any(a => a.WhyNot is not null);
        if (_asks < AsksMax && (isBarred || _level + 1 < Levels().Length))
        {
            _level += isBarred ? 0 : 1;
            _asks++;
            Context.Tell(_policies!, new Propose(Context.Self, ProposalToken, ViewToAsk()));
            return null;
        }

        return _barredAnswer is { } barred ? proposed with { Answers = [barred] } : proposed;
    }

    private string? WhyNot(Proposal proposal) =>
        proposal.Gives.Select(g => Present.FirstOrDefault(v => v.Facts.Uuid == g)).OfType<VmView>().Select(v => WhyNot(v, proposal.Peer, proposal.Gives)).FirstOrDefault(why => why is not null);

    /// <summary>Why a rule forbids that a VM goes to a peer, as far as that can be seen from here; null if none does.</summary>
    private string? WhyNot(VmView vm, string peer, IReadOnlyCollection<string>? leave = null) => vm.Facts.Rules is null ? null
        : vm.HeldByRule
            ?? RuleJudge.WhyNotFrom(vm.Facts, Self, Here(leave ?? [vm.Facts.Uuid]))
            ?? RuleJudge.WhyNotTo(vm.Facts, peer, _digests.GetValueOrDefault(peer)?.Groups);

    /// <summary>Hours in which it is not moved.</summary>
    private string? HeldByRule(VmFacts vm)
    {
        if (vm.Rules?.NotDuring is not { Count: > 0 } hours)
        {
            return null;
        }

        var localMs = options.LocalMsOf(Context.Now.WallMs);
        return hours.FirstOrDefault(h => RuleHours.Read(h)?.Has(localMs) ?? false) is { } now
            ? $"rule {now} of {vm.Name} says that it is not moved at these hours, and by this host's clock it is {RuleHours.InWords(localMs)}"
            : null;
    }

    /// <summary>Names what is broken, and begins to mend it. True if this round's decision is that.</summary>
    private bool Mend(PoliciesProposed proposed)
    {
        _broken = [.. RuleMending.Look(HostView()).Select(l => l.Broken)];
        var said = string.Join("; ", _broken.Where(b => b.Cannot is not null).Select(b => $"{b.Why}, and that cannot be mended: {b.Cannot}"));
        if (said.Length > 0 && said != _brokenSaid)
        {
            Context.Note(206, $"A rule is broken on {Self}: {said}.");
        }

        _brokenSaid = said;
        if (proposed.Answers.FirstOrDefault(a => a.Policy == RulesPolicyActor.PolicyName) is not { Proposal: { Kind: BarterKind.Mend } proposal } answer
            || Present.FirstOrDefault(v => v.Facts.Uuid == proposal.Give) is not { } vm
            || _ledger.Open.Any() || _pending is not null || _wish is not null
            || WhyNotBegin(BarterKind.Mend) is not null || WhyNoMore(BarterKind.Mend, leaves: 1, comes: 0) is not null)
        {
            return false;
        }

        _held.Clear();
        Decided(answer, Words.Of(BarterKind.Mend), answer.Reason);
        Want(new Wish(BarterKind.Mend, proposal.Peer, vm.Facts with { CoolDownLeftMs = 0 }, answer.Policy, answer.Reason));
        return true;
    }

    private MendView? MendView() => _mendRefused.Count == 0 ? null : new MendView([.. _mendRefused.Values.Select(r => r.Refused)]);

    /// <summary>Who has refused is not asked again for some rounds.</summary>
    private void NoteMend(string peer, VmFacts? give, Refusal? refusal, string reason) => Remember(_mendRefused, peer, give, refusal, reason);

    private void ForgetMendRefused()
    {
        const int Rounds = 5;
        foreach (var key in _mendRefused.Where(r => Context.Now.MonotonicMs - r.Value.AtMs >= (r.Value.Refused.Uuid is null ? 1 : Rounds) * options.RoundMs).Select(r => r.Key).ToArray())
        {
            _mendRefused.Remove(key);
        }
    }

    /// <summary>Hosts that rules name for what is to leave: whether they can take it only they know.</summary>
    private IEnumerable<string> HostsOfRules() => Present
        .Where(v => v.Facts.Rules is not null && (_limits.Drain is not null || RuleJudge.WhyNotOn(v.Facts, Self) is not null))
        .SelectMany(v => v.Facts.Rules!.Rules.Where(r => r.Kind == RuleKind.Pin).SelectMany(r => r.Hosts ?? []))
        .Where(h => h != Self).Distinct().Order(StringComparer.Ordinal).Take(options.DigestPeers);

    /// <summary>The granter's look at what would come: it knows all VMs here.</summary>
    private string? WhyNotTake(Offer offer) => offer.IgnoresRules == true ? null
        : offer.Given().Select(options.Rules.With).ToArray() is var given
            ? given.Where(g => g.Rules is not null).Select(g => RuleJudge.WhyNotTo(g, Self, Here(offer.Taken()).Concat(given))).FirstOrDefault(why => why is not null)
            : null;

    /// <summary>The offerer's look at what would come: all of it comes, and what is given has gone.</summary>
    private string? WhyNotTakeBack(IReadOnlyList<Leg> legs, IReadOnlyCollection<string> gives)
    {
        VmFacts[] comes = [.. legs.Where(l => l.To == Self).Select(l => options.Rules.With(l.Vm))];
        return comes.Select(c => RuleJudge.WhyNotTo(c, Self, Here(gives).Concat(comes))).FirstOrDefault(w => w is not null);
    }

    /// <summary>The granter's look at what it would give by name: all of it leaves together.</summary>
    private string? WhyNotGive(string peer, Offer offer) => Present.Where(v => v.Facts.Rules is not null && offer.Taken().Contains(v.Facts.Uuid))
        .Select(v => RuleJudge.WhyNotFrom(v.Facts, Self, Here(offer.Taken())) ?? RuleJudge.WhyNotTo(v.Facts, peer, offer.Groups)).FirstOrDefault(why => why is not null);

    /// <summary>What would go for it; one that rules keep here is taken out, and the policies are asked again. True if they are.</summary>
    private bool IsAskedAgain(string peer, Offer offer, VmFacts? giveBack)
    {
        if (giveBack?.Rules is null
            || (RuleJudge.WhyNotFrom(giveBack, Self, Here(giveBack.Uuid)) ?? RuleJudge.WhyNotTo(giveBack, peer, offer.Groups)) is not { } whyNot)
        {
            return false;
        }

        if (_barredBack.Count < AsksMax && _barredBack.Add(giveBack.Uuid))
        {
            var view = HostView();
            Context.Tell(_policies!, new Judge(Context.Self, JudgementToken(offer.Barter), peer, offer, view with
            {
                Vms = [.. view.Vms.Select(v => _barredBack.Contains(v.Facts.Uuid) ? Barred(v) : v)],
            }));
        }
        else
        {
            RefusePending(Refusal.Rule, whyNot);
        }

        return true;
    }
}
