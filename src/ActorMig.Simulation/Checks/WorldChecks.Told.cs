using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Migrations;

namespace ActorMig.Simulation;

/// <content>What is said to libvirt and to peers: never before it is durable (S5), a copy is resumed with proof only (S6), and nothing is touched that no attempt explains (S7).</content>
internal sealed partial class WorldChecks
{
    private void Told(HostBook book, ActorRef from, ActorRef target, object message)
    {
        SaidPreFlight(book, from, message);
        SaidPriority(book, from, message);
        switch (message)
        {
            case SendToPeer send:
                SaidStep(book, from, send);
                if (WhyNotSaid(book, send) is { } why)
                {
                    Breach("S5 said", $"{book.Name} says {send.Message} to {send.Host}, and {why}");
                }

                break;
            case MigrateDomain migrate:
                CheckCall(book, from.Name, migrate);
                break;
            case DoToDomain doTo:
                CheckVerb(book, from, doTo);
                break;
        }
    }

    private static string? WhyNotSaid(HostBook book, SendToPeer send) => send.Message switch
    {
        Offer m when book.Barter(m.Barter) is not { IsOfferer: true } => "its journal has no such offer",
        Grant m when book.Barter(m.Barter) is not { IsOfferer: false } => "its journal has no such grant",
        Confirm m when book.Barter(m.Barter) is not { IsOfferer: true, IsConfirmed: true } => "its journal has no confirmation",
        Confirmed m when book.Barter(m.Barter) is not { IsOfferer: false, IsConfirmed: true } => "its journal has not heard of the confirmation",
        StartLeg m when book.Barter(m.Barter)?.Begun.Contains(m.Leg) != true => "its journal has not begun that leg",
        LegStands { Outcome: LegOutcome.Completed } m when book.Barter(m.Barter)?.Ended.ContainsKey(m.Leg) != true => "its journal has no end of that leg",
        Withdraw m when book.Barter(m.Barter) is { Outcome: null } => "its journal has not ended it",
        CloseArrival m when book.Migration(m.Migration) is { Settled: null } => "its journal has not settled it",
        Decline { Refusal: Refusal.Busy } m when book.Open.Any(b => b is { IsOfferer: true, IsConfirmed: false } && b.Peer == send.Host)
            && string.CompareOrdinal(send.Host, book.Name) < 0 => $"of two crossing offers that of {send.Host} stands, as the lower name, and {m.Barter} is declined",
        _ => null,
    };

    /// <summary>libvirt is called: durable, one at a time, and with a reservation that still holds.</summary>
    private void CheckCall(HostBook book, string name, MigrateDomain migrate)
    {
        if (migrate.IsResume)
        {
            if (book.Migration(name) is not { IsSwitchIntended: true } resumed || --resumed.ResumesDue < 0)
            {
                Breach("S5 resume", $"{book.Name} tells the post-copy of {name} to go on, and its journal has no such intent");
            }

            return;
        }

        if (book.Migration(name) is not { Phase: MigrationPhase.PreCopy } migration)
        {
            Breach("S5 call", $"{book.Name} calls libvirt for {name}, and its journal has not begun it");
            return;
        }

        foreach (var other in _books.Values.SelectMany(b => b.OpenMigrations))
        {
            if (other != migration && other.Plan.Vm.Uuid == migrate.Uuid && other is { BegunAtMs: not null, Plan.From: var host } && host == book.Name)
            {
                Breach("S3 legs", $"{NameOf(migrate.Uuid)} is moved by {other.Plan.Migration} and by {name} at a time");
            }
        }

        var (plan, there) = (migration.Plan, BookOf(migration.Plan.To));
        if (there is null || NowMs - there.TornAtMs < 2 * there.Host.Options.LeaseMs || migration.StopsBefore != book.Stops || _movedByHandAtMs.ContainsKey(plan.Vm.Name))
        {
            // A reservation is lost with its journal, or used by a move by hand, and a process may stand still between its last look at the clock and the
            // call: what comes is charged at once.
            return;
        }

        if (there.Barter(plan.Barter) is not { Outcome: null } reservation || reservation.Legs.All(l => l.Vm.Uuid != migrate.Uuid || l.To != plan.To))
        {
            Breach("S2 lease", $"{book.Name} calls libvirt for {name}, and {plan.To} holds no reservation for {plan.Vm.Name}");
        }
        else if (!reservation.IsOfferer && there.Host.IsUp && NowMs > reservation.SinceMs + reservation.LeaseMs)
        {
            Breach("S2 lease", $"{book.Name} calls libvirt for {name}, and the lease on {plan.To} is over");
        }
    }

