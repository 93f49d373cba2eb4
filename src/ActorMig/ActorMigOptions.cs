using ActorMig.Policies;
using ActorMig.Policies.Affinity;
using ActorMig.Rules;

namespace ActorMig;

/// <summary>What an agent may do by itself.</summary>
public enum Mode
{
    /// <summary>Plans and explains, never moves, declines offers.</summary>
    Observe,

    /// <summary>Proposes; a person applies.</summary>
    Recommend,

    /// <summary>Barters and moves.</summary>
    Auto,
}

/// <summary>Which guests may be moved.</summary>
public enum Manage
{
    /// <summary>Only those that are tagged in their metadata.</summary>
    Tagged,

    /// <summary>All.</summary>
    All,
}

/// <summary>All numbers of the core. Defaults, units and meanings stand in <c>hocon/reference.conf</c>.</summary>
public sealed record ActorMigOptions
{
    /// <summary>The host's name: its configured name, its certificate's and its member name.</summary>
    public required string HostName { get; init; }

    /// <summary>What the agent may do by itself.</summary>
    public Mode Mode { get; init; } = Mode.Observe;

    /// <summary>Which guests may be moved.</summary>
    public Manage Manage { get; init; } = Manage.Tagged;

    /// <summary>The time between two rounds.</summary>
    public long RoundMs { get; init; } = 60_000;

    /// <summary>By how much of itself a round may come late, so that hosts do not act in step: 0 to 1.</summary>
    public double RoundJitter { get; init; } = 0.1;

    /// <summary>The weight of the newest sample in a smoothed load: above 0, up to 1.</summary>
    public double Smoothing { get; init; } = 0.5;

    /// <summary>How many rounds in a row a cause must hold before an offer is made.</summary>
    public int HoldRounds { get; init; } = 3;

    /// <summary>By how much of the busier host's load a barter must lower it: 0 to 1.</summary>
    public double Margin { get; init; } = 0.1;

    /// <summary>Within which time a move must win more than it costs; 0: that is not looked at.</summary>
    public long HorizonMs { get; init; } = 3_600_000;

    /// <summary>How far what a policy predicts may be off in the mean of its last barters, as a share of the busier host's level: 0 to 1.</summary>
    public double PredictionTolerance { get; init; } = 0.25;

    /// <summary>How many times the margin a policy asks for at most while its predictions are off: 1 to 10.</summary>
    public double MarginTimesMax { get; init; } = 4;

    /// <summary>How many rounds a VM rests after a move; doubled with each further move.</summary>
    public int CoolDownRounds { get; init; } = 10;

    /// <summary>The longest rest.</summary>
    public long CoolDownMaxMs { get; init; } = 86_400_000;

    /// <summary>The most that <see cref="MovesPerHour"/> may be.</summary>
    public const int MovesPerHourMax = 1_000;

    /// <summary>The most VMs that leave the host and come to it within an hour for load; what a person wants is not counted. 0: no limit.</summary>
    public int MovesPerHour { get; init; } = 30;

    /// <summary>The most claims of VMs that this host keeps for the directory; further ones are not kept.</summary>
    public int DirectoryClaimsMax { get; init; } = 100_000;

    /// <summary>If more than this share of the members fails or returns within <see cref="StormWindowMs"/>, nothing begins for <see cref="StormRestMs"/>: 0 to 1.</summary>
    public double StormShare { get; init; } = 0.1;

    /// <summary>Within which time that counts as one.</summary>
    public long StormWindowMs { get; init; } = 60_000;

    /// <summary>For how long nothing begins then; 0: that is not looked at.</summary>
    public long StormRestMs { get; init; } = 600_000;

    /// <summary>How long a reservation waits for something to arrive.</summary>
    public long LeaseMs { get; init; } = 60_000;

    /// <summary>How long an answer from a peer is awaited before the question is asked again.</summary>
    public long AnswerMs { get; init; } = 3_000;

