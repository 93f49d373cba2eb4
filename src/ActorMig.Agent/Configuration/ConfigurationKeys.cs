using System.Text;
using ActorMig.Agent.Control;
using ActorMig.Agent.Traffic;
using ActorMig.Bartering;
using ActorMig.Hocon;
using ActorMig.Policies;
using ActorMig.Policies.Affinity;

namespace ActorMig.Agent.Configuration;

/// <summary>Every key, and where its value goes. <c>reference.conf</c> has the same keys; a test says so.</summary>
internal static class ConfigurationKeys
{
    public const string MembersPrefix = "actormig.members.";

    /// <summary>The block of Akka.NET's own settings, whose keys are Akka's.</summary>
    public const string AkkaBlock = "akka";

    /// <summary>How they begin.</summary>
    public const string AkkaPrefix = AkkaBlock + ".";

    private const long DayMs = 24L * 60 * 60 * 1_000;

    /// <summary>The longest duration that only is compared.</summary>
    private const long LongestMs = 3_650 * DayMs;

    /// <summary>The longest that is waited for: timers end at 49 days, and some waits are multiples.</summary>
    private const long LongestWaitMs = 10 * DayMs;

    public static readonly IReadOnlyDictionary<string, Func<AgentOptions, HoconValue, AgentOptions>> All =
        new SortedDictionary<string, Func<AgentOptions, HoconValue, AgentOptions>>(StringComparer.Ordinal)
        {
            ["actormig.host-name"] = Core((o, v) => o with { HostName = v.Text }),
            ["actormig.engine"] = (o, v) => o with { Engine = v.OneOf<EngineKind>() },
            ["actormig.mode"] = Core((o, v) => o with { Mode = v.OneOf<Mode>() }),
            ["actormig.manage"] = Core((o, v) => o with { Manage = v.OneOf<Manage>() }),
            ["actormig.socket"] = (o, v) => o with { Socket = SocketPath(v) },
            ["actormig.observer-socket"] = (o, v) => o with { ObserverSocket = v.Text.Length == 0 ? "" : SocketPath(v) },
            ["actormig.data-dir"] = (o, v) => o with { DataDir = v.Text.Length > 0 ? v.Text : throw v.Wrong("a folder's path; set it to one") },
            ["actormig.listen.address"] = (o, v) => o with { ListenAddress = v.Text },
            ["actormig.listen.port"] = (o, v) => o with { ListenPort = (int)Within(v, 1, 65_535) },
            ["actormig.libvirt.uri"] = (o, v) => o with { LibvirtUri = v.Text },
            ["actormig.libvirt.keepalive-interval"] = (o, v) => o with { KeepaliveIntervalMs = Wait(v) },
            ["actormig.libvirt.keepalive-count"] = (o, v) => o with { KeepaliveCount = (int)Within(v, 0, 100) },
            ["actormig.libvirt.retry-interval"] = (o, v) => o with { RetryMs = Positive(v) },
            ["actormig.libvirt.look-timeout"] = Core((o, v) => o with { LookMs = AtMost(v, 60_000, "1m") is >= 100 and var ms ? ms : throw v.Wrong("a duration of at least 100ms") }),
            ["actormig.libvirt.look-abandoned-after"] = (o, v) => o with { LookAbandonedMs = Positive(v) },
            ["actormig.libvirt.looks-abandoned-max"] = (o, v) => o with { LooksAbandonedMax = (int)Within(v, 0, 1_000) },
            ["actormig.round.interval"] = Core((o, v) => o with { RoundMs = Positive(v) }),
            ["actormig.round.jitter"] = Core((o, v) => o with { RoundJitter = Fraction(v) }),
            ["actormig.round.smoothing"] = Core((o, v) => o with { Smoothing = Fraction(v) is > 0 and var f ? f : throw v.Wrong("above 0 and at most 1") }),
            ["actormig.barter.hold-rounds"] = Core((o, v) => o with { HoldRounds = (int)Within(v, 1, 1_000) }),
            ["actormig.barter.horizon"] = Core((o, v) => o with { HorizonMs = AtMost(v, LongestMs, "10 years (3650d)") }),
            ["actormig.barter.prediction-tolerance"] = Core((o, v) => o with { PredictionTolerance = Fraction(v) }),
            ["actormig.barter.margin"] = Core((o, v) => o with { Margin = Fraction(v) }),
            ["actormig.barter.margin-times-max"] = Core((o, v) => o with { MarginTimesMax = v.Number() is >= 1 and <= 10 and var f ? f : throw v.Wrong("between 1 and 10") }),
            ["actormig.barter.cool-down-rounds"] = Core((o, v) => o with { CoolDownRounds = (int)Within(v, 0, 100_000) }),
            ["actormig.barter.cool-down-max"] = Core((o, v) => o with { CoolDownMaxMs = AtMost(v, LongestMs, "10 years (3650d)") }),
            ["actormig.barter.moves-per-hour"] = Core((o, v) => o with { MovesPerHour = (int)Within(v, 0, ActorMigOptions.MovesPerHourMax) }),
            ["actormig.directory.claims-max"] = Core((o, v) => o with { DirectoryClaimsMax = (int)Within(v, 100, 100_000_000) }),
            ["actormig.brake.storm-share"] = Core((o, v) => o with { StormShare = Fraction(v) }),
            ["actormig.brake.storm-window"] = Core((o, v) => o with { StormWindowMs = Positive(v) }),
            ["actormig.brake.storm-rest"] = Core((o, v) => o with { StormRestMs = Wait(v) }),
            ["actormig.barter.lease"] = Core((o, v) => o with { LeaseMs = Positive(v) }),
            ["actormig.barter.answer-timeout"] = Core((o, v) => o with { AnswerMs = AtMost(v, DayMs / 2, "12h") is > 0 and var ms ? ms : throw v.Wrong("a duration above zero") }),
            ["actormig.barter.answer-tries"] = Core((o, v) => o with { AnswerTries = (int)Within(v, 1, 100) }),
            ["actormig.barter.policy-timeout"] = Core((o, v) => o with { PolicyMs = Positive(v) }),
            ["actormig.barter.digest-peers"] = Core((o, v) => o with { DigestPeers = (int)Within(v, 1, 100) }),
            ["actormig.host.memory.total"] = Core((o, v) => o with { MemoryTotalBytes = v.Bytes() }),
            ["actormig.host.memory.reserve"] = Core((o, v) => o with { MemoryReserveBytes = v.Bytes() }),
            ["actormig.host.memory.overcommit"] = Core((o, v) => o with { MemoryOvercommit = v.Number() is > 0 and <= 100 and var f ? f : throw v.Wrong("above 0 and at most 100") }),
            ["actormig.threshold.overload"] = Threshold((o, v) => o with { OverloadBitPerSecond = v.BitPerSecond() }),
            ["actormig.threshold.window-low"] = Threshold((o, v) => o with { WindowLowBitPerSecond = v.BitPerSecond() }),
            ["actormig.threshold.window-high"] = Threshold((o, v) => o with { WindowHighBitPerSecond = v.BitPerSecond() }),
            ["actormig.cpu.overload"] = Core((o, v) => o with { Cpu = o.Cpu with { Overload = Fraction(v) } }),
            ["actormig.cpu.window-low"] = Core((o, v) => o with { Cpu = o.Cpu with { WindowLow = Fraction(v) } }),
            ["actormig.cpu.window-high"] = Core((o, v) => o with { Cpu = o.Cpu with { WindowHigh = Fraction(v) } }),
            ["actormig.memory.overload"] = Core((o, v) => o with { Memory = o.Memory with { Overload = Fraction(v) } }),
            ["actormig.memory.window-low"] = Core((o, v) => o with { Memory = o.Memory with { WindowLow = Fraction(v) } }),
            ["actormig.memory.window-high"] = Core((o, v) => o with { Memory = o.Memory with { WindowHigh = Fraction(v) } }),
            ["actormig.affinity.price"] = Exchange((o, v) => o with { PriceShare = v.Number() is >= 0 and <= 100 and var f ? f : throw v.Wrong("between 0 and 100") }),
            ["actormig.affinity.payback"] = Exchange((o, v) => o with { PaybackMs = AtMost(v, LongestMs, "10 years (3650d)") }),
            ["actormig.affinity.gain-min"] = Exchange((o, v) => o with { GainMinBitPerSecond = v.BitPerSecond() }),
            ["actormig.affinity.moves-max"] = Exchange((o, v) => o with { MovesMax = (int)Within(v, 1, LegOrder.LegsMax) }),
            ["actormig.affinity.starts-max"] = Exchange((o, v) => o with { StartsMax = (int)Within(v, 1, 10_000) }),
            ["actormig.affinity.swap-starts-max"] = Exchange((o, v) => o with { SwapStartsMax = (int)Within(v, 0, 10_000) }),
            ["actormig.affinity.passes-max"] = Exchange((o, v) => o with { PassesMax = (int)Within(v, 1, 100) }),
            ["actormig.affinity.candidates-max"] = Exchange((o, v) => o with { CandidatesMax = (int)Within(v, 1, 10_000) }),
            ["actormig.affinity.peers-max"] = Affinity((o, v) => o with { PeersMax = (int)Within(v, 1, 100) }),
            ["actormig.affinity.vms-max"] = Affinity((o, v) => o with { VmsMax = (int)Within(v, 1, 5_000) }),
            ["actormig.affinity.ties-max"] = Affinity((o, v) => o with { TiesMax = (int)Within(v, 1, 100_000) }),
            ["actormig.affinity.tolerance"] = Affinity((o, v) => o with { Tolerance = Fraction(v) }),
            ["actormig.affinity.room-share"] = Exchange((o, v) => o with { RoomShare = Fraction(v) }),
            ["actormig.affinity.room-price"] = Exchange((o, v) => o with { RoomPrice = v.Number() is >= 0 and <= 1_000 and var f ? f : throw v.Wrong("between 0 and 1000") }),
            ["actormig.affinity.room-patience"] = Affinity((o, v) => o with { RoomPatienceRounds = (int)Within(v, 1, 10_000) }),
            ["actormig.affinity.near"] = Affinity((o, v) => o with { NearMs = Positive(v) }),
            ["actormig.balance.spread-rounds"] = Balance((o, v) => o with { SpreadRounds = (int)Within(v, 2, 1_000) }),
            ["actormig.balance.doubt"] = Balance((o, v) => o with { Doubt = v.Number() is >= 0 and <= 100 and var f ? f : throw v.Wrong("between 0 and 100") }),
            ["actormig.balance.payback"] = Balance((o, v) => o with { PaybackMs = AtMost(v, LongestMs, "10 years (3650d)") }),
            ["actormig.policies.weights.threshold"] = Core((o, v) => o with { Weights = o.Weights with { Threshold = Weight(v) } }),
            ["actormig.policies.weights.cpu"] = Core((o, v) => o with { Weights = o.Weights with { Cpu = Weight(v) } }),
            ["actormig.policies.weights.memory"] = Core((o, v) => o with { Weights = o.Weights with { Memory = Weight(v) } }),
            ["actormig.policies.weights.affinity"] = Core((o, v) => o with { Weights = o.Weights with { Affinity = Weight(v) } }),
            ["actormig.policies.list"] = (o, v) => o with { Policies = PolicyCheck.List(v) },
            ["actormig.migration.pre-copy-bandwidth"] = Migration((o, v) => o with { PreCopyMiBPerSecond = Within(v, 0, 1_000_000) }),
            ["actormig.migration.post-copy-bandwidth"] = Migration((o, v) => o with { PostCopyMiBPerSecond = Within(v, 0, 1_000_000) }),
            ["actormig.migration.outgoing-max"] = Migration((o, v) => o with { OutgoingMax = (int)Within(v, 1, 1_000) }),
            ["actormig.migration.incoming-max"] = Migration((o, v) => o with { IncomingMax = (int)Within(v, 1, 1_000) }),
            ["actormig.migration.per-host-max"] = Migration((o, v) => o with { PerHostMax = (int)Within(v, 1, 1_000) }),
            ["actormig.migration.cases-max"] = Migration((o, v) => o with { CasesMax = (int)Within(v, 1, 10_000) }),
            ["actormig.migration.host-bandwidth"] = Migration((o, v) => o with { HostMiBPerSecond = Within(v, 0, 1_000_000) }),
            ["actormig.migration.pre-copy-downtime"] = (o, v) => o with { PreCopyDowntimeMs = Positive(v) },
            ["actormig.migration.dirty-rate-interval"] = (o, v) => o with { DirtyRateIntervalMs = AtMost(v, LongestMs, "10 years (3650d)") },
            ["actormig.migration.dirty-rate-vms-max"] = (o, v) => o with { DirtyRateVmsMax = (int)Within(v, 1, 10_000) },
            ["actormig.migration.poll-interval"] = Migration((o, v) => o with { PollMs = Positive(v) }),
            ["actormig.migration.mode"] = Migration((o, v) => o with { Mode = v.OneOf<MigrationMode>() }),
            ["actormig.migration.passes-max"] = Migration((o, v) => o with { PassesMax = (int)Within(v, 1, 1_000) }),
            ["actormig.migration.pass-share-max"] = Migration((o, v) => o with { PassShareMax = v.Number() is >= 0 and <= 1 and var f ? f : throw v.Wrong("between 0 and 1") }),
            ["actormig.migration.pass-worth"] = Migration((o, v) => o with { PassWorthMs = Wait(v) }),
            ["actormig.migration.pass-rest"] = Migration((o, v) => o with { RestMs = Wait(v) }),
            ["actormig.migration.timeout-per-gib"] = Migration((o, v) => o with { TimeoutPerGiBMs = Positive(v) }),
            ["actormig.migration.downtime-max"] = Migration((o, v) => o with { DowntimeMaxMs = Positive(v) }),
            ["actormig.migration.downtime"] = Migration((o, v) => o with { DowntimeMs = Positive(v) }),
            ["actormig.migration.resume-wait"] = Migration((o, v) => o with { ResumeMs = Wait(v) }),
            ["actormig.migration.resume-wait-max"] = Migration((o, v) => o with { ResumeMaxMs = Wait(v) }),
            ["actormig.migration.resume-tries"] = Migration((o, v) => o with { ResumeTries = (int)Within(v, 0, 1_000_000) }),
            ["actormig.migration.unclear-timeout"] = Migration((o, v) => o with { UnclearMs = Wait(v) }),
            ["actormig.journal.records-max"] = (o, v) => o with { RecordsMax = Within(v, 1_000, long.MaxValue) },
            ["actormig.journal.records-age-max"] = (o, v) => o with { RecordsAgeMaxMs = AtMost(v, LongestMs, "10 years (3650d)") },
            ["actormig.journal.events-age-max"] = (o, v) => o with { EventsAgeMaxMs = AtMost(v, LongestMs, "10 years (3650d)") >= DayMs ? v.Milliseconds() : throw v.Wrong("a duration of at least 1d") },
            ["actormig.journal.size-max"] = (o, v) => o with { JournalBytesMax = v.Bytes() is >= 1 << 20 and var size ? size : throw v.Wrong("a size of at least 1MiB") },
            ["actormig.journal.snapshot-every"] = (o, v) => o with { SnapshotEvery = (int)Within(v, 10, 1_000_000) },
            ["actormig.journal.free-space-min"] = (o, v) => o with { FreeSpaceMinBytes = v.Bytes() },
            ["actormig.journal.ballast"] = (o, v) => o with { BallastBytes = v.Bytes() is <= 1L << 34 and var size ? size : throw v.Wrong("a size of at most 16GiB") },
            ["actormig.journal.check-time-max"] = (o, v) => o with { JournalCheckMaxMs = Positive(v) },
            ["actormig.journal.write-timeout"] = (o, v) => o with { WriteTimeoutMs = Positive(v) },
            ["actormig.journal.queue-max"] = (o, v) => o with { WriteQueueMax = (int)Within(v, 100, 1_000_000) },
            ["actormig.peers.queue-max"] = (o, v) => o with { PeerQueueMax = (int)Within(v, 1, 1_000_000) },
            ["actormig.peers.queue-size-max"] = (o, v) => o with { PeerQueueBytesMax = Size(v, 1 << 10, 1 << 30) },
            ["actormig.peers.batch-max"] = (o, v) => o with { PeerBatchMax = (int)Within(v, 1, 100_000) },
            ["actormig.peers.batch-size-max"] = (o, v) => o with { PeerBatchBytesMax = Size(v, 1 << 10, 1 << 30) },
            ["actormig.peers.message-size-max"] = (o, v) => o with { PeerMessageBytesMax = Size(v, 1 << 10, 1 << 30) },
            ["actormig.peers.timeout"] = (o, v) => o with { PeerTimeoutMs = Positive(v) },
            ["actormig.membership.kind"] = Membership((o, v) => o with { Kind = v.OneOf<MembershipKind>() }),
            ["actormig.membership.serf.path"] = Membership((o, v) => o with { SerfPath = v.Text.Length > 0 ? v.Text : throw v.Wrong("a program's path or name; set it to one") }),
            ["actormig.membership.serf.use-running"] = Membership((o, v) => o with { UsesRunningSerf = v.Boolean() }),
            ["actormig.membership.serf.rpc-address"] = Membership((o, v) => o with { RpcAddress = MembershipCheck.Address(v, null) ?? throw v.Wrong("an address; set it to one such as 127.0.0.1:7373") }),
            ["actormig.membership.serf.rpc-auth-file"] = Membership((o, v) => o with { RpcAuthFile = v.Text }),
            ["actormig.membership.serf.bind"] = Membership((o, v) => o with { Bind = MembershipCheck.Address(v, MembershipCheck.SerfPort) }),
            ["actormig.membership.serf.advertise"] = Membership((o, v) => o with { Advertise = MembershipCheck.Address(v, MembershipCheck.SerfPort) }),
            ["actormig.membership.serf.profile"] = Membership((o, v) => o with { Profile = v.OneOf<SerfProfile>() }),
            ["actormig.membership.serf.join"] = Membership((o, v) => o with { Join = MembershipCheck.Join(v) }),
            ["actormig.membership.serf.mdns"] = Membership((o, v) => o with { Mdns = v.Text }),
            ["actormig.membership.serf.key-file"] = Membership((o, v) => o with { KeyFile = v.Text }),
            ["actormig.membership.serf.libvirt"] = Membership((o, v) => o with { Libvirt = v.Text }),
            ["actormig.membership.serf.data"] = Membership((o, v) => o with { Data = v.Text }),
            ["actormig.membership.serf.refresh-interval"] = Membership((o, v) => o with { RefreshMs = Positive(v) }),
            ["actormig.membership.serf.join-interval"] = Membership((o, v) => o with { JoinMs = Positive(v) }),
            ["actormig.membership.serf.start-timeout"] = Membership((o, v) => o with { StartMs = Positive(v) }),
            ["actormig.membership.serf.answer-timeout"] = Membership((o, v) => o with { AnswerMs = Positive(v) }),
            ["actormig.membership.serf.restart-wait"] = Membership((o, v) => o with { RestartMs = Positive(v) }),
            ["actormig.membership.serf.restart-wait-max"] = Membership((o, v) => o with { RestartMaxMs = Positive(v) }),
            ["actormig.membership.serf.message-size-max"] = Membership((o, v) => o with { AnswerBytesMax = v.Bytes() is >= 1 << 16 and <= 1 << 30 and var size ? (int)size : throw v.Wrong("a size between 64KiB and 1GiB") }),
            ["actormig.membership.serf.members-max"] = Membership((o, v) => o with { MembersMax = (int)Within(v, 1, 1_000_000) }),
            ["actormig.membership.serf.log-lines-max"] = Membership((o, v) => o with { LogLinesMax = (int)Within(v, 0, 100_000) }),
            ["actormig.peers.connections-max"] = (o, v) => o with { PeerConnectionsMax = (int)Within(v, 2, 1_000_000) },
            ["actormig.peers.streams-max"] = (o, v) => o with { PeerStreamsMax = (int)Within(v, 1, 1_000) },
            ["actormig.peers.header-size-max"] = (o, v) => o with { PeerHeaderBytesMax = Size(v, 1 << 10, 1 << 20) },
            ["actormig.peers.strangers-per-second"] = (o, v) => o with { StrangersPerSecond = (int)Within(v, 1, 1_000_000) },
            ["actormig.peers.refused-max"] = (o, v) => o with { RefusedMax = (int)Within(v, 1, 100_000) },
            ["actormig.tls.mode"] = Tls((o, v) => o with { Mode = v.OneOf<TlsMode>() }),
            ["actormig.tls.ca"] = Tls((o, v) => o with { Ca = v.Text }),
            ["actormig.tls.certificate"] = Tls((o, v) => o with { Certificate = v.Text }),
            ["actormig.tls.key"] = Tls((o, v) => o with { Key = v.Text }),
            ["actormig.tls.client-certificate"] = Tls((o, v) => o with { ClientCertificate = v.Text }),
            ["actormig.tls.client-key"] = Tls((o, v) => o with { ClientKey = v.Text }),
            ["actormig.tls.connection-age-max"] = Tls((o, v) => o with { ConnectionAgeMaxMs = Positive(v) }),
            ["actormig.tls.expiry-warning"] = Tls((o, v) => o with { ExpiryWarningMs = AtMost(v, LongestMs, "10 years (3650d)") }),
            ["actormig.tls.look-interval"] = Tls((o, v) => o with { LookMs = Positive(v) }),
            ["actormig.traffic.source"] = Traffic((o, v) => o with { Source = v.OneOf<TrafficSource>() }),
            ["actormig.traffic.interval"] = Traffic((o, v) => o with { IntervalMs = Positive(v) }),
            ["actormig.traffic.table"] = Traffic((o, v) => o with { Table = TableName(v) }),
            ["actormig.traffic.nft"] = Traffic((o, v) => o with { Nft = v.Text.Length > 0 ? v.Text : throw v.Wrong("a program's path or name; set it to one") }),
            ["actormig.traffic.pairs-max"] = Traffic((o, v) => o with { PairsMax = (int)Within(v, 100, 100_000) }),
            ["actormig.traffic.pair-idle-max"] = Traffic((o, v) => o with { IdleMs = AtMost(v, DayMs, "1d") }),
            ["actormig.traffic.answer-timeout"] = Traffic((o, v) => o with { AnswerMs = Positive(v) }),
            ["actormig.traffic.partners-max"] = Core((o, v) => o with { PartnersMax = (int)Within(v, 1, 1_000) }),
            ["actormig.actors.mailbox-max"] = (o, v) => o with { MailboxMax = (int)Within(v, 100, 10_000_000) },
            ["actormig.testing.die-after-event"] = (o, v) => o with { DieAfterEvent = v.Text },
            ["actormig.testing.stop-after-event"] = (o, v) => o with { StopAfterEvent = v.Text },
            ["actormig.testing.seed"] = (o, v) => o with { Seed = Within(v, 0, long.MaxValue) },
        };

