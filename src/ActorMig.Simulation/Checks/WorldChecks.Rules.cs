using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Rules;

namespace ActorMig.Simulation;

/// <content>
/// Rules of where guests run and when they are moved, judged by what a host's libvirt has shown it: whatever a barter is for, nothing comes to a host where
/// a rule does not let it run, and nothing is moved at hours at which it is not to be; what keeps together is torn apart only where a rule is mended or a
/// host is emptied, and each mending leaves less broken than there was.
/// </content>
internal sealed partial class WorldChecks
{
    private const string RoundToken = "round";

    /// <summary>How often each guest was moved to mend a rule since all is steady.</summary>
    private readonly SortedDictionary<string, int> _mended = new(StringComparer.Ordinal);

    private static void HandlingRules(HostBook book, ActorRef actor, object message)
    {
        if (message is DomainsSampled { Token: RoundToken } sampled && actor.Path == "/host")
        {
            book.ShownInRounds = (book.ShownInRounds.Last, [.. sampled.Domains.Select(d => d.Uuid)]);
        }
    }

    private void PersistingRules(HostBook book, object @event)
    {
        switch (@event)
        {
            case BarterOffered e:
                var gives = e.Exchange?.Gives ?? [e.Give.Uuid];
                foreach (var give in gives)
                {
                    CheckHours(book, e.Barter, give);
                    if (e.Kind is BarterKind.Migrate or BarterKind.Swap or BarterKind.Remigrate or BarterKind.Exchange)
                    {
                        CheckTornApart(book, e.Barter, give, gives, book.ShownInRounds.Last.Intersect(book.ShownInRounds.Before));
                    }
                }

                CheckPriority(book, e);
                break;
            case BarterGranted e:
                CheckComes(book, e.Barter, e.Legs);
                string[] given = [.. e.Legs.Where(l => l.From == book.Name).Select(l => l.Vm.Uuid)];
                foreach (var give in given)
                {
                    CheckHours(book, e.Barter, give);
                    CheckTornApart(book, e.Barter, give, given, book.Shown.Select(d => d.Uuid));
                }

                break;
            case BarterConfirmed e when book.Barter(e.Barter) is { } barter:
                if (e.Legs.Any(l => l.To == book.Name))
                {
                    CheckComes(book, e.Barter, e.Legs);
                }

                if (barter.Kind == BarterKind.Mend)
                {
                    CheckMending(book, e);
                }

                break;
        }
    }

    private VmRules? RulesOf(string uuid) =>
        _guestsByUuid.TryGetValue(uuid, out var guest) ? _books.Values.First().Host.Options.Rules.Of(guest.Name, guest.Wish) : null;

    private bool Has(string uuid, VmRule rule) => RulesOf(uuid)?.Rules.Any(r => r.Kind == rule.Kind && r.Name == rule.Name) == true;

    private static bool IsAllowedOn(VmRule rule, string host) => rule.Kind switch
    {
        RuleKind.Pin => rule.Hosts!.Contains(host),
        RuleKind.NeverOn => !rule.Hosts!.Contains(host),
        _ => true,
    };

    private void CheckComes(HostBook book, string barter, IReadOnlyList<Leg> legs)
    {
        string[] comes = [.. legs.Where(l => l.To == book.Name).Select(l => l.Vm.Uuid)];
        string[] there = [.. book.Shown.Select(d => d.Uuid).Where(u => legs.All(l => l.Vm.Uuid != u)), .. comes];
        foreach (var uuid in comes)
        {
            foreach (var rule in RulesOf(uuid)?.Rules ?? [])
            {
                if (!IsAllowedOn(rule, book.Name))
                {
                    Breach("rule host", $"{book.Name} lets {NameOf(uuid)} come with {barter}, against {Words.Of(rule.Kind)} {string.Join(" ", rule.Hosts!)}");
                }
                else if (rule.Kind == RuleKind.Apart && there.FirstOrDefault(t => t != uuid && Has(t, rule)) is { } other)
                {
                    Breach("rule apart", $"{book.Name} lets {NameOf(uuid)} come with {barter}, where {NameOf(other)} is, and {rule.Name} keeps them apart");
                }
            }
        }
    }

