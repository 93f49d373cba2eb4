namespace ActorMig.Tests;

/// <summary>What one migration may take of what its host has for all.</summary>
public sealed class BandwidthTests
{
    [Theory]
    [InlineData(0, 2, 0, 0)]
    [InlineData(0, 2, 15, 15)]
    [InlineData(100, 2, 0, 50)]
    [InlineData(100, 2, 15, 15)]
    [InlineData(100, 4, 80, 25)]
    [InlineData(1, 2, 0, 1)]
    public void A_part_of_the_hosts(long host, int outgoingMax, long own, long limit)
    {
        var options = new MigrationOptions { HostMiBPerSecond = host, OutgoingMax = outgoingMax, PreCopyMiBPerSecond = own, PostCopyMiBPerSecond = own };
        Assert.Equal((limit, limit), (options.PreCopyShareMiBPerSecond, options.PostCopyShareMiBPerSecond));
    }
}
