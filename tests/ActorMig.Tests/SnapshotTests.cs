using System.Text;
using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>For any events: all of them make the state that a snapshot and the rest of them make, written and read again.</summary>
public sealed class SnapshotTests
{
    private static readonly MessageRegistry Registry = Wire.Events();

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_ledger_from_a_snapshot_and_the_rest_is_the_ledger_from_all_events(int seed)
    {
        var events = LedgerEvents(new Random(seed), 1_500);
        var all = new Ledger("me");
        Play(all.Apply, events);
        var random = new Random(-seed);
        for (var i = 0; i < 10; i++)
        {
            var k = random.Next(events.Count + 1);
            var (first, second) = (new Ledger("me"), new Ledger("me"));
            Play(first.Apply, events.Take(k));
            second.Apply(Again(first.Snapshot()));
            Assert.Equal(Text(first.Snapshot()), Text(second.Snapshot()));
            Play(second.Apply, events.Skip(k));
            Assert.Equal(Text(all.Snapshot()), Text(second.Snapshot()));
            Assert.Equal(all.PromisedBytes([]), second.PromisedBytes([]));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_HostActor_from_a_snapshot_and_the_rest_is_the_HostActor_from_all_events(int seed)
    {
        var events = HostEvents(new Random(seed), 300);
        var all = Host();
        Play(all.Apply, events);
        for (var k = 0; k <= events.Count; k += 23)
        {
            var (first, second) = (Host(), Host());
            Play(first.Apply, events.Take(k));
            second.Apply(Again(first.Snapshot()!));
            Play(second.Apply, events.Skip(k));
            Assert.Equal(Text(all.Snapshot()!), Text(second.Snapshot()!));
        }
    }

    [Fact]
    public void A_snapshot_does_not_change_with_the_ledger()
    {
        var ledger = new Ledger("me");
        var events = LedgerEvents(new Random(1), 400);
        Play(ledger.Apply, events.Take(200));
        var snapshot = ledger.Snapshot();
        var before = Text(snapshot);
        Play(ledger.Apply, events.Skip(200));
        Assert.Equal(before, Text(snapshot));
        Assert.NotEqual(before, Text(ledger.Snapshot()));
    }

    [Fact]
    public void A_snapshot_after_events_is_refused()
    {
        var ledger = new Ledger("me");
        ledger.Apply(new ChargeBegan("m", "u", 1));
        Assert.Throws<InvalidOperationException>(() => ledger.Apply(new Ledger("me").Snapshot()));
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 20)];

    private static void Play(Action<object> apply, IEnumerable<object> events)
    {
        foreach (var e in events)
        {
            apply(e);
        }
    }

    private static string Text(object message) => Encoding.UTF8.GetString(Registry.Write(message));

    private static object Again(object message) => Registry.Read(Registry.NameOf(message), Registry.Write(message));

    private static List<object> LedgerEvents(Random random, int count)
    {
        var events = new List<object>();
        var open = new List<(string Id, int Legs, bool IsOfferer)>();
        var number = 0;
        while (events.Count < count)
        {
            var vm = Vm(random);
            switch (random.Next(12))
            {
                case 0:
                    var offered = BarterIds.Barter("me", 1 + (number / 100), ++number);
                    events.Add(new BarterOffered(offered, number, 1 + (number / 100), "you", (BarterKind)random.Next(4), vm, "threshold", "é \"why\""));
                    open.Add((offered, 0, true));
                    break;
                case 1:
                    var granted = BarterIds.Barter("you", 3, ++number);
                    events.Add(new BarterGranted(granted, 7, "you", 3, BarterKind.Swap, Legs(random), "because"));
                    open.Add((granted, 2, false));
                    break;
                case 2 when open.Count > 0:
                    var confirmed = random.Next(open.Count);
                    events.Add(open[confirmed].IsOfferer
                        ? new BarterConfirmed(open[confirmed].Id, 5, Legs(random), "yes")
                        : new BarterConfirmationHeard(open[confirmed].Id));
                    break;
                case 3 when open.Count > 0:
                    events.Add(new LegBegan(open[random.Next(open.Count)].Id, 1 + random.Next(2)));
                    break;
                case 4 when open.Count > 0:
                    events.Add(new LegEnded(open[random.Next(open.Count)].Id, 1 + random.Next(2), (LegOutcome)random.Next(5), "so", random.Next(1_000)));
                    break;
                case 5 when open.Count > 0:
                    var ended = random.Next(open.Count);
                    events.Add(new BarterEnded(open[ended].Id, (BarterOutcome)random.Next(5), random.Next(2) == 0 ? null : Refusal.Busy, "over"));
                    open.RemoveAt(ended);
                    break;
                case 6:
                    events.Add(new ChargeBegan($"m{random.Next(8)}", vm.Uuid, vm.MemoryBytes));
                    break;
                case 7:
                    events.Add(new ChargeEnded($"m{random.Next(8)}"));
                    break;
                case 8:
                    events.Add(new VmArrived($"m{random.Next(3_000)}", vm.Uuid, vm.Name, random.Next(2) == 0 ? null : "you", random.Next(9), random.NextInt64()));
                    break;
                case 9:
                    events.Add(new VmLeft(vm.Uuid, vm.Name));
                    break;
                case 10 when open.Count > 0:
                    events.Add(new StatePredicted(open[random.Next(open.Count)].Id, "cpu", "cpu", "you", random.NextDouble(), random.NextDouble()));
                    break;
                case 11:
                    events.Add(new StateMeasured("b", random.Next(2) == 0 ? "cpu" : "mine", "cpu", "you", 0.5, 0.25, 0.5, random.Next(2) == 0 ? null : 0.5, random.NextDouble()));
                    break;
            }
        }

        return events;
    }

    private static List<object> HostEvents(Random random, int count)
    {
        var events = new List<object>();
        for (var i = 0; i < count; i++)
        {
            var vm = Vm(random);
            var plan = new MigrationPlan($"m{random.Next(12)}", "b", 1, vm, "me", "you", BarterKind.Migrate);
            var via = random.Next(2) == 0 ? null : new DrainMark($"h{random.Next(3)}", 1 + (i / 100), i);
            events.Add(random.Next(12) switch
            {
                0 => new AgentStarted($"s{i}", i + 1),
                1 => new MigrationOpened(plan),
                2 => new ArrivalOpened(plan),
                3 => new JournalLost($"loss-{i}", "missing"),
                4 => new JournalLossAccepted($"loss-{i}", "user 0"),
                5 => new CaseOpened(plan, random.Next(2) == 0, "why", random.Next(2) == 0, i),
                6 => new CaseDecided(plan.Migration, random.Next(3) == 0 ? null : (CaseChoice)random.Next(3), "user 0", "seen"),
                7 => new CaseClosed(plan.Migration, LegOutcome.Lost, "user 0", "seen", "so", i),
                8 => new DrainBegan("user 0", "why", i, random.Next(2) == 0 ? null : i + 1, via),
                9 => new DrainEnded("user 0", via),
                10 => new ClusterChangeWanted("user 0", "leave the cluster"),
                _ => new HalfEnded(plan.Migration, random.Next(2) == 0),
            });
        }

        return events;
    }

    private static Leg[] Legs(Random random) => [new Leg(1, Vm(random), "you", "me"), new Leg(2, Vm(random), "me", "you")];

    private static VmFacts Vm(Random random)
    {
        var n = random.Next(9);
        return new VmFacts($"u{n}", $"vm{n}", 1L << (20 + n), 1 + n, n * 1.1e6, n % 2 == 0, n % 3 == 0, n > 5 ? "you" : null, n, n * 1_000);
    }

    private static ActorCore Host() => new(
        Props.Of(() => new HostActor(new ActorMigOptions { HostName = "me" }, [], new HostEdges(NoRef.To, NoRef.To, NoRef.To), "start")), new NoEngine(), NoRef.To);

    private sealed class NoRef() : ActorRef("/nobody")
    {
        public static readonly NoRef To = new();
    }

    private sealed class NoEngine : IActorEngine
    {
        public Instant Now => default;

        public bool IsPersistent => true;

        public ulong Draw() => 0;

        public ActorRef NewChild(string name) => throw new NotSupportedException();

        public void Tell(ActorRef target, object message) => throw new NotSupportedException();

        public void Spawn(ActorRef child, Props props) => throw new NotSupportedException();

        public void Stop(ActorRef actor) => throw new NotSupportedException();

        public void Watch(ActorRef actor) => throw new NotSupportedException();

        public void Unwatch(ActorRef actor) => throw new NotSupportedException();

        public void StartTimer(string key, object message, long delayMs) => throw new NotSupportedException();

        public void CancelTimer(string key) => throw new NotSupportedException();

        public void PutInFront(IReadOnlyList<object> messages) => throw new NotSupportedException();

        public void Note(int id, string text) => throw new NotSupportedException();
    }
}
