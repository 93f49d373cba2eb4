using ActorMig.Bartering;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>Promises of memory (S2), one VM in one barter (S3), and orders of swaps.</summary>
public sealed class LedgerTests
{
    private static readonly VmFacts Big = new("big", "big", 2_000, 1, 0, true, false);
    private static readonly VmFacts Small = new("small", "small", 1_000, 1, 0, true, false);

    [Fact]
    public void A_reservation_a_charge_and_a_running_VM_are_counted_once()
    {
        var ledger = new Ledger("me");
        ledger.Apply(Granted("b1", new Leg(1, Big, "you", "me")));
        Assert.Equal(2_000, ledger.PromisedBytes([]));
        ledger.Apply(new ChargeBegan("b1.1", "big", 2_000));
        Assert.Equal(2_000, ledger.PromisedBytes([]));
        Assert.Equal(2_000, ledger.PromisedBytes([View(Big)]));
        ledger.Apply(new LegEnded("b1", 1, LegOutcome.Completed, ""));
        ledger.Apply(new ChargeEnded("b1.1"));
        ledger.Apply(new BarterEnded("b1", BarterOutcome.Settled, null, ""));
        Assert.Equal(2_000, ledger.PromisedBytes([View(Big)]));
        Assert.Equal(0, ledger.PromisedBytes([]));
    }

    [Fact]
    public void A_barter_counts_as_the_most_over_its_steps()
    {
        var ledger = new Ledger("me");

        // Small leaves first, then big comes: 1,000 more at the worst, beside small, which counts until it has left.
        ledger.Apply(Granted("b1", new Leg(1, Small, "me", "you"), new Leg(2, Big, "you", "me")));
        Assert.Equal(2_000, ledger.PromisedBytes([View(Small)]));

        // Big comes first.
        var other = new Ledger("me");
        other.Apply(Granted("b2", new Leg(1, Big, "you", "me"), new Leg(2, Small, "me", "you")));
        Assert.Equal(3_000, other.PromisedBytes([View(Small)]));
    }

    [Fact]
    public void A_barter_that_ended_promises_nothing_and_frees_its_VMs()
    {
        var ledger = new Ledger("me");
        ledger.Apply(Granted("b1", new Leg(1, Big, "you", "me")));
        Assert.True(ledger.IsInBarter("big"));
        ledger.Apply(new BarterEnded("b1", BarterOutcome.Withdrawn, Refusal.LeaseOver, ""));
        Assert.False(ledger.IsInBarter("big"));
        Assert.Equal(0, ledger.PromisedBytes([]));
    }

    [Theory]
    [InlineData(1_000, 2_000, 2_000, 1_000, "ab")] // there is room on both sides
    [InlineData(0, 2_000, 2_000, 1_000, "ab")] // big leaves, small fits in its place
    [InlineData(1_000, 1_000, 2_000, 1_000, "ba")] // the granter must make room first
    [InlineData(0, 1_000, 2_000, 1_000, "")]
    [InlineData(1_000, 0, 1_000, 1_000, "ba")]
    [InlineData(0, 0, 1_000, 1_000, "")]
    public void Swaps_go_in_an_order_in_which_each_VM_fits(long offererFree, long granterFree, long give, long back, string order)
    {
        var (legs, refusal) = SwapOrder.Find("o", offererFree, "g", granterFree, Big with { Uuid = "a", MemoryBytes = give }, Small with { Uuid = "b", MemoryBytes = back });
        Assert.Equal(order, string.Concat(legs.Select(l => l.Vm.Uuid)));
        Assert.Equal(order.Length == 0 ? Refusal.NoRoomToSwap : null, refusal);
    }

    [Fact]
    public void Replaying_the_events_gives_the_same_state()
    {
        object[] events =
        [
            new BarterOffered("me-1-1", 1, 1, "you", BarterKind.Migrate, Small, "threshold", ""),
            new BarterConfirmed("me-1-1", 4, [new Leg(1, Small, "me", "you")], ""),
            new LegBegan("me-1-1", 1),
            new LegEnded("me-1-1", 1, LegOutcome.Failed, ""),
        ];
        var (one, two) = (new Ledger("me"), new Ledger("me"));
        var registry = Wire.Events();
        foreach (var e in events)
        {
            one.Apply(e);
            two.Apply(registry.Read(registry.NameOf(e), registry.Write(e)));
        }

        Assert.Equal(BarterOutcome.Aborted, one.Find("me-1-1")!.Conclude());
        Assert.Equal(one.Find("me-1-1")!.Conclude(), two.Find("me-1-1")!.Conclude());
        Assert.Equal((one.LastIncarnation, one.LastNumber), (two.LastIncarnation, two.LastNumber));
    }

    private static BarterGranted Granted(string id, params Leg[] legs) => new(id, 1, "you", 1, BarterKind.Swap, legs, "");

    private static VmView View(VmFacts facts) => new(facts, VmStatus.Idle, true);
}
