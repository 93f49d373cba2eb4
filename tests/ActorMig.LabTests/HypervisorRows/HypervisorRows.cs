using ActorMig.Actors.Tests;
using ActorMig.HypervisorRows;

namespace ActorMig.LabTests;

/// <summary>The facts about libvirt on which the simulated hypervisor is built, each shown on two real daemons; the same scripts play on the simulated pair.</summary>
public sealed class HypervisorRows(LabFixture fixture)
{
    [Theory]
    [MemberData(nameof(Quick))]
    public Task A_row_is_so_for_real(string id) => PlayAsync(id);

    /// <summary>Those in which libvirt waits for half a minute.</summary>
    [Theory]
    [Trait("kind", "matrix")]
    [MemberData(nameof(Slow))]
    public Task A_row_that_takes_long_is_so_for_real(string id) => PlayAsync(id);

    public static TheoryData<string> Quick() => AllRows.Ids(r => r is { OnlySimulated: null, IsSlow: false });

    public static TheoryData<string> Slow() => [.. Shard.Of(AllRows.Ids(r => r is { OnlySimulated: null, IsSlow: true }).Select(r => r.Data))];

    private async Task PlayAsync(string id)
    {
        await using var pair = await RealPair.MakeAsync(fixture.Lab);
        try
        {
            await AllRows.Find(id).Play(pair);
        }
        catch
        {
            // A daemon that hangs tells no story.
            await pair.DoAsync(Side.Destination, Fault.ContinueDaemon);
            TestContext.Current.TestOutputHelper?.WriteLine(pair.Story());
            throw;
        }
    }
}
