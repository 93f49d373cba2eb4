using System.Collections.Concurrent;
using LibvirtSharp.Interop;

namespace LibvirtSharp;

public sealed unsafe partial class LibvirtConnection
{
    /// <summary>What is registered at libvirt, by the kind of event and the domain (null: all). Guarded by the gate.</summary>
    private readonly Dictionary<(int EventId, string? Uuid), EventRegistration> _registrations = [];
    private readonly ConcurrentDictionary<EventSubscription, bool> _subscriptions = new();
    private readonly Lock _gate = new();
    private CloseNotice? _closeNotice;

    /// <summary>
    /// Opens a stream of events (<c>virConnectDomainEventRegisterAny</c>, <c>virConnectRegisterCloseCallback</c>), whose last one is a
    /// <see cref="ConnectionClosedEvent"/> if the connection ends by itself. There can be any number of streams.
    /// </summary>
    /// <param name="events">Which.</param>
    /// <param name="domain">Of which domain; null: of all.</param>
    public EventSubscription Subscribe(DomainEvents events = DomainEvents.All, LibvirtDomain? domain = null)
    {
        var subscription = new EventSubscription(this);
        try
        {
            _subscriptions[subscription] = true;
            lock (_gate)
            {
                ThrowIfDisposed();
                if (events.HasFlag(DomainEvents.Lifecycle))
                {
                    Register(subscription, domain, Constants.VIR_DOMAIN_EVENT_ID_LIFECYCLE, (nint)Callbacks.Lifecycle);
                }

                if (events.HasFlag(DomainEvents.MigrationIteration))
                {
                    Register(subscription, domain, Constants.VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION, (nint)Callbacks.Iteration);
                }

                if (events.HasFlag(DomainEvents.JobCompleted))
                {
                    Register(subscription, domain, Constants.VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, (nint)Callbacks.JobCompleted);
                }
            }

            // A connection that was closed before is told at once.
            if (EnsureCloseNotice().Task is { IsCompletedSuccessfully: true } closed)
            {
                Closed(closed.Result);
            }

            return subscription;
        }
        catch
        {
            End(subscription);
            throw;
        }
    }

    /// <summary>
    /// Waits until the connection is closed (<c>virConnectRegisterCloseCallback</c>): by the daemon, by the network, by keepalive, or by
    /// <see cref="Dispose"/> (<see cref="CloseReason.Client"/>).
    /// </summary>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task<CloseReason> WaitForCloseAsync(CancellationToken cancellation = default) => EnsureCloseNotice().Task.WaitAsync(cancellation);

    internal void End(EventSubscription subscription)
    {
        lock (_gate)
        {
            if (_subscriptions.TryRemove(subscription, out _))
            {
                foreach (var (key, registration) in _registrations.ToArray())
                {
                    registration.Remove(subscription);
                    if (!registration.IsWanted)
                    {
                        _registrations.Remove(key);
                        Deregister(registration);
                    }
                }
            }
        }

        subscription.Complete();
    }

    private void EndEvents()
    {
        foreach (var subscription in _subscriptions.Keys)
        {
            End(subscription);
        }

        CloseNotice? notice;
        lock (_gate)
        {
            notice = _closeNotice;
        }

        if (notice is not null)
        {
            _ = Libvirt.virConnectUnregisterCloseCallback(_handle, Callbacks.Close);
            notice.End();
        }
    }

    private CloseNotice EnsureCloseNotice()
    {
        lock (_gate)
        {
            if (_closeNotice is null)
            {
                ThrowIfDisposed();
                var notice = new CloseNotice(Closed);
                if (Libvirt.virConnectRegisterCloseCallback(_handle, Callbacks.Close, notice.Id, Callbacks.Free) < 0)
                {
                    var error = Native.LastError(nameof(Libvirt.virConnectRegisterCloseCallback));
                    notice.End();
                    throw error;
                }

                _closeNotice = notice;
            }
        }

        // libvirt tells nothing of a connection that was closed before.
        if (!IsAlive)
        {
            _closeNotice.Tell(CloseReason.Error);
        }

        return _closeNotice;
    }

    /// <summary>Under the gate: what is registered after this, <see cref="Dispose"/> still finds.</summary>
    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);

    /// <summary>Called on the loop's thread: it neither locks nor calls libvirt.</summary>
    private void Closed(CloseReason reason)
    {
        foreach (var subscription in _subscriptions.Keys)
        {
            subscription.Post(new ConnectionClosedEvent(reason));
            subscription.Complete();
        }
    }

    private void Register(EventSubscription subscription, LibvirtDomain? domain, int eventId, nint callback)
    {
        if (!_registrations.TryGetValue((eventId, domain?.Uuid), out var registration))
        {
            registration = new EventRegistration();
            var isAdded = false;
            try
            {
                domain?.Handle.DangerousAddRef(ref isAdded);
                registration.CallbackId = Native.Check(
                    Libvirt.virConnectDomainEventRegisterAny(
                        _handle, isAdded ? domain!.Handle.DangerousGetHandle() : 0, eventId, callback, registration.Id, Callbacks.Free),
                    nameof(Libvirt.virConnectDomainEventRegisterAny));
            }
            catch
            {
                Callbacks.Remove(registration.Id);
                throw;
            }
            finally
            {
                if (isAdded)
                {
                    domain!.Handle.DangerousRelease();
                }
            }

            _registrations.Add((eventId, domain?.Uuid), registration);
        }

        registration.Add(subscription);
    }

    private void Deregister(EventRegistration registration)
    {
        Callbacks.Remove(registration.Id);
        try
        {
            // A connection that is broken cannot be asked any more; its callbacks end with it.
            _ = Libvirt.virConnectDomainEventDeregisterAny(_handle, registration.CallbackId);
        }
        catch (ObjectDisposedException)
        {
            // So do those of one that is closed.
        }
    }
}
