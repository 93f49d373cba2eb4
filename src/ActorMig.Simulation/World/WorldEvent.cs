namespace ActorMig.Simulation;

/// <summary>
/// Something that happens to the simulated world from outside: load, faults, owners, a person's commands. A scenario is a list of them at times, and a
/// campaign draws them from a seed; <see cref="SimWorld.Do"/> carries them out. What cannot happen now (to start an agent that runs, to pause a guest
/// that is away) does nothing, so that a list of events stays one when some are taken out.
/// </summary>
public abstract record WorldEvent;

/// <summary>A guest sends and receives this much from now on.</summary>
/// <param name="Vm">The guest's name.</param>
/// <param name="BitPerSecond">Both directions together.</param>
public sealed record LoadSet(string Vm, double BitPerSecond) : WorldEvent;

/// <summary>A guest takes this much CPU time from now on.</summary>
/// <param name="Vm">The guest's name.</param>
/// <param name="Cpus">CPU seconds per second.</param>
public sealed record CpuLoadSet(string Vm, double Cpus) : WorldEvent;

/// <summary>A guest has touched this much of its memory from now on.</summary>
/// <param name="Vm">The guest's name.</param>
/// <param name="Bytes">Of the host's memory.</param>
public sealed record MemoryUsedSet(string Vm, long Bytes) : WorldEvent;

/// <summary>A guest says this much to another one from now on; it is part of both guests' load, beside what <see cref="LoadSet"/> says.</summary>
/// <param name="From">Who sends: the guest's name.</param>
/// <param name="To">Who receives.</param>
/// <param name="BitPerSecond">In this direction.</param>
public sealed record TalkSet(string From, string To, double BitPerSecond) : WorldEvent;

/// <summary>A guest writes this much memory from now on: what pre-copy has to send again.</summary>
/// <param name="Vm">The guest's name.</param>
/// <param name="BytePerSecond">Bytes of distinct pages per second.</param>
public sealed record DirtyRateSet(string Vm, double BytePerSecond) : WorldEvent;

/// <summary>Kill -9 of a host's agent; its libvirt and its guests go on.</summary>
/// <param name="Host">The host.</param>
public sealed record AgentKilled(string Host) : WorldEvent;

/// <summary>A host's agent is started again.</summary>
/// <param name="Host">The host.</param>
public sealed record AgentRestarted(string Host) : WorldEvent;

/// <summary>A host loses power: its agent, its libvirt and its guests are gone at once; of what its disk was just writing each batch lands or is lost.</summary>
/// <param name="Host">The host.</param>
public sealed record PowerLost(string Host) : WorldEvent;

/// <summary>A host has power again: libvirt starts, then what starts with the host, then the agent.</summary>
/// <param name="Host">The host.</param>
public sealed record PowerBack(string Host) : WorldEvent;

/// <summary>Kill -9 of a host's libvirtd; guests and memory streams go on.</summary>
/// <param name="Host">The host.</param>
public sealed record LibvirtdKilled(string Host) : WorldEvent;

/// <summary>A host's libvirtd is started again and finds its guests.</summary>
/// <param name="Host">The host.</param>
public sealed record LibvirtdRestarted(string Host) : WorldEvent;

/// <summary>A guest's QEMU on one host crashes.</summary>
/// <param name="Vm">The guest's name.</param>
/// <param name="Host">The host.</param>
public sealed record QemuCrashed(string Vm, string Host) : WorldEvent;

/// <summary>The memory stream of a guest that is just being migrated breaks.</summary>
/// <param name="Vm">The guest's name.</param>
public sealed record StreamBroken(string Vm) : WorldEvent;

/// <summary>From now on nothing passes from one host to another; agents' messages in this direction are lost, and libvirt's links between the two, which need both directions, stand still.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
public sealed record LinkCut(string From, string To) : WorldEvent;

