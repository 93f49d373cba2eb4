namespace LibvirtSharp;

/// <summary><c>virDomainXMLFlags</c>: which XML.</summary>
[Flags]
public enum XmlFlags
{
    /// <summary>What runs if it runs, else the definition.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_XML_SECURE</c>: with secrets such as passwords; refused on a read-only connection.</summary>
    Secure = 1,

    /// <summary><c>VIR_DOMAIN_XML_INACTIVE</c>: the definition with which it will start next, not what runs.</summary>
    Inactive = 1 << 1,

    /// <summary><c>VIR_DOMAIN_XML_UPDATE_CPU</c>: guest CPU features as the host has them.</summary>
    UpdateCpu = 1 << 2,

    /// <summary>
    /// <c>VIR_DOMAIN_XML_MIGRATABLE</c>: as a migration sends it to older libvirts too; fits <see cref="MigrateParameters.DestinationXml"/>.
    /// </summary>
    Migratable = 1 << 3,
}

/// <summary><c>virDomainCreateFlags</c>: how a domain is started.</summary>
[Flags]
public enum CreateFlags
{
    /// <summary><c>VIR_DOMAIN_NONE</c>: as usual.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_START_PAUSED</c>: it does not run yet.</summary>
    Paused = 1,

    /// <summary><c>VIR_DOMAIN_START_AUTODESTROY</c>: it ends with this connection.</summary>
    AutoDestroy = 1 << 1,

    /// <summary><c>VIR_DOMAIN_START_BYPASS_CACHE</c>: reads a managed save past the page cache.</summary>
    BypassCache = 1 << 2,

    /// <summary><c>VIR_DOMAIN_START_FORCE_BOOT</c>: a managed save is dropped.</summary>
    ForceBoot = 1 << 3,

    /// <summary><c>VIR_DOMAIN_START_VALIDATE</c>: the XML must satisfy the schema.</summary>
    Validate = 1 << 4,

    /// <summary><c>VIR_DOMAIN_START_RESET_NVRAM</c>: NVRAM is made anew from its template.</summary>
    ResetNvram = 1 << 5,
}

/// <summary><c>virDomainDefineFlags</c>: how a domain is defined.</summary>
[Flags]
public enum DefineFlags
{
    /// <summary>As usual.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_DEFINE_VALIDATE</c>: the XML must satisfy the schema.</summary>
    Validate = 1,
}

/// <summary><c>virDomainShutdownFlagValues</c>: by which ways a guest is asked; several are tried in the hypervisor's order.</summary>
[Flags]
public enum ShutdownFlags
{
    /// <summary><c>VIR_DOMAIN_SHUTDOWN_DEFAULT</c>: the hypervisor chooses.</summary>
    Default = 0,

    /// <summary><c>VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN</c>.</summary>
    AcpiPowerBtn = 1,

    /// <summary><c>VIR_DOMAIN_SHUTDOWN_GUEST_AGENT</c>.</summary>
    GuestAgent = 1 << 1,

    /// <summary><c>VIR_DOMAIN_SHUTDOWN_INITCTL</c>.</summary>
    InitCtl = 1 << 2,

    /// <summary><c>VIR_DOMAIN_SHUTDOWN_SIGNAL</c>.</summary>
    Signal = 1 << 3,

    /// <summary><c>VIR_DOMAIN_SHUTDOWN_PARAVIRT</c>.</summary>
    Paravirt = 1 << 4,
}

/// <summary><c>virDomainDestroyFlagsValues</c>: how a domain is ended.</summary>
[Flags]
public enum DestroyFlags
{
    /// <summary><c>VIR_DOMAIN_DESTROY_DEFAULT</c>: at once if it does not end by itself soon.</summary>
    Default = 0,

    /// <summary>
    /// <c>VIR_DOMAIN_DESTROY_GRACEFUL</c>: only SIGTERM; what does not end then is an error (<see cref="LibvirtErrorCode.OperationFailed"/>).
    /// </summary>
    Graceful = 1,

    /// <summary><c>VIR_DOMAIN_DESTROY_REMOVE_LOGS</c>: its log goes too (since libvirt 8.3).</summary>
    RemoveLogs = 1 << 1,
}

/// <summary>
/// <c>virDomainUndefineFlagsValues</c>: what goes with a definition, or is kept. What is there and is not named can be an error
/// (<see cref="LibvirtErrorCode.OperationInvalid"/>).
/// </summary>
[Flags]
public enum UndefineFlags
{
    /// <summary>The definition alone.</summary>
    None = 0,

    /// <summary><c>VIR_DOMAIN_UNDEFINE_MANAGED_SAVE</c>.</summary>
    ManagedSave = 1,

    /// <summary><c>VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA</c>.</summary>
    SnapshotsMetadata = 1 << 1,

    /// <summary><c>VIR_DOMAIN_UNDEFINE_NVRAM</c>.</summary>
    Nvram = 1 << 2,

    /// <summary><c>VIR_DOMAIN_UNDEFINE_KEEP_NVRAM</c>.</summary>
    KeepNvram = 1 << 3,

    /// <summary><c>VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA</c>.</summary>
    CheckpointsMetadata = 1 << 4,

    /// <summary><c>VIR_DOMAIN_UNDEFINE_TPM</c>.</summary>
    Tpm = 1 << 5,

    /// <summary><c>VIR_DOMAIN_UNDEFINE_KEEP_TPM</c>.</summary>
    KeepTpm = 1 << 6,
}

/// <summary><c>virDomainModificationImpact</c>: on what a change, or a look, bears.</summary>
[Flags]
public enum ModificationImpact
{
    /// <summary><c>VIR_DOMAIN_AFFECT_CURRENT</c>: what runs if it runs, else the definition.</summary>
    Current = 0,

    /// <summary><c>VIR_DOMAIN_AFFECT_LIVE</c>: what runs; an error if it does not.</summary>
    Live = 1,

    /// <summary><c>VIR_DOMAIN_AFFECT_CONFIG</c>: the definition; an error if there is none.</summary>
    Config = 1 << 1,
}
