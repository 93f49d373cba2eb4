using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>One lab for all tests: two hosts and four guests that live through everything.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    /// <summary>A beat every 50 ms: the tests ask for no shorter gap, and four hearts that beat every 5 ms take a third of two processors.</summary>
    private const string SlowHeart = "ambeat=0.05";

    internal Lab.Lab Lab { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Lab = await StartAsync(LabSize.Usual);

    public ValueTask DisposeAsync() => Lab.DisposeAsync();

    internal static async Task<Lab.Lab> StartAsync(LabSize size)
    {
        var lab = await ActorMig.Lab.Lab.StartAsync(Repository.Folder, _ => { }, GuestShape.Usual with { KernelArguments = SlowHeart }, size with { HearsCutsSoon = true });
        try
        {
            await lab.BootAsync(_ => { });
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }
}