    /// <summary>What begins like this is taken at once when the configuration is read again; everything else needs a restart.</summary>
    private static readonly string[] TakenAtOnce =
    [
        "actormig.mode", "actormig.manage", "actormig.round.", "actormig.barter.", "actormig.brake.", "actormig.threshold.", "actormig.cpu.", "actormig.memory.", "actormig.affinity.", "actormig.balance.", "actormig.policies.weights.",
        "actormig.host.memory.", "actormig.migration.",
        "actormig.libvirt.retry-interval", "actormig.traffic.partners-max", MembersPrefix,
    ];

    public static bool NeedsRestart(string key) => !TakenAtOnce.Any(t => t.EndsWith('.') ? key.StartsWith(t, StringComparison.Ordinal) : key == t);

    private static Func<AgentOptions, HoconValue, AgentOptions> Core(Func<ActorMigOptions, HoconValue, ActorMigOptions> set) =>
        (o, v) => o with { Core = set(o.Core, v) };

    private static Func<AgentOptions, HoconValue, AgentOptions> Threshold(Func<ThresholdOptions, HoconValue, ThresholdOptions> set) =>
        Core((o, v) => o with { Threshold = set(o.Threshold, v) });

    private static Func<AgentOptions, HoconValue, AgentOptions> Affinity(Func<AffinityOptions, HoconValue, AffinityOptions> set) =>
        Core((o, v) => o with { Affinity = set(o.Affinity, v) });

