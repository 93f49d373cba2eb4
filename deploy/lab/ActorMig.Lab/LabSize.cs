namespace ActorMig.Lab;

/// <summary>How big a lab is.</summary>
/// <param name="Hosts">How many hosts.</param>
/// <param name="Guests">How many guests.</param>
internal sealed record LabSize(int Hosts, int Guests)
{
    /// <summary>Addresses are given for no more.</summary>
    public const int HostsMax = 9;

    /// <summary>Addresses are given for no more.</summary>
    public const int GuestsMax = 100;

    /// <summary>The paper's: two hosts, four guests.</summary>
    public static LabSize Usual { get; } = new(2, 4);
}
