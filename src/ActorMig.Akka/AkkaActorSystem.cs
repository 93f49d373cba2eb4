using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using ActorMig.Actors;
using ActorMig.Akka.Clustering;
using ActorMig.Akka.Logging;
using ActorMig.Akka.Persistence;
using ActorMig.Akka.Persistence.Sql;
using ActorRef = ActorMig.Actors.ActorRef;
using Props = ActorMig.Actors.Props;

namespace ActorMig.Akka;

/// <summary>The engine on Akka.NET: each actor of ours lives in an Akka actor at the same path, <c>/host/barter</c> at <c>/user/host/barter</c>. Thread-safe.</summary>
public sealed class AkkaActorSystem : IActorSystem
{
    private const string SinkConfig = """akka.loggers = ["ActorMig.Akka.Logging.SinkLogger, ActorMig.Akka"]""";

    private readonly ConcurrentDictionary<AkkaRef, byte> _living = new();
    private readonly ConcurrentDictionary<string, AkkaRef> _persistent = new(StringComparer.Ordinal);
    private readonly SplitMix64 _random;
    private readonly Lock _randomLock = new();
    private readonly long _startTimestamp;
    private long _asks;
    private long _deadLetters;

    /// <summary>Makes an engine without actors.</summary>
    /// <param name="options">Its limits.</param>
    /// <param name="observer">Who is told what happens inside; null: Akka's logger.</param>
    /// <param name="journal">Where events are kept; null if no actor is persistent.</param>
    /// <param name="time">The clock. Timers go by Akka's scheduler, and are late rather than early by this clock.</param>
    /// <param name="name">The name of Akka's actor system.</param>
    /// <param name="hocon">An <c>akka { }</c> block of the operator's, which stands before the engine's own.</param>
    /// <param name="log">Is handed what Akka's logger is told, ours and Akka's own; null: the loggers of the configuration alone are.</param>
    /// <param name="cluster">Makes it a node of an Akka cluster; null: it is none.</param>
    /// <param name="tables">The journal's file, for <c>akka.persistence.journal.plugin = "akka.persistence.journal.sql"</c> in <paramref name="hocon"/>.</param>
    public AkkaActorSystem(
        ActorSystemOptions options, IActorObserver? observer = null, IJournal? journal = null, TimeProvider? time = null, string name = "actormig", string hocon = "",
        Action<LogEvent>? log = null, AkkaClusterOptions? cluster = null, SqlTables? tables = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Time = time ?? TimeProvider.System;
        _startTimestamp = Time.GetTimestamp();
        _random = new SplitMix64(options.Seed);
        Persistence = new PersistenceBridge(this, journal);
        Cluster = cluster;
        var chosen = ConfigurationFactory.ParseString(hocon);
        var sql = SqlSetup.IsChosen(chosen, tables) ? tables : null;
        var config = chosen.WithFallback(sql is null ? Config.Empty : OwnConfig("sql.conf")).WithFallback(ConfigurationFactory.ParseString(log is null ? "" : SinkConfig))
            .WithFallback(cluster is null ? Config.Empty : ClusterSetup.Config(cluster)).WithFallback(OwnConfig("akka.conf"));
        var setup = BootstrapSetup.Create().WithConfig(config).And(new EngineSetup(Persistence, log, cluster, sql));
        setup = cluster?.Certificate is null ? setup : setup.And(ClusterSetup.Tls(cluster));
        setup = sql is null ? setup : setup.And(SqlSetup.Setup(sql));
        System = global::Akka.Actor.ActorSystem.Create(name, setup);
        if (sql is not null)
        {
            System.RegisterOnTermination(() => SqlSetup.Close(sql));
        }

        if (sql is not null || journal is not null)
        {
            // What is wrong with their settings is said now; a persistent actor would be stopped by it each time anew.
            var persistence = global::Akka.Persistence.Persistence.Instance.Apply(System);
            _ = (persistence.JournalFor(null), persistence.SnapshotStoreFor(null));
        }

        Observer = observer ?? new AkkaLogObserver(System);
        System.EventStream.Subscribe(((ExtendedActorSystem)System).SystemActorOf(global::Akka.Actor.Props.Create(() => new DeadLetterListener(this)), "actormig-dead-letters"), typeof(DeadLetter));
    }

    /// <summary>Akka's own actor system, for those who run Akka.NET: extensions, tools, actors of their own beside ours.</summary>
    public global::Akka.Actor.ActorSystem System { get; }

