using System.Net;
using System.Text;

namespace ActorMig.Cluster.Serf;

/// <summary>How this host uses serf, and the limits.</summary>
public sealed record SerfOptions
{
    /// <summary>The most bytes that a host's tags may take, by serf's own limit.</summary>
    public const int TagBytesMax = 512;

    /// <summary>This host's name, which is its serf's, too.</summary>
    public required string NodeName { get; init; }

    /// <summary>Where serf's files are: its configuration, keys, snapshot and log, and who was known. It is made if it is missing, for its owner alone.</summary>
    public required string Folder { get; init; }

    /// <summary>Where serf answers this agent: a loopback address, for its RPC is not encrypted.</summary>
    public required IPEndPoint RpcAddress { get; init; }

    /// <summary>Where it listens for other hosts, over TCP and UDP.</summary>
    public required IPEndPoint Bind { get; init; }

    /// <summary>Where other hosts find it; null: where it listens.</summary>
    public IPEndPoint? Advertise { get; init; }

    /// <summary>What this host says of itself, by name: small, for it goes to every host.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>The program: a path, or a name that is looked for in PATH and /usr/bin.</summary>
    public string Program { get; init; } = "serf";

    /// <summary>True: a serf that somebody else starts, stops and configures is used, and none is started.</summary>
    public bool UsesRunning { get; init; }

    /// <summary>The file with the RPC key of a serf that runs already; empty: it asks for none.</summary>
    public string RpcAuthFile { get; init; } = "";

    /// <summary>serf's timing: lan, wan or local.</summary>
    public string Profile { get; init; } = "lan";

    /// <summary>Hosts to join, as addresses or names, with a port or without.</summary>
    public IReadOnlyList<string> Join { get; init; } = [];

    /// <summary>The name under which hosts of one network find each other by multicast DNS; empty: they do not.</summary>
    public string MdnsName { get; init; } = "";

    /// <summary>The file with the keys for what hosts say to each other, one in base64 a line: the first encrypts, all are understood. Empty: not encrypted.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>How often members and distances are read anew; that a member has changed is heard at once.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often hosts to join that are not members are tried.</summary>
    public TimeSpan JoinInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long serf may take from its start until it answers.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it may take to answer.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait before it is started again, or connected to again; doubled each time.</summary>
    public TimeSpan RestartWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such wait. A serf that has run longer than this begins with the shortest again.</summary>
    public TimeSpan RestartWaitMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The largest answer of serf.</summary>
    public int MessageBytesMax { get; init; } = 16 << 20;

    /// <summary>The most members that are known; further ones are left out.</summary>
    public int MembersMax { get; init; } = 10_000;

    /// <summary>How many of serf's own warnings and errors are said in a minute.</summary>
    public int LogLinesMax { get; init; } = 20;

    /// <summary>How many bytes tags take on their way to other hosts, at most.</summary>
    /// <param name="tags">The tags.</param>
    public static int TagBytes(IReadOnlyDictionary<string, string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);

        // A mark, the head of a map, and texts, for which serf uses a form whose heads are a byte up to 31 bytes, and else three.
        return 1 + (tags.Count < 16 ? 1 : 3) + tags.Sum(t => TextBytes(t.Key) + TextBytes(t.Value));
    }

    /// <summary>The error for tags that serf would not take; null if it will.</summary>
    /// <param name="tags">The tags.</param>
    public static string? WhyNot(IReadOnlyDictionary<string, string> tags) => TagBytes(tags) is > TagBytesMax and var bytes
        ? $"What this host says of itself by serf ({string.Join(", ", tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key} '{t.Value}'"))}) takes {bytes} bytes, and serf carries {TagBytesMax}; shorten the longest."
        : null;

    private static int TextBytes(string text) => Encoding.UTF8.GetByteCount(text) is var bytes && bytes > 31 ? bytes + 3 : bytes + 1;
}
