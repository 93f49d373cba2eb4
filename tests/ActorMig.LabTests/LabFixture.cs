using ActorMig.Lab;

namespace ActorMig.LabTests;

/// <summary>One lab for all tests: two hosts and four guests that live through everything.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    internal Lab.Lab Lab { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Lab = await ActorMig.Lab.Lab.StartAsync(Repository.Folder, _ => { });
        await Lab.BootAsync(_ => { });
    }

    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}
