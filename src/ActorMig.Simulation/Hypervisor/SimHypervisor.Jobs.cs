using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <content>What <c>virsh</c> does about migrations.</content>
public sealed partial class SimHypervisor
{
    /// <summary>Migrates a guest, libvirt to libvirt, or resumes a post-copy that broke.</summary>
    /// <param name="uuid">The guest.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="options">How.</param>
    /// <param name="returned">Called when the call returns, with null if it returned well.</param>
    public void Migrate(string uuid, SimHypervisor destination, MigrateOptions options, Action<LibvirtError?> returned)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(returned);
        if (Find(uuid) is not { } domain)
        {
            returned(NoDomain(uuid));
        }
        else if (!domain.IsActive)
        {
            returned(NotRunning(uuid));
        }
        else if (options.IsResume && domain is { Job: DomainJob.Outgoing, Migration: { } migration })
        {
            migration.Resume(options, returned);
        }
        else if (options.IsResume)
        {
            returned(Invalid($"domain '{domain.Guest.Name}' is not being migrated"));
        }
        else if (domain.Guest.Device is not null)
        {
            returned(Invalid("cannot migrate a domain with <hostdev mode='subsystem' type='pci'>"));
        }
        else if (domain.Job == DomainJob.Outgoing)
        {
            returned(Invalid($"another migration job is already running for domain '{domain.Guest.Name}'"));
        }
        else if (domain.Job != DomainJob.None)
        {
            returned(Held("remoteDispatchDomainMigratePerform3Params"));
        }
        else if (domain.State != DomainState.Running && domain is not { State: DomainState.Paused, Reason: StateReason.User })
        {
            returned(Invalid("domain is not running"));
        }
        else if (domain.State != DomainState.Running && options.IsPostCopy)
        {
            returned(new LibvirtError(
                LibvirtErrorKind.ArgumentUnsupported, "argument unsupported: post-copy migration is not supported with non-live or paused migration"));
        }
        else
        {
            _ = new SimMigration(_time, this, destination, domain, options, returned);
        }
    }

    /// <summary>Switches a migration that leaves here to post-copy.</summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? StartPostCopy(string uuid) => Find(uuid) switch
    {
        null => NoDomain(uuid),
        { IsActive: false } => NotRunning(uuid),
        { Job: DomainJob.Outgoing, Migration: { } migration } => migration.StartPostCopy(),
        _ => Invalid("post-copy can only be started while outgoing migration is in progress"),
    };

    /// <summary>Aborts the job on a domain.</summary>
    /// <param name="uuid">The guest.</param>
    /// <param name="isPostCopy">True: pauses a migration in post-copy, which cannot be aborted.</param>
    public LibvirtError? AbortJob(string uuid, bool isPostCopy = false) => Find(uuid) switch
    {
        null => NoDomain(uuid),
        { IsActive: false } => NotRunning(uuid),
        { Job: DomainJob.None } => Invalid("no job is active on the domain"),
        { Job: DomainJob.Incoming } => Held("remoteDispatchDomainMigratePrepare3Params"),
        { Migration: { } migration } => isPostCopy ? migration.PausePostCopy() : migration.Abort(),
        _ => Invalid("cannot abort migration in post-copy mode"),
    };

    /// <summary>Limits how fast a migration that runs sends memory; a limit for the time after the switch may be set before it.</summary>
    /// <param name="uuid">The guest.</param>
    /// <param name="mibPerSecond">The most MiB/s; 0: no limit.</param>
    /// <param name="isPostCopy">True: after the switch.</param>
    public LibvirtError? SetMaxSpeed(string uuid, long mibPerSecond, bool isPostCopy = false)
    {
        if (Find(uuid) is not { IsActive: true } domain)
        {
            return NotRunning(uuid);
        }

        domain.Migration?.SetMaxSpeed(mibPerSecond, isPostCopy);
        return null;
    }

    /// <summary>The memory stream of a migration that leaves here breaks.</summary>
    /// <param name="uuid">The guest.</param>
    public void BreakStream(string uuid) => Find(uuid)?.Migration?.Break();

    internal bool CanReach(SimHypervisor other) => IsPowered && other.IsPowered && Links(Host, other.Host);

    /// <summary>Why a guest cannot begin to arrive here; null if it can.</summary>
    internal LibvirtError? WhyNotPrepare(SimGuest guest)
    {
        if (!IsDaemonUp)
        {
            return new LibvirtError(LibvirtErrorKind.Connection, $"unable to connect to server at '{Host}': Connection refused");
        }

        if (Find(guest.Uuid) is { IsActive: true })
        {
            return Invalid($"domain '{guest.Name}' is already active");
        }

        if (_domains.Values.FirstOrDefault(d => d.Guest.Name == guest.Name && d.Guest.Uuid != guest.Uuid) is { } other)
        {
            return new LibvirtError(LibvirtErrorKind.OperationFailed, $"operation failed: domain '{guest.Name}' already exists with uuid {other.Guest.Uuid}");
        }

        if (guest.Bridge is { } bridge && MissingBridges.Contains(bridge))
        {
            return new LibvirtError(LibvirtErrorKind.OperationFailed, $"Cannot get interface MTU on '{bridge}': No such device");
        }

        return FitsBeside(guest) ? null : CannotAllocate();
    }
}
