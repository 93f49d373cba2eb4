using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Journal;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Agent.Why;

/// <summary>Makes a VM's history of what a host has written down, as far back as it looks.</summary>
internal static class VmHistoryReader
{
    /// <summary>So many of each kind are told, the newest.</summary>
    public const int Most = 5;

    /// <summary>
    /// So many of each are looked at, the newest: of rounds, which are the many, some days; of what is written at a barter or by a person's hand some
    /// weeks of a busy host. So an answer takes as long however old the journal is.
    /// </summary>
    private const int LookedAtMax = 5_000;
    private const string EventsInWords = "what barters and VMs came to";

    private static readonly string[] BarterRecordNames = ["offer-declined.1", "state-predicted.1", "state-measured.1"];
    private static readonly (string Name, string InWords)[] Records =
    [
        ("round-decided.1", "rounds"),
        ("state-predicted.1", "predictions"),
        ("state-measured.1", "measurements beside them"),
        ("move-refused.1", "commands that were refused"),
        ("foreign-migration-ended.1", "moves by somebody else"),
    ];

    /// <summary>The entries of a journal in which something may stand about a VM, in their order; and of what there is more than was looked at.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="events">The names of its events.</param>
    /// <param name="records">The names of its records.</param>
    public static (IReadOnlyList<(long WallMs, object What)> Told, IReadOnlyList<LookedBack> Back) Entries(SqliteJournal journal, MessageRegistry events, MessageRegistry records)
    {
        var back = new List<LookedBack>();
        var told = Looked(journal.NewestEventsOf("barter", LookedAtMax), EventsInWords).Select(e => (e.WallMs, What: events.ReadIfKnown(e)))
            .Concat(Records.SelectMany(r => Looked(journal.NewestRecords(r.Name, LookedAtMax), r.InWords)).OrderBy(e => e.Position.Record)
                .Select(e => (e.WallMs, What: records.ReadIfKnown(e))));
        return ([.. told.Where(t => t.What is not null).Select(t => (t.WallMs, t.What!)).OrderBy(t => t.WallMs)], back);

        IReadOnlyList<JournalEntry> Looked(IReadOnlyList<JournalEntry> entries, string inWords)
        {
            if (entries.Count == LookedAtMax)
            {
                back.Add(new LookedBack(inWords, LookedAtMax, entries[0].WallMs));
            }

            return entries;
        }
    }

    /// <summary>All that a journal tells of a barter, in its order.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="barter">The barter.</param>
    public static IReadOnlyList<JournalEntry> EntriesOf(SqliteJournal journal, string barter)
    {
        var named = $"\"barter\":{System.Text.Json.JsonSerializer.Serialize(barter, Control.ControlJson.Default.String)}";
        return [.. journal.NewestEventsOf("barter", LookedAtMax).Concat(BarterRecordNames.SelectMany(n => journal.NewestRecords(n, LookedAtMax)).OrderBy(e => e.Position.Record))
            .Where(e => e.Json.Contains(named, StringComparison.Ordinal)).OrderBy(e => e.WallMs)];
    }

    /// <summary>The VM that is meant: its UUID and name, as it was last told of; null if nothing is told of it.</summary>
    /// <param name="vm">Its name or UUID.</param>
    /// <param name="told">What was written, oldest first.</param>
    public static (string Uuid, string Name)? Find(string vm, IEnumerable<(long WallMs, object What)> told) => told
        .SelectMany(t => Named(t.What)).Where(v => v.Uuid == vm || v.Name == vm).Select(v => ((string, string)?)v).LastOrDefault();

