using System.Text;
using ActorMig.Bartering;
using ActorMig.Vms;

namespace ActorMig.Tests;

public sealed class WireTests
{
    [Fact]
    public void An_offer_is_written_as_the_documentation_says_and_read_back()
    {
        var registry = Wire.Messages();
        var offer = new Offer("h1-1-1", BarterKind.Swap, "u", [new VmFacts("u", "vm", 1, 2, 3, true, false, "h2", 1, 5)], 4, 6, "why");
        var json = Encoding.UTF8.GetString(registry.Write(offer));
        Assert.Equal("offer.1", registry.NameOf(offer));
        Assert.Contains("\"kind\":\"swap\"", json, StringComparison.Ordinal);
        Assert.Equivalent(offer, registry.Read("offer.1", Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Refusals_have_the_words_of_the_closed_list() => Assert.Equal("both-overloaded", Words.Of(Refusal.BothOverloaded));

    [Theory]
    [InlineData("offer.9", "{}")]
    [InlineData("offer.1", "{")]
    [InlineData("offer.1", "{}")]
    [InlineData("offer.1", "{\"barter\":null,\"kind\":\"swap\",\"give\":\"u\",\"vms\":[],\"loadBitPerSecond\":1,\"freeBytes\":1,\"reason\":\"\"}")]
    [InlineData("get-arrival.1", "{\"plan\":null,\"question\":1}")]
    [InlineData("decline.1", "{\"barter\":\"b\",\"refusal\":\"no-such\",\"reason\":\"\"}")]
    public void What_is_unknown_or_broken_is_a_format_error(string name, string json) =>
        Assert.Throws<FormatException>(() => Wire.Messages().Read(name, Encoding.UTF8.GetBytes(json)));
}
