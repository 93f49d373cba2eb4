using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorMig.Edges;

namespace ActorMig.Agent.Traffic;

/// <summary>
/// One of our tables: how it is made, changed and read. It counts each frame once, where it enters from the VM's own device, so a pair is counted on one
/// host of the cluster only; it drops nothing, and what is sent from an address that is not that device's is not counted.
/// </summary>
/// <param name="isOfSwitch">True: of devices one by one (family <c>netdev</c>), for Open vSwitch. False: of all Linux bridges.</param>
/// <param name="options">Names and limits.</param>
internal sealed class NftTable(bool isOfSwitch, TrafficOptions options)
{
    /// <summary>What says that a table is ours: one without it is never touched.</summary>
    public const string Mark = "actormig counts who talks to whom";

    /// <summary>How many NICs a host has at most; the kernel wants a bound.</summary>
    public const int NicsMax = 4_096;
    private const string Nics = "nics";
    private const string Pairs = "pairs";
    private const string Groups = "groups";
    private const string Others = "others";
    private const string Chain = "count";
    private const string Entry = "enter";
    private const int RulesOfChain = 4;
    private const int DeviceLengthMax = 15;
    private const int MacLength = 17;

    /// <summary>Before a bridge or a filter of somebody else has changed or dropped anything: what the guest has sent.</summary>
    private const int BridgePriority = -350;
    private const int DevicePriority = -500;

    /// <summary>True for a NIC with a device, whose names are such that they can stand in a command.</summary>
    /// <param name="nic">The NIC.</param>
    public static bool CanCount(NicSample nic) =>
        nic.Device is { Length: > 0 and <= DeviceLengthMax } && nic.Device.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '@')
        && nic.Mac.Length == MacLength && nic.Mac.All(c => char.IsAsciiHexDigit(c) || c == ':');

    /// <summary>
    /// True if it is told its NICs before each reading: kernels before 6.16 take a device that goes out of its chain, and do not put one that comes back under
    /// the same name in again.
    /// </summary>
    public bool IsToldAlways => isOfSwitch;

    /// <summary>Its family and name.</summary>
    public string Name { get; } = $"{(isOfSwitch ? "netdev" : "bridge")} {options.Table}";

    /// <summary>Shows the table without what it has counted: whose it is.</summary>
    public IReadOnlyList<string> Show => ["-t", "list", "table", .. Name.Split(' ')];

    /// <summary>Lists all that it has counted.</summary>
    public IReadOnlyList<string> List => ["-j", "list", "table", .. Name.Split(' ')];

    /// <summary>Removes the table.</summary>
    public string Delete => $"delete table {Name}\n";

    /// <summary>Makes the table anew, whatever was there of it.</summary>
    /// <param name="nics">Whose frames are counted.</param>
    public string Create(IReadOnlyList<NicSample> nics)
    {
        var timeout = FormattableString.Invariant($"{Math.Max(1, options.IdleMs / 1_000)}s");
        var hook = isOfSwitch ? "" : FormattableString.Invariant($"type filter hook prerouting priority {BridgePriority}; policy accept;");
        return FormattableString.Invariant($$"""
            table {{Name}}
            {{Delete}}
            table {{Name}} {
              comment "{{Mark}}"
              set {{Nics}} { type ifname . ether_addr; size {{NicsMax}}; }
              set {{Pairs}} { type ether_addr . ether_addr; flags dynamic,timeout; size {{options.PairsMax}}; timeout {{timeout}}; counter; }
              set {{Groups}} { type ether_addr; flags dynamic,timeout; size {{NicsMax}}; timeout {{timeout}}; counter; }
              set {{Others}} { type ether_addr; flags dynamic,timeout; size {{NicsMax}}; timeout {{timeout}}; counter; }
              chain {{Chain}} {
                {{hook}}
                iifname . ether saddr != @{{Nics}} return
                ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 update @{{Groups}} { ether saddr } return
                update @{{Pairs}} { ether saddr . ether daddr } return
                update @{{Others}} { ether saddr }
              }
            }

            """) + Change(nics);
    }

    /// <summary>Has it count the frames of these NICs from now on; what it has counted stays.</summary>
    /// <param name="nics">Whose frames are counted.</param>
    public string Change(IReadOnlyList<NicSample> nics)
    {
        var text = new StringBuilder();
        if (isOfSwitch)
        {
            // The devices of a chain are fixed when it is made; with the last of them it may be gone.
            text.Append(CultureInfo.InvariantCulture, $"add chain {Name} {Entry}\nflush chain {Name} {Entry}\ndelete chain {Name} {Entry}\nadd chain {Name} {Entry}");
            if (nics.Count > 0)
            {
                var devices = string.Join(", ", nics.Select(n => n.Device).Distinct(StringComparer.Ordinal).Select(d => $"\"{d}\""));
                text.Append(CultureInfo.InvariantCulture, $" {{ type filter hook ingress devices = {{ {devices} }} priority {DevicePriority}; policy accept; }}");
            }

            text.Append(CultureInfo.InvariantCulture, $"\nadd rule {Name} {Entry} jump {Chain}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"flush set {Name} {Nics}\n");
        if (nics.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"add element {Name} {Nics} {{ {string.Join(", ", nics.Select(n => $"\"{n.Device}\" . {n.Mac}"))} }}\n");
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="List"/> gives.</summary>
    /// <exception cref="TrafficException">It is not what nft writes.</exception>
    public static NftReading Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var pairs = new Dictionary<(string From, string To), NftCounter>();
            var (groups, others) = (new Dictionary<string, NftCounter>(StringComparer.Ordinal), new Dictionary<string, NftCounter>(StringComparer.Ordinal));
            var sets = new HashSet<string>(StringComparer.Ordinal);
            var rules = 0;
            foreach (var item in document.RootElement.GetProperty("nftables").EnumerateArray())
            {
                if (item.TryGetProperty("rule", out var rule))
                {
                    rules += rule.GetProperty("chain").GetString() == Chain ? 1 : 0;
                }
                else if (item.TryGetProperty("set", out var set))
                {
                    var name = set.GetProperty("name").GetString()!;
                    sets.Add(name);
                    foreach (var (key, counter) in name is Pairs or Groups or Others ? Elements(set) : [])
                    {
                        switch (name, key)
                        {
                            case (Pairs, [var from, var to]):
                                pairs[(from, to)] = counter;
                                break;
                            case (Groups, [var from]):
                                groups[from] = counter;
                                break;
                            case (Others, [var from]):
                                others[from] = counter;
                                break;
                        }
                    }
                }
            }

            return new NftReading(rules == RulesOfChain && sets.IsSupersetOf([Nics, Pairs, Groups, Others]), pairs, groups, others);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new TrafficException($"what nft lists cannot be read ({e.Message}); is it nftables 1.0.5 or later?", e);
        }
    }

    /// <summary>A set without elements has no list of them.</summary>
    private static IEnumerable<(string[] Key, NftCounter Counter)> Elements(JsonElement set)
    {
        if (!set.TryGetProperty("elem", out var all))
        {
            yield break;
        }

        foreach (var element in all.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("elem", out var inner) || !inner.TryGetProperty("counter", out var counter))
            {
                continue;
            }

            var value = inner.GetProperty("val");
            yield return (
                value.ValueKind == JsonValueKind.String ? [value.GetString()!] : [.. value.GetProperty("concat").EnumerateArray().Select(v => v.GetString()!)],
                new NftCounter(counter.GetProperty("packets").GetInt64(), counter.GetProperty("bytes").GetInt64()));
        }
    }
}
