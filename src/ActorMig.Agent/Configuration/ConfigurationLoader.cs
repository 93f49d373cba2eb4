using System.Net;
using ActorMig.Agent.Engine;
using ActorMig.Hocon;

namespace ActorMig.Agent.Configuration;

/// <summary>
/// Reads the agent's own file over <c>reference.conf</c>, to whose values it may refer; what is wrong is said in one sentence with file, line and
/// remedy.
/// </summary>
internal static class ConfigurationLoader
{
    /// <summary>The file of values that are defaults.</summary>
    public const string ReferenceName = "reference.conf";

    private const string MembersKey = "actormig.members";

    /// <summary>Objects whose keys are names that the operator gives, or Akka.NET.</summary>
    private static readonly string[] NamedBlocks = [MembersKey, RuleReader.Key, PolicyCheck.LibrariesKey, ConfigurationKeys.AkkaBlock];
    private static readonly string[] MemberKeys = ["address", "libvirt", "data"];
    private static readonly Lazy<HoconObject> ReferenceTreeOnce = new(() => HoconParser.Parse(Reference, ReferenceName).AsObject());

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

    /// <summary>The built-in reference, read.</summary>
    public static HoconObject ReferenceTree => ReferenceTreeOnce.Value;

    /// <summary>Reads an agent's file.</summary>
    /// <exception cref="HoconException">It is wrong.</exception>
    public static AgentOptions Load(string path) => Read(path).Options;

    /// <summary>Reads an agent's file, and keeps where each value comes from.</summary>
    /// <exception cref="HoconException">It is wrong.</exception>
    public static AgentConfiguration Read(string path) => File.Exists(path)
        ? BindAll(HoconParser.ParseFile(path, new HoconOptions { Fallback = ReferenceTree }), path)
        : throw new HoconException($"There is no configuration file {path}; name one with --config.");

    internal static AgentOptions Bind(HoconValue own, string path) => BindAll(own, path).Options;

    internal static AgentConfiguration BindAll(HoconValue own, string path)
    {
        var options = new AgentOptions();
        var values = new SortedDictionary<string, HoconValue>(StringComparer.Ordinal);
        var tree = ReferenceTree.MergedWith(own.AsObject());
        foreach (var (key, value) in tree.Flatten())
        {
            if (NamedBlocks.Any(b => key == b || key.StartsWith(b + ".", StringComparison.Ordinal)))
            {
                continue;
            }

            options = ConfigurationKeys.All.TryGetValue(key, out var set)
                ? set(options, value)
                : throw new HoconException($"{value.Where}: '{key}' is no key; did you mean '{Nearest(key)}'? All keys stand in hocon/reference.conf.");
            values[key] = value;
        }

        if (ConfigurationKeys.All.Keys.FirstOrDefault(k => !values.ContainsKey(k)) is { } missing)
        {
            throw new HoconException($"{path}: '{missing}' has no value any more; remove what replaces the object around it.");
        }

        var members = new SortedDictionary<string, HoconObject>(StringComparer.Ordinal);
        var all = tree.Find(MembersKey);
        TakeMembers(all as HoconObject ?? throw all!.Wrong("an object with one block for each host"), "", members);
        foreach (var (host, member) in members.Where(m => m.Key != options.Core.HostName))
        {
            foreach (var (key, value) in member.Fields.Where(f => f.Value is not HoconObject))
            {
                values[$"{ConfigurationKeys.MembersPrefix}{host}.{key}"] = value;
            }
        }

        var libraries = tree.Find(PolicyCheck.LibrariesKey)!;
        options = options with { PolicyLibraries = PolicyCheck.Libraries(libraries) };
        foreach (var (key, value) in ((HoconObject)libraries).Flatten().Where(f => f.Value is not HoconObject))
        {
            values[PolicyCheck.LibrariesPrefix + key] = value;
        }

        var rules = tree.Find(RuleReader.Key)!;
        options = options with { Core = options.Core with { Rules = RuleReader.Read(rules) } };
        foreach (var (key, value) in ((HoconObject)rules).Flatten().Where(f => f.Value is not HoconObject))
        {
            values[RuleReader.Prefix + key] = value;
        }

        if (tree.Find(ConfigurationKeys.AkkaBlock) is { } akka)
        {
            var block = akka as HoconObject ?? throw akka.Wrong("an object with Akka.NET's own settings");
            options = options with { AkkaBlock = $"{ConfigurationKeys.AkkaBlock} {block}" };
            foreach (var (key, value) in block.Flatten())
            {
                values[ConfigurationKeys.AkkaPrefix + key] = value;
            }
        }

        options = options with { Members = [.. members.Where(m => m.Key != options.Core.HostName).Select(m => Member(m.Key, m.Value))] };
        return new AgentConfiguration(Check(options, key => values[key].Position.File == ReferenceName ? path : values[key].Where), values);
    }

