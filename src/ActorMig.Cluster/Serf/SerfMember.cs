using System.Net;

namespace ActorMig.Cluster.Serf;

/// <summary>What serf knows of how a member is.</summary>
public enum SerfMemberState
{
    /// <summary>It answers.</summary>
    Alive,

    /// <summary>It says that it leaves.</summary>
    Leaving,

    /// <summary>It has left on purpose, or was made to leave by a person.</summary>
    Left,

    /// <summary>It does not answer any more, and has not left.</summary>
    Failed,
}

/// <summary>A member of the cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where its serf is.</param>
/// <param name="State">How it is.</param>
/// <param name="Tags">What it says of itself, by name.</param>
/// <param name="DistanceMs">How long a message takes from this host to it and back, in milliseconds, as serf's network coordinates estimate it; null: not known.</param>
public sealed record SerfMember(string Name, IPEndPoint Address, SerfMemberState State, IReadOnlyDictionary<string, string> Tags, double? DistanceMs = null)
{
    internal static SerfMember Of(SerfRecord record)
    {
        var address = record.Bytes("Addr");
        var port = record.Small("Port");
        return new SerfMember(
            record.Text("Name"),
            address.Length is 4 or 16 && port <= IPEndPoint.MaxPort
                ? new IPEndPoint(Plain(new IPAddress(address)), port)
                : throw new SerfException($"serf sent an address of {address.Length} bytes and the port {port} for {record.Text("Name")}."),
            record.Text("Status") switch
            {
                "alive" => SerfMemberState.Alive,
                "leaving" => SerfMemberState.Leaving,
                "left" => SerfMemberState.Left,

                // "none" is a member of whom serf is not sure.
                _ => SerfMemberState.Failed,
            },
            record.Texts("Tags"));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
