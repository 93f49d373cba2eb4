using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Migrations;
using ActorMig.Vms;

namespace ActorMig.Simulation.Tests;

/// <summary>
/// A migration that ended <c>needs-operator</c> keeps its VM out of everything until a person resolves it: with a plan that is shown first, that is refused
/// if the world has changed, and that does nothing but put right what the attempt left behind.
/// </summary>
public sealed class Resolving
{
    private readonly SimWorld _world = Story.TwoHosts(12);

    public Resolving()
    {
        Story.Loads(_world, 50, 50, 40, 40);
        Assert.Null(H1.Hypervisor.SetAutostart(Vm1, true));
        _world.Start();
    }

    private SimHost H1 => _world.Hosts["h1"];

    private SimHost H2 => _world.Hosts["h2"];

    private string Vm1 => _world.Guests["vm1"].Uuid;

    [Fact]
    public void It_never_ran_there_and_goes_on_here()
    {
        LoseTheSwitch();
        Assert.Equal(VmStatus.NeedsOperator, Story.Status(_world, H1).Barter.Vms.Single(v => v.Facts.Name == "vm1").Status);
        Assert.Contains("actormig migration resolve h1-1-1.1", Move(H1, "vm1", "h2").Text, StringComparison.Ordinal);

        var shown = Ask(H1, "h1", seen: null);
        Assert.True(shown.IsAccepted, shown.Text);
        Assert.Equal(("paused (post-copy)", "absent"), (shown.View!.OnSource, shown.View.OnDestination));
        Assert.Equal([false, true, true], shown.View.Options.Select(o => o.IsPossible));
        Assert.Empty(_world.WhereRuns("vm1"));

        // A plan of other states is refused, and a host that takes no part.
        Assert.Contains("look at them anew", Ask(H1, "h1", "12345678").Text, StringComparison.Ordinal);
        Assert.Contains("'h3' is neither", Ask(H1, "h3", null).Text, StringComparison.Ordinal);
        Assert.Contains("does not show vm1 running", Ask(H1, "h2", null).Text, StringComparison.Ordinal);
        Assert.Empty(_world.WhereRuns("vm1"));

        var resolved = Ask(H1, "h1", shown.View.Seen);
        Assert.True(resolved.IsAccepted, resolved.Text);
        Assert.Equal((LegOutcome.Failed, "a person"), (resolved.Closed!.Outcome, resolved.Closed.Person));
        Assert.Equal(["h1"], _world.WhereRuns("vm1"));
        Assert.True(H1.Hypervisor.Find(Vm1)!.IsAutostart);
        EndsWell("vm1", "h2");
    }

    /// <summary>The copy may be older by then than what ran meanwhile: who wants it to go on says so again.</summary>
    [Fact]
    public void A_copy_is_not_let_go_on_after_a_restart()
    {
        LoseTheSwitch();
        var seen = Ask(H1, "h1", null).View!.Seen;
        H1.Journal.Landed += (_, events) =>
        {
            if (events.OfType<CaseDecided>().Any(d => d.Choice is not null))
            {
                _world.Time.After(0, H1.Kill);
            }
        };
        H1.Tell(new ResolveMigration(VirtualActorSystem.Listen("asker", _ => { }), "h1-1-1.1", "h1", false, seen, "a person"));
        _world.Run(5_000);
        Assert.False(H1.IsUp);
        H1.Start();
        _world.Run(3 * 60_000);
        Assert.Empty(_world.WhereRuns("vm1"));
        Assert.Equal([CaseChoice.RunsOnSource, null], H1.Journal.Replay("host").OfType<CaseDecided>().Select(d => d.Choice));
        Assert.Null(Ask(H1, null, null).Closed);
        Assert.Empty(_world.Violations);
    }

    [Fact]
    public void It_runs_there_and_what_is_left_here_goes()
    {
        DoubleByLibvirt();
        var shown = Ask(H1, null, null);
        Assert.Equal([true, false, false], shown.View!.Options.Select(o => o.IsPossible));
        Assert.Contains("so it is resolved there", Ask(H2, "h2", null).Text, StringComparison.Ordinal);

        // Killed right after the decision is durable: it is carried out when the agent is back.
        H1.Journal.Landed += (_, events) =>
        {
            if (events.OfType<CaseDecided>().Any())
            {
                _world.Time.After(0, H1.Kill);
            }
        };
        H1.Tell(new ResolveMigration(VirtualActorSystem.Listen("asker", _ => { }), "h1-1-1.1", "h2", false, shown.View.Seen, "a person"));
        _world.Run(5_000);
        Assert.False(H1.IsUp);
        Assert.NotNull(H1.Hypervisor.Find(Vm1));
        H1.Start();
        _world.Run(3 * 60_000);
        Assert.Null(H1.Hypervisor.Find(Vm1));
        Assert.Equal(["h2"], _world.WhereRuns("vm1"));
        Assert.True(H2.Hypervisor.Find(Vm1)!.IsAutostart);
        Assert.All(_world.Hosts.Values, h => Assert.Single(h.Journal.Replay("host").OfType<CaseClosed>()));
        EndsWell("vm1", "h1");
    }

