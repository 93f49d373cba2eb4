using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>
/// A lab of three hosts that find each other by serf and talk over mutual TLS, with four guests, two of them on h1. There is one lab on a machine at a
/// time: the other one is put away meanwhile.
/// </summary>
public sealed class ClusterFixture(LabFixture two) : IAsyncLifetime
{
    internal Lab.Lab Lab { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await two.DisposeAsync();
        try
        {
            Lab = await LabFixture.StartAsync(new LabSize(3, 4, IsCluster: true));
        }
        catch
        {
            // The tests of the other lab are not to fail for this one.
            await two.InitializeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Lab is null)
        {
            return;
        }

        try
        {
            await Lab.DisposeAsync();
        }
        finally
        {
            await two.InitializeAsync();
        }
    }
}
