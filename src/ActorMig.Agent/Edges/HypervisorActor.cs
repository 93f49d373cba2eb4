using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Edges;
using LibvirtSharp;

namespace ActorMig.Agent.Edges;

/// <summary>The edge to libvirt: asks, does, and hands on events. It connects again by itself, and decides nothing.</summary>
internal sealed class HypervisorActor(AgentOptions options, DomainCalls calls, TimeProvider time, Action<string> fatal) : EdgeActor
{
    private const string Retry = "retry";
    private const int ArrivalLooksMax = 8;
    private static long _sessions;
    private readonly long _startTimestamp = time.GetTimestamp();
    private readonly Dictionary<string, List<ActorRef>> _domains = new(StringComparer.Ordinal);
    private readonly List<ActorRef> _subscribers = [];
    private readonly AwayLooks _away = new(time, AwayLimits.Of(options));
    private LibvirtLink? _link;
    private HypervisorConnected? _connected;
    private string _error = "not connected yet";

    /// <summary>The domains whose dirty rate is to be measured in this round, and when that was begun.</summary>
    private readonly Queue<string> _due = new();
    private long? _measuredAt;
    private bool _isBeginning;
    private bool _isDirtyRateNoted;

    protected override void Started() => Connect();

    protected override void Handle(object message)
    {
        switch (message)
        {
            case SubscribeHypervisor subscribe:
                if (!_subscribers.Contains(subscribe.Subscriber))
                {
                    _subscribers.Add(subscribe.Subscriber);
                }

                Context.Tell(subscribe.Subscriber, _connected is null ? new HypervisorLost(_error) : Renewed(_connected));
                break;
            case SubscribeDomain subscribe:
                Subscribe(subscribe);
                break;
            case Connected connected:
                Take(connected);
                break;
            case ConnectFailed { IsFatal: true } refused:
                fatal(refused.Error);
                break;
            case ConnectFailed failed:
                Lose(failed.Error);
                break;
            case Retry:
                Connect();
                break;
            case UnsubscribeDomain unsubscribe:
                Forget(unsubscribe.Uuid, unsubscribe.Subscriber);
                break;
            case Terminated ended:
                foreach (var uuid in _domains.Keys.ToArray())
                {
                    Forget(uuid, ended.Actor);
                }

                break;
            case LinkClosed closed when closed.Session == _link?.Session:
                _link.Dispose();
                _link = null;
                Lose($"the connection to libvirt is closed ({closed.Reason})");
                break;
            case DomainLifecycleEvent lifecycle:
                if (lifecycle.InWords() == "started/migrated")
                {
                    TellAll(new MigrationJobBegan(lifecycle.Uuid));
                }

                if (!_domains.ContainsKey(lifecycle.Uuid))
                {
                    break;
                }

                Tell(lifecycle.Uuid, new DomainHappened(lifecycle.Uuid, lifecycle.InWords()));

                // If the state cannot be read, the connection is gone, and the next look has another session; or too much waits, and the next look shows it.
                Look(
                    lifecycle.Uuid,
                    link => new Publish(lifecycle.Uuid, new DomainChanged(lifecycle.Uuid, link.LookAt(lifecycle.Uuid))),
                    _ => NothingSeen.Instance);
                break;
            case MigrationIterationEvent iteration:
                if (iteration.Iteration == 1)
                {
                    TellAll(new MigrationJobBegan(iteration.Uuid));
                }

                Tell(iteration.Uuid, new DomainIterated(iteration.Uuid, iteration.Iteration));
                break;
            case JobCompletedEvent completed:
                Tell(completed.Uuid, new DomainJobCompleted(completed.Uuid, LibvirtStates.Figures(completed.Statistics)));
                break;
            case ConfigurationReloaded reloaded:
                options = reloaded.Options;
                _link?.PreCopyDowntimeMs = options.PreCopyDowntimeMs;
                break;
            case Publish publish:
                Tell(publish.Uuid, publish.Message);
                break;
            case Answer answer:
                Context.Tell(answer.To, answer.Message);
                break;
            case SampleDomains sample:
                Look(
                    "",
                    link => new Sampled(sample.ReplyTo, link.Sample(sample.Token, MonotonicMs())),
                    e => new Answer(sample.ReplyTo, new HypervisorFailed(sample.Token, e.Message)));
                break;
            case Sampled sampled:
                Context.Tell(sampled.To, sampled.Answer);
                MeasureDirtyRates(sampled.Answer);
                break;
            case DirtyRateBegan:
                _isBeginning = false;
                MeasureNext();
                break;
            case LookAtDomain look:
                Look(
                    look.Uuid,
                    link => new Answer(look.ReplyTo, link.LookAt(look)),
                    e => new Answer(look.ReplyTo, new HypervisorFailed(look.Token, e.Message)));
                break;
            case DoToDomain doTo:
                Call(
                    doTo.Uuid,
                    isVerb: true,
                    link =>
                    {
                        link.Do(doTo);
                        return new Answer(doTo.ReplyTo, new DomainDone(doTo.Token, doTo.Verb, null));
                    },
                    e => new Answer(doTo.ReplyTo, new DomainDone(doTo.Token, doTo.Verb, e.Message)));
                break;
            case CheckArrival check:
                var link = _link;
                LookAway(
                    "arrivals",
                    ArrivalLooksMax,
                    () => new Answer(check.ReplyTo, link is null ? new HypervisorFailed(check.Token, $"no connection to libvirt: {_error}") : link.Check(check)),
                    error => new Answer(check.ReplyTo, new HypervisorFailed(check.Token, error)));
                break;
            case CheckWay check:
                LookAway(check.To.Host, 1, () => new Answer(check.ReplyTo, WayLook.Try(check.Token, check.To)), error => new Answer(check.ReplyTo, new WayChecked(check.Token, error)));
                break;
            case MigrateDomain migrate:
                Migrate(migrate);
                break;
        }
    }