    /// <summary>A host's name may have dots, which make blocks within blocks.</summary>
    private static void TakeMembers(HoconObject block, string host, SortedDictionary<string, HoconObject> members)
    {
        foreach (var (key, value) in block.Fields)
        {
            if (value is HoconObject inner)
            {
                TakeMembers(inner, host.Length == 0 ? key : $"{host}.{key}", members);
            }
            else if (host.Length == 0 || !MemberKeys.Contains(key))
            {
                var whole = ConfigurationKeys.MembersPrefix + (host.Length == 0 ? key : $"{host}.{key}");
                throw new HoconException($"{value.Where}: '{whole}' is no key; a member has address, libvirt and data.");
            }
        }

        if (host.Length > 0 && (block.Fields.Count == 0 || block.Fields.Any(f => f.Value is not HoconObject)))
        {
            members[host] = block;
        }
    }

    private static MemberOptions Member(string host, HoconObject block)
    {
        var values = MemberKeys.Select(key => block.TryGet(key, out var value)
            ? value
            : throw new HoconException($"{block.Where}: the member '{host}' has no '{key}'; a member has address, libvirt and data.")).ToArray();
        return IPEndPoint.TryParse(values[0].Text, out var address) && address.Port > 0
            ? new MemberOptions(host, address, values[1].Text, values[2].Text)
            : throw values[0].Wrong("an address with a port such as 10.0.0.2:7601");
    }

    private static AgentOptions Check(AgentOptions options, Func<string, string> where)
    {
        var core = options.Core;
        if (core.HostName.Length == 0 || core.HostName.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            throw new HoconException($"{where("actormig.host-name")}: actormig.host-name is '{core.HostName}'; set it to this host's name (letters, digits, '-', '_', '.').");
        }

        if (options.Engine == EngineKind.Akka && !AkkaEngine.IsBuiltIn)
        {
            throw new HoconException($"{where("actormig.engine")}: actormig.engine is akka, and this program was built without Akka.NET; build it with -p:AkkaEngine=true, or set actormig.engine to own.");
        }

        if (!IPAddress.TryParse(options.ListenAddress, out var address))
        {
            throw new HoconException($"{where("actormig.listen.address")}: actormig.listen.address is '{options.ListenAddress}', which is no IP address; set it to this host's, such as 10.0.0.1.");
        }

        if (options.ObserverSocket.Length > 0 && Path.GetFullPath(options.ObserverSocket) == Path.GetFullPath(options.Socket))
        {
            throw new HoconException($"{where("actormig.observer-socket")}: actormig.observer-socket is {options.ObserverSocket}, which is actormig.socket, too; set it to a path of its own, or to nothing.");
        }

        var tls = options.Tls;
        foreach (var (key, value, other) in ((string, string, string)[])
            [("ca", tls.Ca, "certificate"), ("certificate", tls.Certificate, "mode"), ("key", tls.Key, "certificate"),
                ("client-certificate", tls.ClientKey.Length > 0 ? tls.ClientCertificate : "-", "client-key"),
                ("client-key", tls.ClientCertificate.Length > 0 ? tls.ClientKey : "-", "client-certificate")])
        {
            if (tls.IsOn && value.Length == 0)
            {
                throw new HoconException($"{where($"actormig.tls.{other}")}: actormig.tls is on, and actormig.tls.{key} is not set; set it to a PEM file (`actormig tls issue` makes them), or actormig.tls.mode to off.");
            }
        }

        if (!tls.IsOn && !IsPrivate(address))
        {
            throw new HoconException($"{where("actormig.listen.address")}: actormig.listen.address is {address}; without certificates (actormig.tls) messages are not encrypted, so only loopback and private addresses (10/8, 172.16/12, 192.168/16) are accepted.");
        }

        // What is silent for less than some readings would be forgotten between two of them, and what it had sent with it.
        const int Readings = 3;
        if (options.Traffic.IdleMs < Readings * options.Traffic.IntervalMs)
        {
            throw new HoconException(FormattableString.Invariant(
                $"{where("actormig.traffic.pair-idle-max")}: actormig.traffic.pair-idle-max is {Words.Duration(options.Traffic.IdleMs)}; set it to at least {Readings} times actormig.traffic.interval, which is {Words.Duration(options.Traffic.IntervalMs)}."));
        }

        MembershipCheck.Check(options, where);
        PolicyCheck.Check(options, where);
        CheckLevels("cpu", core.Cpu, l => FormattableString.Invariant($"{l}"), where);
        CheckLevels("memory", core.Memory, l => FormattableString.Invariant($"{l}"), where);
        CheckLevels("threshold", core.Threshold.Limits, Words.Rate, where);
        return options;
    }

    private static void CheckLevels(string policy, LoadLimits limits, Func<double, string> inWords, Func<string, string> where)
    {
        if (limits.WindowLow > limits.WindowHigh || limits.WindowHigh > limits.Overload)
        {
            throw new HoconException(
                $"{where($"actormig.{policy}.window-low")}: actormig.{policy} must have window-low <= window-high <= overload; these are {inWords(limits.WindowLow)}, {inWords(limits.WindowHigh)} and {inWords(limits.Overload)}.");
        }
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
