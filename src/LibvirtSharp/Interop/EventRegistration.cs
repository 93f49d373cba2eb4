namespace LibvirtSharp.Interop;

/// <summary>
/// One registration at libvirt, of one kind of event and of one domain or all, for all streams that want it: libvirt refuses a second one. Streams come
/// and go under the connection's lock; events are handed on without any.
/// </summary>
internal sealed class EventRegistration
{
    private volatile EventSubscription[] _subscriptions = [];

    public EventRegistration() => Id = Callbacks.Add(this);

    public nint Id { get; }

    /// <summary>libvirt's number for it.</summary>
    public int CallbackId { get; set; } = -1;

    public bool IsWanted => _subscriptions.Length > 0;

    public void Add(EventSubscription subscription) => _subscriptions = [.. _subscriptions, subscription];

    public void Remove(EventSubscription subscription) => _subscriptions = [.. _subscriptions.Where(s => s != subscription)];

    /// <summary>Called on the loop's thread.</summary>
    public void Post(Func<LibvirtEvent> make)
    {
        var subscriptions = _subscriptions;
        try
        {
            var happened = make();
            foreach (var subscription in subscriptions)
            {
                subscription.Post(happened);
            }
        }
#pragma warning disable CA1031 // An exception that crossed into native code would end the process.
        catch (Exception)
#pragma warning restore CA1031
        {
            // What cannot be told would be a hole: then the streams end.
            foreach (var subscription in subscriptions)
            {
                subscription.Overflow();
            }
        }
    }
}
