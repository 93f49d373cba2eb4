using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <content>The daemon and the host under it: they die, hang and come back.</content>
public sealed partial class SimHypervisor
{
    /// <summary>Kill -9 of libvirtd: guests and streams go on, and nobody is told anything.</summary>
    public void KillDaemon()
    {
        if (!IsDaemonUp)
        {
            return;
        }

        (IsDaemonUp, IsDaemonHung) = (false, false);
        _unseen.Clear();
        DisconnectAgent("the connection to libvirt is closed (eof)");
        foreach (var domain in _domains.Values.Where(d => d.Migration is not null).ToArray())
        {
            domain.Migration?.DaemonDied(this);
        }
    }

    /// <summary>SIGSTOP of libvirtd: it keeps its connections, until who is at their other end gives them up.</summary>
    public void HangDaemon() => IsDaemonHung = IsDaemonUp;

    /// <summary>SIGCONT of libvirtd: it hears of all that has happened meanwhile.</summary>
    public void ContinueDaemon()
    {
        if (!IsDaemonHung)
        {
            return;
        }

        IsDaemonHung = false;
        var unseen = _unseen.ToArray();
        _unseen.Clear();
        foreach (var action in unseen)
        {
            action();
        }

        foreach (var domain in _domains.Values.Where(d => d.Migration is not null).ToArray())
        {
            domain.Migration?.DaemonContinued(this);
        }
    }

    /// <summary>libvirtd starts: it finds its guests, and what became of their migrations.</summary>
    public void StartDaemon()
    {
        if (IsDaemonUp || !IsPowered)
        {
            return;
        }

        IsDaemonUp = true;
        foreach (var domain in _domains.Values.ToArray())
        {
            Recover(domain);
        }

        ConnectAgent();
    }

    /// <summary>The host loses power: processes, transient domains and the daemon are gone; definitions stay on disk.</summary>
    public void PowerOff()
    {
        if (!IsPowered)
        {
            return;
        }

        (IsPowered, IsDaemonUp, IsDaemonHung) = (false, false, false);
        _unseen.Clear();
        DisconnectAgent("the host is off");
        foreach (var domain in _domains.Values.ToArray())
        {
            var migration = domain.Migration;
            (domain.IsActive, domain.Runs, domain.Migration) = (false, false, null);
            migration?.PowerLost(this);
            Touch(domain);
        }
    }

    /// <summary>The host has power again: its daemon starts, and what starts with the host.</summary>
    public void PowerOn()
    {
        if (IsPowered)
        {
            return;
        }

        IsPowered = true;
        StartDaemon();
        foreach (var domain in _domains.Values.Where(d => d is { IsAutostart: true, IsActive: false }).ToArray())
        {
            Boot(domain.Guest);
        }
    }

    /// <summary>What a daemon that has just started makes of a domain.</summary>
    private void Recover(SimDomain domain)
    {
        if (!domain.IsActive)
        {
            (domain.State, domain.Reason, domain.Job) = (DomainState.Shutoff, StateReason.None, DomainJob.None);
            if (!domain.IsPersistent)
            {
                _domains.Remove(domain.Guest.Uuid);
            }

            Touch(domain);
            return;
        }

        var migration = domain.Migration;
        if (migration is { IsResumedAtRestart: true })
        {
            (domain.Runs, domain.Migration) = (true, null);
        }

        if (domain.Runs && domain.State != DomainState.Running)
        {
            Show(domain, DomainState.Running, StateReason.None, DomainJob.None, "resumed/migrated");
        }
        else
        {
            Show(domain, domain.State, domain.Reason, DomainJob.None);
        }

        domain.Migration?.DaemonCameBack(this);
    }
}
