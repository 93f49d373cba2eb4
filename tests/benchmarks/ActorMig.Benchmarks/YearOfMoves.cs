using ActorMig.Bartering;
using ActorMig.Hosts;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Benchmarks;

/// <summary>What a host journals in a year of 20 moves a day: every other one it sends, the others it receives, each with all the events of its half.</summary>
internal static class YearOfMoves
{
    public const int Moves = 20 * 365;
    private const int Vms = 40;

    /// <summary>The events by persistence id, in the order in which they are written.</summary>
    public static IEnumerable<(string Id, object Event)> Events()
    {
        yield return ("host", new AgentStarted("start", 1_764_000_000));
        for (var n = 1; n <= Moves; n++)
        {
            foreach (var e in n % 2 == 0 ? Sent(n) : Received(n))
            {
                yield return e;
            }
        }
    }

    private static IEnumerable<(string Id, object Event)> Sent(int n)
    {
        var barter = BarterIds.Barter("kvm1", 1_764_000_000, n);
        var vm = Vm(n);
        var plan = new MigrationPlan(BarterIds.Migration(barter, 1), barter, 1, vm, "kvm1", "kvm2", BarterKind.Migrate);
        var migration = "migration-" + plan.Migration;
        yield return ("barter", new BarterOffered(
            barter, n, 1_764_000_000, "kvm2", BarterKind.Migrate, vm, "threshold", "430.0 Mbit/s is over 400.0; kvm2 has 120.5: migrate the busiest VM that fits"));
        yield return ("barter", new BarterConfirmed(barter, 1_764_000_001, [new Leg(1, vm, "kvm1", "kvm2")], "kvm2 stays under its window"));
        yield return ("barter", new LegBegan(barter, 1));
        yield return ("host", new MigrationOpened(plan));
        yield return (migration, new MigrationPrepared(plan));
        yield return (migration, new PreCopyBegan(plan.Migration, 3));
        yield return (migration, new SwitchIntended(plan.Migration, 2));
        yield return (migration, new PostCopyBegan(plan.Migration));
        yield return (migration, new MigrationSettled(
            plan.Migration, LegOutcome.Completed, $"{vm.Name} runs on kvm2", new MigrationFigures(8_400, 31, 2_214_592_512, 2, 512)));
        yield return ("barter", new LegEnded(barter, 1, LegOutcome.Completed, $"{vm.Name} runs on kvm2"));
        yield return ("barter", new VmLeft(vm.Uuid, vm.Name));
        yield return ("barter", new BarterEnded(barter, BarterOutcome.Settled, null, $"{vm.Name} runs on kvm2"));
        yield return ("host", new HalfEnded(plan.Migration, IsArrival: false));
    }

    private static IEnumerable<(string Id, object Event)> Received(int n)
    {
        var barter = BarterIds.Barter("kvm2", 1_764_000_001, n);
        var vm = Vm(n);
        var plan = new MigrationPlan(BarterIds.Migration(barter, 1), barter, 1, vm, "kvm2", "kvm1", BarterKind.Migrate);
        var arrival = "arrival-" + plan.Migration;
        yield return ("barter", new BarterGranted(
            barter, 1_764_000_000, "kvm2", 1_764_000_001, BarterKind.Migrate, [new Leg(1, vm, "kvm2", "kvm1")], "kvm1 stays under its window"));
        yield return ("barter", new BarterConfirmationHeard(barter));
        yield return ("host", new ArrivalOpened(plan));
        yield return (arrival, new ArrivalExpected(plan, 3));
        yield return (arrival, new ArrivalSeen(plan.Migration));
        yield return ("barter", new ChargeBegan(plan.Migration, vm.Uuid, vm.MemoryBytes));
        yield return (arrival, new ArrivalRan(plan.Migration));
        yield return (arrival, new ArrivalSettled(plan.Migration, HasCompleted: true, $"{vm.Name} runs on kvm1"));
        yield return ("barter", new VmArrived(plan.Migration, vm.Uuid, vm.Name, "kvm2", 3, 1_764_000_600_000 + n));
        yield return ("barter", new LegEnded(barter, 1, LegOutcome.Completed, $"{vm.Name} runs on kvm1"));
        yield return ("barter", new ChargeEnded(plan.Migration));
        yield return ("barter", new BarterEnded(barter, BarterOutcome.Settled, null, $"{vm.Name}: completed"));
        yield return ("host", new HalfEnded(plan.Migration, IsArrival: true));
    }

    private static VmFacts Vm(int n) => new(
        $"5ef0f6cf-5c3c-4a3e-8f7d-{n % Vms:x12}", $"guest-{n % Vms}", 4L << 30, 4, 43.1e6 + n, IsPersistent: true, IsAutostart: false, "kvm2", n % 5, 0);
}
