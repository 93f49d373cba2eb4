using ActorMig.Actors;
using ActorMig.Edges;
using ActorMig.PreFlight;

namespace ActorMig.Simulation;

/// <content>How an agent talks to this libvirt, and hears of it.</content>
public sealed partial class SimHypervisor
{
    /// <summary>How much downtime the agent lets pre-copy make: so little that a guest is switched before it converges.</summary>
    private const long AgentMaxDowntimeMs = 1;

    /// <summary>The longest time that libvirt's short calls take; the shortest is 1 ms.</summary>
    private const long CallMaxMs = 4;

    /// <summary>How long another host's libvirt is waited for.</summary>
    private const long WayMs = 5_000;

    /// <summary>How often a call looks whether a daemon that hangs goes on.</summary>
    private const long HungMs = 100;

    private readonly List<(ActorRef Subscriber, string Uuid)> _domainSubscribers = [];
    private readonly List<ActorRef> _subscribers = [];
    private Action<ActorRef, object>? _tell;
    private long _session;

    /// <summary>How many are told of domains, each counted for each domain.</summary>
    internal int DomainSubscribers => _domainSubscribers.Count;

    /// <summary>The actor by which an agent talks to this libvirt.</summary>
    /// <param name="hypervisors">All hosts' hypervisors by name: destinations are found here.</param>
    public Props Edge(IReadOnlyDictionary<string, SimHypervisor> hypervisors) => Props.Of(() => new EdgeActorOfSim(this, hypervisors));

    /// <summary>An agent's process begins or ends: its subscriptions are gone.</summary>
    /// <param name="tell">How to reach the new agent's actors; null if there is none.</param>
    public void Attach(Action<ActorRef, object>? tell)
    {
        _domainSubscribers.Clear();
        _subscribers.Clear();
        _tell = tell;
        _session++;
    }

    /// <summary>A pass of pre-copy has begun.</summary>
    internal void Iterated(SimDomain domain, int iteration)
    {
        if (IsDaemonUp)
        {
            IterationTold?.Invoke(domain, iteration);
            if (iteration == 1)
            {
                TellAll(new MigrationJobBegan(domain.Guest.Uuid));
            }

            Publish(domain.Guest.Uuid, new DomainIterated(domain.Guest.Uuid, iteration));
        }
    }

    /// <summary>A migration away from here has ended well.</summary>
    internal void Completed(SimDomain domain, JobFigures figures)
    {
        if (IsDaemonUp)
        {
            CompletionTold?.Invoke(domain);
            Publish(domain.Guest.Uuid, new DomainJobCompleted(domain.Guest.Uuid, figures));
        }
    }

    private void TellAll(object message)
    {
        foreach (var subscriber in _subscribers)
        {
            _tell?.Invoke(subscriber, message);
        }
    }

    private void DisconnectAgent(string reason) => TellAll(new HypervisorLost(reason));

    private void ConnectAgent()
    {
        _session++;
        TellAll(Connected());
    }

    private HypervisorConnected Connected() => new(_session, MemoryBytes, CannotReceivePostCopy, Cpus);

    private DomainLook Look(string uuid) => Find(uuid) is { } d
        ? new DomainLook(d.State, d.Reason, d.Job, d.Job == DomainJob.Outgoing ? d.Migration?.Figures : null, d.IsPersistent, _session, d is { IsPersistent: true, IsAutostart: true })
        : new DomainLook(DomainState.Absent, StateReason.None, DomainJob.None, null, false, _session);

    /// <summary>Tells a lifecycle event at once; the state is read a moment later, and may be another one by then.</summary>
    private void Tell(SimDomain domain, string @event)
    {
        var uuid = domain.Guest.Uuid;
        Told?.Invoke(domain, @event);
        if (@event == "started/migrated")
        {
            TellAll(new MigrationJobBegan(uuid));
        }

        if (_tell is not { } tell || !_domainSubscribers.Exists(s => s.Uuid == uuid))
        {
            return;
        }

        Publish(uuid, new DomainHappened(uuid, @event));
        _time.After(1, () =>
        {
            if (IsDaemonUp && ReferenceEquals(_tell, tell))
            {
                Publish(uuid, new DomainChanged(uuid, Look(uuid)));
            }
        });
    }

    private void Publish(string uuid, object message)
    {
        if (!IsDaemonUp || _tell is not { } tell)
        {
            return;
        }

        foreach (var (subscriber, of) in _domainSubscribers)
        {
            if (of == uuid)
            {
                tell(subscriber, message);
            }
        }
    }

