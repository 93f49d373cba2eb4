using System.Globalization;
using ActorMig.Actors;
using ActorMig.Edges;

namespace ActorMig.Hosts;

/// <summary>
/// Passes on what a person here wants of another host's drain, and hands back what that host says. It asks as often and waits as long as for any answer of
/// a peer; what it asks again has the same number, so that it is obeyed once.
/// </summary>
/// <param name="edges">The edges.</param>
/// <param name="options">All numbers, until <see cref="OptionsChanged"/>.</param>
/// <param name="incarnation">The host's incarnation.</param>
internal sealed class DrainsActor(HostEdges edges, ActorMigOptions options, long incarnation) : EphemeralActor
{
    /// <summary>The name by which peers reach it.</summary>
    public const string Name = "drains";
    private const int OpenMax = 1_000;

    /// <summary>The longest answer that is handed on, in characters; what is longer, or empty, is no answer.</summary>
    private const int TextMax = 2_000;
    private readonly SortedDictionary<long, Question> _questions = [];
    private long _number;

    protected override void Handle(object message)
    {
        switch (message)
        {
            case DrainHost drain:
                Ask(drain.ReplyTo, drain.Host, n => new AskDrain(n, drain.Person, drain.Why, drain.DeadlineMs));
                break;
            case CancelDrain cancel:
                Ask(cancel.ReplyTo, cancel.Host, n => new AskDrainEnd(n, cancel.Person));
                break;
            case ShowDrain show:
                Ask(show.ReplyTo, show.Host, n => new GetDrain(n));
                break;
            case PeerSaid { Message: DrainSaid heard } said
                when heard.AskedIn == incarnation && heard.Text.Length is > 0 and <= TextMax && _questions.TryGetValue(heard.Question, out var asked) && asked.Host == said.Host:
                End(asked, new DrainAnswered(heard.IsAccepted, heard.Text, IsSilent: false, heard.Drain, heard.IsBusy));
                break;
            case Due due when _questions.TryGetValue(due.Question, out var open):
                Say(open);
                break;
            case OptionsChanged changed:
                options = changed.Options;
                break;
        }
    }

    private void Ask(ActorRef asker, string host, Func<long, object> make)
    {
        if (_questions.Count >= OpenMax)
        {
            Context.Tell(asker, new DrainAnswered(false, $"{OpenMax} questions to other hosts wait for their answers on {options.HostName}; try again in a moment"));
            return;
        }

        // By the clock that nobody sets, so that the numbers rise also if this actor is begun anew.
        _number = Math.Max(_number + 1, Context.Now.MonotonicMs);
        var question = new Question(_number, host, asker, make(_number));
        _questions.Add(question.Number, question);
        Say(question);
    }

    private void Say(Question question)
    {
        if (question.Tries >= options.AnswerTries)
        {
            var waited = Words.Span(options.AnswerMs * options.AnswerTries);
            End(question, new DrainAnswered(
                false,
                question.Message is GetDrain
                    ? $"{question.Host} has not answered in {waited}; see that its agent runs, and ask again: a drain that has begun there goes on"
                    : $"{question.Host} has not answered in {waited}, and may have heard it or not; see that its agent runs, then look with `actormig host drain {question.Host} --show`, or say it again, which does no harm",
                IsSilent: true));
            return;
        }

        question.Tries++;
        Context.Tell(edges.Membership, new SendToPeer(question.Host, Name, question.Message, incarnation));
        Context.StartTimer(Key(question), new Due(question.Number), options.AnswerMs);
    }

    private void End(Question question, DrainAnswered answer)
    {
        _questions.Remove(question.Number);
        Context.CancelTimer(Key(question));
        Context.Tell(question.ReplyTo, answer);
    }

    private static string Key(Question question) => "question-" + question.Number.ToString(CultureInfo.InvariantCulture);

    private sealed record Due(long Question);

    private sealed class Question(long number, string host, ActorRef replyTo, object message)
    {
        public long Number { get; } = number;

        public string Host { get; } = host;

        public ActorRef ReplyTo { get; } = replyTo;

        public object Message { get; } = message;

        public int Tries { get; set; }
    }
}
