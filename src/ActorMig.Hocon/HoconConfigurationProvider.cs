using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ActorMig.Hocon;

/// <summary>Gives a HOCON file's values to Microsoft.Extensions.Configuration.</summary>
/// <param name="source">The file.</param>
public sealed class HoconConfigurationProvider(HoconConfigurationSource source) : FileConfigurationProvider(source)
{
    /// <inheritdoc/>
    /// <exception cref="HoconException">The file is not HOCON: said as such, and not inside of another exception.</exception>
    public override void Load()
    {
        try
        {
            base.Load();
        }
        catch (InvalidDataException e) when (e.InnerException is HoconException inner)
        {
            throw inner;
        }
    }

    /// <inheritdoc/>
    public override void Load(Stream stream)
    {
        var path = Source.FileProvider?.GetFileInfo(Source.Path ?? "").PhysicalPath ?? Source.Path ?? "configuration";
        var data = new SortedDictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in HoconParser.Parse(stream, path, source.Options).AsObject().Fields)
        {
            Add(data, key, value);
        }

        Data = new Dictionary<string, string?>(data, StringComparer.OrdinalIgnoreCase);
    }

    private static void Add(SortedDictionary<string, string?> data, string path, HoconValue value)
    {
        switch (value)
        {
            case HoconObject { Fields.Count: > 0 } o:
                foreach (var (key, field) in o.Fields)
                {
                    Add(data, ConfigurationPath.Combine(path, key), field);
                }

                break;
            case HoconArray { Items.Count: > 0 } array:
                for (var i = 0; i < array.Items.Count; i++)
                {
                    Add(data, ConfigurationPath.Combine(path, i.ToString(CultureInfo.InvariantCulture)), array.Items[i]);
                }

                break;
            default:
                // As other sources have it: an empty array is an empty text, an empty object and null are nothing.
                var text = value switch { HoconArray => "", HoconObject or { Kind: HoconKind.Null } => null, _ => value.Text };
                if (!data.TryAdd(path, text))
                {
                    throw new HoconException(value.Position, $"'{path}' is set twice, in letters of different case, which this kind of configuration does not tell apart; rename one");
                }

                break;
        }
    }
}