    /// <inheritdoc/>
    public long DeadLetters => Interlocked.Read(ref _deadLetters);

    internal ActorSystemOptions Options { get; }

    internal AkkaClusterOptions? Cluster { get; }

    internal IActorObserver Observer { get; }

    internal TimeProvider Time { get; }

    internal PersistenceBridge Persistence { get; }

    internal Instant Now => new(Time.GetUtcNow().ToUnixTimeMilliseconds(), (long)Time.GetElapsedTime(_startTimestamp).TotalMilliseconds);

    /// <inheritdoc/>
    public ActorRef Spawn(Props props, string name)
    {
        ArgumentNullException.ThrowIfNull(props);
        var self = new AkkaRef(this, "/" + name);
        try
        {
            self.Be(props, shell => System.ActorOf(shell, name));
        }
        catch (InvalidActorNameException e)
        {
            Forget(self);
            throw new InvalidOperationException($"There is an actor '/{name}' already, or no actor can have that name.", e);
        }

        return self;
    }

    /// <inheritdoc/>
    public void Tell(ActorRef target, object message) => Tell(target, message, ActorRefs.NoSender);

    /// <inheritdoc/>
    public async Task<object> AskAsync(ActorRef target, Func<ActorRef, object> question, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        var ask = new AskRef("/asks/" + Interlocked.Increment(ref _asks));
        Tell(target, question(ask));
        return await ask.Answer.Task.WaitAsync(timeout, Time, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task WhenEnded(ActorRef actor) => actor is AkkaRef ours ? ours.Ended : Task.CompletedTask;

    /// <inheritdoc/>
    public IReadOnlyList<ActorInfo> Hierarchy() =>
        [.. _living.Keys.Select(r => r.Info).OrderBy(i => i.Path.Replace('/', '\u0001'), StringComparer.Ordinal)];

    /// <summary>Stops all actors and Akka with them, and waits for that for at most <see cref="ActorSystemOptions.StopTimeoutMs"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        const int LeftBehindNote = 100;
        try
        {
            await System.Terminate().WaitAsync(TimeSpan.FromMilliseconds(Options.StopTimeoutMs), Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Whose children have ended, or have none: the others wait for these.
            foreach (var left in _living.Keys.Where(l => !_living.Keys.Any(o => o.Path.StartsWith(l.Path + "/", StringComparison.Ordinal))))
            {
                Observer.Noted(left, LeftBehindNote, FormattableString.Invariant($"It has not ended in {Options.StopTimeoutMs} ms, and is left behind."));
            }
        }
    }

    internal void Tell(ActorRef target, object message, IActorRef? sender)
    {
        switch (target)
        {
            case AkkaRef ours:
                ours.Post(message, sender);
                break;
            case AskRef ask:
                ask.Answer.TrySetResult(message);
                break;
            default:
                DeadLetter(target, message);
                break;
        }
    }

    internal void DeadLetter(ActorRef target, object message)
    {
        Interlocked.Increment(ref _deadLetters);
        Observer.DeadLetter(target, message);
    }

    internal void Remember(AkkaRef actor) => _living.TryAdd(actor, 0);

    internal void Forget(AkkaRef actor) => _living.TryRemove(actor, out _);

    internal ulong Draw()
    {
        lock (_randomLock)
        {
            return _random.Next();
        }
    }

    /// <summary>Takes an identity; only one that lives can have it.</summary>
    internal void Claim(string persistenceId, AkkaRef actor)
    {
        var owner = _persistent.GetOrAdd(persistenceId, actor);
        if (!ReferenceEquals(owner, actor))
        {
            throw new InvalidOperationException($"{owner} lives and has the persistence id '{persistenceId}'.");
        }
    }

    internal void Release(string persistenceId, AkkaRef actor) =>
        _persistent.TryRemove(new KeyValuePair<string, AkkaRef>(persistenceId, actor));

    internal static Config OwnConfig(string name)
    {
        using var reader = new StreamReader(typeof(AkkaActorSystem).Assembly.GetManifestResourceStream(name)!);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    /// <summary>Hears of what was in a mailbox when its actor ended.</summary>
    private sealed class DeadLetterListener(AkkaActorSystem system) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is DeadLetter { Message: Letter { IsDropped: false } letter })
            {
                system.DeadLetter(letter.Target, letter.Message);
            }
        }
    }
}