    [Fact]
    public void Somebody_has_said_it_to_virsh_and_resolve_notices()
    {
        DoubleByLibvirt();
        Assert.Null(H1.Hypervisor.Destroy(Vm1));
        Assert.Null(H1.Hypervisor.Undefine(Vm1));
        var answer = Ask(H1, null, null);
        Assert.Equal(LegOutcome.Completed, answer.Closed!.Outcome);
        _world.Run(3 * 60_000);
        Assert.True(H2.Hypervisor.Find(Vm1)!.IsAutostart);
        EndsWell("vm1", "h1");
    }

    /// <summary>In post-copy a host takes the guest with it: nothing resumes a copy that is older than its disk.</summary>
    [Fact]
    public void It_is_lost_and_is_journaled_so_by_name()
    {
        _world.Guests["vm1"].DirtyBytePerSecond = 400 << 20;
        Begin();
        RunUntil(() => H2.Journal.Replay("arrival-h1-1-1.1").OfType<ArrivalRan>().Any());
        _world.Run(500);
        _world.Do(new PowerLost("h2"));
        _world.Run(10 * 60_000);
        Assert.Equal(LegOutcome.NeedsOperator, Migration().OfType<MigrationSettled>().Single().Outcome);

        Assert.Equal("no answer", Ask(H1, null, null).View!.OnDestination);
        Assert.Contains("only its libvirt's word counts", Ask(H1, "h2", null).Text, StringComparison.Ordinal);
        _world.Do(new PowerBack("h2"));
        _world.Run(3 * 60_000);
        Assert.Contains("a post-copy of vm1 that broke", Ask(H1, "h1", null).Text, StringComparison.Ordinal);

        var lost = Ask(H1, null, Ask(H1, null, null, isLost: true).View!.Seen, isLost: true);
        Assert.Equal((LegOutcome.Lost, "vm1 is lost"), (lost.Closed!.Outcome, lost.Closed.Reason));
        Assert.Equal(DomainState.Paused, H1.Hypervisor.Find(Vm1)!.State);
        Assert.DoesNotContain(Story.Status(_world, H1).Cases!, c => c.Closed is null);
        Assert.Empty(_world.Violations);
    }

    /// <summary>libvirt let it run on both hosts, and its owner has paused one: which copy is good only a person knows, and what is to be done by hand is said.</summary>
    [Fact]
    public void Its_owner_has_paused_the_copy_there_and_the_one_here_runs()
    {
        DoubleByLibvirt(() => Assert.Null(H2.Hypervisor.Suspend(Vm1)));
        Assert.Equal(["h1"], _world.WhereRuns("vm1"));
        Assert.Contains("if that on h1 is good, say --runs-on h1", Ask(H1, "h2", null).Text, StringComparison.Ordinal);
        Assert.EndsWith("say `virsh destroy vm1` and `virsh undefine vm1` on h2, and then this again", Ask(H1, "h1", null).Text, StringComparison.Ordinal);
        Assert.Null(H2.Hypervisor.Destroy(Vm1));
        Assert.Null(H2.Hypervisor.Undefine(Vm1));
        Assert.Equal(LegOutcome.Failed, Ask(H1, "h1", null).Closed!.Outcome);
        _world.Run(3 * 60_000);
        Assert.True(H1.Hypervisor.Find(Vm1)!.IsAutostart);
        EndsWell("vm1", "h2");
    }

    /// <summary>An agent whose journal was lost touches no paused domain: the copy there is removed by hand before the case is resolved on the other host.</summary>
    [Fact]
    public void The_source_has_lost_its_journal()
    {
        DoubleByLibvirt();
        LoseJournal(H1);
        Assert.EndsWith("say `virsh destroy vm1` and `virsh undefine vm1` on h1, and then this again", Ask(H2, "h2", null).Text, StringComparison.Ordinal);
        Assert.Null(H1.Hypervisor.Destroy(Vm1));
        Assert.Null(H1.Hypervisor.Undefine(Vm1));
        _world.Run(3 * 60_000);
        Assert.True(H2.Hypervisor.Find(Vm1)!.IsAutostart);
        EndsWell("vm1", "h1");
    }

