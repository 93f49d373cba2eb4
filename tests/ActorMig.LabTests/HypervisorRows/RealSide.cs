using System.Globalization;
using ActorMig.Agent.Edges;
using ActorMig.Edges;
using ActorMig.Lab;
using LibvirtSharp;
using DomainState = ActorMig.Edges.DomainState;

namespace ActorMig.LabTests;

/// <summary>One real daemon, as a client sees it.</summary>
internal sealed class RealSide(LabHost host, LabGuest guest) : IDisposable
{
    private static readonly DomainLook Absent = new(DomainState.Absent, StateReason.None, DomainJob.None, null, false, 0);
    private readonly Lock _lock = new();
    private readonly List<LibvirtEvent> _all = [];
    private readonly List<Task> _readers = [];
    private LibvirtConnection? _connection;
    private EventSubscription? _events;

    /// <summary>What the daemon has told, on all connections since the beginning.</summary>
    public IReadOnlyList<LibvirtEvent> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>The guest's QEMU processes in this host.</summary>
    public IReadOnlyList<int> ProcessIds => host.QemuPids(guest);

    /// <summary>The daemon, and what has started it: that stops with it, and does not go on with it.</summary>
    public IReadOnlyList<int> DaemonIds => host.Processes(line => line.Contains("libvirtd", StringComparison.Ordinal) && !line.Contains("guest=", StringComparison.Ordinal));

    /// <summary>Listens on a new connection.</summary>
    public void Connect()
    {
        Dispose();
        var connection = _connection = LibvirtConnection.Open(host.LibvirtUri);
        var events = _events = connection.Subscribe();
        _readers.Add(Task.Run(async () =>
        {
            await foreach (var happened in events)
            {
                lock (_lock)
                {
                    _all.Add(happened);
                }
            }
        }));
    }

    /// <summary>State and reason, which libvirt tells without asking QEMU.</summary>
    public DomainLook State() => With(
        domain =>
        {
            var status = domain.GetState();
            var (state, reason) = LibvirtStates.Translate(status.State, status.Reason);
            return Absent with { State = state, Reason = reason };
        },
        Absent);

    /// <summary>All that the agent looks at.</summary>
    public DomainLook Look() => With(
        domain =>
        {
            var look = State();
            return look with { IsPersistent = domain.IsPersistent, Job = look.State is DomainState.Running or DomainState.Paused ? JobOf(domain) : DomainJob.None };
        },
        Absent);

    /// <summary>Asks something; what libvirt refuses is the other answer.</summary>
    public T Ask<T>(Func<LibvirtDomain, T> question, T otherwise)
    {
        try
        {
            return With(question, otherwise);
        }
        catch (LibvirtException)
        {
            return otherwise;
        }
    }

    /// <summary>True if libvirt obeys.</summary>
    public bool Ask(Action<LibvirtDomain> request) => Ask(
        d =>
        {
            request(d);
            return true;
        },
        false);

    public void SignalProcess(int signal)
    {
        foreach (var pid in ProcessIds)
        {
            Signals.Send(pid, signal);
        }
    }

    public void Dispose()
    {
        _events?.Dispose();
        _connection?.Dispose();
        (_events, _connection) = (null, null);
    }

    private static DomainJob JobOf(LibvirtDomain domain)
    {
        try
        {
            var (type, figures) = domain.GetJobStatistics();
            return LibvirtStates.Translate(type, figures);
        }
        catch (LibvirtException e) when (LibvirtStates.JobByError(e.Code, isSample: false) is { } job)
        {
            return job;
        }
    }

    private T With<T>(Func<LibvirtDomain, T> question, T otherwise)
    {
        using var domain = _connection?.FindByUuid(guest.Uuid);
        try
        {
            return domain is null ? otherwise : question(domain);
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
        {
            // It has gone meanwhile.
            return otherwise;
        }
    }
}
