using ActorMig.Actors;
using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <summary>
/// The libvirt of one simulated host. It outlives the agent's crashes, and it migrates as libvirt does, peer to peer: one pass of pre-copy, the
/// switch, post-copy, the source gone. What an agent asks of it is checked against S1 at once.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="host">The host's name.</param>
/// <param name="memoryBytes">Its memory.</param>
/// <param name="violations">Where breaches of S1 are written.</param>
public sealed class SimHypervisor(VirtualTime time, string host, long memoryBytes, ICollection<string> violations)
{
    private readonly SortedDictionary<string, SimDomain> _domains = new(StringComparer.Ordinal);
    private readonly List<(ActorRef Subscriber, string? Uuid)> _subscribers = [];
    private Action<ActorRef, object>? _tell;
    private long _session;

    /// <summary>The host's name.</summary>
    public string Host { get; } = host;

    /// <summary>The domains, sorted by UUID.</summary>
    public IEnumerable<SimDomain> Domains => _domains.Values;

    /// <summary>How long one pass of pre-copy takes.</summary>
    public long PassMs { get; set; } = 2_000;

    /// <summary>How long post-copy takes.</summary>
    public long PostCopyMs { get; set; } = 1_500;

    /// <summary>If set, decides whether a migration breaks in pre-copy.</summary>
    public Func<bool> BreaksInPreCopy { get; set; } = static () => false;

    /// <summary>If set, decides whether the stream breaks in post-copy: then both sides stand as libvirt leaves them, and neither copy is whole.</summary>
    public Func<bool> BreaksInPostCopy { get; set; } = static () => false;

    /// <summary>
    /// If set, decides whether the call that ends a migration which converged in pre-copy is lost: the guest runs on the destination, and this libvirt
    /// lets it run here as well, as libvirt 9 does.
    /// </summary>
    public Func<bool> LosesFinish { get; set; } = static () => false;

    /// <summary>Guests that libvirt itself, and nobody else, has let run twice.</summary>
    public ISet<string> DoubledByLibvirt { get; } = new SortedSet<string>(StringComparer.Ordinal);

    /// <summary>Why post-copy cannot arrive here; null if it can.</summary>
    public string? CannotReceivePostCopy { get; set; }

    /// <summary>The actor by which an agent talks to this libvirt.</summary>
    /// <param name="hypervisors">All hosts' hypervisors by name: destinations are found here.</param>
    public Props Edge(IReadOnlyDictionary<string, SimHypervisor> hypervisors) => Props.Of(() => new EdgeActorOfSim(this, hypervisors));

    /// <summary>An agent's process begins or ends: its subscriptions are gone.</summary>
    /// <param name="tell">How to reach the new agent's actors; null if there is none.</param>
    public void Attach(Action<ActorRef, object>? tell)
    {
        _subscribers.Clear();
        _tell = tell;
        _session++;
    }

    /// <summary>Boots a guest here.</summary>
    /// <param name="guest">The guest.</param>
    public void Boot(SimGuest guest)
    {
        ArgumentNullException.ThrowIfNull(guest);
        _domains.Add(guest.Uuid, new SimDomain(guest));
    }

    /// <summary>The owner destroys a guest here.</summary>
    /// <param name="uuid">The guest.</param>
    public void Destroy(string uuid)
    {
        if (_domains.Remove(uuid))
        {
            Changed(uuid, "stopped/destroyed");
        }
    }

    /// <summary>
    /// The owner pauses a guest here. While it is migrated away, libvirt takes that for a help to converge: it shows no owner's pause, and lets the guest
    /// run where it arrives.
    /// </summary>
    /// <param name="uuid">The guest.</param>
    public void Suspend(string uuid)
    {
        if (Find(uuid) is { State: DomainState.Running } domain)
        {
            var isLeaving = domain.Job == DomainJob.Outgoing;
            (domain.State, domain.Reason) = (DomainState.Paused, isLeaving ? StateReason.Migration : StateReason.User);
            Changed(uuid, isLeaving ? "suspended/migrated" : "suspended/paused");
        }
    }

    /// <summary>The owner moves a guest to another host by hand, all at once; refused while libvirt shows a job on it.</summary>
    /// <param name="uuid">The guest.</param>
    /// <param name="destination">Where to.</param>
    public void MoveByHand(string uuid, SimHypervisor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (Find(uuid) is { Job: DomainJob.None } domain && destination.Find(uuid) is null)
        {
            _domains.Remove(uuid);
            destination._domains.Add(uuid, new SimDomain(domain.Guest) { Reason = StateReason.Migrated });
            Changed(uuid, "stopped/migrated");
            destination.Changed(uuid, "resumed/migrated");
        }
    }

