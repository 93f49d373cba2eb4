using ActorMig.Actors;
using ActorMig.Edges;

namespace ActorMig.Vms;

/// <summary>Follows migrations that somebody else has begun to their end, and records that with its figures. It only looks.</summary>
internal sealed class ForeignMigrationsActor(ActorRef host, ActorMig.Hosts.HostEdges edges, long pollMs) : EphemeralActor
{
    private const string Poll = "poll";
    private readonly SortedDictionary<string, ForeignMigration> _all = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, JobFigures> _last = new(StringComparer.Ordinal);

    protected override void Handle(object message)
    {
        switch (message)
        {
            case LookForForeign look:
                Take(look);
                break;
            case Poll:
                foreach (var uuid in _all.Keys)
                {
                    Context.Tell(edges.Hypervisor, new LookAtDomain(Context.Self, uuid, uuid));
                }

                PollLater();
                break;
            case DomainJobCompleted completed when _all.ContainsKey(completed.Uuid):
                _last[completed.Uuid] = completed.Figures;
                break;
            case DomainLooked looked when _all.TryGetValue(looked.Uuid, out var foreign):
                See(foreign, looked.Look);
                break;
        }
    }

    /// <summary>A post-copy that broke and waits for whoever began it is no job that goes on.</summary>
    private static bool IsLeaving(DomainState state, StateReason reason, DomainJob job) =>
        job == DomainJob.Outgoing && !(state == DomainState.Paused && reason == StateReason.PostCopyFailed);

    private void Take(LookForForeign look)
    {
        var before = _all.Count;
        var isNews = false;
        foreach (var own in look.Own)
        {
            isNews |= _all.ContainsKey(own);
            Forget(own);
        }

        foreach (var d in look.Domains.Where(d => !_all.ContainsKey(d.Uuid) && !look.Own.Contains(d.Uuid)))
        {
            if (IsLeaving(d.State, d.Reason, d.Job) || Arriving.Is(d.State, d.Reason, d.Job))
            {
                _all.Add(d.Uuid, new ForeignMigration(d.Uuid, d.Name, d.Job == DomainJob.Outgoing, Context.Now.WallMs, null));
                Context.Tell(edges.Hypervisor, new SubscribeDomain(Context.Self, d.Uuid));
                isNews = true;
            }
        }

        if (isNews)
        {
            Report();
            if (before == 0)
            {
                PollLater();
            }
        }
    }

    private void See(ForeignMigration foreign, DomainLook look)
    {
        if (foreign.IsOutgoing ? IsLeaving(look.State, look.Reason, look.Job) : Arriving.Is(look.State, look.Reason, look.Job))
        {
            if (look.Figures is not null)
            {
                _all[foreign.Uuid] = foreign with { Figures = look.Figures };
                Report();
            }

            return;
        }

        var isHere = look.State is not (DomainState.Absent or DomainState.Shutoff);
        var figures = _last.TryGetValue(foreign.Uuid, out var last) ? last : foreign.Figures;
        Context.Tell(edges.Records, new ForeignMigrationEnded(
            foreign.Name,
            foreign.Uuid,
            foreign.IsOutgoing,
            (foreign.IsOutgoing, isHere) switch
            {
                (true, true) => "stayed",
                (true, false) => "left",
                (false, true) => "came",
                (false, false) => "did not come",
            },
            foreign.WallMs,
            figures?.ElapsedMs ?? Context.Now.WallMs - foreign.WallMs,
            figures?.DowntimeMs,
            figures?.ProcessedBytes,
            figures?.Iteration));
        Forget(foreign.Uuid);
        Report();
    }

    private void Forget(string uuid)
    {
        _last.Remove(uuid);
        if (_all.Remove(uuid))
        {
            Context.Tell(edges.Hypervisor, new UnsubscribeDomain(Context.Self, uuid));
        }
    }

    private void Report() => Context.Tell(host, new ForeignMigrationsSeen([.. _all.Values]));

    private void PollLater()
    {
        if (_all.Count > 0)
        {
            Context.StartTimer(Poll, Poll, pollMs);
        }
    }
}
