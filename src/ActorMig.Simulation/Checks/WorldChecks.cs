using System.Globalization;
using ActorMig.Actors;

namespace ActorMig.Simulation;

/// <summary>
/// What must hold, whatever crashes (S1 to S7), looked at after every step of a world's clock. Only what has changed is looked at: domains that were
/// touched, events that became durable, things that were said to libvirt or to a peer. Nothing here is shared with the core's own reckoning: promises,
/// leases and phases are counted again from the journals. It looks and changes nothing, so that a world with checks runs as one without.
/// </summary>
internal sealed partial class WorldChecks
{
    private const long TickMs = 5_000;
    private readonly SimWorld _world;
    private readonly SortedDictionary<string, HostBook> _books = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimGuest> _guestsByUuid = new(StringComparer.Ordinal);

    private WorldChecks(SimWorld world) => _world = world;

    /// <summary>Called when an event has become durable, after the books know it.</summary>
    public Action<HostBook, object>? Landed { get; set; }

    /// <summary>Called for everything that an actor said.</summary>
    public Action<HostBook, object>? Said { get; set; }

    /// <summary>The hosts' books by name.</summary>
    public IReadOnlyDictionary<string, HostBook> Books => _books;

    private long NowMs => _world.Time.NowMs;

    /// <summary>Begins to look at a world whose hosts and guests are there and whose agents are not started yet.</summary>
    public static WorldChecks Of(SimWorld world)
    {
        var checks = new WorldChecks(world);
        foreach (var (name, host) in world.Hosts)
        {
            var book = new HostBook(host);
            checks._books.Add(name, book);
            var landed = host.Journal.Landed;
            host.Journal.Landed = (id, events) =>
            {
                landed?.Invoke(id, events);
                checks.Land(book, events);
            };
            checks.WatchDomains(host.Hypervisor);
            foreach (var domain in host.Hypervisor.AllDomains)
            {
                checks._were.Add(domain.Guest.Uuid, (domain.IsPersistent, domain.IsAutostart));
            }
        }

        foreach (var guest in world.Guests.Values)
        {
            checks._guestsByUuid.Add(guest.Uuid, guest);
        }

        world.WatcherOf = host =>
        {
            var book = checks._books[host.Options.HostName];
            (book.UpSinceMs, book.StoodStillUntilMs) = (world.Time.NowMs, 0);
            return new HostWatcher(checks, book);
        };
        checks.Tick();
        return checks;
    }

    /// <summary>To be called after every step of the clock.</summary>
    public void AfterStep()
    {
        if (_touched.Count > 0)
        {
            LookAtTouched();
        }
    }

    private void Breach(string rule, string text) =>
        _world.Violations.Add(string.Create(CultureInfo.InvariantCulture, $"{rule}: at {NowMs / 1000.0:0.000} s: {text}"));

    private string NameOf(string uuid) => _guestsByUuid.TryGetValue(uuid, out var guest) ? guest.Name : uuid;

    private HostBook? BookOf(string host) => _books.TryGetValue(host, out var book) ? book : null;

    private void Tick()
    {
        LookAtClocks();
        foreach (var book in _books.Values)
        {
            LookAtClock(book);
        }

        _world.Time.After(TickMs, Tick);
    }

    private sealed class HostWatcher(WorldChecks checks, HostBook book) : VirtualWatcher
    {
        public override void Told(ActorRef from, ActorRef target, object message)
        {
            checks.Told(book, from, target, message);
            checks.Said?.Invoke(book, message);
        }

        public override void Handling(ActorRef actor, object message) => checks.Handling(book, actor, message);

        public override void Persisting(ActorRef actor, IReadOnlyList<object> events) => checks.Persisting(book, events);

        public override void Recovered(VirtualCell cell) => checks.Recovered(book, cell);

        public override void Ending(VirtualCell cell) => checks.Ending(book, cell);
    }
}
