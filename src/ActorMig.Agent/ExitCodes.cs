namespace ActorMig.Agent;

/// <summary>What the command's exit code means; the README says the same.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int BadInput = 1;

    /// <summary>What was asked for was refused; the sentence says why.</summary>
    public const int Refused = 3;

    /// <summary>No agent answers at the socket, or on the host that is meant.</summary>
    public const int NoAgent = 4;

    /// <summary>The journal cannot be used, and will not be until a person has seen to it.</summary>
    public const int Journal = 5;

    /// <summary>Another agent serves this libvirt, or the agent's address or socket is taken.</summary>
    public const int Taken = 6;

    /// <summary>It was begun and did not end well.</summary>
    public const int Failed = 7;

    /// <summary>The agent has ended, or does not start, for what may pass by itself: it is to be started again, as its unit does.</summary>
    public const int TryAgain = 8;

    /// <summary>It was stopped by Ctrl-C; what was known so far has been said.</summary>
    public const int Stopped = 130;
}