    /// <summary>How often a question is asked before the peer counts as silent.</summary>
    public int AnswerTries { get; init; } = 3;

    /// <summary>How long a policy may think.</summary>
    public long PolicyMs { get; init; } = 2_000;

    /// <summary>How long a look is waited for that another machine may hold up, such as one at its libvirt.</summary>
    public long LookMs { get; init; } = 5_000;

    /// <summary>How many members are asked for a digest in a round, drawn at random.</summary>
    public int DigestPeers { get; init; } = 3;

    /// <summary>Memory of the host that guests may have; 0: what the machine has.</summary>
    public long MemoryTotalBytes { get; init; }

    /// <summary>Memory of the host that guests may not have.</summary>
    public long MemoryReserveBytes { get; init; } = 1L << 30;

    /// <summary>How much of the rest may be promised.</summary>
    public double MemoryOvercommit { get; init; } = 1.0;

    /// <summary>The most VMs that are named as a VM's partners; the others are summed.</summary>
    public int PartnersMax { get; init; } = 32;

    /// <summary>Where VMs may run, and when they may be moved.</summary>
    public RuleSet Rules { get; init; } = RuleSet.None;

    /// <summary>What the clock on the wall of this host shows at a time: both in milliseconds since the first of January 1970. Hours in rules are meant by it.</summary>
    public Func<long, long> LocalMsOf { get; init; } = Utc;

    /// <summary>A clock on the wall that shows UTC.</summary>
    public static Func<long, long> Utc { get; } = static wallMs => wallMs;

    /// <summary>The rules of the threshold policy.</summary>
    public ThresholdOptions Threshold { get; init; } = new();

    /// <summary>The levels of the policy <c>cpu</c>: shares of the host's CPUs.</summary>
    public LoadLimits Cpu { get; init; } = new() { Overload = 0.8, WindowLow = 0.4, WindowHigh = 0.6 };

    /// <summary>The levels of the policy <c>memory</c>: shares of the host's memory.</summary>
    public LoadLimits Memory { get; init; } = new() { Overload = 0.9, WindowLow = 0.6, WindowHigh = 0.75 };

    /// <summary>The numbers of the affinity policy.</summary>
    public AffinityOptions Affinity { get; init; } = new();

    /// <summary>How much each load counts for the policy <c>weighted</c>.</summary>
    public LoadWeights Weights { get; init; } = new();

    /// <summary>The numbers of the policy <c>balance</c>.</summary>
    public BalanceOptions Balance { get; init; } = new();

    /// <summary>How VMs are moved.</summary>
    public MigrationOptions Migration { get; init; } = new();
}

/// <summary>The numbers of paper B's rules.</summary>
public sealed record ThresholdOptions
{
    /// <summary>A host with more traffic is overloaded.</summary>
    public double OverloadBitPerSecond { get; init; } = 400e6;

    /// <summary>A peer from here on is asked for a swap; below, for a migration.</summary>
    public double WindowLowBitPerSecond { get; init; } = 200e6;

    /// <summary>A peer above is too full.</summary>
    public double WindowHighBitPerSecond { get; init; } = 300e6;

    /// <summary>The same numbers, whatever they are numbers of.</summary>
    public LoadLimits Limits => new() { Overload = OverloadBitPerSecond, WindowLow = WindowLowBitPerSecond, WindowHigh = WindowHighBitPerSecond };
}

/// <summary>Levels of a load.</summary>
public sealed record LoadLimits
{
    /// <summary>A host above is overloaded.</summary>
    public double Overload { get; init; }

    /// <summary>A peer from here on is asked for a swap; below, for a migration.</summary>
    public double WindowLow { get; init; }

    /// <summary>A peer above is too full.</summary>
    public double WindowHigh { get; init; }
}

/// <summary>How much each load and who talks to whom count for the policy <c>weighted</c>; 0: not at all.</summary>
public sealed record LoadWeights
{
    /// <summary>Traffic.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>CPU time.</summary>
    public double Cpu { get; init; } = 1;

