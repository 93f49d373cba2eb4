using System.Net;
using ActorMig.Agent.Edges;
using ActorMig.Cluster.Serf;
using ActorMig.Hocon;

namespace ActorMig.Agent.Configuration;

/// <summary>How addresses of serf are read, and what its keys must be together.</summary>
internal static class MembershipCheck
{
    /// <summary>serf's own port.</summary>
    public const int SerfPort = 7946;

    private const string Prefix = "actormig.membership.serf.";

    /// <summary>An address with a port, or without if there is one by default; null for an empty text.</summary>
    public static IPEndPoint? Address(HoconValue value, int? defaultPort) =>
        value.Text.Length == 0 ? null
        : IPEndPoint.TryParse(value.Text, out var address) && (address.Port > 0 || defaultPort is not null)
            ? new IPEndPoint(address.Address, address.Port > 0 ? address.Port : defaultPort!.Value)
            : throw value.Wrong($"an IP address with a port such as 10.0.0.1:{SerfPort}");

    /// <summary>Addresses and names to join.</summary>
    public static IReadOnlyList<string> Join(HoconValue value)
    {
        var all = value.Array();
        return all.FirstOrDefault(a => a.Text.Length == 0 || a.Text.Any(char.IsWhiteSpace)) is { } wrong
            ? throw wrong.Wrong("an address or a name to join, such as 10.0.0.2 or kvm2:7946")
            : [.. all.Select(a => a.Text)];
    }

    /// <summary>Throws if something is wrong.</summary>
    /// <exception cref="HoconException">It says what.</exception>
    public static void Check(AgentOptions options, Func<string, string> where)
    {
        var membership = options.Membership;
        if (membership.Kind == MembershipKind.Static)
        {
            return;
        }

        if (options.Members.Count > 0)
        {
            var kind = Words.Of(membership.Kind);
            throw new HoconException(
                $"{where("actormig.membership.kind")}: actormig.membership.kind is {kind}, and actormig.members lists {string.Join(", ", options.Members.Select(m => m.Host))}; remove the list, for {kind} finds the members, or set the kind to static.");
        }

        if (membership.Kind == MembershipKind.Akka)
        {
            if (options.Engine != EngineKind.Akka)
            {
                throw new HoconException($"{where("actormig.membership.kind")}: actormig.membership.kind is akka, and actormig.engine is own; set actormig.engine to akka, or the kind to serf or static.");
            }

            return;
        }

        if (!IPAddress.IsLoopback(membership.RpcAddress.Address))
        {
            throw new HoconException($"{where(Prefix + "rpc-address")}: {Prefix}rpc-address is {membership.RpcAddress}; serf's RPC is not encrypted, so only loopback addresses are accepted.");
        }

        if (!membership.UsesRunningSerf && membership.KeyFile.Length == 0 && !IPAddress.IsLoopback(options.SerfBind.Address))
        {
            throw new HoconException(
                $"{where(Prefix + "key-file")}: {Prefix}key-file is not set; make a key with `serf keygen`, write the same into a file on each host that only root can read, and name that file.");
        }

        if (SerfOptions.WhyNot(ClusterHost.Tags(options)) is { } whyNot)
        {
            throw new HoconException($"{where(Prefix + "libvirt")}: {whyNot}");
        }
    }
}
