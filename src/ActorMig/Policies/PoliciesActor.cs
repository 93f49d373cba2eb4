using ActorMig.Actors;
using ActorMig.Hosts;

namespace ActorMig.Policies;

/// <summary>Owns the policies: asks all of them, and takes a missing answer for "no opinion", which is counted.</summary>
internal sealed class PoliciesActor(IReadOnlyList<PolicySpec> policies, ActorMigOptions options) : EphemeralActor
{
    private const long BackOffMs = 1_000;

    /// <summary>After so many questions in a row without an answer a policy is asked each sixteenth only: whoever hangs would keep them all.</summary>
    private const long OwesMax = 3;
    private const long AskedEvery = 16;
    private readonly SortedDictionary<string, ActorRef> _alive = new(StringComparer.Ordinal);

    /// <summary>Those of the living that are just being replaced.</summary>
    private readonly SortedSet<string> _leaving = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Question> _questions = new(StringComparer.Ordinal);

    /// <summary>How often each has not answered; and how often in a row.</summary>
    private readonly SortedDictionary<string, long> _silent = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _owes = new(StringComparer.Ordinal);

    /// <summary>Whose predictions are off: a policy that is started anew does not know.</summary>
    private readonly SortedDictionary<string, PredictionsStand> _off = new(StringComparer.Ordinal);
    private long _asked;

    protected override void Started()
    {
        foreach (var policy in policies)
        {
            Spawn(policy);
        }
    }

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Propose propose:
                Ask(new Question(propose.Token, propose.ReplyTo, true, propose with { ReplyTo = Context.Self }));
                break;
            case PredictionsStand stand:
                Take(stand);
                break;
            case Judge judge:
                Ask(new Question(judge.Token, judge.ReplyTo, false, judge with { ReplyTo = Context.Self }));
                break;
            case Proposed { Token: not null, Policy: not null } proposed:
                Take(proposed.Token, proposed.Policy, proposed);
                break;
            case Judged { Token: not null, Policy: not null } judged:
                Take(judged.Token, judged.Policy, judged);
                break;
            case Late late when _questions.TryGetValue(late.Token, out var question):
                foreach (var name in question.Asked.Where(a => !question.Answers.ContainsKey(a)))
                {
                    var times = _silent[name] = _silent.GetValueOrDefault(name) + 1;
                    _owes[name] = _owes.GetValueOrDefault(name) + 1;
                    Context.Note(201, FormattableString.Invariant($"The policy {name} did not answer in {options.PolicyMs} ms ({times} times so far): that is no opinion."));
                }

