using ActorMig.Actors;
using ActorMig.Edges;
using ActorMig.Hosts;

namespace ActorMig.Directories;

/// <summary>
/// This host's part of the directory: which host runs which VM, by UUID, name and the addresses of its NICs. Each key has two hosts that keep what is claimed
/// of it. It is soft: a host says again and again what runs on it, claims age, and whoever asks has the answer confirmed by the host itself; so a stale
/// one costs a message, and never a wrong move.
/// </summary>
internal sealed class DirectoryActor(ActorMigOptions options, HostEdges edges, long incarnation) : EphemeralActor
{
    public const string Name = "directory";
    private const string Refresh = "refresh";
    private const int Copies = 2;
    private const int RefreshRounds = 15;
    private const int AgeRefreshes = 3;
    private const int ClaimsOfMessage = 200;
    private const int QuestionsMax = 1_000;
    private readonly SortedDictionary<string, VmClaim> _own = new(StringComparer.Ordinal);

    /// <summary>By key, and then by the host that claims it.</summary>
    private readonly SortedDictionary<string, SortedDictionary<string, Kept>> _kept = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, Question> _questions = [];
    private IReadOnlyList<string> _hosts = [options.HostName];
    private long _number;
    private int _claims;
    private bool _isFullSaid;

    private long AgeMs => AgeRefreshes * RefreshRounds * options.RoundMs;

    protected override void Started() => Context.StartTimer(Refresh, Refresh, RefreshRounds * options.RoundMs);

    protected override void Handle(object message)
    {
        switch (message)
        {
            case VmsSeen seen:
                See(seen.Vms);
                break;
            case MembersChanged changed:
                Take(changed.Members);
                break;
            case OptionsChanged changed:
                options = changed.Options;
                break;
            case Refresh:
                Forget();
                Claim(_own.Values, [], _hosts);
                Context.StartTimer(Refresh, Refresh, RefreshRounds * options.RoundMs);
                break;
            case WhereIsVm where:
                Find(where);
                break;
            case PeerSaid { Message: ClaimVms claims } said:
                Keep(said.Host, claims);
                break;
            case PeerSaid { Message: FindVm find } said:
                Send(said.Host, new VmFound(find.Question, Known(find.Key)));
                break;
            case PeerSaid { Message: AskVm ask } said:
                Send(said.Host, new VmHere(ask.Question, ask.Uuid, _own.ContainsKey(ask.Uuid)));
                break;
            case PeerSaid { Message: VmFound found } said:
                Hear(said.Host, found);
                break;
            case PeerSaid { Message: VmHere here } said:
                Hear(said.Host, here);
                break;
            case Due due when _questions.TryGetValue(due.Question, out var late):
                Advance(late, isLate: true);
                break;
        }
    }

    /// <summary>What is new, or is called otherwise by now, is said at once, and so is what has gone.</summary>
    private void See(IReadOnlyList<VmClaim> vms)
    {
        var news = vms.Where(v => !_own.TryGetValue(v.Uuid, out var known) || known.Name != v.Name || !known.Macs.SequenceEqual(v.Macs, StringComparer.Ordinal)).ToArray();
        var present = new SortedSet<string>(vms.Select(v => v.Uuid), StringComparer.Ordinal);
        var gone = _own.Values.Where(v => !present.Contains(v.Uuid)).ToArray();
        foreach (var vm in gone)
        {
            _own.Remove(vm.Uuid);
        }

        foreach (var vm in news)
        {
            _own[vm.Uuid] = vm;
        }

        Claim(news, gone, _hosts);
    }

    /// <summary>A host that has failed keeps nothing: what it kept is said to those who come next.</summary>
    private void Take(IReadOnlyList<Member> members)
    {
        var hosts = members.Where(m => m.State == MemberState.Alive).Select(m => m.Host).Append(options.HostName).Order(StringComparer.Ordinal).ToArray();
        if (hosts.SequenceEqual(_hosts, StringComparer.Ordinal))
        {
            return;
        }

        var before = _hosts;
        _hosts = hosts;
        Claim(_own.Values.Where(v => VmKey.Of(v).Any(k => Rendezvous.Owners(k, hosts, Copies).Except(Rendezvous.Owners(k, before, Copies), StringComparer.Ordinal).Any())), [], hosts);
    }

