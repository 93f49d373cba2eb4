using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <content>What <c>virsh</c> does to a guest: define, start, stop, pause.</content>
public sealed partial class SimHypervisor
{
    /// <summary>Defines a guest here.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="isAutostart">True if it starts with the host.</param>
    public void Define(SimGuest guest, bool isAutostart = false)
    {
        ArgumentNullException.ThrowIfNull(guest);
        var domain = Find(guest.Uuid) ?? new SimDomain(guest);
        (domain.IsPersistent, domain.IsAutostart) = (true, isAutostart);
        Add(domain);
        Touch(domain);
    }

    /// <summary>Boots a guest here: from its definition if it has one, else as a transient domain.</summary>
    /// <param name="guest">The guest.</param>
    public LibvirtError? Boot(SimGuest guest)
    {
        ArgumentNullException.ThrowIfNull(guest);
        var domain = Find(guest.Uuid) ?? new SimDomain(guest);
        if (domain.IsActive)
        {
            return Invalid("domain is already running");
        }

        if (!FitsBeside(guest))
        {
            return CannotAllocate();
        }

        Add(domain);
        domain.Begin(DomainState.Running, StateReason.None, runs: true);
        if (IsDaemonUp)
        {
            Tell(domain, "resumed/unpaused");
        }

        Show(domain, DomainState.Running, StateReason.None, DomainJob.None, "started/booted");
        return null;
    }

    /// <summary>Removes a definition: of a domain that runs the definition only.</summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? Undefine(string uuid)
    {
        if (Find(uuid) is not { } domain)
        {
            return NoDomain(uuid);
        }

        if (domain.Job == DomainJob.Outgoing)
        {
            return Held("remoteDispatchDomainMigratePerform3Params");
        }

        if (!domain.IsPersistent)
        {
            return Invalid("cannot undefine transient domain");
        }

        (domain.IsPersistent, domain.IsAutostart) = (false, false);
        if (!domain.IsActive)
        {
            _domains.Remove(uuid);
        }

        Touch(domain);
        Tell(domain, "undefined/removed");
        return null;
    }

    /// <summary>Says whether a domain starts with its host.</summary>
    /// <param name="uuid">The guest.</param>
    /// <param name="isAutostart">True if it does.</param>
    public LibvirtError? SetAutostart(string uuid, bool isAutostart)
    {
        if (Find(uuid) is not { } domain)
        {
            return NoDomain(uuid);
        }

        if (!domain.IsPersistent)
        {
            return Invalid("cannot set autostart for transient domain");
        }

        domain.IsAutostart = isAutostart;
        Touch(domain);
        return null;
    }

    /// <summary>Ends a guest's process here at once.</summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? Destroy(string uuid) => EndByOwner(uuid, Destroyed);

    /// <summary>The guest shuts itself down here.</summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? ShutDown(string uuid) =>
        Find(uuid) is { IsActive: true, Runs: false } ? Invalid("domain is not running") : EndByOwner(uuid, "stopped/shutdown");

    /// <summary>A guest's QEMU crashes.</summary>
    /// <param name="uuid">The guest.</param>
    public void Crash(string uuid)
    {
        if (Find(uuid) is { IsActive: true } domain)
        {
            var migration = domain.Migration;
            EndProcess(domain, StateReason.None, "stopped/failed");
            migration?.ProcessDied(domain);
        }
    }

    /// <summary>
    /// The owner pauses a guest here. While it is migrated away, libvirt takes that for a help to converge: it shows no owner's pause, and lets the guest
    /// run where it arrives.
    /// </summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? Suspend(string uuid)
    {
        if (Find(uuid) is not { IsActive: true } domain)
        {
            return NotRunning(uuid);
        }

        if (domain.State == DomainState.Paused)
        {
            return null;
        }

        if (domain.Job == DomainJob.Incoming)
        {
            return Held("remoteDispatchDomainMigrateFinish3Params");
        }

        var isLeaving = domain.Job == DomainJob.Outgoing;
        domain.Runs = false;
        Show(domain, DomainState.Paused, isLeaving ? StateReason.Migration : StateReason.User, domain.Job, isLeaving ? "suspended/migrated" : "suspended/paused");
        return null;
    }

    /// <summary>Lets a paused guest run. It is the job that protects a paused source: once that is gone, libvirt asks no more.</summary>
    /// <param name="uuid">The guest.</param>
    public LibvirtError? Resume(string uuid)
    {
        if (Find(uuid) is not { IsActive: true } domain)
        {
            return NotRunning(uuid);
        }

        if (domain.Job == DomainJob.Outgoing || domain is { Job: DomainJob.Incoming, Reason: not StateReason.User })
        {
            return Held("remoteDispatchDomainMigratePerform3Params");
        }

        if (domain.State == DomainState.Running)
        {
            return Invalid("domain is already running");
        }

        domain.Runs = true;
        Show(domain, DomainState.Running, StateReason.None, domain.Job, "resumed/unpaused");
        return null;
    }

    private LibvirtError? EndByOwner(string uuid, string @event)
    {
        if (Find(uuid) is not { IsActive: true } domain)
        {
            return NotRunning(uuid);
        }

        var migration = domain.Migration;
        EndProcess(domain, StateReason.Ended, @event);
        migration?.ProcessDied(domain);
        return null;
    }
}
