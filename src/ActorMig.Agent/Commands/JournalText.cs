using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Brakes;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Journal;
using ActorMig.Migrations;
using ActorMig.Policies;

namespace ActorMig.Agent.Commands;

/// <summary>A journal entry in a person's words.</summary>
internal static class JournalText
{
    private static readonly Actors.MessageRegistry Events = Wire.Events();
    private static readonly Actors.MessageRegistry Records = Wire.Records();

    public static string Of(JournalEntry entry)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(entry.WallMs).ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        return $"{time}  {Say(entry)}";
    }

    private static string Say(JournalEntry entry)
    {
        if ((entry.Source == "record" ? Records : Events).ReadIfKnown(entry) is not { } message)
        {
            return $"{entry.Source} {entry.Name} {entry.Json}";
        }

        return message switch
        {
            AgentStarted e => $"agent started, incarnation {e.Incarnation}",
            RoundMeasured e => $"round {e.Round}: {Words.Rate(e.HostBitPerSecond)} ({string.Join(", ", e.Vms.Select(v => $"{v.Name} {Words.Rate(v.BitPerSecond)}"))})",
            RoundDecided e => $"round {e.Round}: {e.Answer}: {e.Reason}",
            ForeignMigrationEnded e => $"{e.Name} {e.Outcome} by somebody else's hand{Figures(new MigrationFigures(e.TotalMs, e.DowntimeMs, e.Bytes, e.Iterations, null))}",
            OfferDeclined e => $"{e.Barter}: {e.By} declined ({Words.Of(e.Refusal)}): {e.Reason}",
            StatePredicted e => $"{e.Barter}: is to come to {Levels(e.Load, e.SelfLevel, e.Peer, e.PeerLevel)}",
            StateMeasured e => string.Create(CultureInfo.InvariantCulture, $"{e.Barter}: came to {Levels(e.Load, e.SelfLevel, e.Peer, e.PeerLevel)}; was to come to {Levels(e.Load, e.PredictedSelf, e.Peer, e.PredictedPeer)}: off by {e.Off * 100:0} %"),
            MoveRefused e => $"{e.Vm} is not moved to {e.To} ({Words.Of(e.Refusal)}): {e.Reason}",
            BarterOffered e => $"{e.Barter}: offered {e.What()} to {e.Peer} ({Words.Of(e.Kind)}): {e.Reason}",
            BarterGranted e => $"{e.Barter}: granted {e.Peer}: {Legs(e.Legs)}: {e.Reason}",
            BarterConfirmed e => $"{e.Barter}: confirmed: {Legs(e.Legs)}",
            BarterConfirmationHeard e => $"{e.Barter}: confirmation heard",
            LegBegan e => $"{e.Barter}: leg {e.Leg} begins",
            LegEnded e => $"{e.Barter}: leg {e.Leg} {Words.Of(e.Outcome)}: {e.Reason}",
            BarterEnded e => $"{e.Barter}: {Words.Of(e.Outcome)}: {e.Reason}",
            MigrationPrepared e => $"{e.Plan.Migration}: preparing {e.Plan.Vm.Name} for {e.Plan.To} ({Words.Of(e.Plan.Vm.Mode)})",
            AutostartHeld e => $"{e.Migration}: it does not start with the source any more until this migration has an end",
            PreCopyBegan e => $"{e.Migration}: pre-copy",
            SwitchIntended e => $"{e.Migration}: switching to post-copy in pass {e.Iterations}{(e.Reason is null ? "" : $": {e.Reason}")}",
            PostCopyBegan e => $"{e.Migration}: post-copy, the guest runs on the destination",
            MigrationBroke e => $"{e.Migration}: broke: {e.Reason}",
            AbortIntended e => $"{e.Migration}: is aborted: {e.Reason}",
            ResumeIntended e => $"{e.Migration}: post-copy is told to go on (try {e.Try})",
            MigrationSettled e => $"{e.Migration}: {Words.Of(e.Outcome)}: {e.Reason}{Figures(e.Figures)}",
            ArrivalExpected e => $"{e.Plan.Migration}: expecting {e.Plan.Vm.Name} from {e.Plan.From}",
            ArrivalAutostartPut e => $"{e.Migration}: {Words.Of(e.Verb)} here",
            ArrivalSeen e => $"{e.Migration}: libvirt shows it coming",
            ArrivalRan e => $"{e.Migration}: it runs here",
            ArrivalSettled e => $"{e.Migration}: arrival {(e.HasCompleted ? "completed" : "ended")}: {e.Reason}",
            VmArrived e => $"{e.Name} has come to stay{(e.Origin is null ? "" : $" from {e.Origin}")}, move {e.Moves}",
            VmLeft e => $"{e.Name} has left",
            ChargeBegan e => $"{e.Migration}: {Words.Memory(e.MemoryBytes)} charged",
            ChargeEnded e => $"{e.Migration}: charge ended",
            MigrationOpened e => $"{e.Plan.Migration}: followed as source",
            ArrivalOpened e => $"{e.Plan.Migration}: followed as destination",
            JournalLost e => $"the journal was lost: {e.Reason}; this host only observes until `actormig journal accept-loss`",
            JournalLossAccepted e => $"{e.Person} accepted that the journal was lost",
            CaseOpened e => $"{e.Plan.Migration}: needs an operator{(e.HasRun ? " (it has run on the destination)" : "")}: {e.Reason}",
            CaseDecided e => $"{e.Migration}: {e.Person} {(e.Choice is { } choice ? $"says {Words.Of(choice)}" : "is not obeyed any more")}: {e.Seen}",
            CaseClosed e => $"{e.Migration}: resolved by {e.Person}, {Words.Of(e.Outcome)}: {e.Reason}",
            BrakeSet e => $"{e.Person} on {e.By} {(e.IsFrozen ? $"froze the cluster: {e.Why}" : "thawed the cluster")}",
            BrakeOver => "the freeze of the cluster is over",
            StormRestEnded e => $"{e.Person} ended the rest after the storm on this host",
            ClusterChangeWanted e => $"{e.Person} wants to {e.What}",
            DrainBegan e => $"{e.Who()} drains this host{(e.DeadlineWallMs is { } deadline ? $", for at most {Words.Span(deadline - e.WallMs)}" : "")}: {e.Why}",
            DrainEnded e => $"{e.Who()} ended the drain of this host",
            HalfEnded e => $"{e.Migration}: {(e.IsArrival ? "destination" : "source")} done",
            _ => $"{entry.Source} {entry.Name} {entry.Json}",
        };
    }

    /// <summary>How full two hosts are by what a policy looks at.</summary>
    internal static string Levels(string load, double self, string peer, double? theirs) =>
        $"{LoadKind.Of(load).Level(self)} here and {(theirs is { } there ? LoadKind.Of(load).Level(there) : "what is not known")} on {peer}";

    private static string Legs(IReadOnlyList<Leg> legs) => string.Join(", then ", legs.Select(l => $"{l.Vm.Name} to {l.To}"));

    private static string Figures(MigrationFigures? figures)
    {
        if (figures is null)
        {
            return "";
        }

        var parts = new List<string>();
        if (figures.TotalMs is { } total)
        {
            parts.Add($"total {Words.Duration(total)}");
        }

        if (figures.DowntimeMs is { } downtime)
        {
            parts.Add($"downtime {Words.Duration(downtime)}");
        }

        if (figures.Bytes is { } bytes)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"));
        }

        return parts.Count == 0 ? "" : $" ({string.Join(", ", parts)})";
    }
}
