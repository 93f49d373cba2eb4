using System.Globalization;
using ActorMig.Bartering;
using ActorMig.Edges;

namespace ActorMig.Cases;

/// <summary>
/// What a person may decide of a case, and what follows from it: one pure table. ActorMig starts and ends no guest: it removes only the paused or inactive
/// copy that this attempt left on the source, and only while the destination shows the guest running; and it lets a paused copy go on only on a person's
/// word, and never against what the destination says (S6, S7).
/// </summary>
internal sealed class Resolution
{
    private readonly OperatorCase _case;
    private readonly DomainLook _here;
    private readonly CaseStands? _there;

    /// <summary>Reads the states.</summary>
    /// <param name="case">The case.</param>
    /// <param name="here">What this host's libvirt shows.</param>
    /// <param name="there">What the other host says; null if it is silent.</param>
    public Resolution(OperatorCase @case, DomainLook here, CaseStands? there) => (_case, _here, _there) = (@case, here, there);

    private string Vm => _case.Plan.Vm.Name;

    private string From => _case.Plan.From;

    private string To => _case.Plan.To;

    private DomainLook? Source => _case.IsArrival ? _there?.Look : _here;

    private DomainLook? Destination => _case.IsArrival ? _here : _there?.Look;

    /// <summary>A part of its memory may be on the destination only, and libvirt lets nothing go on here.</summary>
    private bool IsBrokenHere => Source is { State: DomainState.Paused, Reason: StateReason.PostCopyFailed, Job: DomainJob.Outgoing };

    private bool HasRun => _case.HasRun || _there is { HasRun: true };

    private bool IsWholeThere => Destination is { IsWhole: true };

    /// <summary>Where it has come to.</summary>
    private bool IsPausedThere => Destination is { IsPausedByOwner: true };