    /// <summary>Both of it: what is said for the host that runs it is what ends the case.</summary>
    [Fact]
    public void The_source_has_lost_its_journal_and_runs_it_and_its_owner_has_paused_the_copy_there()
    {
        DoubleByLibvirt(() => Assert.Null(H2.Hypervisor.Suspend(Vm1)));
        LoseJournal(H1);
        Assert.Equal(["h1"], _world.WhereRuns("vm1"));
        Assert.Contains("if that on h1 is good, say --runs-on h1", Ask(H2, "h2", null).Text, StringComparison.Ordinal);
        Assert.EndsWith("say `virsh destroy vm1` and `virsh undefine vm1` on h2, and then this again", Ask(H2, "h1", null).Text, StringComparison.Ordinal);
        Assert.Null(H2.Hypervisor.Destroy(Vm1));
        Assert.Null(H2.Hypervisor.Undefine(Vm1));
        Assert.Contains("`virsh autostart vm1` on h1", Ask(H2, "h1", null).Closed!.Reason, StringComparison.Ordinal);
        Assert.Null(H1.Hypervisor.SetAutostart(Vm1, true));
        EndsWell("vm1", "h2");
    }

    /// <summary>Were the VM moved on from there meanwhile, what is left of it here would be forgotten.</summary>
    [Fact]
    public void The_destination_has_lost_its_journal_and_learns_of_the_case_again()
    {
        DoubleByLibvirt();
        LoseJournal(H2);
        _world.Run(3 * 60_000);
        Assert.Equal("h1-1-1.1", Assert.Single(Story.Status(_world, H2).Cases!).Plan.Migration);
        Assert.Contains("actormig migration resolve h1-1-1.1", Move(H2, "vm1", "h1").Text, StringComparison.Ordinal);
        Assert.Single(Story.Status(_world, H1).Cases!, c => c.Closed is null);
        Assert.Equal(LegOutcome.Completed, Ask(H1, "h2", Ask(H1, null, null).View!.Seen).Closed!.Outcome);
        _world.Run(3 * 60_000);
        Assert.True(H2.Hypervisor.Find(Vm1)!.IsAutostart);
        EndsWell("vm1", "h1");
    }

    /// <summary>Where the guest runs is plain; that it does not run there, too, only a host can say that is gone. Whoever knows that it is gone for good ends the waiting.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)] // the agent begins anew between what is shown and what is decided
    public void The_destination_never_comes_back(bool isRestarted)
    {
        Begin();
        RunUntil(() => Migration().OfType<PreCopyBegan>().Any());
        _world.Do(new PowerLost("h2"));
        _world.Run(20 * 60_000);
        Assert.True(Migration().OfType<MigrationSettled>().Single() is { IsInDoubt: true, Outcome: LegOutcome.Failed } doubt
            && doubt.Reason.EndsWith("if h2 never comes back, say `actormig migration resolve h1-1-1.1 --runs-on h1`", StringComparison.Ordinal));

        TakesOnAndResolves(H1, "h1", isRestarted ? H1 : null);
        Assert.True(H1.Hypervisor.Find(Vm1)!.IsAutostart);

        // It has come back all the same: it is told, and knows of nothing that could run there.
        _world.Do(new PowerBack("h2"));
        EndsWell("vm1", "h2");
    }

    /// <summary>Without post-copy libvirt may have started the source's copy again, and only the source can tell.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_source_never_comes_back(bool isRestarted)
    {
        Begin();
        RunUntil(() => Migration().OfType<PreCopyBegan>().Any());
        H1.Kill();
        RunUntil(() => _world.WhereRuns("vm1").SequenceEqual(["h2"]));
        _world.Do(new PowerLost("h1"));
        _world.Run(20 * 60_000);

        TakesOnAndResolves(H2, "h2", isRestarted ? H2 : null);
        Assert.True(H2.Hypervisor.Find(Vm1)!.IsAutostart);
        _world.Do(new PowerBack("h1"));
        EndsWell("vm1", "h1");
    }

    private void TakesOnAndResolves(SimHost host, string name, SimHost? restarted)
    {
        Assert.Equal(VmStatus.InDoubt, StatusOfVm1(host));
        Assert.Contains("it may run there, too", Move(host, "vm1", name == "h1" ? "h2" : "h1").Text, StringComparison.Ordinal);

        // To look changes nothing.
        Assert.EndsWith($"`actormig migration resolve h1-1-1.1 --runs-on {name}`", Ask(host, null, null).Text, StringComparison.Ordinal);
        Assert.Equal(VmStatus.InDoubt, StatusOfVm1(host));
        Assert.Empty(Story.Status(_world, host).Cases!);

        var shown = Ask(host, name, null);
        Assert.True(shown.IsAccepted, shown.Text);
        Assert.NotNull(shown.View);
        Assert.Equal(VmStatus.InDoubt, StatusOfVm1(host));
        Assert.Empty(Story.Status(_world, host).Cases!);
        if (restarted is not null)
        {
            restarted.Kill();
            _world.Run(1_000);
            restarted.Start();
            _world.Run(10_000);
        }

        var closed = Ask(host, name, Ask(host, name, null).View!.Seen).Closed;
        Assert.Equal((name == "h1" ? LegOutcome.Failed : LegOutcome.Completed, "a person"), (closed!.Outcome, closed.Person));
        _world.Run(3 * 60_000);
        Assert.Equal([name], _world.WhereRuns("vm1"));
        Assert.True(StatusOfVm1(host) is VmStatus.Idle or VmStatus.Cooling, StatusOfVm1(host).ToString());
        Assert.Empty(_world.Violations);
    }

