using System.Globalization;
using System.Net;
using System.Reflection;
using ActorMig.Agent.Configuration;
using ActorMig.Cluster.Serf;
using ActorMig.Edges;

namespace ActorMig.Agent.Edges;

/// <summary>Another host of the cluster, and what is to be known to talk to it.</summary>
/// <param name="Member">What actors know of it.</param>
/// <param name="Address">Where its agent listens.</param>
/// <param name="Version">Its agent's version; null: not known.</param>
/// <param name="MemoryBytes">The memory that it may promise to guests; null: not known.</param>
internal sealed record ClusterHost(Member Member, IPEndPoint Address, string? Version = null, long? MemoryBytes = null)
{
    private const string VersionTag = "actormig";
    private const string AddressTag = "agent";
    private const string LibvirtTag = "libvirt";
    private const string DataTag = "data";
    private const string MemoryTag = "memory";

    /// <summary>This agent's version.</summary>
    public static string OwnVersion { get; } =
        typeof(ClusterHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>The hosts that the configuration lists. Whether they answer is not watched.</summary>
    public static IReadOnlyList<ClusterHost> Configured(AgentOptions options) =>
        [.. options.Members.OrderBy(m => m.Host, StringComparer.Ordinal).Select(m => new ClusterHost(new Member(m.Host, m.Libvirt, m.Data), m.Address))];

    /// <summary>What a serf says of its host: the other hosts' agents read it. Small, for it goes to every host.</summary>
    public static IReadOnlyDictionary<string, string> Tags(AgentOptions options) => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        [VersionTag] = OwnVersion,
        [AddressTag] = options.Listen.ToString(),
        [LibvirtTag] = options.Membership.Libvirt.Length > 0 ? options.Membership.Libvirt : $"qemu+tls://{options.Core.HostName}/system",
        [DataTag] = options.Membership.Data.Length > 0 ? options.Membership.Data : $"tcp://{options.ListenAddress}",
        [MemoryTag] = Math.Round(Math.Max(0, MemoryTotalBytes(options) - options.Core.MemoryReserveBytes) * options.Core.MemoryOvercommit).ToString("F0", CultureInfo.InvariantCulture),
    };

    /// <summary>A host by what its serf says of it; null if that is no host of this system.</summary>
    public static ClusterHost? Of(SerfMember member)
    {
        var tags = member.Tags;
        return tags.TryGetValue(VersionTag, out var version)
            && tags.TryGetValue(AddressTag, out var agent) && IPEndPoint.TryParse(agent, out var address) && address.Port > 0
            && tags.TryGetValue(LibvirtTag, out var libvirt) && tags.TryGetValue(DataTag, out var data)
            ? new ClusterHost(
                new Member(member.Name, libvirt, data) { State = State(member.State), IsStopped = tags.ContainsKey(SerfMembership.StoppedTag), DistanceMs = member.DistanceMs },
                address,
                version,
                long.TryParse(tags.GetValueOrDefault(MemoryTag), NumberStyles.None, CultureInfo.InvariantCulture, out var memory) ? memory : null)
            : null;
    }

    /// <summary>The other hosts, sorted by name, also those that have failed, but none that has left.</summary>
    public static IReadOnlyList<ClusterHost> Others(IReadOnlyList<SerfMember> members, string self) =>
        [.. members.Where(m => m.Name != self && m.State != SerfMemberState.Left).OrderBy(m => m.Name, StringComparer.Ordinal).Select(Of).OfType<ClusterHost>()];

    private static MemberState State(SerfMemberState state) => state switch
    {
        SerfMemberState.Alive => MemberState.Alive,
        SerfMemberState.Leaving => MemberState.Leaving,
        SerfMemberState.Left => MemberState.Left,
        _ => MemberState.Failed,
    };

    private static long MemoryTotalBytes(AgentOptions options)
    {
        const string Total = "MemTotal:";
        if (options.Core.MemoryTotalBytes > 0)
        {
            return options.Core.MemoryTotalBytes;
        }

        var line = File.ReadLines("/proc/meminfo").FirstOrDefault(l => l.StartsWith(Total, StringComparison.Ordinal)) ?? "";
        return long.TryParse(line[Total.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture, out var kib) ? kib << 10 : 0;
    }
}