    private void Claim(IEnumerable<VmClaim> claims, IReadOnlyList<VmClaim> gone, IReadOnlyList<string> hosts)
    {
        var byHost = new SortedDictionary<string, (List<VmClaim> Claims, List<string> Gone)>(StringComparer.Ordinal);
        foreach (var (vm, isGone) in claims.Select(c => (c, false)).Concat(gone.Select(g => (g, true))))
        {
            foreach (var owner in VmKey.Of(vm).SelectMany(k => Rendezvous.Owners(k, hosts, Copies)).Distinct(StringComparer.Ordinal))
            {
                if (!byHost.TryGetValue(owner, out var to))
                {
                    byHost.Add(owner, to = ([], []));
                }

                if (isGone)
                {
                    to.Gone.Add(vm.Uuid);
                }
                else
                {
                    to.Claims.Add(vm);
                }
            }
        }

        foreach (var (owner, (these, away)) in byHost)
        {
            for (var from = 0; from < Math.Max(these.Count, away.Count); from += ClaimsOfMessage)
            {
                var part = new ClaimVms([.. these.Skip(from).Take(ClaimsOfMessage)], [.. away.Skip(from).Take(ClaimsOfMessage)]);
                if (owner == options.HostName)
                {
                    Keep(owner, part);
                }
                else
                {
                    Send(owner, part);
                }
            }
        }
    }

    private void Keep(string host, ClaimVms claims)
    {
        // More than a host says in one message is not looked at: it would keep this one from all else.
        foreach (var uuid in claims.Gone.Take(ClaimsOfMessage))
        {
            Drop(kept => kept.Claim.Uuid == uuid, host, VmKey.Of(uuid));
        }

        foreach (var claim in claims.Claims.Take(ClaimsOfMessage))
        {
            foreach (var key in VmKey.Of(claim).Where(k => Rendezvous.Owners(k, _hosts, Copies).Contains(options.HostName, StringComparer.Ordinal)))
            {
                var hosts = _kept.GetValueOrDefault(key);
                var isNew = hosts?.ContainsKey(host) != true;
                if (isNew && _claims >= options.DirectoryClaimsMax)
                {
                    NoteThatItIsFull();
                    continue;
                }

                if (hosts is null)
                {
                    _kept.Add(key, hosts = new SortedDictionary<string, Kept>(StringComparer.Ordinal));
                }

                _claims += isNew ? 1 : 0;
                hosts[host] = new Kept(claim, Context.Now.MonotonicMs);
            }
        }
    }

    /// <summary>Said once: who looks for a VM in vain is to know why.</summary>
    private void NoteThatItIsFull()
    {
        if (!_isFullSaid)
        {
            _isFullSaid = true;
            Context.Note(316, FormattableString.Invariant(
                $"More than {options.DirectoryClaimsMax} claims (directory.claims-max) came for this host's part of the directory; what is over that is left out, and `vm where` may not find it."));
        }
    }

    /// <summary>Drops what a host claims under the keys of a VM; only its UUID is known of one that has gone, and what is kept under it names the others.</summary>
    private void Drop(Func<Kept, bool> isMeant, string host, string key)
    {
        if (_kept.TryGetValue(key, out var hosts) && hosts.TryGetValue(host, out var kept) && isMeant(kept))
        {
            foreach (var other in VmKey.Of(kept.Claim))
            {
                Remove(other, host);
            }
        }
        else
        {
            foreach (var other in _kept.Where(k => k.Value.TryGetValue(host, out var there) && isMeant(there)).Select(k => k.Key).ToArray())
            {
                Remove(other, host);
            }
        }
    }

    private void Remove(string key, string host)
    {
        if (_kept.TryGetValue(key, out var hosts) && hosts.Remove(host))
        {
            _claims--;
            if (hosts.Count == 0)
            {
                _kept.Remove(key);
            }
        }
    }

    private void Forget()
    {
        foreach (var (key, host) in _kept.SelectMany(k => k.Value.Where(h => !IsYoung(h.Value)).Select(h => (k.Key, h.Key))).ToArray())
        {
            Remove(key, host);
        }
    }

    private bool IsYoung(Kept kept) => Context.Now.MonotonicMs - kept.AtMs < AgeMs;