    private VmStatus StatusOfVm1(SimHost host) => Story.Status(_world, host).Barter.Vms.Single(v => v.Facts.Name == "vm1").Status;

    private void LoseJournal(SimHost host)
    {
        _world.Do(new JournalTorn(host.Options.HostName));
        host.Start();
        _world.Run(1_000);
        _world.Do(new LossAccepted(host.Options.HostName));
        _world.Run(1_000);
    }

    private void EndsWell(string vm, string to)
    {
        _world.Run(3 * 60_000);
        Assert.Empty(_world.Violations);
        Assert.All(_world.Hosts.Values, h => Assert.DoesNotContain(Story.Status(_world, h).Cases!, c => c.Closed is null));
        var answer = Move(_world.Hosts[to == "h2" ? "h1" : "h2"], vm, to);
        Assert.True(answer.IsAccepted, answer.Text);
        _world.Run(60_000);
        Assert.Equal([to], _world.WhereRuns(vm));
        Assert.True(_world.Hosts[to].Hypervisor.Find(Vm1)!.IsAutostart);
        Assert.Empty(_world.Violations);
    }

    /// <summary>The hosts are cut off from each other between the switch and the destination's first step.</summary>
    private void LoseTheSwitch()
    {
        Begin();
        RunUntil(() => Migration().OfType<PostCopyBegan>().Any());
        Cut(isCut: true);
        _world.Run(2 * 60_000);
        Cut(isCut: false);
        RunUntil(() => Migration().OfType<MigrationSettled>().Any());
        _world.Run(2 * 60_000);
        Assert.Empty(_world.WhereRuns("vm1"));
        Assert.Equal(LegOutcome.NeedsOperator, Migration().OfType<MigrationSettled>().Single().Outcome);
        Assert.Contains("a post-copy of vm1 that broke", Ask(H1, "h1", null).Text, StringComparison.Ordinal);

        // As a libvirtd leaves it that was restarted at the wrong moment: without its job.
        var copy = H1.Hypervisor.Find(Vm1)!;
        copy.Migration = null;
        H1.Hypervisor.Show(copy, DomainState.Paused, StateReason.PostCopy, DomainJob.None);
    }

    private void DoubleByLibvirt(Action? meanwhile = null)
    {
        H1.Hypervisor.LosesFinish = static () => true;
        Begin();
        RunUntil(() => Migration().OfType<PreCopyBegan>().Any());

        // Killed in pre-copy, so that nobody switches and the migration converges by itself.
        H1.Kill();
        _world.Run(60_000);
        H1.Hypervisor.LosesFinish = static () => false;
        meanwhile?.Invoke();
        H1.Start();
        _world.Run(3 * 60_000);
        Assert.Single(_world.WhereRuns("vm1"));
        Assert.All(_world.Hosts.Values, h => Assert.Single(Story.Status(_world, h).Cases!));
    }

    private void Begin()
    {
        _world.Run(3 * 60_000);
        var answer = Move(H1, "vm1", "h2");
        Assert.True(answer.IsAccepted, answer.Text);
    }

    private void Cut(bool isCut)
    {
        foreach (var (from, to) in new[] { ("h1", "h2"), ("h2", "h1") })
        {
            _world.Do(isCut ? new LinkCut(from, to) : new LinkHealed(from, to));
        }
    }

    private CaseAnswered Ask(SimHost host, string? runsOn, string? seen, bool isLost = false)
    {
        CaseAnswered? answer = null;
        host.Tell(new ResolveMigration(VirtualActorSystem.Listen("asker", m => answer = (CaseAnswered)m), "h1-1-1.1", runsOn, isLost, seen, "a person"));
        RunUntil(() => answer is not null);
        return answer!;
    }

    private MoveAnswered Move(SimHost host, string vm, string to)
    {
        MoveAnswered? answer = null;
        host.Tell(new MoveVm(VirtualActorSystem.Listen("asker", m => answer = (MoveAnswered)m), vm, to, "a person"));
        RunUntil(() => answer is not null);
        return answer!;
    }

    private IEnumerable<object> Migration() => H1.Journal.Replay("migration-h1-1-1.1");

    private void RunUntil(Func<bool> condition)
    {
        for (var i = 0; i < 200_000 && !condition(); i++)
        {
            _world.Run(1);
        }

        Assert.True(condition());
    }
}