    /// <summary>The domain, or null.</summary>
    /// <param name="uuid">Its UUID.</param>
    public SimDomain? Find(string uuid) => _domains.TryGetValue(uuid, out var domain) ? domain : null;

    private DomainLook Look(string uuid) => Find(uuid) is { } d
        ? new DomainLook(d.State, d.Reason, d.Job, d.Job == DomainJob.Outgoing ? new JobFigures(null, null, null, null, null, null, d.Iteration, null) : null, true, _session)
        : new DomainLook(DomainState.Absent, StateReason.None, DomainJob.None, null, false, _session);

    private void Changed(string uuid, string @event)
    {
        foreach (var (subscriber, _) in _subscribers.Where(s => s.Uuid == uuid).ToArray())
        {
            _tell?.Invoke(subscriber, new DomainHappened(uuid, @event));
            _tell?.Invoke(subscriber, new DomainChanged(uuid, Look(uuid)));
        }
    }

    private void Tell(string uuid, object message)
    {
        foreach (var (subscriber, _) in _subscribers.Where(s => s.Uuid == uuid).ToArray())
        {
            _tell?.Invoke(subscriber, message);
        }
    }

    private void Migrate(MigrateDomain migrate, SimHypervisor destination, Action<string?> returned)
    {
        var uuid = migrate.Uuid;
        if (Find(uuid) is not { State: DomainState.Running, Job: DomainJob.None } source)
        {
            returned("the domain is not running, or has a job");
            return;
        }

        if (destination.Find(uuid) is not null)
        {
            returned("the destination has the domain already");
            return;
        }

        var arriving = new SimDomain(source.Guest) { State = DomainState.Paused, Reason = StateReason.Migration, Job = DomainJob.Incoming };
        destination._domains.Add(uuid, arriving);
        (source.Job, source.Iteration) = (DomainJob.Outgoing, 1);
        destination.Changed(uuid, "started/migrated");
        time.After(PassMs, () => EndPass(source, arriving, destination, returned));
    }

    private void EndPass(SimDomain source, SimDomain arriving, SimHypervisor destination, Action<string?> returned)
    {
        var uuid = source.Guest.Uuid;
        if (!ReferenceEquals(Find(uuid), source) || BreaksInPreCopy())
        {
            source.Job = DomainJob.None;
            destination._domains.Remove(uuid);
            destination.Changed(uuid, "stopped/failed");
            returned("operation failed: the migration was broken off");
            return;
        }

        if (source.State == DomainState.Paused)
        {
            // A guest that was paused dirties nothing: the first pass is the last.
            End(source, arriving, destination, returned);
            return;
        }

        source.Iteration = 2;
        Tell(uuid, new DomainIterated(uuid, 2));
        time.After(PassMs, () => Converge(source, arriving, destination, returned));
        source.Switch = () =>
        {
            source.Switch = null;
            (source.State, source.Reason) = (DomainState.Paused, StateReason.PostCopy);
            (arriving.State, arriving.Reason) = (DomainState.Running, StateReason.PostCopy);
            Changed(uuid, "suspended/post-copy");
            destination.Changed(uuid, "resumed/post-copy");
            time.After(PostCopyMs, () =>
            {
                if (!ReferenceEquals(destination.Find(uuid), arriving))
                {
                    // Its owner ended it there, in the middle of post-copy.
                    source.Reason = StateReason.PostCopyFailed;
                    Changed(uuid, "suspended/post-copy-failed");
                    returned("operation failed: job 'migration out' failed in post-copy phase");
                    return;
                }

                if (BreaksInPostCopy())
                {
                    // libvirt goes on to show the job, on both sides.
                    source.Reason = arriving.Reason = StateReason.PostCopyFailed;
                    Changed(uuid, "suspended/post-copy-failed");
                    destination.Changed(uuid, "resumed/post-copy-failed");
                    returned("operation failed: job 'migration out' failed in post-copy phase");
                    return;
                }

                End(source, arriving, destination, returned);
            });
        };
    }

    private void Converge(SimDomain source, SimDomain arriving, SimHypervisor destination, Action<string?> returned)
    {
        if (source is { Switch: not null, Job: DomainJob.Outgoing } && ReferenceEquals(Find(source.Guest.Uuid), source))
        {
            source.Switch = null;
            if (LosesFinish())
            {
                DoubledByLibvirt.Add(source.Guest.Name);
                (arriving.State, arriving.Reason, arriving.Job) = (DomainState.Running, StateReason.Migrated, DomainJob.None);
                source.Job = DomainJob.None;
                destination.Changed(source.Guest.Uuid, "resumed/migrated");
                Changed(source.Guest.Uuid, "resumed/migrated");
                returned("the connection to the destination was lost");
                return;
            }

            End(source, arriving, destination, returned);
        }
    }