    /// <summary>Memory.</summary>
    public double Memory { get; init; } = 1;

    /// <summary>Who talks to whom.</summary>
    public double Affinity { get; init; } = 1;
}

/// <summary>How VMs are moved.</summary>
public sealed record MigrationOptions
{
    /// <summary>How VMs are moved whose metadata says nothing of it.</summary>
    public MigrationMode Mode { get; init; } = MigrationMode.Hybrid;

    /// <summary>The most passes of pre-copy before the switch to post-copy.</summary>
    public int PassesMax { get; init; } = 3;

    /// <summary>Only after so long in pre-copy another pass is thought of.</summary>
    public long PassWorthMs { get; init; } = 10_000;

    /// <summary>Another pass is made only if it leaves at most this share of what it has to send: a fraction, 0 to 1.</summary>
    public double PassShareMax { get; init; } = 0.1;

    /// <summary>What takes no longer to send is not worth another pass.</summary>
    public long RestMs { get; init; } = 100;

    /// <summary>How long pre-copy may take for each GiB of memory, and for one at least; then it ends, by the switch or by giving up.</summary>
    public long TimeoutPerGiBMs { get; init; } = 150_000;

    /// <summary>For how long the switch may stop a guest that is moved by pre-copy alone, at first.</summary>
    public long DowntimeMs { get; init; } = 300;

    /// <summary>How far that is raised, doubled each time, while passes make no headway.</summary>
    public long DowntimeMaxMs { get; init; } = 2_400;

    /// <summary>The most migrations that leave the host at a time, whoever began them; with so many no barter begins that adds one.</summary>
    public int OutgoingMax { get; init; } = 2;

    /// <summary>The most that come at a time.</summary>
    public int IncomingMax { get; init; } = 2;

    /// <summary>The most of both together.</summary>
    public int PerHostMax { get; init; } = 3;

    /// <summary>The most migrations that may wait for a person; with so many no barter begins.</summary>
    public int CasesMax { get; init; } = 100;

    /// <summary>The most MiB/s that all migrations away from the host may take together; each may take its part of the most that may leave. 0: no limit.</summary>
    public long HostMiBPerSecond { get; init; }

    /// <summary>The most MiB/s for one migration before its switch; 0: no limit.</summary>
    public long PreCopyShareMiBPerSecond => Share(PreCopyMiBPerSecond);

    /// <summary>The most MiB/s for one migration after its switch; 0: no limit.</summary>
    public long PostCopyShareMiBPerSecond => Share(PostCopyMiBPerSecond);

    private long Share(long ownMiBPerSecond)
    {
        var share = HostMiBPerSecond == 0 ? 0 : Math.Max(1, HostMiBPerSecond / OutgoingMax);
        return ownMiBPerSecond == 0 ? share : share == 0 ? ownMiBPerSecond : Math.Min(ownMiBPerSecond, share);
    }

    /// <summary>The most MiB/s before the switch to post-copy; 0: no limit.</summary>
    public long PreCopyMiBPerSecond { get; init; }

    /// <summary>The most MiB/s after the switch; 0: no limit.</summary>
    public long PostCopyMiBPerSecond { get; init; }

    /// <summary>How often libvirt is asked how far a migration is.</summary>
    public long PollMs { get; init; } = 500;

    /// <summary>How long an unclear state is looked at before an operator is called.</summary>
    public long UnclearMs { get; init; } = 30_000;

    /// <summary>For how long it is waited for a host that is silent, or has lost its journal: it may only restart, and a post-copy goes on without agents.</summary>
    internal long PatienceMs => 10 * UnclearMs;

    /// <summary>How long after a post-copy that broke was told to go on it is told so again; doubled each time.</summary>
    public long ResumeMs { get; init; } = 1_000;

    /// <summary>The longest such wait.</summary>
    public long ResumeMaxMs { get; init; } = 30_000;

    /// <summary>How often it is told so before a person must help.</summary>
    public int ResumeTries { get; init; } = 20;
}
