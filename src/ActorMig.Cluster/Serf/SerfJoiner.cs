using System.Net;
using System.Net.Sockets;

namespace ActorMig.Cluster.Serf;

/// <summary>
/// Joins the hosts that are to be joined and that serf does not know, again and again. serf's own tries end as soon as one has answered, which may be
/// this very host, and two halves of a cluster would not find each other. Not thread-safe.
/// </summary>
internal sealed class SerfJoiner(SerfOptions options, Action<string> note)
{
    private const int DefaultPort = 7946;
    private const int MissingMax = 3;
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(5);
    private int _turn;
    private bool _isSaid;

    /// <summary>Tries once those who are not known.</summary>
    /// <param name="client">How serf is asked.</param>
    /// <param name="now">Whom serf knows.</param>
    /// <param name="missing">Whom it has known before; a few of them are tried, too.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task TryAsync(SerfClient client, IReadOnlyList<SerfMember> now, IReadOnlyList<SerfMember> missing, CancellationToken cancellation)
    {
        var known = now.Where(m => m.State != SerfMemberState.Left).Select(m => m.Address).ToHashSet();
        var wanted = new List<string>();
        foreach (var address in options.Join)
        {
            if (!await IsKnownAsync(address, known, cancellation).ConfigureAwait(false))
            {
                wanted.Add(address);
            }
        }

        for (var i = 0; i < Math.Min(MissingMax, missing.Count); i++)
        {
            wanted.Add(missing[_turn++ % missing.Count].Address.ToString());
        }

        if (wanted.Count == 0)
        {
            return;
        }

        try
        {
            await client.JoinAsync(wanted, cancellation).ConfigureAwait(false);
            _isSaid = false;
        }
        catch (SerfException e) when (!_isSaid)
        {
            _isSaid = true;
            note($"None of {string.Join(", ", wanted)} could be joined yet, and they are tried again every {options.JoinInterval.TotalSeconds:0.#} s: {e.Message}");
        }
        catch (SerfException)
        {
            // Said before.
        }
    }

    /// <summary>True if all hosts for which an address or a name stands are known.</summary>
    internal static async Task<bool> IsKnownAsync(string address, HashSet<IPEndPoint> known, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(address, out var ip))
        {
            return known.Contains(new IPEndPoint(ip, DefaultPort));
        }

        if (IPEndPoint.TryParse(address, out var endPoint) && endPoint.Port > 0)
        {
            return known.Contains(endPoint);
        }

        var colon = address.LastIndexOf(':');
        var port = colon > 0 && int.TryParse(address[(colon + 1)..], out var given) ? given : DefaultPort;
        try
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            soon.CancelAfter(ResolveTimeout);
            var all = await Dns.GetHostAddressesAsync(colon > 0 ? address[..colon] : address, soon.Token).ConfigureAwait(false);

            // A name may stand for all hosts, or have addresses of other families.
            return all.Length > 0 && all.GroupBy(a => a.AddressFamily).Any(family => family.All(a => known.Contains(new IPEndPoint(a, port))));
        }
        catch (Exception e) when (e is SocketException or ArgumentException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // serf says what is wrong with it.
            return false;
        }
    }
}
