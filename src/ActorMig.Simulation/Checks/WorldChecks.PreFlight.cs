using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Simulation;

/// <content>
/// Nothing moves against the pre-flight: what an agent has been shown of a guest, or of what its host lacks for one, keeps it from being offered, granted,
/// confirmed and welcomed. Judged by what libvirt has shown, not by the core's own rules.
/// </content>
internal sealed partial class WorldChecks
{
    private static void HandlingPreFlight(HostBook book, ActorRef actor, object message)
    {
        switch (message)
        {
            case BarterRound round when actor.Name == "barter" && book.ShownHeld.TryGetValue(round.Round, out var held):
                book.Held = held;
                book.ShownHeld.Clear();
                break;
            case ArrivalChecked looked when looked.There.MissingNics.Count > 0:
                book.Lacking.Add((actor.Name, looked.Token));
                break;
            case ArrivalChecked looked:
                book.Lacking.Remove((actor.Name, looked.Token));
                break;
        }
    }

    private void SaidPreFlight(HostBook book, ActorRef from, object message)
    {
        switch (message)
        {
            case ObserveVms observe:
                book.ShownHeld[observe.Round] = new SortedSet<string>(
                    observe.Sample.Domains.Where(d => d.Traits is { PassedThrough.Count: > 0 }).Select(d => d.Uuid), StringComparer.Ordinal);
                break;
            case SendToPeer { Message: ArrivalReady ready } when book.Lacking.Any(l => l.Actor == from.Name):
                Breach("pre-flight", $"{book.Name} is ready for {ready.Migration}, and has been shown what it lacks for it");
                break;
        }
    }

    private void PersistingPreFlight(HostBook book, object @event)
    {
        switch (@event)
        {
            case BarterOffered e when (e.Exchange?.Gives ?? [e.Give.Uuid]).Any(book.Held.Contains):
                Breach("pre-flight", $"{book.Name} offers {e.What()}, and has been shown that a device is passed through to it");
                break;
            case BarterGranted e when e.Legs.Any(l => l.From == book.Name && book.Held.Contains(l.Vm.Uuid)):
                Breach("pre-flight", $"{book.Name} gives a VM in {e.Barter}, and has been shown that a device is passed through to it");
                break;
            case BarterGranted when IsLacking(book, @event):
            case BarterConfirmed when IsLacking(book, @event):
                Breach("pre-flight", $"{book.Name} agrees to take a VM, and has been shown what it lacks for it");
                break;
        }
    }

    private static bool IsLacking(HostBook book, object @event) => @event switch
    {
        BarterGranted e => book.Lacking.Contains(("barter", "judge-" + e.Barter)),
        BarterConfirmed e => book.Lacking.Contains(("barter", "confirm-" + e.Barter)),
        _ => false,
    };
}
