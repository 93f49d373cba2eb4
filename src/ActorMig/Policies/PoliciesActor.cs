using ActorMig.Actors;

namespace ActorMig.Policies;

/// <summary>Owns the policies: asks all of them, and takes a missing answer for "no opinion", which is counted.</summary>
internal sealed class PoliciesActor(IReadOnlyList<PolicySpec> policies, ActorMigOptions options) : EphemeralActor
{
    private const long BackOffMs = 1_000;
    private readonly SortedDictionary<string, ActorRef> _alive = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Question> _questions = new(StringComparer.Ordinal);
    private long _silent;

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
                Ask(new Question(propose.Token, propose.ReplyTo, true), r => propose with { ReplyTo = r });
                break;
            case Judge judge:
                Ask(new Question(judge.Token, judge.ReplyTo, false), r => judge with { ReplyTo = r });
                break;
            case Proposed proposed:
                Take(proposed.Token, proposed.Policy, proposed);
                break;
            case Judged judged:
                Take(judged.Token, judged.Policy, judged);
                break;
            case Late late when _questions.TryGetValue(late.Token, out var question):
                _silent += _alive.Count - question.Answers.Count;
                Context.Note(201, $"A policy did not answer in {options.PolicyMs} ms ({_silent} times so far): that is no opinion.");
                End(question);
                break;
            case Again again:
                Spawn(again.Policy);
                break;
            case Terminated ended:
                _alive.Remove(ended.Actor.Name);
                Context.StartTimer("again-" + ended.Actor.Name, new Again(policies.First(p => p.Name == ended.Actor.Name)), BackOffMs);
                break;
        }
    }

    private void Spawn(PolicySpec policy)
    {
        var actor = Context.Spawn(policy.Props, policy.Name);
        Context.Watch(actor);
        _alive[policy.Name] = actor;
    }

    private void Ask(Question question, Func<ActorRef, object> message)
    {
        _questions[question.Token] = question;
        foreach (var actor in _alive.Values)
        {
            Context.Tell(actor, message(Context.Self));
        }

        Context.StartTimer(question.Token, new Late(question.Token), options.PolicyMs);
        EndIfComplete(question);
    }

    private void Take(string token, string policy, object answer)
    {
        if (_questions.TryGetValue(token, out var question))
        {
            question.Answers[policy] = answer;
            EndIfComplete(question);
        }
    }

    private void EndIfComplete(Question question)
    {
        if (question.Answers.Count >= _alive.Count)
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

    private sealed record Question(string Token, ActorRef ReplyTo, bool IsProposal)
    {
        public SortedDictionary<string, object> Answers { get; } = new(StringComparer.Ordinal);
    }

    private sealed record Late(string Token);

    private sealed record Again(PolicySpec Policy);
}

/// <summary>A policy: its name, and how its actor is made.</summary>
/// <param name="Name">The name that stands in the configuration and in the journal.</param>
/// <param name="Props">The recipe; the actor answers <see cref="Propose"/> and <see cref="Judge"/>.</param>
public sealed record PolicySpec(string Name, Props Props);
