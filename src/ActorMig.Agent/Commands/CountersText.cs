using System.Globalization;
using ActorMig.Agent.Control;

namespace ActorMig.Agent.Commands;

/// <summary>What went to peers and came from them, for people. Rows in which nothing happened are left out.</summary>
internal static class CountersText
{
    /// <summary>A stranger chooses its name; the table fits into a terminal all the same.</summary>
    private const int WhoCharsMax = 60;

    public static void Write(TextWriter output, CountersReply counters)
    {
        var peers = counters.Peers
            .Select(p => (p.Peer, Numbers: (long[])[p.Sent, p.Batches, p.Received, p.Waiting, p.Dropped, p.Failed, p.Repeated, p.Unreadable]))
            .Where(p => p.Numbers.Any(n => n != 0))
            .Select(p => (IReadOnlyList<string>)[p.Peer, .. p.Numbers.Select(Text)])
            .ToArray();
        if (peers.Length > 0)
        {
            Table.Write(output, ["PEER", "SENT", "REQUESTS", "RECEIVED", "WAITING", "DROPPED", "FAILED", "REPEATED", "UNREADABLE"], peers);
        }

        var refused = counters.Refused.Where(r => r.Count > 0).Select(r => (IReadOnlyList<string>)[Short(r.Who), Text(r.Count), Words.Of(r.Reason)]).ToList();
        if (counters.RefusedOthers > 0)
        {
            refused.Add(["others", Text(counters.RefusedOthers), "-"]);
        }

        if (refused.Count > 0)
        {
            Table.Write(output, ["REFUSED", "TIMES", "WHY"], refused);
        }

        if (counters.Ignored > 0)
        {
            output.WriteLine($"{Text(counters.Ignored.Value)} messages were ignored: of an earlier start of their host's agent, about what is another host's, or to no actor.");
        }

        if (peers.Length + refused.Count == 0 && counters.Ignored is null or 0)
        {
            output.WriteLine("Nothing was sent to any host, nothing came, and nobody was refused since this agent's start.");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Short(string who) => who.Length <= WhoCharsMax ? who : who[..(WhoCharsMax - 3)] + "...";
}
