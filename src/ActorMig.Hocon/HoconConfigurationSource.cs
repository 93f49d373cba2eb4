using Microsoft.Extensions.Configuration;

namespace ActorMig.Hocon;

/// <summary>A HOCON file as a source for Microsoft.Extensions.Configuration.</summary>
public sealed class HoconConfigurationSource : FileConfigurationSource
{
    /// <summary>What the file may refer to, and the limits.</summary>
    public HoconOptions Options { get; set; } = new();

    /// <inheritdoc/>
    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new HoconConfigurationProvider(this);
    }
}
