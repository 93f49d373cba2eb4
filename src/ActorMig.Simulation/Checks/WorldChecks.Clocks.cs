namespace ActorMig.Simulation;

/// <content>S4: what must end in time does, wherever an agent, its libvirt and its disk let it.</content>
internal sealed partial class WorldChecks
{
    /// <summary>For so long after a disk's trouble an agent may still be waiting to begin again.</summary>
    private const long DiskRecoveryMs = 90_000;

    private const long SlackMs = 30_000;
    private readonly SortedDictionary<string, (long UpSinceMs, long SinceMs)> _couldAsk = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _chargeMissingSinceMs = new(StringComparer.Ordinal);

    private void LookAtClocks()
    {
        foreach (var book in _books.Values)
        {
            var couldAskSinceMs = book.Host.IsUp ? CouldAskSinceMs(book) : 0;
            if (!book.Host.IsUp || NowMs - book.UpSinceMs < SlackMs || NowMs < book.DiskTroubleUntilMs || NowMs < book.StoodStillUntilMs)
            {
                continue;
            }

            foreach (var barter in book.Open)
            {
                if (!barter.IsOfferer && NowMs > barter.SinceMs + barter.LeaseMs + SlackMs && NowMs > book.UpSinceMs + barter.LeaseMs + SlackMs
                    && !barter.Legs.Any(l => l.From == book.Name && barter.Begun.Contains(l.Number) && !barter.Ended.ContainsKey(l.Number)))
                {
                    Breach("S4 lease", $"{book.Name} holds its reservation for {barter.Id} longer than its lease of {Words.Duration(barter.LeaseMs)}");
                }
            }

            foreach (var arrival in book.OpenArrivals)
            {
                if (arrival.SeenAtMs is { } seen && NowMs > Math.Max(seen, couldAskSinceMs) + SlackMs && !book.Charges.ContainsKey(arrival.Plan.Migration)
                    && book.Memory.All(m => m.Value.Migration != arrival.Plan.Migration))
                {
                    Breach("S2 charge", $"{book.Name} has seen {arrival.Plan.Vm.Name} come and does not charge it");
                }
            }

            LookAtCharges(book);
        }
    }

    /// <summary>
    /// Since when an agent has had a libvirt that answers, counted from its start. One that was killed follows what is under way as soon as it can ask, and
    /// promises nothing before.
    /// </summary>
    private long CouldAskSinceMs(HostBook book)
    {
        if (_couldAsk.GetValueOrDefault(book.Name) is var (life, sinceMs) && life == book.UpSinceMs)
        {
            return sinceMs;
        }

        if (book.Host.Hypervisor is not { IsDaemonUp: true, IsDaemonHung: false })
        {
            return long.MaxValue - SlackMs;
        }

        _couldAsk[book.Name] = (book.UpSinceMs, NowMs);
        return NowMs;
    }

    private void LookAtCharges(HostBook book)
    {
        foreach (var charge in book.Charges.Values)
        {
            var key = book.Name + " " + charge.Migration;
            if (book.Host.Hypervisor is { IsDaemonUp: true } hypervisor && hypervisor.Find(charge.Uuid) is not { IsActive: true })
            {
                _chargeMissingSinceMs.TryAdd(key, NowMs);
                var since = Math.Max(Math.Max(_chargeMissingSinceMs[key], book.UpSinceMs), Math.Max(book.DiskTroubleUntilMs, book.StoodStillUntilMs));
                if (NowMs - since > (5 * book.Host.Options.RoundMs) + DiskRecoveryMs)
                {
                    Breach("S4 charge", $"{book.Name} charges {NameOf(charge.Uuid)} ({charge.Migration}), which its libvirt has not shown for {Words.Duration(NowMs - since)}");
                }
            }
            else
            {
                _chargeMissingSinceMs.Remove(key);
            }
        }
    }
}
