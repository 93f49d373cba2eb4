using ActorMig.Hocon;

#pragma warning disable IDE0130 // Where every source's extension methods are looked for.
namespace Microsoft.Extensions.Configuration;
#pragma warning restore IDE0130

/// <summary>HOCON files as a source of configuration.</summary>
public static class HoconConfigurationExtensions
{
    /// <summary>Adds a HOCON file. Objects become sections, arrays sections numbered from 0.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file; a relative one is looked for from the builder's base path.</param>
    /// <param name="optional">True if it may be missing.</param>
    /// <param name="reloadOnChange">True to read it again when it changes; files that it includes are not watched.</param>
    public static IConfigurationBuilder AddHoconFile(this IConfigurationBuilder builder, string path, bool optional = false, bool reloadOnChange = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var source = new HoconConfigurationSource { Path = path, Optional = optional, ReloadOnChange = reloadOnChange };
        source.ResolveFileProvider();
        return builder.Add(source);
    }
}
