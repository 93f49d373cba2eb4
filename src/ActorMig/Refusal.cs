namespace ActorMig;

/// <summary>Why something is not done. The closed list: a new reason is added here and nowhere else.</summary>
public enum Refusal
{
    /// <summary>No host is overloaded and no VM wants to go back.</summary>
    Calm,

    /// <summary>The host only observes.</summary>
    Observing,

    /// <summary>The host negotiates already, or an offer of the lower host name stands.</summary>
    Busy,

    /// <summary>The host has not measured recently enough.</summary>
    StaleView,

    /// <summary>It would be worse for the host that was asked.</summary>
    WorseForMe,

    /// <summary>Both hosts are overloaded: nothing would be won.</summary>
    BothOverloaded,

    /// <summary>The peer is above the window.</summary>
    PeerTooFull,

    /// <summary>No VM leaves both hosts at or under the threshold with enough gain.</summary>
    NoFittingVm,

    /// <summary>The destination cannot promise the memory.</summary>
    NoRoom,

    /// <summary>A swap has no order in which each VM fits beside what is there.</summary>
    NoRoomToSwap,

    /// <summary>The destination has another domain of the same name.</summary>
    NameTaken,

    /// <summary>A rule forbids it.</summary>
    Rule,

    /// <summary>The VM rests after a move.</summary>
    Cooling,

    /// <summary>The VM is not managed, is paused, or takes part in something else.</summary>
    NotMovable,

    /// <summary>The barter is not known here.</summary>
    UnknownBarter,

    /// <summary>No peer could be asked.</summary>
    NoPeer,

    /// <summary>The cause has not held long enough yet.</summary>
    Holding,

    /// <summary>The peer did not answer.</summary>
    NoAnswer,

    /// <summary>The destination cannot receive post-copy.</summary>
    NoPostCopy,

    /// <summary>The lease ran out.</summary>
    LeaseOver,

    /// <summary>The host restarted in between.</summary>
    Restarted,

    /// <summary>No policy of the host had an opinion in time.</summary>
    NoOpinion,

    /// <summary>What the peer says cannot be meant.</summary>
    Nonsense,

    /// <summary>The libvirt of the host cannot be reached.</summary>
    NoHypervisor,

    /// <summary>The disk of the host's journal is nearly full: what begins now could not be journaled to its end.</summary>
    DiskFull,

    /// <summary>A check before the move says that it would not work, or not safely: something of the VM, of either host, or of the way between them.</summary>
    PreFlight,

    /// <summary>A person has frozen the cluster.</summary>
    Frozen,

    /// <summary>The host is being emptied.</summary>
    Draining,

    /// <summary>As many migrations are under way, or wait for a person, as the host may have.</summary>
    Budget,
}
