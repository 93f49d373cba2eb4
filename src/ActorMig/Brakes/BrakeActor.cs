using ActorMig.Actors;
using ActorMig.Edges;
using ActorMig.Hosts;

namespace ActorMig.Brakes;

/// <summary>
/// The hand on the brake: no agent of the cluster begins a move while it is pulled. It is known everywhere without a centre: whoever sets it tells all
/// members until they say that they know it, and digests carry the newest that a host knows, so that those who were away or join later hear of it before
/// they could begin a barter.
/// </summary>
internal sealed class BrakeActor(ActorMigOptions options, HostEdges edges, ActorRef host, long incarnation) : PersistentActor("brake")
{
    public const string Name = "brake";
    private const string Tell = "tell";
    private const string Over = "over";

    /// <summary>No honest cluster comes so far ahead of a host; whoever says so would keep everybody from ever setting it again.</summary>
    private const long AheadMax = 1_000_000;

    /// <summary>The wall clock may be set meanwhile: so often the end is looked for.</summary>
    private const long OverMs = 10_000;
    private const int NonsenseSaidMax = 1_000;
    private readonly SortedSet<string> _nonsenseSaid = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _untold = new(StringComparer.Ordinal);
    private readonly Storm _storm = new();
    private IReadOnlyList<Member> _members = [];
    private BrakeSet? _set;
    private BrakeStatus? _told;
    private int _tries;

    private BrakeMark Mark => _set?.Mark ?? BrakeMark.None;

    protected override void Apply(object @event) => _set = @event switch
    {
        BrakeSet set => set,
        BrakeOver over when _set is { } set && set.Mark == new BrakeMark(over.Number, over.By) => set with { IsFrozen = false },
        _ => _set,
    };

    protected override object? Snapshot() => _set;

    protected override void Recovered()
    {
        EndIfOver();
        Say(_set);
        WaitForEnd(_set);
    }

    protected override void Handle(object message)
    {
        switch (message)
        {
            case SetBrake set:
                Set(set);
                break;
            case PeerSaid { Message: BrakeStands stands } said:
                Hear(said.Host, stands);
                break;
            case PeerSaid { Message: BrakeKnown known } said when _untold.Contains(said.Host) && !Mark.IsNewerThan(new BrakeMark(known.Number, known.By)):
                _untold.Remove(said.Host);
                Say(_set);
                break;
            case PeerSaid { Message: GetBrake get } said:
                Compare(said.Host, new BrakeMark(get.Number, get.By), mayAsk: false);
                break;
            case BrakeMarkHeard heard:
                Compare(heard.Host, heard.Mark, mayAsk: true);
                break;
            case MembersChanged changed:
                Take(changed.Members);
                break;
            case Tell:
                TellUntold(_set);
                break;
            case Over:
                EndIfOver();
                Say(_set);
                WaitForEnd(_set);
                break;
            case OptionsChanged changed:
                options = changed.Options;
                break;
        }
    }

    private void Set(SetBrake set)
    {
        if (!set.IsFrozen && _storm.IsResting(Context.Now.MonotonicMs))
        {
            _storm.End();
            Context.Persist(new StormRestEnded(set.Person));
            Context.Note(314, $"{set.Person} ended the rest after the storm on {options.HostName}; moves may begin here again.");
            Say(_set);
            if (!IsInForce(_set))
            {
                Context.Tell(set.ReplyTo, new BrakeAnswered(true, $"the rest after the storm is over on {options.HostName}; on each other host it ends by itself, or by this command"));
                return;
            }
        }

        if (!set.IsFrozen && !IsInForce(_set))
        {
            Context.Tell(set.ReplyTo, new BrakeAnswered(false, "the cluster is not frozen, as far as this host knows; there is nothing to thaw"));
            return;
        }

        var now = new BrakeSet(Mark.Number + 1, options.HostName, set.IsFrozen, set.Person, set.Why, set.ForMs is { } ms ? Context.Now.WallMs + ms : null);
        Context.Persist(now);
        Context.Note(312, set.IsFrozen ? $"{set.Person} froze the cluster{For(set.ForMs)}: {set.Why}. No move begins." : $"{set.Person} thawed the cluster; moves may begin again.");
        _untold.Clear();
        _untold.UnionWith(_members.Select(m => m.Host));
        _tries = 0;
        Say(now);
        WaitForEnd(now);
        TellUntold(now);
        Context.Tell(set.ReplyTo, new BrakeAnswered(true, set.IsFrozen ? $"no move begins on {options.HostName} any more" : $"moves may begin on {options.HostName} again"));
    }

