namespace ActorMig.Lab;

/// <summary>How big a lab is.</summary>
/// <param name="Hosts">How many hosts.</param>
/// <param name="Guests">How many guests.</param>
/// <param name="IsCluster">True if the hosts find each other by serf and talk over mutual TLS; false if they are listed and talk in the clear.</param>
internal sealed record LabSize(int Hosts, int Guests, bool IsCluster = false)
{
    /// <summary>Addresses are given for no more.</summary>
    public const int HostsMax = 9;

    /// <summary>Addresses are given for no more.</summary>
    public const int GuestsMax = 100;

    /// <summary>So many guests have room on a host.</summary>
    public const int GuestsOfHost = 3;

    /// <summary>True if a host that is silent for 4 s is cut off for the others' libvirt: tests cut links. A busy machine may be silent for longer.</summary>
    public bool HearsCutsSoon { get; init; }

    /// <summary>The paper's: two hosts, four guests.</summary>
    public static LabSize Usual { get; } = new(2, 4);
}