    private void End(SimDomain source, SimDomain arriving, SimHypervisor destination, Action<string?> returned)
    {
        var uuid = source.Guest.Uuid;
        var isPausedByOwner = arriving is { State: DomainState.Paused, Reason: StateReason.User };
        (arriving.State, arriving.Reason) = isPausedByOwner ? (DomainState.Paused, StateReason.User) : (DomainState.Running, StateReason.Migrated);
        arriving.Job = DomainJob.None;
        _domains.Remove(uuid);
        Tell(uuid, new DomainJobCompleted(uuid, new JobFigures(PassMs + PostCopyMs, 20, source.Guest.MemoryBytes, 0, source.Guest.MemoryBytes, null, 2, 10)));
        Changed(uuid, "stopped/migrated");
        destination.Changed(uuid, "resumed/migrated");
        returned(null);
    }

    private string? Do(DoToDomain doTo, IReadOnlyDictionary<string, SimHypervisor> hypervisors)
    {
        var domain = Find(doTo.Uuid);
        switch (doTo.Verb)
        {
            case DomainVerb.StartPostCopy when domain?.Switch is { } doSwitch:
                doSwitch();
                return null;
            case DomainVerb.StartPostCopy:
                return "the job is not active";
            case DomainVerb.Resume when domain is { State: DomainState.Paused, Job: DomainJob.None }:
                if (RunsElsewhere())
                {
                    violations.Add($"S1: {domain.Guest.Name} was resumed on {Host} while it runs elsewhere");
                }

                (domain.State, domain.Reason) = (DomainState.Running, StateReason.None);
                return null;
            case DomainVerb.DestroyRemnant when domain is not null:
                if (!RunsElsewhere())
                {
                    violations.Add($"S1: {domain.Guest.Name} was destroyed on {Host} and runs nowhere else");
                }

                _domains.Remove(doTo.Uuid);
                return null;
            case DomainVerb.Suspend when domain is not null:
                (domain.State, domain.Reason) = (DomainState.Paused, StateReason.User);
                return null;
            case DomainVerb.SetAutostart or DomainVerb.ClearAutostart or DomainVerb.Undefine:
                return null;
            default:
                return $"{Words.Of(doTo.Verb)} does not apply";
        }

        // All hosts are looked at only where the answer matters.
        bool RunsElsewhere() => hypervisors.Values.Any(h => h.Host != Host && h.Find(doTo.Uuid) is { State: DomainState.Running });
    }

    private sealed class EdgeActorOfSim(SimHypervisor sim, IReadOnlyDictionary<string, SimHypervisor> hypervisors) : EphemeralActor
    {
        protected override void Handle(object message)
        {
            switch (message)
            {
                case SubscribeHypervisor subscribe:
                    Context.Tell(subscribe.Subscriber, new HypervisorConnected(sim._session, sim.MemoryBytes, sim.CannotReceivePostCopy));
                    break;
                case SubscribeDomain subscribe:
                    sim._subscribers.Add((subscribe.Subscriber, subscribe.Uuid));
                    break;
                case SampleDomains sample:
                    Context.Tell(sample.ReplyTo, new DomainsSampled(sample.Token, sim._session, [.. sim.Domains.Select(Sample)], Context.Now.MonotonicMs));
                    break;
                case LookAtDomain look:
                    Context.Tell(look.ReplyTo, new DomainLooked(look.Token, look.Uuid, sim.Look(look.Uuid), null));
                    break;
                case DoToDomain doTo:
                    Context.Tell(doTo.ReplyTo, new DomainDone(doTo.Token, doTo.Verb, sim.Do(doTo, hypervisors)));
                    break;
                case MigrateDomain migrate:
                    var tell = sim._tell;
                    sim.Migrate(migrate, hypervisors[migrate.DestinationUri], error => tell?.Invoke(migrate.ReplyTo, new MigrateReturned(migrate.Token, error)));
                    break;
            }
        }

        private static DomainSample Sample(SimDomain d) => new(
            d.Guest.Uuid, d.Guest.Name, d.State, d.Reason, d.Job, d.Guest.MemoryBytes, 1, d.Bytes / 2, d.Bytes - (d.Bytes / 2), d.Guest.IsTagged, true, false);
    }

    private long MemoryBytes { get; } = memoryBytes;
}