    private IReadOnlyList<VmSighting> Known(string key)
    {
        var here = _own.Values.Where(v => VmKey.Of(v).Contains(key, StringComparer.Ordinal)).Select(v => new VmSighting(v.Uuid, v.Name, options.HostName, 0, IsConfirmed: true));
        var kept = _kept.TryGetValue(key, out var hosts)
            ? hosts.Where(h => h.Key != options.HostName && IsYoung(h.Value))
                .Select(h => new VmSighting(h.Value.Claim.Uuid, h.Value.Claim.Name, h.Key, Context.Now.MonotonicMs - h.Value.AtMs))
            : [];
        return [.. here.Concat(kept).OrderBy(s => s.AgeMs).ThenBy(s => s.Host, StringComparer.Ordinal)];
    }

    private void Find(WhereIsVm where)
    {
        var key = VmKey.Of(where.Key);
        if (_own.Values.Any(v => VmKey.Of(v).Contains(key, StringComparer.Ordinal)) || _questions.Count >= QuestionsMax)
        {
            Context.Tell(where.ReplyTo, new VmLocated(where.Key, [.. Known(key).Where(s => s.IsConfirmed)]));
            return;
        }

        var question = new Question(++_number, where);
        _questions.Add(question.Number, question);
        question.Where.AddRange(Known(key));
        foreach (var owner in Rendezvous.Owners(key, _hosts, Copies).Where(o => o != options.HostName))
        {
            question.Asked.Add(owner);
            Send(owner, new FindVm(question.Number, key));
        }

        Context.StartTimer(Timer(question), new Due(question.Number), options.AnswerMs);
        Advance(question, isLate: false);
    }

    private void Hear(string host, VmFound found)
    {
        if (_questions.TryGetValue(found.Question, out var question) && !question.IsConfirming && question.Asked.Remove(host))
        {
            question.Where.AddRange(found.Where.Take(QuestionsMax));
            Advance(question, isLate: false);
        }
    }

    private void Hear(string host, VmHere here)
    {
        if (_questions.TryGetValue(here.Question, out var question) && question.IsConfirming && question.Asked.Remove(host))
        {
            var at = question.Where.FindIndex(s => s.Host == host && s.Uuid == here.Uuid);
            if (at >= 0 && here.IsHere)
            {
                question.Where[at] = question.Where[at] with { AgeMs = 0, IsConfirmed = true };
            }
            else if (at >= 0)
            {
                question.Where.RemoveAt(at);
            }

            Advance(question, isLate: false);
        }
    }

    /// <summary>First those who keep the key are asked, then those who are said to run it.</summary>
    private void Advance(Question question, bool isLate)
    {
        if (question.Asked.Count > 0 && !isLate)
        {
            return;
        }

        question.Asked.Clear();
        if (!question.IsConfirming)
        {
            question.IsConfirming = true;
            var byHost = question.Where.GroupBy(s => (s.Host, s.Uuid)).Select(g => g.MinBy(s => s.AgeMs)!).ToArray();
            question.Where.Clear();
            question.Where.AddRange(byHost);
            foreach (var sighting in byHost.Where(s => !s.IsConfirmed && s.Host != options.HostName && _hosts.Contains(s.Host, StringComparer.Ordinal)))
            {
                question.Asked.Add(sighting.Host);
                Send(sighting.Host, new AskVm(question.Number, sighting.Uuid));
            }

            if (question.Asked.Count > 0)
            {
                Context.StartTimer(Timer(question), new Due(question.Number), options.AnswerMs);
                return;
            }
        }

        Context.CancelTimer(Timer(question));
        _questions.Remove(question.Number);
        Context.Tell(question.Asker.ReplyTo, new VmLocated(
            question.Asker.Key, [.. question.Where.OrderByDescending(s => s.IsConfirmed).ThenBy(s => s.AgeMs).ThenBy(s => s.Host, StringComparer.Ordinal)]));
    }

    private static string Timer(Question question) => FormattableString.Invariant($"question-{question.Number}");

    private void Send(string peer, object message) => Context.Tell(edges.Membership, new SendToPeer(peer, Name, message, incarnation));

    private sealed record Kept(VmClaim Claim, long AtMs);

    private sealed record Due(long Question);

    private sealed class Question(long number, WhereIsVm asker)
    {
        public long Number { get; } = number;

        public WhereIsVm Asker { get; } = asker;

        public List<VmSighting> Where { get; } = [];

        public SortedSet<string> Asked { get; } = new(StringComparer.Ordinal);

        public bool IsConfirming { get; set; }
    }
}