    private void CheckVerb(HostBook book, ActorRef from, DoToDomain doTo)
    {
        var (uuid, vm) = (doTo.Uuid, NameOf(doTo.Uuid));
        var domain = book.Host.Hypervisor.Find(uuid);
        if (from.Path.StartsWith("/host/cases/", StringComparison.Ordinal))
        {
            CheckCaseVerb(book, from.Name, doTo);
            return;
        }

        if (book.Migration(from.Name) is not { } migration || migration.Plan.Vm.Uuid != uuid)
        {
            if (!(doTo.Verb is DomainVerb.SetAutostart or DomainVerb.ClearAutostart && book.Arrivals.TryGetValue(from.Name, out var arrival) && arrival.Plan.Vm is { IsAutostart: true } facts && facts.Uuid == uuid))
            {
                Breach("S7 foreign", $"{book.Name} does {Words.Of(doTo.Verb)} to {vm}, and no attempt in its journal explains it");
            }

            return;
        }

        switch (doTo.Verb)
        {
            case DomainVerb.ClearAutostart when !migration.IsAutostartHeld:
                Breach("S5 autostart", $"{book.Name} does {Words.Of(doTo.Verb)} to {vm}, and its journal does not say that it is held");
                break;
            case DomainVerb.StartPostCopy when !migration.IsSwitchIntended:
                Breach("S5 switch", $"{book.Name} does {Words.Of(doTo.Verb)} to {vm}, and its journal has no intent to switch");
                break;
            case DomainVerb.StartPostCopy when domain is { IsAutostart: true }:
                Breach("S7 autostart", $"{book.Name} switches {vm}, whose copy there would start with the host");
                break;
            case DomainVerb.AbortJob when !migration.IsAbortIntended || migration.IsSwitchIntended:
                Breach("S5 abort", $"{book.Name} aborts {migration.Plan.Migration}, and its journal has no such intent, or one to switch");
                break;
            case DomainVerb.Resume when migration.IsSwitchIntended:
                Breach("S6 proof", $"{book.Name} resumes {vm}, and its journal has an intent to switch");
                break;
            case DomainVerb.Resume when !migration.Remedies.Contains(DomainVerb.Resume) || !migration.HasProof:
                Breach("S6 proof", $"{book.Name} resumes {vm} without proof that it never ran on {migration.Plan.To}");
                break;
            case DomainVerb.Resume when RanElsewhere(uuid, book.Name, migration.BegunAtMs ?? 0) is { } elsewhere:
                Breach("S6 proof", $"{book.Name} resumes {vm}, which ran on {elsewhere}");
                break;
            case DomainVerb.DestroyRemnant or DomainVerb.Undefine when !migration.Remedies.Contains(doTo.Verb):
                Breach("S5 remedy", $"{book.Name} does {Words.Of(doTo.Verb)} to {vm}, and its journal has no such intent");
                break;
            case DomainVerb.DestroyRemnant when domain is { Runs: true } || !RunsOn(uuid, migration.Plan.To):
                Breach("S7 destroyed", $"{book.Name} destroys {vm}, which runs here or does not run on {migration.Plan.To}");
                break;
            case DomainVerb.Undefine when domain is { IsActive: true }:
                Breach("S7 undefined", $"{book.Name} undefines {vm}, which is active there");
                break;
            case DomainVerb.Suspend when !migration.IsDoubleRunSeen:
                Breach("S7 suspended", $"{book.Name} suspends {vm}, and its journal has seen no double run");
                break;
        }
    }

    /// <summary>What is done on a person's word: as decided, and never against what is so.</summary>
    private void CheckCaseVerb(HostBook book, string name, DoToDomain doTo)
    {
        var (uuid, vm) = (doTo.Uuid, NameOf(doTo.Uuid));
        var domain = book.Host.Hypervisor.Find(uuid);
        if (!book.Cases.TryGetValue(name, out var open) || open.Plan.Vm.Uuid != uuid || open.Decided is not { } decided)
        {
            Breach("S5 case", $"{book.Name} does {Words.Of(doTo.Verb)} to {vm}, and its journal does not say that a person has decided so");
            return;
        }

        var isRight = (doTo.Verb, decided, open.IsArrival) switch
        {
            (DomainVerb.DestroyRemnant, CaseChoice.RunsOnDestination, false) => domain is not { Runs: true } && RunsOn(uuid, open.Plan.To),
            (DomainVerb.Undefine, CaseChoice.RunsOnDestination, false) => domain is not { IsActive: true } && RunsOn(uuid, open.Plan.To),
            (DomainVerb.Resume, CaseChoice.RunsOnSource, false) => !open.HasRun && !RunsOn(uuid, open.Plan.To),
            (DomainVerb.SetAutostart, CaseChoice.RunsOnDestination, true) or (DomainVerb.SetAutostart, CaseChoice.RunsOnSource, false) => open.Plan.Vm.IsAutostart,
            _ => false,
        };
        if (!isRight)
        {
            Breach("S7 case", $"{book.Name} does {Words.Of(doTo.Verb)} to {vm}, of which a person has said {Words.Of(decided)}");
        }
    }

    private void Handling(HostBook book, ActorRef actor, object message)
    {
        HandlingStep(book, actor, message);
        HandlingPreFlight(book, actor, message);
        HandlingRules(book, actor, message);
        switch (message)
        {
            case DomainsSampled sampled when actor.Name == "barter":
                book.Shown = sampled.Domains;
                break;
            case PeerSaid { Message: Confirm confirm } when actor.Name == "barter" && book.Barter(confirm.Barter) is { IsOfferer: false, Outcome: null } granted
                && granted.Renewals.Add(confirm.Renewal):
                granted.SinceMs = NowMs;
                break;
        }
    }
}