/// <summary>A cut heals.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
public sealed record LinkHealed(string From, string To) : WorldEvent;

/// <summary>What one host says to another is late from now on; 0: not any more. What is said later then overtakes it.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
/// <param name="LateMs">By how much.</param>
public sealed record LinkDelayed(string From, string To, long LateMs) : WorldEvent;

/// <summary>What one host says to another comes once more from now on; 0: not any more.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
/// <param name="AfterMs">How much later.</param>
public sealed record LinkEchoed(string From, string To, long AfterMs) : WorldEvent;

/// <summary>An agent's process stands still, as with SIGSTOP: it does nothing, and what comes waits for it.</summary>
/// <param name="Host">The host.</param>
public sealed record AgentStopped(string Host) : WorldEvent;

/// <summary>An agent's process that stood still goes on.</summary>
/// <param name="Host">The host.</param>
public sealed record AgentContinued(string Host) : WorldEvent;

/// <summary>How agents' messages fare from now on.</summary>
/// <param name="LatencyMaxMs">The longest time that one takes; each takes another, so they overtake each other.</param>
/// <param name="LostPerMille">How many of a thousand are lost.</param>
/// <param name="RepeatedPerMille">How many of a thousand come twice.</param>
public sealed record NetworkSet(long LatencyMaxMs, int LostPerMille, int RepeatedPerMille) : WorldEvent;

/// <summary>The call that would end the next migration away from a host is lost on its way.</summary>
/// <param name="Host">The source.</param>
public sealed record FinishLost(string Host) : WorldEvent;

/// <summary>A host's disk needs this long for a write from now on.</summary>
/// <param name="Host">The host.</param>
/// <param name="LatencyMs">Milliseconds.</param>
public sealed record DiskSlowed(string Host, long LatencyMs) : WorldEvent;

/// <summary>A host's disk refuses all writes from now on.</summary>
/// <param name="Host">The host.</param>
public sealed record DiskFilled(string Host) : WorldEvent;

/// <summary>A host's disk takes writes again, and has room.</summary>
/// <param name="Host">The host.</param>
public sealed record DiskFreed(string Host) : WorldEvent;

/// <summary>A host's journal is nearly full: what has begun can be journaled to its end, and nothing new may begin.</summary>
/// <param name="Host">The host.</param>
public sealed record DiskTightened(string Host) : WorldEvent;

/// <summary>
/// A host's disk has torn what it wrote: its agent is killed, and finds no journal when it starts again. Until a person accepts that, it only observes.
/// </summary>
/// <param name="Host">The host.</param>
public sealed record JournalTorn(string Host) : WorldEvent;

/// <summary>A person accepts that a host's journal is lost.</summary>
/// <param name="Host">The host.</param>
public sealed record LossAccepted(string Host) : WorldEvent;

/// <summary>A host's wall clock jumps.</summary>
/// <param name="Host">The host.</param>
/// <param name="ErrorMs">By how much it is wrong from now on.</param>
public sealed record WallClockSet(string Host, long ErrorMs) : WorldEvent;

/// <summary>Somebody defines another domain of the same name, which does not run.</summary>
/// <param name="Vm">The guest whose name it has.</param>
/// <param name="Host">Where.</param>
public sealed record OwnerDefinedNamesake(string Vm, string Host) : WorldEvent;

/// <summary>A guest's owner starts it from its definition, if a host has one and it runs nowhere.</summary>
/// <param name="Vm">The guest's name.</param>
public sealed record OwnerStarted(string Vm) : WorldEvent;

/// <summary>A guest's owner destroys it, where it runs.</summary>
/// <param name="Vm">The guest's name.</param>
public sealed record OwnerDestroyed(string Vm) : WorldEvent;

/// <summary>A guest's owner has it shut down, where it runs.</summary>
/// <param name="Vm">The guest's name.</param>
public sealed record OwnerShutDown(string Vm) : WorldEvent;