    private void CheckTornApart(HostBook book, string barter, string uuid, IReadOnlyCollection<string> leave, IEnumerable<string> there)
    {
        foreach (var rule in RulesOf(uuid)?.Rules.Where(r => r.Kind == RuleKind.Together) ?? [])
        {
            if (there.FirstOrDefault(t => !leave.Contains(t) && Has(t, rule)) is { } stays)
            {
                Breach("rule together", $"{book.Name} would give {NameOf(uuid)} in {barter}, and {NameOf(stays)} stays, with which {rule.Name} keeps it together");
            }
        }
    }

    /// <summary>In time for what an agent has of its last round.</summary>
    private void CheckHours(HostBook book, string barter, string uuid)
    {
        var options = book.Host.Options;
        var oldMs = (3 * options.RoundMs) + options.AnswerMs;
        if (RulesOf(uuid)?.NotDuring is not { } hours || NowMs - book.ClockSet.AtMs <= oldMs + TickMs || NowMs < book.StoodStillUntilMs || book.ClockSet.ErrorMs != book.Host.WallErrorMs)
        {
            return;
        }

        var localMs = options.LocalMsOf(VirtualTime.WallStartMs + book.Host.WallErrorMs + NowMs);
        if (hours.FirstOrDefault(h => RuleHours.Read(h) is { } read && read.Has(localMs) && read.Has(localMs - oldMs)) is { } now)
        {
            Breach("rule hours", $"{book.Name} would give {NameOf(uuid)} in {barter}, which is not moved during {now}");
        }
    }

    private void CheckMending(HostBook book, BarterConfirmed confirmed)
    {
        const int TimesMax = 6;
        foreach (var leg in confirmed.Legs.Where(l => WhereIs(l.Vm.Name) is not null))
        {
            var before = Broken(leg.Vm.Uuid, null);
            var after = Broken(leg.Vm.Uuid, leg.To);
            if (after.CompareTo(before) >= 0 && !IsNews(leg.Vm.Uuid, (2 * book.Host.Options.RoundMs) + book.Host.Options.AnswerMs))
            {
                Breach("rule mending", $"{book.Name} moves {leg.Vm.Name} to {leg.To} with {confirmed.Barter} to mend a rule, and of its rules {before.Hard} and {before.Together} were broken and {after.Hard} and {after.Together} are");
            }

            if (_isSteady && (_mended[leg.Vm.Uuid] = _mended.GetValueOrDefault(leg.Vm.Uuid) + 1) > TimesMax)
            {
                Breach("rule to and fro", $"{leg.Vm.Name} is moved once more to mend a rule, to {leg.To} with {confirmed.Barter}, and was {TimesMax} times before");
            }
        }
    }

    /// <summary>True if one of those with which a guest keeps together or apart has been elsewhere of late, or waits for a person: hosts may not know where it is.</summary>
    private bool IsNews(string uuid, long withinMs) => RulesOf(uuid)?.Rules.Where(r => r.Kind is RuleKind.Together or RuleKind.Apart).Any(r =>
        _places.Any(p => NowMs - p.Value.SinceMs <= withinMs && Has(p.Key, r)) || _books.Values.Any(b => b.Cases.Values.Any(c => Has(c.Plan.Vm.Uuid, r)))) == true;

    /// <summary>
    /// For how many guests a guest's rules do not hold; if it were elsewhere, when a host is given. What keeps together comes second: where none of them may
    /// stay they leave one by one.
    /// </summary>
    private (int Hard, int Together) Broken(string uuid, string? to)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int hard = 0, together = 0;
        foreach (var rule in RulesOf(uuid)?.Rules ?? [])
        {
            counts.Clear();
            foreach (var guest in _guestsByUuid.Keys.Where(u => Has(u, rule)))
            {
                if (((guest == uuid ? to : null) ?? WhereIs(NameOf(guest))) is { } host)
                {
                    counts[host] = counts.GetValueOrDefault(host) + 1;
                }
            }

            if (rule.Kind == RuleKind.Together)
            {
                together += counts.Count == 0 ? 0 : counts.Values.Sum() - counts.Values.Max();
            }
            else
            {
                hard += rule.Kind == RuleKind.Apart ? counts.Values.Sum(c => c - 1) : (to ?? WhereIs(NameOf(uuid))) is { } at && !IsAllowedOn(rule, at) ? 1 : 0;
            }
        }

        return (hard, together);
    }
}