    private static Func<AgentOptions, HoconValue, AgentOptions> Exchange(Func<ExchangeOptions, HoconValue, ExchangeOptions> set) =>
        Affinity((o, v) => o with { Exchange = set(o.Exchange, v) });

    private static Func<AgentOptions, HoconValue, AgentOptions> Balance(Func<BalanceOptions, HoconValue, BalanceOptions> set) =>
        Core((o, v) => o with { Balance = set(o.Balance, v) });

    private static Func<AgentOptions, HoconValue, AgentOptions> Migration(Func<MigrationOptions, HoconValue, MigrationOptions> set) =>
        Core((o, v) => o with { Migration = set(o.Migration, v) });

    private static Func<AgentOptions, HoconValue, AgentOptions> Membership(Func<MembershipOptions, HoconValue, MembershipOptions> set) =>
        (o, v) => o with { Membership = set(o.Membership, v) };

    private static Func<AgentOptions, HoconValue, AgentOptions> Tls(Func<AgentTlsOptions, HoconValue, AgentTlsOptions> set) =>
        (o, v) => o with { Tls = set(o.Tls, v) };

    private static Func<AgentOptions, HoconValue, AgentOptions> Traffic(Func<TrafficOptions, HoconValue, TrafficOptions> set) =>
        (o, v) => o with { Traffic = set(o.Traffic, v) };

