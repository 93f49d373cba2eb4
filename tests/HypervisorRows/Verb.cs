namespace ActorMig.HypervisorRows;

/// <summary>What a person could ask libvirt for on one host, about the guest.</summary>
public enum Verb
{
    /// <summary><c>virDomainMigrateStartPostCopy</c>.</summary>
    StartPostCopy,

    /// <summary><c>virDomainAbortJob</c>.</summary>
    Abort,

    /// <summary><c>virDomainAbortJobFlags</c> with <c>VIR_DOMAIN_ABORT_JOB_POSTCOPY</c>.</summary>
    PausePostCopy,

    /// <summary>No limit of bandwidth any more, before the switch and after it.</summary>
    Unlimit,

    /// <summary><c>virDomainSuspend</c>.</summary>
    Suspend,

    /// <summary><c>virDomainResume</c>.</summary>
    Resume,

    /// <summary><c>virDomainDestroy</c>.</summary>
    Destroy,

    /// <summary><c>virDomainCreate</c>: from its definition.</summary>
    Boot,

    /// <summary><c>virDomainUndefine</c>.</summary>
    Undefine,

    /// <summary><c>virDomainSetAutostart</c>.</summary>
    SetAutostart,

    /// <summary>A definition with the guest's name and another UUID.</summary>
    DefineNamesake,

    /// <summary>That definition goes away again.</summary>
    UndefineNamesake,
}
