using ActorMig.Actors;
using ActorMig.Agent.Configuration;
using ActorMig.Edges;
using LibvirtSharp;

namespace ActorMig.Agent.Edges;

/// <summary>The edge to libvirt: asks, does, and hands on events. It connects again by itself, and decides nothing.</summary>
internal sealed class HypervisorActor(AgentOptions options, TimeProvider time, Action<string> fatal) : EdgeActor
{
    private const string Retry = "retry";
    private static long _sessions;
    private readonly long _startTimestamp = time.GetTimestamp();
    private readonly Dictionary<string, List<ActorRef>> _domains = new(StringComparer.Ordinal);
    private readonly List<ActorRef> _subscribers = [];
    private LibvirtLink? _link;
    private HypervisorConnected? _connected;
    private string _error = "not connected yet";

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

                Context.Tell(subscribe.Subscriber, _connected is null ? new HypervisorLost(_error) : _connected);
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
            case Terminated ended:
                foreach (var subscribers in _domains.Values)
                {
                    subscribers.Remove(ended.Actor);
                }

                break;
            case LinkClosed closed when closed.Session == _link?.Session:
                _link.Dispose();
                _link = null;
                Lose($"libvirt closed the connection ({closed.Reason.ToString().ToLowerInvariant()})");
                break;
            case DomainLifecycleEvent lifecycle when _domains.ContainsKey(lifecycle.Uuid):
                Tell(lifecycle.Uuid, new DomainHappened(lifecycle.Uuid, lifecycle.InWords()));

                // If the state cannot be read, the connection is gone: then the next look has another session.
                Ask(
                    link => new Publish(lifecycle.Uuid, new DomainChanged(lifecycle.Uuid, link.LookAt(lifecycle.Uuid))),
                    _ => NothingSeen.Instance);
                break;
            case MigrationIterationEvent iteration:
                Tell(iteration.Uuid, new DomainIterated(iteration.Uuid, iteration.Iteration));
                break;
            case JobCompletedEvent completed:
                Tell(completed.Uuid, new DomainJobCompleted(completed.Uuid, LibvirtStates.Figures(completed.Statistics)));
                break;
            case Publish publish:
                Tell(publish.Uuid, publish.Message);
                break;
            case Answer answer:
                Context.Tell(answer.To, answer.Message);
                break;
            case SampleDomains sample:
                Ask(
                    link => new Answer(sample.ReplyTo, link.Sample(sample.Token, MonotonicMs())),
                    e => new Answer(sample.ReplyTo, new HypervisorFailed(sample.Token, e.Message)));
                break;
            case LookAtDomain look:
                Ask(
                    link => new Answer(look.ReplyTo, link.LookAt(look)),
                    e => new Answer(look.ReplyTo, new HypervisorFailed(look.Token, e.Message)));
                break;
            case DoToDomain doTo:
                Ask(
                    link =>
                    {
                        link.Do(doTo.Uuid, doTo.Verb);
                        return new Answer(doTo.ReplyTo, new DomainDone(doTo.Token, doTo.Verb, null));
                    },
                    e => new Answer(doTo.ReplyTo, new DomainDone(doTo.Token, doTo.Verb, e.Message)));
                break;
            case MigrateDomain migrate:
                Migrate(migrate);
                break;
        }
    }

    private long MonotonicMs() => (long)time.GetElapsedTime(_startTimestamp).TotalMilliseconds;

    private void Connect()
    {
        var session = Interlocked.Increment(ref _sessions) + (time.GetUtcNow().ToUnixTimeSeconds() * 1_000);
        var tellSelf = TellSelf();
        PipeToSelf(
            unused => Task.Factory.StartNew<object>(
                () =>
                {
                    var link = LibvirtLink.Open(options.LibvirtUri, session, options.PreCopyDowntimeMs, options.KeepaliveIntervalMs, options.KeepaliveCount);
                    var capabilities = link.Connection.GetCapabilities();
                    LibvirtLock.Take(capabilities);
                    var facts = new HypervisorConnected(session, link.Connection.NodeMemoryBytes, PostCopyCheck.WhyNot(capabilities));
                    _ = PumpAsync(link, tellSelf);
                    return new Connected(link, facts);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default),
            e => new ConnectFailed(e.Message, e is LibvirtTakenException));
    }

    private static async Task PumpAsync(LibvirtLink link, Action<object> tellSelf)
    {
        var reason = CloseReason.Client;
        await foreach (var happened in link.Connection.Subscribe().ConfigureAwait(false))
        {
            if (happened is ConnectionClosedEvent closed)
            {
                reason = closed.Reason;
            }
            else
            {
                tellSelf(happened);
            }
        }

        tellSelf(new LinkClosed(link.Session, reason));
    }

    private void Take(Connected connected)
    {
        (_link, _connected) = (connected.Link, connected.Facts);
        foreach (var subscriber in _subscribers)
        {
            Context.Tell(subscriber, connected.Facts);
        }
    }

    private void Lose(string error)
    {
        if (error != _error || _connected is not null)
        {
            Context.Note(501, $"No connection to libvirt at {options.LibvirtUri}: {error}. Does it run, and may this user connect? Trying again every {options.RetryMs} ms.");
        }

        (_error, _connected) = (error, null);
        foreach (var subscriber in _subscribers)
        {
            Context.Tell(subscriber, new HypervisorLost(error));
        }

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

    /// <summary>Calls libvirt outside of the actor; the calls are short but may wait for the daemon.</summary>
    private void Ask(Func<LibvirtLink, object> call, Func<Exception, object> onFailure)
    {
        var link = _link;
        PipeToSelf(
            cancellation => link is null
                ? throw new InvalidOperationException($"no connection to libvirt: {_error}")
                : Task.Run(() => call(link), cancellation),
            onFailure);
    }

    private void Migrate(MigrateDomain migrate)
    {
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

    private sealed record Connected(LibvirtLink Link, HypervisorConnected Facts);

    private sealed record ConnectFailed(string Error, bool IsFatal);

    private sealed record LinkClosed(long Session, CloseReason Reason);

    private sealed record Publish(string Uuid, object Message);

    private sealed record NothingSeen
    {
        public static readonly NothingSeen Instance = new();
    }

    private sealed record Answer(ActorRef To, object Message);
}
