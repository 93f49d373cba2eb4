using System.Text;
using ActorMig.Edges;

namespace ActorMig.Agent.Traffic;

/// <summary>
/// Our tables in the kernel: made when they are first needed, made anew when somebody has taken them away, removed when the agent ends. One that was left by
/// an agent that was killed is replaced; one of that name that is somebody else's is not touched. Thread-safe.
/// </summary>
internal sealed class NftCounters(TrafficOptions options) : IAsyncDisposable
{
    private readonly NftProgram _nft = new(options.Nft, TimeSpan.FromMilliseconds(options.AnswerMs));
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Kept[] _tables = [new(new NftTable(isOfSwitch: false, options)), new(new NftTable(isOfSwitch: true, options))];
    private bool _isOver;

    /// <summary>Reads what NICs have sent.</summary>
    /// <param name="nics">Whose frames are counted, from now on.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>By table, what it has counted; and those that somebody had taken away, so that what they had counted is lost.</returns>
    /// <exception cref="TrafficException">It cannot be counted.</exception>
    public async Task<(IReadOnlyList<NftReading> Readings, IReadOnlyList<string> Lost)> ReadAsync(IReadOnlyList<NicSample> nics, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            var (readings, lost) = (new List<NftReading>(), new List<string>());
            foreach (var kept in _tables)
            {
                NicSample[] own = [.. nics.Where(n => NftTable.CanCount(n) && n.IsOnOpenVswitch == (kept == _tables[1])).Distinct().Take(NftTable.NicsMax)];

                // A host without Open vSwitch has no table for it.
                if (own.Length > 0 || kept.Nics is not null)
                {
                    readings.Add(await ReadAsync(kept, own, lost, cancellation).ConfigureAwait(false));
                }
            }

            return (readings, lost);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Removes what was made. Nobody counts any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isOver)
        {
            return;
        }

        await _turn.WaitAsync().ConfigureAwait(false);
        _isOver = true;
        foreach (var kept in _tables.Where(t => t.MayBeThere))
        {
            try
            {
                // What somebody has removed before need not be.
                await _nft.CarryOutAsync(kept.Table.Delete, CancellationToken.None).ConfigureAwait(false);
            }
            catch (TrafficException)
            {
                // It stays, as after a kill, and the next start replaces it.
            }
        }

        // Who waits still is told that it is over.
        _turn.Release();
    }

    private async Task<NftReading> ReadAsync(Kept kept, NicSample[] nics, List<string> lost, CancellationToken cancellation)
    {
        if (kept.Nics is null)
        {
            await MakeAsync(kept, nics, cancellation).ConfigureAwait(false);
        }
        else if (kept.Table.IsToldAlways || !kept.Nics.SequenceEqual(nics))
        {
            var changed = await _nft.CarryOutAsync(kept.Table.Change(nics), cancellation).ConfigureAwait(false);
            if (changed.Code == 0)
            {
                kept.Nics = nics;
            }
            else
            {
                // It may be gone, or a device is: then what is left can be counted once the next look at the VMs has shown that.
                await LoseAsync(kept, nics, lost, cancellation).ConfigureAwait(false);
            }
        }

        var reading = await ListAsync(kept, cancellation).ConfigureAwait(false);
        if (reading is not { IsWhole: true })
        {
            await LoseAsync(kept, nics, lost, cancellation).ConfigureAwait(false);
            reading = await ListAsync(kept, cancellation).ConfigureAwait(false);
        }

        return reading ?? throw new TrafficException($"the table {kept.Table.Name} is taken away as soon as it is made; who does that?");
    }

    private async Task LoseAsync(Kept kept, NicSample[] nics, List<string> lost, CancellationToken cancellation)
    {
        kept.Nics = null;
        await MakeAsync(kept, nics, cancellation).ConfigureAwait(false);
        lost.Add(kept.Table.Name);
    }

    private async Task MakeAsync(Kept kept, NicSample[] nics, CancellationToken cancellation)
    {
        var shown = await _nft.RunAsync(kept.Table.Show, "", cancellation).ConfigureAwait(false);
        if (shown.Code == 0 && !Encoding.UTF8.GetString(shown.Output.Span).Contains(NftTable.Mark, StringComparison.Ordinal))
        {
            throw new TrafficException($"there is a table {kept.Table.Name} that is not ours; set actormig.traffic.table to another name");
        }

        kept.MayBeThere = true;
        var made = await _nft.CarryOutAsync(kept.Table.Create(nics), cancellation).ConfigureAwait(false);
        kept.Nics = made.Code == 0 ? nics : throw new TrafficException(NftFailure.Sentence(kept.Table.Name, made));
    }

    /// <summary>Null if it is not there any more.</summary>
    private async Task<NftReading?> ListAsync(Kept kept, CancellationToken cancellation)
    {
        var listed = await _nft.RunAsync(kept.Table.List, "", cancellation).ConfigureAwait(false);
        return listed.Code == 0 ? NftTable.Read(listed.Output)
            : listed.IsMissing ? null
            : throw new TrafficException(NftFailure.Sentence(kept.Table.Name, listed));
    }

    private sealed class Kept(NftTable table)
    {
        public NftTable Table { get; } = table;

        /// <summary>True once it was tried to make it.</summary>
        public bool MayBeThere { get; set; }

        /// <summary>Whose frames it counts; null: it is not made.</summary>
        public NicSample[]? Nics { get; set; }
    }
}