    private static long Positive(HoconValue v) => Wait(v) is > 0 and var ms ? ms : throw v.Wrong("a duration above zero");

    private static long Wait(HoconValue v) => AtMost(v, LongestWaitMs, "10d");

    private static long AtMost(HoconValue v, long maxMs, string inWords) =>
        v.Milliseconds() is var ms && ms <= maxMs ? ms : throw v.Wrong($"a duration of at most {inWords}");

    private static string SocketPath(HoconValue v) => Encoding.UTF8.GetByteCount(v.Text) is > 0 and <= UnixSocketFile.PathBytesMax
        ? v.Text
        : throw v.Wrong(FormattableString.Invariant($"a socket's path of 1 to {UnixSocketFile.PathBytesMax} bytes; set a shorter one"));

    /// <summary>What nft takes as a name without further ado; some words are its own, and then it says so.</summary>
    private static string TableName(HoconValue v) =>
        v.Text.Length is > 0 and <= 64 && char.IsAsciiLetter(v.Text[0]) && v.Text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? v.Text
            : throw v.Wrong("a table's name: a letter, and then letters, digits and '_'");

    private static double Weight(HoconValue v) => v.Number() is >= 0 and <= 100 and var f ? f : throw v.Wrong("between 0 and 100");

    private static double Fraction(HoconValue v) => v.Number() is >= 0 and <= 1 and var f ? f : throw v.Wrong("between 0 and 1");

    private static int Size(HoconValue v, int low, int high) =>
        v.Bytes() is var bytes && bytes >= low && bytes <= high ? (int)bytes : throw v.Wrong(FormattableString.Invariant($"a size of {low >> 10}KiB to {high >> 20}MiB"));

    private static long Within(HoconValue v, long low, long high) =>
        v.Whole() is var n && n >= low && n <= high ? n : throw v.Wrong(FormattableString.Invariant($"between {low} and {high}"));
}
