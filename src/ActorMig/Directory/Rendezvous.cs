namespace ActorMig.Directories;

/// <summary>
/// Which hosts are asked for a key: for each host and key a number is computed that all hosts compute alike, and the highest win. When a host comes or
/// goes, only the keys that are its own change hands (rendezvous hashing, Thaler and Ravishankar 1996).
/// </summary>
public static class Rendezvous
{
    /// <summary>The hosts of a key, the first one first.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hosts">All hosts.</param>
    /// <param name="count">How many are wanted.</param>
    public static IReadOnlyList<string> Owners(string key, IEnumerable<string> hosts, int count)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(hosts);
        var best = new List<(ulong Score, string Host)>(count + 1);
        foreach (var host in hosts)
        {
            // Nearly all hosts are behind the last of the best: that is seen first, and costs nothing but the number.
            var score = Score(key, host);
            var at = best.Count;
            while (at > 0 && (score > best[at - 1].Score || (score == best[at - 1].Score && string.CompareOrdinal(host, best[at - 1].Host) < 0)))
            {
                at--;
            }

            if (at < count)
            {
                best.Insert(at, (score, host));
                if (best.Count > count)
                {
                    best.RemoveAt(count);
                }
            }
        }

        return [.. best.Select(b => b.Host)];
    }

    /// <summary>FNV-1a over both, mixed well: what is alike at the end must not be alike in its number.</summary>
    private static ulong Score(string key, string host)
    {
        const ulong Basis = 14695981039346656037;
        var hash = Add(Add(Add(Basis, host), "\n"), key);
        hash ^= hash >> 33;
        hash = unchecked(hash * 0xFF51AFD7ED558CCD);
        hash ^= hash >> 33;
        hash = unchecked(hash * 0xC4CEB9FE1A85EC53);
        return hash ^ (hash >> 33);
    }

    private static ulong Add(ulong hash, string part)
    {
        const ulong Prime = 1099511628211;
        foreach (var c in part)
        {
            hash = unchecked((hash ^ c) * Prime);
        }

        return hash;
    }
}