    private void Hear(string from, BrakeStands stands)
    {
        var theirs = new BrakeMark(stands.Number, stands.By);
        if (stands.Number > Mark.Number + AheadMax || stands.LeftMs is < 0 or > BrakeSet.SpanMaxMs || stands.Why.Length > BrakeSet.TextMax || stands.Person.Length > BrakeSet.TextMax)
        {
            if (_nonsenseSaid.Count < NonsenseSaidMax && _nonsenseSaid.Add(from))
            {
                Context.Note(313, $"What {from} says of the brake (number {stands.Number}) cannot be meant; it is not heeded (said once).");
            }

            return;
        }

        if (theirs.IsNewerThan(Mark))
        {
            var now = new BrakeSet(
                stands.Number, stands.By, stands.IsFrozen, stands.Person, stands.Why, stands.LeftMs is { } left ? Context.Now.WallMs + left : null);
            Context.Persist(now);
            Context.Note(312, stands.IsFrozen ? $"{stands.By} says that {stands.Person} froze the cluster{For(stands.LeftMs)}: {stands.Why}. No move begins." : $"{stands.By} says that {stands.Person} thawed the cluster; moves may begin again.");
            _untold.Clear();
            Say(now);
            WaitForEnd(now);
            Send(from, new BrakeKnown(now.Number, now.By));
        }
        else if (Mark.IsNewerThan(theirs))
        {
            Send(from, Stands(_set!));
        }
        else
        {
            Send(from, new BrakeKnown(theirs.Number, theirs.By));
        }
    }

    /// <summary>Of two that have heard of each other's newest, the one who is behind is told.</summary>
    private void Compare(string peer, BrakeMark theirs, bool mayAsk)
    {
        if (Mark.IsNewerThan(theirs))
        {
            Send(peer, Stands(_set!));
        }
        else if (theirs.IsNewerThan(Mark))
        {
            if (mayAsk)
            {
                Send(peer, new GetBrake(Mark.Number, Mark.By));
            }
        }
        else if (_untold.Remove(peer))
        {
            Say(_set);
        }
    }

    private void Take(IReadOnlyList<Member> members)
    {
        // Told anew in each round: mostly there is no news.
        if (ReferenceEquals(members, _members))
        {
            return;
        }

        var before = _members;
        _members = members;
        LookAtStorm(before);
        _untold.RemoveWhere(h => Member.Find(members, h) is null);
        var news = members.Where(m => Member.Find(before, m.Host) is null).Select(m => m.Host).ToArray();
        if (_set?.By == options.HostName && IsInForce(_set) && news.Length > 0)
        {
            _untold.UnionWith(news);
            _tries = 0;
            TellUntold(_set);
        }

        Say(_set);
    }

    private void EndIfOver()
    {
        if (_set is { IsFrozen: true } set && !IsInForce(set))
        {
            Context.Persist(new BrakeOver(set.Number, set.By));
            Context.Note(312, $"The freeze by {set.Person} on {set.By} is over; moves may begin again.");
        }
    }

    private void LookAtStorm(IReadOnlyList<Member> before)
    {
        var now = Context.Now.MonotonicMs;
        if (_storm.See(before, _members, options, now) is { } storm)
        {
            Context.Note(314, $"{storm}.");
            WaitForEnd(_set);
        }
    }

    private void TellUntold(BrakeSet? set)
    {
        if (set is null || _untold.Count == 0)
        {
            return;
        }

        foreach (var peer in _untold)
        {
            Send(peer, Stands(set));
        }

        // Who is silent for longer hears of it with the first digest.
        Context.StartTimer(Tell, Tell, ++_tries < options.AnswerTries ? Math.Min(options.AnswerMs, options.RoundMs) : options.RoundMs);
    }

    private void Say(BrakeSet? set)
    {
        var now = Context.Now;
        var mark = set?.Mark ?? BrakeMark.None;
        var status = IsInForce(set) ? new BrakeStatus($"{set!.Person} on {set.By} froze the cluster: {set.Why}", set.UntilWallMs, mark, [.. _untold])
            : _storm.IsResting(now.MonotonicMs) ? new BrakeStatus(_storm.Sentence, _told?.Frozen == _storm.Sentence ? _told.UntilWallMs : now.WallMs + _storm.LeftMs(now.MonotonicMs), mark, [.. _untold])
            : new BrakeStatus(null, null, mark, [.. _untold]);
        if (_told is null || status.Frozen != _told.Frozen || status.UntilWallMs != _told.UntilWallMs || status.Mark != _told.Mark || !status.Untold.SequenceEqual(_told.Untold))
        {
            _told = status;
            Context.Tell(host, new BrakeChanged(status));
        }
    }

    private void WaitForEnd(BrakeSet? set)
    {
        long? leftMs = IsInForce(set) ? set!.UntilWallMs - Context.Now.WallMs : null;
        if (_storm.IsResting(Context.Now.MonotonicMs))
        {
            leftMs = Math.Min(leftMs ?? long.MaxValue, _storm.LeftMs(Context.Now.MonotonicMs));
        }

        if (leftMs is { } ms)
        {
            Context.StartTimer(Over, Over, Math.Clamp(ms, 1, OverMs));
        }
        else
        {
            Context.CancelTimer(Over);
        }
    }

    private bool IsInForce(BrakeSet? set) => set is { IsFrozen: true } && !(set.UntilWallMs <= Context.Now.WallMs);

    private BrakeStands Stands(BrakeSet set) => new(
        set.Number, set.By, set.IsFrozen, set.Person, set.Why, set.UntilWallMs is { } until ? Math.Max(0, until - Context.Now.WallMs) : null);

    private static string For(long? ms) => ms is null ? "" : $" for {Words.Span(ms.Value)}";

    private void Send(string peer, object message) => Context.Tell(edges.Membership, new SendToPeer(peer, Name, message, incarnation));
}