    /// <summary>Names the states: equal if and only if they are.</summary>
    public string Seen
    {
        get
        {
            var hash = 2166136261U;
            foreach (var c in States + (HasRun ? " has run" : "") + (_there?.Closed is { } closed ? Words.Of(closed) : ""))
            {
                hash = (hash ^ c) * 16777619U;
            }

            return hash.ToString("x8", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The states in words.</summary>
    public string States => $"on {From}: {InWords(Source)}; on {To}: {InWords(Destination)}";

    /// <summary>For people.</summary>
    public CaseView View() => new(_case, InWords(Source) + ThereToo(From), InWords(Destination) + ThereToo(To), Seen, [.. Enum.GetValues<CaseChoice>().Select(Option)]);

    /// <summary>What has become true without us: somebody has acted by hand, or the other host has resolved it. Null if nothing has.</summary>
    public CaseChoice? ByItself() => (Source, Destination) switch
    {
        _ when _there?.Closed is { } closed && IsFollowed(ChoiceOf(closed)) => ChoiceOf(closed),
        ({ State: DomainState.Absent }, _) when IsWholeThere || (IsPausedThere && HasRun) => CaseChoice.RunsOnDestination,
        ({ State: DomainState.Running, Job: DomainJob.None }, { State: DomainState.Absent or DomainState.Shutoff }) => CaseChoice.RunsOnSource,
        _ => null,
    };

    /// <summary>What a choice would do.</summary>
    public CaseOption Option(CaseChoice choice)
    {
        var why = WhyNot(choice);
        return new CaseOption(choice, why is null, why ?? Does(choice));
    }

    /// <summary>What is to be done next on this host for a choice that was made; null if all is.</summary>
    public DomainVerb? Next(CaseChoice choice) => (choice, _case.IsArrival, _here.State) switch
    {
        (CaseChoice.RunsOnDestination, false, DomainState.Paused) => DomainVerb.DestroyRemnant,
        (CaseChoice.RunsOnDestination, false, DomainState.Shutoff) => DomainVerb.Undefine,
        (CaseChoice.RunsOnSource, false, DomainState.Paused) when _here.Reason != StateReason.User => DomainVerb.Resume,
        (CaseChoice.RunsOnDestination, true, not DomainState.Absent) or (CaseChoice.RunsOnSource, false, DomainState.Running or DomainState.Paused)
            when _case.Plan.Vm.IsAutostart && _here is { IsPersistent: true, IsAutostart: false } => DomainVerb.SetAutostart,
        _ => null,
    };

    /// <summary>Why what was decided must not be gone on with: the world has changed. Null if nothing stands against it.</summary>
    public string? WhyNotGoOn(CaseChoice choice)
    {
        var isHere = _here.State is DomainState.Paused or DomainState.Shutoff && !_case.IsArrival;
        return choice switch
        {
            // With nothing left to remove or to resume, the rest harms nobody.
            CaseChoice.RunsOnDestination when isHere => WhyNot(choice),
            CaseChoice.RunsOnSource when isHere && Next(choice) == DomainVerb.Resume => WhyNot(choice),
            _ => null,
        };
    }

    /// <summary>
    /// What a person is still to do when all else is done: an agent that knows of no such case, because its journal was lost, touches nothing, and libvirt may
    /// refuse. Null if nothing is.
    /// </summary>
    public string? Rest(CaseChoice choice)
    {
        var (host, look, isHere) = choice == CaseChoice.RunsOnDestination ? (To, Destination, _case.IsArrival) : (From, Source, !_case.IsArrival);
        var isUnknown = isHere ? Next(choice) == DomainVerb.SetAutostart : _there is { IsKnown: false };
        return choice != CaseChoice.Lost && isUnknown && _case.Plan.Vm.IsAutostart && look is { State: not DomainState.Absent, IsPersistent: true, IsAutostart: false }
            ? $"it does not start with {host} any more: say `virsh autostart {Vm}` on {host}"
            : null;
    }

    /// <summary>How a case ends that was decided so.</summary>
    public static LegOutcome OutcomeOf(CaseChoice choice) => choice switch
    {
        CaseChoice.RunsOnDestination => LegOutcome.Completed,
        CaseChoice.RunsOnSource => LegOutcome.Failed,
        _ => LegOutcome.Lost,
    };

    /// <summary>
    /// The source tells the destination what was decided. What was decided on the destination while the source was silent counts on the source only where
    /// nothing of a guest is touched for it, and where it is so: else a person decides here, too.
    /// </summary>
    private bool IsFollowed(CaseChoice choice) => _case.IsArrival
        // The source was resolved while this host was silent, on the word that the guest does not run here.
        ? choice != CaseChoice.RunsOnSource || Destination is not { State: DomainState.Running }
        : (Next(choice) is null or DomainVerb.SetAutostart && (WhyNot(choice) is null || (choice == CaseChoice.RunsOnDestination && _here.State == DomainState.Absent)));

    private string ThereToo(string host) => _there?.Closed is { } closed && host != (_case.IsArrival ? To : From) ? $"; resolved there: {Words.Of(closed)}" : "";

    private static CaseChoice ChoiceOf(LegOutcome outcome) => outcome switch
    {
        LegOutcome.Completed => CaseChoice.RunsOnDestination,
        LegOutcome.Failed => CaseChoice.RunsOnSource,
        _ => CaseChoice.Lost,
    };

    private static string InWords(DomainLook? look) => look is null ? "no answer" : look.InWords() + (look.Job == DomainJob.None ? "" : $", {Words.Of(look.Job)} job");

    private string? WhyNot(CaseChoice choice) => choice switch
    {
        CaseChoice.RunsOnDestination when _case.IsArrival && WhyNotOnDestination() is null && Source is { State: DomainState.Paused or DomainState.Shutoff } left && _there is { IsKnown: false } =>
            $"{From}'s agent knows of no such case, because its journal was lost, so it removes nothing, and it has a copy of {Vm} ({left.InWords()}): " +
            $"say {Removal(left)} on {From}, and then this again",
        _ when _case.IsArrival && _there is { IsKnown: true, Closed: null } => $"{From} answers, so it is resolved there: say `actormig migration resolve {_case.Plan.Migration}` on {From}",
        CaseChoice.RunsOnDestination or CaseChoice.RunsOnSource when Source is { Job: not DomainJob.None } && !IsBrokenHere =>
            $"libvirt on {From} has a job on {Vm}; wait for its end, or abort it with `virsh domjobabort {Vm}`",
        CaseChoice.RunsOnDestination => WhyNotOnDestination(),
        CaseChoice.RunsOnSource when IsBrokenHere && HasRun && Destination is { State: DomainState.Absent or DomainState.Shutoff } =>
            $"libvirt on {From} holds a post-copy of {Vm} that broke: it ran on {To}, its process there is gone, and with it a part of its memory. It is lost: say --lost",
        CaseChoice.RunsOnSource when IsBrokenHere =>
            $"libvirt on {From} holds a post-copy of {Vm} that broke, so it may have run on {To}: let it go on with `virsh migrate --live --p2p --postcopy --postcopy-resume {Vm} URI` on {From}; " +
            "only if that can never succeed, because its process on one host is gone, say --lost",
        CaseChoice.RunsOnSource => WhyNotOnSource(),
        _ when IsWholeThere => $"{Vm} runs on {To}",
        _ when Source is { State: DomainState.Running } => $"{Vm} runs on {From}",
        _ => null,
    };

    private string? WhyNotOnDestination() => Destination switch
    {
        null => $"{To} does not answer, and only its libvirt's word counts for this; start its agent, or look there",
        _ when IsPausedThere && Source is { State: DomainState.Running } =>
            $"{Vm} runs on {From}, and {To} has a copy that its owner has paused: if that on {From} is good, say --runs-on {From}; else end that with `virsh destroy {Vm}` on {From}",
        _ when IsPausedThere && Source is not { State: DomainState.Absent } =>
            $"its owner has paused {Vm} on {To}, and what is left on {From} is removed only while it runs there: say `virsh resume {Vm}` on {To}, and then this again",
        _ when IsPausedThere && HasRun => null,
        { State: not DomainState.Running } look => $"libvirt on {To} does not show {Vm} running ({look.InWords()})",
        _ when Destination is { IsIncomplete: true } && Source is { State: DomainState.Absent or DomainState.Shutoff, Reason: not StateReason.Migrated } =>
            $"{Vm} is lost: its process on {From} is gone, and with it the part of its memory that had not come to {To}, where it runs only until it needs that: say --lost",

        // What libvirt calls post-copy without a job is what was last there, if its daemon was killed meanwhile; nothing that could give it more is left.
        _ when !IsWholeThere && Source is { State: DomainState.Absent or DomainState.Shutoff } && Destination is { Job: DomainJob.None, IsIncomplete: false } => null,
        _ when !IsWholeThere => $"{Vm} runs on {To} and not all of its memory is there: let it go on with `virsh migrate --live --p2p --postcopy --postcopy-resume {Vm} URI` on {From}",
        _ when Source is { State: DomainState.Running } => $"{Vm} runs on {From}, too: find out which copy is good, and end the other with `virsh destroy {Vm}` on its host",
        _ => null,
    };

    private string? WhyNotOnSource() => Source switch
    {
        { State: DomainState.Running } when _case.IsArrival && _there is { IsKnown: false } && Destination is { State: DomainState.Paused or DomainState.Other } copy =>
            $"{Vm} runs on {From}, whose agent knows of no such case, because its journal was lost, and {To} has a copy of it ({copy.InWords()}): if that on {From} is good, say {Removal(copy)} on {To}, and then this again",
        _ when _case.IsArrival && _there is { IsKnown: false } =>
            $"{From}'s agent knows of no such case, because its journal was lost, and touches nothing: if {Vm} never ran on {To}, end what is left of it there and let its copy on {From} go on with `virsh resume {Vm}`",
        _ when _case.IsArrival => $"only {From}'s agent can say so: say it there",
        { State: DomainState.Absent or DomainState.Shutoff or DomainState.Other } when Destination is { State: DomainState.Running or DomainState.Paused } there =>
            $"{Vm} is not on {From}, and {To} shows it {there.InWords()}: say {(IsWholeThere || IsPausedThere ? "--runs-on " + To : "--lost")}",
        { State: DomainState.Absent or DomainState.Shutoff or DomainState.Other } look =>
            $"libvirt on {From} shows {Vm} {look.InWords()}, and ActorMig starts no guest: say `virsh start {Vm}` where its definition is, and then this again",
        _ when Destination is { State: DomainState.Running } => $"{Vm} runs on {To}: were its copy on {From} let go on, it would run twice",
        { State: DomainState.Paused, Reason: not StateReason.User } when HasRun && IsPausedThere =>
            $"{Vm} has run on {To}, and its owner has paused it there: say `virsh resume {Vm}` on {To}, and then --runs-on {To}",
        { State: DomainState.Paused, Reason: not StateReason.User } when HasRun =>
            $"{Vm} has run on {To}: its copy on {From} is from before that, and its disk is not. Say --lost, end the copy with `virsh destroy {Vm}` on {From}, and start {Vm} from its disk",
        _ when Destination is { State: DomainState.Paused or DomainState.Other } look =>
            $"{To} has a copy, too ({look.InWords()}), which may run later: say {Removal(look)} on {To}, and then this again",
        _ => null,
    };

    private string Removal(DomainLook copy) => (copy.State, copy.IsPersistent) switch
    {
        (DomainState.Shutoff, _) => $"`virsh undefine {Vm}`",
        (_, true) => $"`virsh destroy {Vm}` and `virsh undefine {Vm}`",
        _ => $"`virsh destroy {Vm}`",
    };

    private string Does(CaseChoice choice)
    {
        var autostart = _case.Plan.Vm.IsAutostart ? $" {Vm} starts with {(choice == CaseChoice.RunsOnDestination ? To : From)} again." : "";
        return choice switch
        {
            CaseChoice.RunsOnDestination when _case.IsArrival =>
                $"{Vm} is free on {To} again; {From} {(_there is null ? "is silent" : "has no such case")}, and what is left there ({InWords(Source)}) is not touched.{autostart}",
            CaseChoice.RunsOnDestination => Source!.State switch
            {
                DomainState.Paused => $"the paused copy of {Vm} on {From} is destroyed{(Source.IsPersistent ? " and its definition there removed" : "")}.{autostart}",
                DomainState.Shutoff => $"the definition of {Vm} that is left on {From} is removed.{autostart}",
                _ => $"nothing is left to be removed.{autostart}",
            },
            CaseChoice.RunsOnSource => (Source is { State: DomainState.Paused, Reason: not StateReason.User }
                ? $"the paused copy of {Vm} on {From} goes on, on your word that it never ran on {To}, {(Destination is null ? "which does not answer" : $"where it is {Destination.InWords()} now")}. "
                    + "If it did, it will run twice, or with memory that is older than its disk, and its data will be damaged."
                : $"nothing is touched: {Vm} is {InWords(Source)} on {From}."
                    + (Source is { State: DomainState.Paused } ? $" `virsh resume {Vm}` there lets it go on." : "")
                    + (Destination is null ? $" {To} does not answer: if {Vm} runs there, too, its data will be damaged." : "")) + autostart,
            _ => $"{Vm} is journaled as lost; nothing is touched."
                + (Destination is null && !_case.IsArrival ? $" {To} does not answer: if {Vm} runs there, say --runs-on {To} when it is back instead." : "")
                + (Destination is { State: DomainState.Running } ? $" Only if {From} can never give it the rest of its memory: on {To} it runs until it needs that. End it with `virsh destroy {Vm}` there." : "")
                + (Source is { State: DomainState.Paused } ? $" A paused copy stays on {From}: end it with `virsh destroy {Vm}` there." : "")
                + $" `virsh start {Vm}` where its definition is lets it run from its disk."
                + (_case.Plan.Vm.IsAutostart ? $" It starts with no host any more: say `virsh autostart {Vm}` where it is to stay." : ""),
        };
    }
}