/// <summary>A guest's owner deletes it: destroys and undefines it.</summary>
/// <param name="Vm">The guest's name.</param>
public sealed record OwnerDeleted(string Vm) : WorldEvent;

/// <summary>A guest's owner pauses it, where it runs.</summary>
/// <param name="Vm">The guest's name.</param>
public sealed record OwnerPaused(string Vm) : WorldEvent;

/// <summary>A guest's owner resumes what he has paused.</summary>
/// <param name="Vm">The guest's name.</param>
public sealed record OwnerResumed(string Vm) : WorldEvent;

/// <summary>A guest's owner migrates it by hand, with libvirt's own tools.</summary>
/// <param name="Vm">The guest's name.</param>
/// <param name="To">Where to.</param>
public sealed record OwnerMigrated(string Vm, string To) : WorldEvent;

/// <summary>A guest's owner aborts the job that runs on it, where it leaves.</summary>
/// <param name="Vm">The guest's name.</param>
public sealed record OwnerAbortedJob(string Vm) : WorldEvent;

/// <summary>A guest's owner passes a device of its host through to it: it cannot be migrated any more.</summary>
/// <param name="Vm">The guest's name.</param>
/// <param name="Device">The device.</param>
public sealed record DeviceAttached(string Vm, string Device) : WorldEvent;

/// <summary>A guest's owner takes such a device out again.</summary>
/// <param name="Vm">The guest's name.</param>
public sealed record DeviceDetached(string Vm) : WorldEvent;

/// <summary>A host has a bridge no more: guests that need it cannot come.</summary>
/// <param name="Host">The host.</param>
/// <param name="Bridge">The bridge.</param>
public sealed record BridgeRemoved(string Host, string Bridge) : WorldEvent;

/// <summary>A host has that bridge again.</summary>
/// <param name="Host">The host.</param>
/// <param name="Bridge">The bridge.</param>
public sealed record BridgeAdded(string Host, string Bridge) : WorldEvent;

/// <summary>A person asks the agent of the VM's host to move it (<c>actormig migrate</c>).</summary>
/// <param name="Vm">The guest's name.</param>
/// <param name="To">Where to.</param>
public sealed record MoveAsked(string Vm, string To) : WorldEvent;

/// <summary>A person resolves a migration of a VM that needs an operator, on each host where one waits (<c>actormig migration resolve</c>).</summary>
/// <param name="Vm">The guest's name.</param>
/// <param name="RunsOn">The host on which the person says that it runs; null: the person says that it is lost.</param>
public sealed record ResolveAsked(string Vm, string? RunsOn) : WorldEvent;

/// <summary>A person freezes the cluster, at one of its hosts (<c>actormig cluster freeze</c>).</summary>
/// <param name="Host">The host.</param>
/// <param name="ForMs">For how long; null: until somebody thaws it.</param>
public sealed record FreezeAsked(string Host, long? ForMs) : WorldEvent;

/// <summary>A person thaws the cluster, at one of its hosts (<c>actormig cluster thaw</c>).</summary>
/// <param name="Host">The host.</param>
public sealed record ThawAsked(string Host) : WorldEvent;

/// <summary>A person wants a host empty (<c>actormig host drain</c>).</summary>
/// <param name="Host">The host.</param>
/// <param name="DeadlineMs">How long it may take; null: as long as it takes.</param>
public sealed record DrainAsked(string Host, long? DeadlineMs) : WorldEvent;

/// <summary>A person ends the drain of a host.</summary>
/// <param name="Host">The host.</param>
public sealed record DrainEndAsked(string Host) : WorldEvent;

/// <summary>A host's agent gets other numbers, as with SIGHUP; those in <paramref name="Options"/> replace all it had.</summary>
/// <param name="Host">The host.</param>
/// <param name="Options">The new ones; the host's name stays.</param>
public sealed record OptionsSet(string Host, ActorMigOptions Options) : WorldEvent;
