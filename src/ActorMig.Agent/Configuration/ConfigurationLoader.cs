using System.Net;
using ActorMig.Hocon;

namespace ActorMig.Agent.Configuration;

/// <summary>Reads <c>reference.conf</c> and then the agent's own file; what is wrong is said in one sentence with file, line and remedy.</summary>
internal static class ConfigurationLoader
{
    /// <summary>The built-in reference.</summary>
    public static string Reference
    {
        get
        {
            using var stream = typeof(ConfigurationLoader).Assembly.GetManifestResourceStream("reference.conf")!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Reads an agent's file.</summary>
    /// <exception cref="HoconException">It is wrong.</exception>
    public static AgentOptions Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new HoconException($"There is no configuration file {path}; name one with --config.");
        }

        SortedDictionary<string, HoconValue> own;
        try
        {
            own = HoconParser.ParseFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconException($"The configuration file {path} cannot be read: {e.Message}");
        }

        return Bind(own, path);
    }

    internal static AgentOptions Bind(SortedDictionary<string, HoconValue> own, string path)
    {
        var options = new AgentOptions();
        foreach (var (key, value) in HoconParser.Parse(Reference, "reference.conf"))
        {
            options = ConfigurationKeys.All[key](options, value);
        }

        var members = new SortedDictionary<string, SortedDictionary<string, HoconValue>>(StringComparer.Ordinal);
        foreach (var (key, value) in own)
        {
            if (key.StartsWith(ConfigurationKeys.MembersPrefix, StringComparison.Ordinal))
            {
                TakeMember(members, key, value);
            }
            else if (ConfigurationKeys.All.TryGetValue(key, out var set))
            {
                options = set(options, value);
            }
            else
            {
                throw new HoconException($"{value.Where}: '{key}' is no key; did you mean '{Nearest(key)}'? All keys stand in hocon/reference.conf.");
            }
        }

        return Check(options with { Members = [.. members.Where(m => m.Key != options.Core.HostName).Select(m => Member(m.Key, m.Value))] }, path);
    }

    private static void TakeMember(SortedDictionary<string, SortedDictionary<string, HoconValue>> members, string key, HoconValue value)
    {
        var rest = key[ConfigurationKeys.MembersPrefix.Length..];
        var dot = rest.LastIndexOf('.');
        if (dot < 1 || rest[(dot + 1)..] is not ("address" or "libvirt" or "data"))
        {
            throw new HoconException($"{value.Where}: '{key}' is no key; a member has address, libvirt and data.");
        }

        if (!members.TryGetValue(rest[..dot], out var member))
        {
            members.Add(rest[..dot], member = new SortedDictionary<string, HoconValue>(StringComparer.Ordinal));
        }

        member[rest[(dot + 1)..]] = value;
    }

    private static MemberOptions Member(string host, SortedDictionary<string, HoconValue> values)
    {
        var where = values.Values.First().Where;
        foreach (var key in (string[])["address", "libvirt", "data"])
        {
            if (!values.ContainsKey(key))
            {
                throw new HoconException($"{where}: the member '{host}' has no '{key}'; a member has address, libvirt and data.");
            }
        }

        return IPEndPoint.TryParse(values["address"].Text, out var address) && address.Port > 0
            ? new MemberOptions(host, address, values["libvirt"].Text, values["data"].Text)
            : throw values["address"].Wrong("an address with a port such as 10.0.0.2:7601");
    }

    private static AgentOptions Check(AgentOptions options, string path)
    {
        var core = options.Core;
        if (core.HostName.Length == 0 || core.HostName.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            throw new HoconException($"{path}: actormig.host-name is '{core.HostName}'; set it to this host's name (letters, digits, '-', '_', '.').");
        }

        if (!IPAddress.TryParse(options.ListenAddress, out var address))
        {
            throw new HoconException($"{path}: actormig.listen.address is '{options.ListenAddress}', which is no IP address.");
        }

        if (!IsPrivate(address))
        {
            throw new HoconException($"{path}: actormig.listen.address is {address}; messages are not encrypted yet, so only loopback and private addresses (10/8, 172.16/12, 192.168/16) are accepted.");
        }

        var threshold = core.Threshold;
        return threshold.WindowLowBitPerSecond <= threshold.WindowHighBitPerSecond && threshold.WindowHighBitPerSecond <= threshold.OverloadBitPerSecond
            ? options
            : throw new HoconException($"{path}: actormig.threshold must have window-low <= window-high <= overload.");
    }

    private static bool IsPrivate(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return true;
        }

        var b = address.GetAddressBytes();
        return b.Length == 4 && (b[0] == 10 || (b[0] == 172 && b[1] is >= 16 and < 32) || (b[0] == 192 && b[1] == 168));
    }

    private static string Nearest(string key) => ConfigurationKeys.All.Keys.MinBy(k => Distance(k, key))!;

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], cost);
            }
        }

        return row[b.Length];
    }
}
