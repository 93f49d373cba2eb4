using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Migrations;
using ActorMig.Vms;
using static ActorMig.Edges.DomainState;

namespace ActorMig.Tests;

/// <summary>What a person may decide of a migration that needs an operator: each pair of states, each choice.</summary>
public sealed class ResolutionTests
{
    private static readonly DomainState?[] There = [null, Absent, Running, Paused, Shutoff, Other];

    /// <summary>Nothing is destroyed unless the guest runs, whole, on the destination; nothing is resumed that runs there, may run there later, or has run there.</summary>
    [Fact]
    public void What_is_possible_keeps_the_rules_whatever_the_states()
    {
        foreach (var here in Looks())
        {
            foreach (var there in There.SelectMany(s => s is null ? [null] : Looks().Where(l => l.State == s).Cast<DomainLook?>()))
            {
                foreach (var hasRun in (bool[])[false, true])
                {
                    var resolution = Of(here, there, hasRun);
                    foreach (var choice in Enum.GetValues<CaseChoice>().Where(c => resolution.Option(c).IsPossible))
                    {
                        Check(resolution, choice, here, there, hasRun);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(Paused, Running, CaseChoice.RunsOnDestination, DomainVerb.DestroyRemnant)]
    [InlineData(Shutoff, Running, CaseChoice.RunsOnDestination, DomainVerb.Undefine)]
    [InlineData(Absent, Running, CaseChoice.RunsOnDestination, null)]
    [InlineData(Paused, Absent, CaseChoice.RunsOnSource, DomainVerb.Resume)]
    [InlineData(Paused, null, CaseChoice.RunsOnSource, DomainVerb.Resume)]
    [InlineData(Running, Absent, CaseChoice.RunsOnSource, DomainVerb.SetAutostart)]
    [InlineData(Paused, Absent, CaseChoice.Lost, null)]
    public void What_is_done_next(DomainState here, DomainState? there, CaseChoice choice, DomainVerb? verb)
    {
        var resolution = Of(Look(here), there is { } state ? Look(state) : null, hasRun: false);
        Assert.True(resolution.Option(choice).IsPossible, resolution.Option(choice).Text);
        Assert.Equal(verb, resolution.Next(choice));
    }

    /// <summary>A silent host is never taken for one that never ran it: the consequence of a person's word is named.</summary>
    [Fact]
    public void A_silent_destination()
    {
        var silent = Of(Look(Paused, StateReason.PostCopy), null, hasRun: false);
        Assert.Contains("on your word that it never ran on h2, which does not answer. If it did, it will run twice", silent.Option(CaseChoice.RunsOnSource).Text, StringComparison.Ordinal);

        // That it is not there now is no proof, either.
        Assert.Contains(
            "on your word that it never ran on h2, where it is absent now. If it did, it will run twice",
            Of(Look(Paused, StateReason.PostCopy), Look(Absent), hasRun: false).Option(CaseChoice.RunsOnSource).Text, StringComparison.Ordinal);
        Assert.Contains("h2 does not answer: if vm1 runs there", silent.Option(CaseChoice.Lost).Text, StringComparison.Ordinal);
        Assert.Contains("only its libvirt's word counts", silent.Option(CaseChoice.RunsOnDestination).Text, StringComparison.Ordinal);
        Assert.Contains("vm1 has run on h2", Of(Look(Paused, StateReason.PostCopy), null, hasRun: true).Option(CaseChoice.RunsOnSource).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Absent, Running, CaseChoice.RunsOnDestination)]
    [InlineData(Running, Absent, CaseChoice.RunsOnSource)]
    [InlineData(Running, Shutoff, CaseChoice.RunsOnSource)]
    [InlineData(Paused, Running, null)]
    [InlineData(Absent, Absent, null)]
    [InlineData(Running, null, null)]
    [InlineData(Running, Running, null)]
    public void What_has_come_right_by_itself(DomainState here, DomainState? there, CaseChoice? choice) =>
        Assert.Equal(choice, Of(Look(here), there is { } state ? Look(state) : null, hasRun: false).ByItself());

    [Fact]
    public void A_plan_is_of_its_states()
    {
        var seen = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var resolution in Looks().SelectMany(h => Looks().Select(t => Of(h, t, hasRun: false))))
        {
            Assert.True(!seen.TryGetValue(resolution.Seen, out var states) || states == resolution.States);
            seen[resolution.Seen] = resolution.States;
        }

        Assert.NotEqual(Of(Look(Paused), Look(Absent), hasRun: false).Seen, Of(Look(Paused), Look(Absent), hasRun: true).Seen);
    }

    /// <summary>On the destination only what the source, which leads, cannot say is decided.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void The_source_decides_while_it_can(bool isKnown, bool isPossible)
    {
        var arrival = Case(hasRun: true) with { IsArrival = true };
        var stands = new CaseStands("m", 1, Look(Absent), HasRun: true, isKnown);
        Assert.Equal(isPossible, new Resolution(arrival, Look(Running), stands).Option(CaseChoice.RunsOnDestination).IsPossible);
        Assert.True(new Resolution(arrival, Look(Running), null).Option(CaseChoice.RunsOnDestination).IsPossible);
        Assert.False(new Resolution(arrival, Look(Paused), null).Option(CaseChoice.RunsOnSource).IsPossible);
        Assert.Equal(CaseChoice.RunsOnDestination, new Resolution(arrival, Look(Running), stands with { Closed = LegOutcome.Completed }).ByItself());
    }

    /// <summary>What was decided on the destination while the source was silent touches nothing here without a person's word, and does not keep a case open, either.</summary>
    [Theory]
    [InlineData(LegOutcome.Completed, Absent, Absent, CaseChoice.RunsOnDestination)]
    [InlineData(LegOutcome.Completed, Paused, Running, null)]
    [InlineData(LegOutcome.Completed, Paused, Absent, null)]
    [InlineData(LegOutcome.Completed, Shutoff, Running, null)]
    [InlineData(LegOutcome.Failed, Paused, Absent, null)]
    [InlineData(LegOutcome.Failed, Absent, Absent, null)]
    [InlineData(LegOutcome.Lost, Absent, Absent, CaseChoice.Lost)]
    [InlineData(LegOutcome.Lost, Running, Shutoff, CaseChoice.RunsOnSource)]
    public void What_the_destination_has_decided(LegOutcome closed, DomainState here, DomainState there, CaseChoice? followed)
    {
        var resolution = new Resolution(Case(hasRun: false), Look(here), new CaseStands("m", 1, Look(there), HasRun: false, IsKnown: true, closed));
        Assert.Equal(followed, resolution.ByItself());
        Assert.EndsWith($"; resolved there: {Words.Of(closed)}", resolution.View().OnDestination, StringComparison.Ordinal);
    }

    /// <summary>Post-copy without a job is what libvirt showed last, not proof that memory is missing: nobody is told to end that guest.</summary>
    [Fact]
    public void Called_post_copy_without_a_job()
    {
        var option = Of(Look(Absent), Look(Running, StateReason.PostCopy), hasRun: true).Option(CaseChoice.RunsOnDestination);
        Assert.True(option.IsPossible, option.Text);
        foreach (var (reason, job) in ((StateReason, DomainJob)[])[(StateReason.PostCopy, DomainJob.Incoming), (StateReason.PostCopyFailed, DomainJob.None)])
        {
            Assert.Contains("say --lost", Of(Look(Absent), Look(Running, reason, job), hasRun: true).Option(CaseChoice.RunsOnDestination).Text, StringComparison.Ordinal);
        }
    }

    /// <summary>An agent whose journal was lost removes nothing, and says nothing: what it would have done is said to the person, to whom the copy is not left unsaid.</summary>
    [Theory]
    [InlineData(Paused, "say `virsh destroy vm1` and `virsh undefine vm1` on h1, and then this again")]
    [InlineData(Shutoff, "say `virsh undefine vm1` on h1, and then this again")]
    public void A_source_that_knows_of_no_case_removes_nothing(DomainState left, string said)
    {
        var arrival = Case(hasRun: true) with { IsArrival = true };
        var stands = new CaseStands("m", 1, Look(left), HasRun: true, IsKnown: false);
        var option = new Resolution(arrival, Look(Running), stands).Option(CaseChoice.RunsOnDestination);
        Assert.False(option.IsPossible);
        Assert.EndsWith(said, option.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("virsh destroy", new Resolution(arrival, Look(Paused), stands).Option(CaseChoice.RunsOnDestination).Text, StringComparison.Ordinal);
        Assert.Contains("`virsh autostart vm1` on h2", new Resolution(Case(hasRun: true), Look(Absent), stands with { Look = Look(Running) }).Rest(CaseChoice.RunsOnDestination), StringComparison.Ordinal);
    }

    /// <summary>A guest that its owner has paused where it has come to: what is left on the source goes only while it runs there, and no advice ends the good copy.</summary>
    [Fact]
    public void Its_owner_has_paused_it_there()
    {
        var paused = Look(Paused, StateReason.User);
        Assert.Equal(CaseChoice.RunsOnDestination, Of(Look(Absent), paused, hasRun: true).ByItself());
        Assert.Null(Of(Look(Absent), paused, hasRun: false).ByItself());
        foreach (var here in (DomainLook[])[Look(Paused, StateReason.PostCopy), Look(Shutoff)])
        {
            var option = Of(here, paused, hasRun: true).Option(CaseChoice.RunsOnDestination);
            Assert.False(option.IsPossible);
            Assert.EndsWith("say `virsh resume vm1` on h2, and then this again", option.Text, StringComparison.Ordinal);
        }

        var resume = Of(Look(Paused, StateReason.PostCopy), paused, hasRun: true).Option(CaseChoice.RunsOnSource);
        Assert.False(resume.IsPossible);
        Assert.Contains("has run on h2", resume.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("virsh destroy", resume.Text, StringComparison.Ordinal);
        Assert.Contains("--runs-on h1; else end that with `virsh destroy vm1` on h1", Of(Look(Running), paused, hasRun: true).Option(CaseChoice.RunsOnDestination).Text, StringComparison.Ordinal);
        Assert.EndsWith(
            "say `virsh destroy vm1` and `virsh undefine vm1` on h2, and then this again", Of(Look(Running), paused, hasRun: true).Option(CaseChoice.RunsOnSource).Text, StringComparison.Ordinal);
    }

    /// <summary>Nobody can say it on a source that has lost its journal and runs it: what is left on the destination goes by hand, and the case ends by itself.</summary>
    [Fact]
    public void A_source_that_knows_of_no_case_runs_it()
    {
        var arrival = Case(hasRun: true) with { IsArrival = true };
        var stands = new CaseStands("m", 1, Look(Running), HasRun: false, IsKnown: false);
        var paused = new Resolution(arrival, Look(Paused, StateReason.User), stands);
        Assert.Contains("--runs-on h1", paused.Option(CaseChoice.RunsOnDestination).Text, StringComparison.Ordinal);
        Assert.False(paused.Option(CaseChoice.RunsOnSource).IsPossible);
        Assert.EndsWith("if that on h1 is good, say `virsh destroy vm1` and `virsh undefine vm1` on h2, and then this again", paused.Option(CaseChoice.RunsOnSource).Text, StringComparison.Ordinal);
        Assert.Equal(CaseChoice.RunsOnSource, new Resolution(arrival, Look(Absent), stands).ByItself());
    }

    private static void Check(Resolution resolution, CaseChoice choice, DomainLook here, DomainLook? there, bool hasRun)
    {
        var text = $"{choice} with {here} and {there}";
        switch (resolution.Next(choice))
        {
            case DomainVerb.DestroyRemnant:
                Assert.True((here is { State: Paused, Job: DomainJob.None } or { State: Paused, Reason: StateReason.PostCopyFailed, Job: DomainJob.Outgoing }) && there is { State: Running, Job: DomainJob.None, Reason: not (StateReason.PostCopy or StateReason.PostCopyFailed) }, text);
                break;
            case DomainVerb.Undefine:
                Assert.True(here.State == Shutoff && there is { State: Running }, text);
                break;
            case DomainVerb.Resume:
                Assert.True(here is { State: Paused, Job: DomainJob.None, Reason: not StateReason.User } && there is null or { State: Absent or Shutoff } && !hasRun, text);
                break;
            case DomainVerb.SetAutostart:
                Assert.True(choice == CaseChoice.RunsOnSource && here.State is Running or Paused, text);
                break;
            case { } verb:
                Assert.Fail($"{verb}: {text}");
                break;
        }

        Assert.False(choice == CaseChoice.Lost && (here.State == Running || there is { State: Running, Job: DomainJob.None, Reason: not (StateReason.PostCopy or StateReason.PostCopyFailed) }), text);
    }

    private static Resolution Of(DomainLook here, DomainLook? there, bool hasRun) =>
        new(Case(hasRun), here, there is null ? null : new CaseStands("m", 1, there, HasRun: false, IsKnown: true));

    private static OperatorCase Case(bool hasRun) => new(
        new MigrationPlan("m", "b", 1, new VmFacts("u", "vm1", 1, 1, 0, IsPersistent: true, IsAutostart: true), "h1", "h2", BarterKind.Migrate), IsArrival: false, "why", hasRun, 0);

    private static DomainLook Look(DomainState state, StateReason reason = StateReason.None, DomainJob job = DomainJob.None) =>
        new(state, reason, job, null, IsPersistent: true, 1);

    private static IEnumerable<DomainLook> Looks() => Enum.GetValues<DomainState>().SelectMany(
        s => Enum.GetValues<StateReason>().SelectMany(r => Enum.GetValues<DomainJob>().Select(j => Look(s, r, j))));
}