    /// <summary>No call for a domain waits for what may wait for another machine.</summary>
    private void LookAway(string where, int most, Func<object> look, Func<string, object> failed) =>
        PipeToSelf(_ => _away.LookAsync(where, most, look, failed), e => failed(e.Message));

    private long MonotonicMs() => (long)time.GetElapsedTime(_startTimestamp).TotalMilliseconds;

    private void Connect()
    {
        var session = Interlocked.Increment(ref _sessions) + (time.GetUtcNow().ToUnixTimeSeconds() * 1_000);
        var tellSelf = TellSelf();
        PipeToSelf(
            ended => Task.Factory.StartNew<object>(
                () => Open(session, ended), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            e => new ConnectFailed(e.Message, e is LibvirtTakenException));
    }

    private Connected Open(long session, CancellationToken ended)
    {
        var link = LibvirtLink.Open(options.LibvirtUri, session, options.PreCopyDowntimeMs, options.KeepaliveIntervalMs, options.KeepaliveCount, time);
        try
        {
            var host = link.Host;
            LibvirtLock.Take(host.Capabilities);
            var node = link.Connection.GetNodeInfo();
            var facts = new HypervisorConnected(session, node.MemoryBytes, PostCopyCheck.WhyNot(host), node.Cpus);
            var connected = new Connected(link, facts, link.Connection.Subscribe());

            // Whoever comes after this incarnation connects anew; this link would stay open for ever.
            link.EndWith(ended);
            return connected;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    /// <summary>Hands events on until the stream ends. Begun only when the actor has the link, so that its end cannot be told before its beginning.</summary>
    private static async Task PumpAsync(Connected connected, Action<object> tellSelf)
    {
        var reason = "nobody read its events in time";
        try
        {
            await foreach (var happened in connected.Events.ConfigureAwait(false))
            {
                if (happened is ConnectionClosedEvent closed)
                {
                    reason = closed.Reason.ToString().ToLowerInvariant();
                }
                else
                {
                    tellSelf(happened);
                }
            }
        }
#pragma warning disable CA1031 // Whatever ends the stream ends the connection: without events it is worth nothing.
        catch (Exception e)
#pragma warning restore CA1031
        {
            reason = e.Message;
        }

        tellSelf(new LinkClosed(connected.Link.Session, reason));
    }

    /// <summary>The facts, with what an operator can change while the connection stands read again: the host asks each round.</summary>
    private HypervisorConnected Renewed(HypervisorConnected facts) => facts with { CannotReceivePostCopy = _link is { } link ? PostCopyCheck.WhyNot(link.Host) : facts.CannotReceivePostCopy };

    private void Take(Connected connected)
    {
        (_link, _connected) = (connected.Link, connected.Facts);
        _ = PumpAsync(connected, TellSelf());
        TellAll(connected.Facts);
    }

    /// <summary>
    /// Measures, once a round, how fast some domains write to their memory. One after the other: whoever waits for a domain's job keeps no other call from a
    /// thread.
    /// </summary>
    private void MeasureDirtyRates(DomainsSampled sampled)
    {
        if (_link is not { } link || sampled.Session != link.Session || (_measuredAt is { } at && time.GetElapsedTime(at).TotalMilliseconds < options.Core.RoundMs / 2.0))
        {
            return;
        }

        if (link.DirtyRates.Cannot is { } cannot && !_isDirtyRateNoted)
        {
            _isDirtyRateNoted = true;
            Context.Note(510, $"How fast VMs write to their memory cannot be measured: {cannot}. Each is taken to write as fast as it is copied, so moves count dearer than they are; libvirt measures it since 7.2, with QEMU since 5.2.");
        }

        _measuredAt = time.GetTimestamp();
        _due.Clear();
        foreach (var uuid in link.DirtyRates.Due(
            sampled.Domains.Where(d => d is { State: ActorMig.Edges.DomainState.Running, Job: DomainJob.None }).Select(d => d.Uuid), options.DirtyRateIntervalMs, options.DirtyRateVmsMax))
        {
            _due.Enqueue(uuid);
        }

        MeasureNext();
    }

    private void MeasureNext()
    {
        if (!_isBeginning && _due.TryDequeue(out var uuid))
        {
            _isBeginning = true;
            Look(
                uuid,
                link =>
                {
                    link.MeasureDirtyRate(uuid);
                    return DirtyRateBegan.Instance;
                },
                _ => DirtyRateBegan.Instance);
        }
    }

    private void Lose(string error)
    {
        if (error != _error || _connected is not null)
        {
            Context.Note(501, $"No connection to libvirt at {options.LibvirtUri}: {error}. Does it run, and may this user connect? Trying again every {options.RetryMs} ms.");
        }

        (_error, _connected) = (error, null);
        TellAll(new HypervisorLost(error));
        Context.StartTimer(Retry, Retry, options.RetryMs);
    }

    private void Subscribe(SubscribeDomain subscribe)
    {
        if (!_domains.TryGetValue(subscribe.Uuid, out var subscribers))
        {
            _domains.Add(subscribe.Uuid, subscribers = []);
        }

        if (!subscribers.Contains(subscribe.Subscriber))
        {
            subscribers.Add(subscribe.Subscriber);
            Context.Watch(subscribe.Subscriber);
        }
    }

    /// <summary>A domain that nobody follows any more is not looked at whenever something happens to it.</summary>
    private void Forget(string uuid, ActorRef subscriber)
    {
        if (_domains.TryGetValue(uuid, out var subscribers) && subscribers.Remove(subscriber) && subscribers.Count == 0)
        {
            _domains.Remove(uuid);
        }
    }

    private void TellAll(object message)
    {
        foreach (var subscriber in _subscribers)
        {
            Context.Tell(subscriber, message);
        }
    }

    private void Tell(string uuid, object message)
    {
        if (_domains.TryGetValue(uuid, out var subscribers))
        {
            foreach (var subscriber in subscribers)
            {
                Context.Tell(subscriber, message);
            }
        }
    }

    private void Look(string uuid, Func<LibvirtLink, object> call, Func<Exception, object> onFailure) => Call(uuid, isVerb: false, call, onFailure);

    /// <summary>Calls libvirt outside of the actor; the calls are short but may wait for the daemon. The result comes back as a message.</summary>
    private void Call(string uuid, bool isVerb, Func<LibvirtLink, object> call, Func<Exception, object> onFailure)
    {
        var (link, tellSelf) = (_link, TellSelf());
        if (link is null)
        {
            tellSelf(onFailure(new InvalidOperationException($"no connection to libvirt: {_error}")));
        }
        else if (!calls.TryAdd(uuid, isVerb, () => tellSelf(Result(link, call, onFailure))))
        {
            tellSelf(onFailure(new InvalidOperationException($"{DomainCalls.WaitingForOneMax} calls for {(uuid.Length == 0 ? "all domains" : uuid)} wait for libvirt already, or {DomainCalls.WaitingMax} in all; `virsh domstats VM` shows which guest hangs")));
        }
    }

    private static object Result(LibvirtLink link, Func<LibvirtLink, object> call, Func<Exception, object> onFailure)
    {
        try
        {
            return call(link);
        }
#pragma warning disable CA1031 // Whatever fails outside becomes a message.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return onFailure(e);
        }
    }

    private void Migrate(MigrateDomain migrate)
    {
        if (Context.Now.MonotonicMs > migrate.LatestMs)
        {
            Context.Tell(migrate.ReplyTo, new MigrateReturned(migrate.Token, MigrateDomain.TooLate));
            return;
        }

        var link = _link;
        PipeToSelf(
            _ => link is null
                ? throw new InvalidOperationException($"no connection to libvirt: {_error}")
                : Task.Factory.StartNew<object>(
                    () =>
                    {
                        link.Migrate(migrate);
                        return new Answer(migrate.ReplyTo, new MigrateReturned(migrate.Token, null));
                    },
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default),
            e => new Answer(migrate.ReplyTo, new MigrateReturned(migrate.Token, e.Message)));
    }

    private sealed record Connected(LibvirtLink Link, HypervisorConnected Facts, IAsyncEnumerable<LibvirtEvent> Events);

    private sealed record ConnectFailed(string Error, bool IsFatal);

    private sealed record LinkClosed(long Session, string Reason);

    private sealed record Publish(string Uuid, object Message);

    private sealed record NothingSeen
    {
        public static readonly NothingSeen Instance = new();
    }

    private sealed record Answer(ActorRef To, object Message);

    private sealed record Sampled(ActorRef To, DomainsSampled Answer);

    private sealed record DirtyRateBegan
    {
        public static readonly DirtyRateBegan Instance = new();
    }
}