    /// <summary>What an agent does; what it must never do is written down.</summary>
    private string? Do(DoToDomain doTo, IReadOnlyDictionary<string, SimHypervisor> hypervisors)
    {
        var uuid = doTo.Uuid;
        if (Find(uuid) is not { } domain)
        {
            return NoDomain(uuid).Text;
        }

        // All hosts are looked at only where it matters: there may be thousands.
        var runsElsewhere = doTo.Verb is DomainVerb.Resume or DomainVerb.DestroyRemnant && hypervisors.Values.Any(h => !ReferenceEquals(h, this) && h.Find(uuid) is { Runs: true });
        if (doTo.Verb == DomainVerb.Resume && runsElsewhere)
        {
            _violations.Add($"S1: {domain.Guest.Name} was resumed on {Host} while it runs elsewhere");
        }

        if (doTo.Verb == DomainVerb.DestroyRemnant && !runsElsewhere)
        {
            _violations.Add($"S1: {domain.Guest.Name} was destroyed on {Host} and runs nowhere else");
        }

        return (doTo.Verb switch
        {
            DomainVerb.StartPostCopy => StartPostCopy(uuid),
            DomainVerb.Resume => Resume(uuid),
            DomainVerb.Suspend => Suspend(uuid),
            DomainVerb.Undefine => Undefine(uuid),
            DomainVerb.DestroyRemnant => Destroy(uuid),
            DomainVerb.SetAutostart => SetAutostart(uuid, true),
            DomainVerb.ClearAutostart => SetAutostart(uuid, false),
            DomainVerb.AbortJob => AbortJob(uuid),
            DomainVerb.SetMaxDowntime => SetMaxDowntime(domain, doTo.Value),
            _ => Invalid($"{Words.Of(doTo.Verb)} is unknown"),
        })?.Text;
    }

    private static LibvirtError? SetMaxDowntime(SimDomain domain, long ms)
    {
        domain.MaxDowntimeMs = ms;
        return null;
    }

    private void Migrate(MigrateDomain migrate, SimHypervisor destination, Action<string?> returned)
    {
        var domain = Find(migrate.Uuid);
        var before = domain?.MaxDowntimeMs ?? 0;
        if (!migrate.IsResume)
        {
            domain?.MaxDowntimeMs = migrate.Mode == MigrationMode.PreCopy ? migrate.Options.DowntimeMs : AgentMaxDowntimeMs;
        }

        var isPersistent = migrate.IsPersistent && domain is { IsPersistent: true };
        Migrate(
            migrate.Uuid,
            destination,
            new MigrateOptions
            {
                IsPostCopy = migrate.Mode != MigrationMode.PreCopy,
                IsResume = migrate.IsResume,
                PersistsDestination = isPersistent,
                UndefinesSource = isPersistent,
                BandwidthMiBPerSecond = migrate.Options.PreCopyShareMiBPerSecond,
                PostCopyBandwidthMiBPerSecond = migrate.Options.PostCopyShareMiBPerSecond,
            },
            error =>
            {
                if (error is not null && !migrate.IsResume)
                {
                    domain?.MaxDowntimeMs = before;
                }

                returned(error?.Text);
            });
    }

    private sealed class EdgeActorOfSim(SimHypervisor sim, IReadOnlyDictionary<string, SimHypervisor> hypervisors) : EphemeralActor
    {
        private const string Down = "no connection to libvirt";

        protected override void Handle(object message)
        {
            switch (message)
            {
                case SubscribeHypervisor subscribe:
                    if (!sim._subscribers.Contains(subscribe.Subscriber))
                    {
                        sim._subscribers.Add(subscribe.Subscriber);
                    }

                    Context.Tell(subscribe.Subscriber, sim.IsDaemonUp ? sim.Connected() : new HypervisorLost(Down));
                    break;
                case SubscribeDomain subscribe:
                    if (!sim._domainSubscribers.Contains((subscribe.Subscriber, subscribe.Uuid)))
                    {
                        sim._domainSubscribers.Add((subscribe.Subscriber, subscribe.Uuid));
                        Context.Watch(subscribe.Subscriber);
                    }

                    break;
                case UnsubscribeDomain unsubscribe:
                    sim._domainSubscribers.Remove((unsubscribe.Subscriber, unsubscribe.Uuid));
                    break;
                case Terminated ended:
                    sim._domainSubscribers.RemoveAll(s => s.Subscriber == ended.Actor);
                    break;
                case SampleDomains sample:
                    Answer(
                        sample.ReplyTo,
                        () => new DomainsSampled(sample.Token, sim._session, [.. sim.Domains.Select(Sample)], sim._time.NowMs),
                        error => new HypervisorFailed(sample.Token, error));
                    break;
                case LookAtDomain look:
                    Answer(
                        look.ReplyTo,
                        () => new DomainLooked(look.Token, look.Uuid, sim.Look(look.Uuid), TakenBy(look)),
                        error => new HypervisorFailed(look.Token, error));
                    break;
                case CheckArrival check:
                    Answer(
                        check.ReplyTo,
                        () => new ArrivalChecked(check.Token, new ArrivalTraits { MissingNics = [.. check.Needs.Nics.Where(n => sim.MissingBridges.Contains(n.Name))] }),
                        error => new HypervisorFailed(check.Token, error));
                    break;
                case CheckWay check:
                    Try(check);
                    break;
                case DoToDomain doTo:
                    Answer(
                        doTo.ReplyTo,
                        () => new DomainDone(doTo.Token, doTo.Verb, sim.Do(doTo, hypervisors)),
                        error => new DomainDone(doTo.Token, doTo.Verb, error));
                    break;
                case MigrateDomain migrate:
                    Migrate(migrate);
                    break;
            }
        }