                End(question);
                break;
            case Again again when !_alive.ContainsKey(again.Policy) && policies.FirstOrDefault(p => p.Name == again.Policy) is { } policy:
                Spawn(policy);
                break;
            case Terminated ended when _leaving.Remove(ended.Actor.Name):
                _alive.Remove(ended.Actor.Name);
                Replace(ended.Actor.Name);
                break;
            case Terminated ended:
                _alive.Remove(ended.Actor.Name);
                Context.StartTimer("again-" + ended.Actor.Name, new Again(ended.Actor.Name), BackOffMs);
                break;
            case OptionsChanged changed:
                Take(changed);
                break;
        }
    }

    /// <summary>One whose predictions were good all the time is told nothing.</summary>
    private void Take(PredictionsStand stand)
    {
        var wasOff = _off.Remove(stand.Policy);
        if (stand.Off is not null)
        {
            _off.Add(stand.Policy, stand);
        }

        if ((wasOff || stand.Off is not null) && _alive.TryGetValue(stand.Policy, out var policy) && !_leaving.Contains(stand.Policy))
        {
            Context.Tell(policy, stand);
        }
    }

    /// <summary>Policies are made from their recipes: the old ones go, and new ones come as soon as their names are free.</summary>
    private void Take(OptionsChanged changed)
    {
        (policies, options) = (changed.Policies, changed.Options);
        foreach (var (name, actor) in _alive)
        {
            if (_leaving.Add(name))
            {
                Context.Stop(actor);
            }
        }

        foreach (var policy in policies.Where(p => !_alive.ContainsKey(p.Name)))
        {
            Context.CancelTimer("again-" + policy.Name);
            Spawn(policy);
        }
    }

    /// <summary>The successor is asked what its predecessor has not answered.</summary>
    private void Replace(string name)
    {
        if (policies.FirstOrDefault(p => p.Name == name) is { } policy)
        {
            Spawn(policy);
            foreach (var question in _questions.Values.Where(q => q.Asked.Contains(name) && !q.Answers.ContainsKey(name)))
            {
                Context.Tell(_alive[name], question.Message);
            }
        }
        else
        {
            foreach (var question in _questions.Values.ToArray())
            {
                EndIfComplete(question);
            }
        }
    }

    private void Spawn(PolicySpec policy)
    {
        var actor = Context.Spawn(policy.Props, policy.Name);
        Context.Watch(actor);
        _alive[policy.Name] = actor;
        if (_off.TryGetValue(policy.Name, out var stand))
        {
            Context.Tell(actor, stand);
        }
    }

    private void Ask(Question question)
    {
        _questions[question.Token] = question;
        var asksAll = ++_asked % AskedEvery == 0;
        foreach (var (name, actor) in _alive)
        {
            if (!asksAll && _owes.GetValueOrDefault(name) >= OwesMax)
            {
                continue;
            }

            // Who is about to leave would not answer any more; its successor is asked.
            question.Asked.Add(name);
            if (!_leaving.Contains(name))
            {
                Context.Tell(actor, question.Message);
            }
        }

        Context.StartTimer(question.Token, new Late(question.Token), options.PolicyMs);
        EndIfComplete(question);
    }

    private void Take(string token, string policy, object answer)
    {
        _owes.Remove(policy);
        if (_questions.TryGetValue(token, out var question) && question.Asked.Contains(policy))
        {
            if (PolicyAnswers.WhyNot(question.Message, answer) is { } nonsense)
            {
                Context.Note(205, $"What the policy {policy} answers cannot be meant: {nonsense}. That is no opinion.");
                question.Asked.Remove(policy);
                question.Answers.Remove(policy);
            }
            else
            {
                question.Answers[policy] = answer;
            }

            EndIfComplete(question);
        }
    }

    private void EndIfComplete(Question question)
    {
        if (question.Asked.All(a => question.Answers.ContainsKey(a) || !_alive.ContainsKey(a)))
        {
            End(question);
        }
    }

    private void End(Question question)
    {
        Context.CancelTimer(question.Token);
        _questions.Remove(question.Token);
        var inOrder = policies.Where(p => question.Answers.ContainsKey(p.Name)).Select(p => question.Answers[p.Name]);
        Context.Tell(question.ReplyTo, question.IsProposal
            ? new PoliciesProposed(question.Token, [.. inOrder.Cast<Proposed>()])
            : new PoliciesJudged(question.Token, [.. inOrder.Cast<Judged>()]));
    }

    private sealed record Question(string Token, ActorRef ReplyTo, bool IsProposal, object Message)
    {
        public SortedSet<string> Asked { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, object> Answers { get; } = new(StringComparer.Ordinal);
    }

    private sealed record Late(string Token);

    private sealed record Again(string Policy);
}

/// <summary>A policy: its name, and how its actor is made.</summary>
/// <param name="Name">The name that stands in the configuration and in the journal.</param>
/// <param name="Props">The recipe; the actor answers <see cref="Propose"/> and <see cref="Judge"/>.</param>
public sealed record PolicySpec(string Name, Props Props)
{
    /// <summary>True if it wants to be shown with whom this host's VMs talk, and those of the hosts on which their partners are.</summary>
    public bool WantsPairs { get; init; }
}