    /// <summary>A VM's history.</summary>
    /// <param name="host">The host whose journal it is.</param>
    /// <param name="uuid">The VM.</param>
    /// <param name="name">Its name.</param>
    /// <param name="told">What was written, oldest first.</param>
    /// <param name="figures">Finds the figures of a migration; null if they are not known.</param>
    public static VmHistory Read(
        string host, string uuid, string name, IEnumerable<(long WallMs, object What)> told, Func<string, MigrationFigures?>? figures = null)
    {
        var barters = new List<VmBarter>();
        var offers = new SortedDictionary<string, (long WallMs, BarterOffered Offer)>(StringComparer.Ordinal);
        var proposals = new List<VmProposal>();
        var refused = new List<VmRefused>();
        (VmCame? Came, VmGone? Left) way = (null, null);
        foreach (var (wallMs, what) in told)
        {
            switch (what)
            {
                case BarterOffered e:
                    offers[e.Barter] = (wallMs, e);
                    if (e.Give.Uuid == uuid || e.Exchange?.Gives.Contains(uuid) == true)
                    {
                        barters.Add(new VmBarter(e.Barter, wallMs, e.Peer, e.Kind, VmRole.Offered, e.Policy, e.Reason));
                    }

                    break;
                case BarterGranted e when LegOf(e.Legs, uuid) is { } leg:
                    barters.Add(new VmBarter(
                        e.Barter, wallMs, e.Peer, e.Kind, leg.To == host ? VmRole.Taken : VmRole.Exchanged, null, e.Reason, Migration: BarterIds.Migration(e.Barter, leg.Number)));
                    break;
                case BarterConfirmed e when LegOf(e.Legs, uuid) is { } leg:
                    var migration = BarterIds.Migration(e.Barter, leg.Number);
                    if (!Change(e.Barter, b => b with { Migration = migration }) && offers.TryGetValue(e.Barter, out var offered))
                    {
                        barters.Add(new VmBarter(
                            e.Barter, offered.WallMs, offered.Offer.Peer, offered.Offer.Kind, leg.From == host ? VmRole.Offered : VmRole.Taken,
                            offered.Offer.Policy, leg.From == host ? offered.Offer.Reason : e.Reason, Migration: migration));
                    }

                    break;
                case LegEnded { Outcome: LegOutcome.Completed } e when barters.FindLast(b => b.Migration == BarterIds.Migration(e.Barter, e.Leg)) is { Role: not VmRole.Taken } left:
                    way.Left = new VmGone(wallMs, left.Peer, e.Barter, left.Reason);
                    break;
                case BarterEnded e:
                    Change(e.Barter, b => b with { EndedWallMs = wallMs, Outcome = e.Outcome, Refusal = e.Refusal, End = e.Reason });
                    break;
                case VmArrived e when e.Uuid == uuid:
                    var by = barters.FindLast(b => b.Migration == e.Migration);
                    way = (new VmCame(wallMs, by?.Peer ?? e.Origin, BarterIds.BarterOf(e.Migration), by?.Reason ?? "", e.Moves), null);
                    break;
                case VmLeft e when e.Uuid == uuid:
                    way.Left ??= new VmGone(wallMs, null, null, "it was not seen here any more: it was ended, or somebody else moved it");
                    break;
                case ForeignMigrationEnded e when e.Uuid == uuid && e is { IsOutgoing: true, Outcome: "left" }:
                    way.Left = new VmGone(wallMs, null, null, "somebody else moved it");
                    break;
                case ForeignMigrationEnded e when e.Uuid == uuid && e is { IsOutgoing: false, Outcome: "came" }:
                    way = (new VmCame(wallMs, null, null, "somebody else moved it here", null), null);
                    break;
                case StatePredicted e:
                    Change(e.Barter, b => b with { Predicted = e });
                    break;
                case StateMeasured e:
                    Change(e.Barter, b => b with { Measured = e });
                    break;
                case RoundDecided e when e.IsOf(name) && WhyNots.RefusalOf(e.Answer) is not null:
                    proposals.Add(new VmProposal(wallMs, e));
                    break;
                case MoveRefused e when e.Vm == name || e.Vm == uuid:
                    refused.Add(new VmRefused(wallMs, e));
                    break;
            }
        }

        return new VmHistory(
            way.Came,
            way.Left,
            [.. Newest(barters).Select(b => b.Migration is { } m && figures?.Invoke(m) is { } known ? b with { Figures = known } : b)],
            Newest(proposals),
            Newest(refused));

        bool Change(string barter, Func<VmBarter, VmBarter> change)
        {
            var index = barters.FindLastIndex(b => b.Barter == barter);
            if (index >= 0)
            {
                barters[index] = change(barters[index]);
            }

            return index >= 0;
        }
    }

    private static List<T> Newest<T>(List<T> all) => [.. all.AsEnumerable().Reverse().Take(Most)];

    private static Leg? LegOf(IReadOnlyList<Leg> legs, string uuid) => legs.FirstOrDefault(l => l.Vm.Uuid == uuid);

    private static IEnumerable<(string Uuid, string Name)> Named(object what) => what switch
    {
        BarterOffered e => [Of(e.Give)],
        BarterGranted e => e.Legs.Select(l => Of(l.Vm)),
        BarterConfirmed e => e.Legs.Select(l => Of(l.Vm)),
        VmArrived e => [(e.Uuid, e.Name)],
        VmLeft e => [(e.Uuid, e.Name)],
        ForeignMigrationEnded e => [(e.Uuid, e.Name)],
        _ => [],
    };

    private static (string, string) Of(VmFacts vm) => (vm.Uuid, vm.Name);
}