        private void Migrate(MigrateDomain migrate)
        {
            var tell = sim._tell;
            void Return(string? error) => tell?.Invoke(migrate.ReplyTo, new MigrateReturned(migrate.Token, error));
            if (Context.Now.MonotonicMs > migrate.LatestMs)
            {
                Return(MigrateDomain.TooLate);
            }
            else if (!sim.IsDaemonUp)
            {
                Return(Down);
            }
            else if (!hypervisors.TryGetValue(migrate.DestinationUri, out var destination))
            {
                Return($"unable to resolve address '{migrate.DestinationUri}'");
            }
            else
            {
                sim.Migrate(migrate, destination, Return);
            }
        }

        /// <summary>A client of this host connects to the other's libvirt; a daemon that hangs is given up after a while.</summary>
        private void Try(CheckWay check)
        {
            var there = hypervisors.GetValueOrDefault(check.To.LibvirtUri);
            var (afterMs, wrong) = there is null || there.IsDaemonHung || !sim.CanReach(there) ? (WayMs, (string?)"nothing answered for 5.0 s")
                : there.IsDaemonUp ? (sim.ConnectMaxMs > 0 ? 1 + sim._time.Draw(sim.ConnectMaxMs) : 0, null)
                : (1, $"unable to connect to server at '{check.To.LibvirtUri}': Connection refused");
            var answer = new WayChecked(check.Token, wrong);
            if (afterMs == 0)
            {
                Context.Tell(check.ReplyTo, answer);
                return;
            }

            var tell = sim._tell;
            sim._time.After(afterMs, () => tell?.Invoke(check.ReplyTo, answer));
        }

        /// <summary>libvirt acts now; that it did so is heard a little later, and in any order.</summary>
        private void Answer(ActorRef to, Func<object> call, Func<string, object> failed)
        {
            if (sim.IsDaemonHung)
            {
                // Nobody is told anything until it goes on, or dies.
                sim._time.After(HungMs, () => Answer(to, call, failed));
                return;
            }

            var answer = sim.IsDaemonUp ? call() : failed(Down);
            var tell = sim._tell;
            sim._time.After(1 + sim._time.Draw(CallMaxMs), () => tell?.Invoke(to, answer));
        }

        private string? TakenBy(LookAtDomain look) =>
            look.Name is null ? null : sim._domains.Values.FirstOrDefault(d => d.Guest.Name == look.Name && d.Guest.Uuid != look.Uuid)?.Guest.Uuid;

        private static DomainSample Sample(SimDomain d) => new(
            d.Guest.Uuid, d.Guest.Name, d.State, d.Reason, d.Job, d.Guest.MemoryBytes, 1, d.Bytes / 2, d.Bytes - (d.Bytes / 2), d.Guest.IsTagged, d.IsPersistent, d.IsPersistent && d.IsAutostart,
            d.Guest.MigrationMode, d.Guest.Traits, [d.Guest.Mac], [new NicSample(d.Guest.Mac, "vnet")], Wish: d.Guest.Wish, CpuNs: d.CpuNs, UsedMemoryBytes: d.Guest.UsedMemoryBytes,
            DirtyBytePerSecond: DirtyRateOf(d), TraitsError: d.Guest.TraitsError);

        /// <summary>It is measured after the first look at what runs, in whole MiB as libvirt does, and known from the second on.</summary>
        private static double? DirtyRateOf(SimDomain d)
        {
            var isKnown = d.IsDirtyRateMeasured;
            d.IsDirtyRateMeasured |= d.Runs && d.Job == DomainJob.None;
            return isKnown ? Math.Floor(d.Guest.DirtyBytePerSecond / (1 << 20)) * (1 << 20) : null;
        }
    }
}
