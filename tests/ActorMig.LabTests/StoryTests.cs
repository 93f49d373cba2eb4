using ActorMig.Bartering;
using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>What a phase of the story may show so that the lab's exit code is 0.</summary>
public sealed class StoryTests
{
    [Fact]
    public void A_settled_barter_of_the_kind_is_as_expected_also_after_an_offer_that_was_declined()
    {
        Assert.True(Story.IsOnly([Line(BarterKind.Swap, BarterOutcome.Settled)], BarterKind.Swap, most: 1));
        Assert.True(Story.IsOnly([Line(BarterKind.Swap, BarterOutcome.Declined), Line(BarterKind.Swap, BarterOutcome.Settled)], BarterKind.Swap, most: 1));
    }

    [Theory]
    [InlineData(BarterKind.Swap, BarterOutcome.Settled)]
    [InlineData(BarterKind.Migrate, BarterOutcome.Settled)]
    [InlineData(BarterKind.Swap, BarterOutcome.Half)]
    [InlineData(BarterKind.Swap, BarterOutcome.Aborted)]
    [InlineData(BarterKind.Swap, null)]
    [InlineData(BarterKind.Remigrate, BarterOutcome.Declined)]
    public void Anything_besides_is_not(BarterKind kind, BarterOutcome? outcome) =>
        Assert.False(Story.IsOnly([Line(BarterKind.Swap, BarterOutcome.Settled), Line(kind, outcome)], BarterKind.Swap, most: 1));

    [Fact]
    public void Nothing_at_all_is_not_either() => Assert.False(Story.IsOnly([], BarterKind.Remigrate, most: int.MaxValue));

    private static BarterLine Line(BarterKind kind, BarterOutcome? outcome) => new("b", kind, "h1", "h2", ["vm1"], outcome, "", null, null, 0, null);
}
