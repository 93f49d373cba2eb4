using ActorMig.Bartering;
using ActorMig.Vms;

namespace ActorMig.Tests.Affinity;

/// <summary>Orders of legs in which each VM fits beside what is there.</summary>
public sealed class LegOrderTests
{
    [Fact]
    public void For_one_each_way_it_says_what_the_order_of_swaps_says()
    {
        var (random, refused) = (new Random(1), 0);
        for (var i = 0; i < 2_000; i++)
        {
            var (offererFree, granterFree, give, back) = (random.Next(-1, 5), random.Next(-1, 5), Vm("g", random.Next(1, 5)), Vm("b", random.Next(1, 5)));
            var isSwap = random.Next(3) > 0;
            var swap = SwapOrder.Find("o", offererFree, "g", granterFree, give, isSwap ? back : null);
            var order = LegOrder.Find("o", offererFree, "g", granterFree, [give], isSwap ? [back] : []);
            Assert.Equal(swap.Legs, order.Legs);
            Assert.Equal(swap.Refusal, order.Refusal);
            refused += swap.Refusal is null ? 0 : 1;
        }

        Assert.InRange(refused, 200, 1_800);
    }

    [Fact]
    public void Memory_holds_at_each_step_and_an_order_is_found_if_there_is_one()
    {
        var (random, none) = (new Random(2), 0);
        for (var i = 0; i < 1_000; i++)
        {
            VmFacts[] give = [.. Enumerable.Range(0, random.Next(1, 5)).Select(n => Vm($"g{n}", random.Next(1, 9)))];
            VmFacts[] back = [.. Enumerable.Range(0, random.Next(0, 4)).Select(n => Vm($"b{n}", random.Next(1, 9)))];
            var (offererFree, granterFree) = (random.Next(10), random.Next(10));
            var (legs, refusal, part) = LegOrder.Find("o", offererFree, "g", granterFree, give, back);
            var longest = Longest(offererFree, granterFree, [.. give], [.. back]);
            Assert.Equal(refusal is null ? give.Length + back.Length : 0, legs.Count);
            Assert.Equal(longest, refusal is null ? legs.Count : part.Count);
            Assert.Equal(Enumerable.Range(1, longest), (refusal is null ? legs : part).Select(l => l.Number));
            none += refusal is null ? 0 : 1;
            long offerer = offererFree, granter = granterFree;
            foreach (var leg in refusal is null ? legs : part)
            {
                var goes = give.Contains(leg.Vm);
                Assert.Equal(goes ? ("o", "g") : ("g", "o"), (leg.From, leg.To));
                Assert.True(leg.Vm.MemoryBytes <= (goes ? granter : offerer));
                (offerer, granter) = goes ? (offerer + leg.Vm.MemoryBytes, granter - leg.Vm.MemoryBytes) : (offerer - leg.Vm.MemoryBytes, granter + leg.Vm.MemoryBytes);
            }
        }

        Assert.InRange(none, 100, 900);
    }

    /// <summary>After the biggest there is 1 left on the granter and 3 on the offerer: nothing else fits on either.</summary>
    [Fact]
    public void An_order_is_found_where_the_biggest_first_leads_nowhere()
    {
        var (legs, refusal, _) = LegOrder.Find("o", 0, "g", 4, [Vm("three", 3), Vm("two", 2), Vm("deux", 2)], [Vm("four", 4)]);
        Assert.Null(refusal);
        Assert.Equal(["two", "deux", "four", "three"], legs.Select(l => l.Vm.Uuid));
    }

    [Theory]
    [InlineData(-1, 9)]
    [InlineData(9, -1)]
    public void A_host_of_which_too_much_is_promised_takes_nothing(long offererFree, long granterFree)
    {
        var (legs, refusal, part) = LegOrder.Find("o", offererFree, "g", granterFree, [Vm("a", 5)], [Vm("b", 3)]);
        Assert.Empty(legs);
        Assert.Equal(Refusal.NoRoomToSwap, refusal);
        Assert.Equal(offererFree < 0 ? "a" : "b", Assert.Single(part).Vm.Uuid);
    }

    [Fact]
    public void As_many_legs_as_there_may_be_are_ordered_or_refused_by_trying_all()
    {
        VmFacts[] give = [.. Enumerable.Range(0, 8).Select(n => Vm($"g{n}", 4 + n))];
        VmFacts[] back = [.. Enumerable.Range(0, 8).Select(n => Vm($"b{n}", 4 + n))];
        Assert.Null(LegOrder.Find("o", 8, "g", 8, give, back).Refusal);
        Assert.Equal(Refusal.NoRoomToSwap, LegOrder.Find("o", 4, "g", 4, give, back).Refusal);
        Assert.Throws<ArgumentOutOfRangeException>(() => LegOrder.Find("o", 8, "g", 8, [.. give, Vm("x", 1)], back));
    }

    private static int Longest(long offererFree, long granterFree, VmFacts[] give, VmFacts[] back) => Math.Max(
        give.Where(v => v.MemoryBytes <= granterFree)
            .Select(v => 1 + Longest(offererFree + v.MemoryBytes, granterFree - v.MemoryBytes, [.. give.Where(o => o != v)], back)).DefaultIfEmpty().Max(),
        back.Where(v => v.MemoryBytes <= offererFree)
            .Select(v => 1 + Longest(offererFree - v.MemoryBytes, granterFree + v.MemoryBytes, give, [.. back.Where(o => o != v)])).DefaultIfEmpty().Max());

    private static VmFacts Vm(string name, long bytes) => new(name, name, bytes, 1, 0, true, false);
}
