using ActorMig.Actors;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.PreFlight;
using ActorMig.Vms;

namespace ActorMig.Simulation.Tests;

/// <summary>What is looked at before anything moves, on both sides, and that nothing moves against it.</summary>
public sealed class PreFlight
{
    private const long GiB = 1L << 30;
    private readonly SimWorld _world = new(seed: 1);

    public PreFlight()
    {
        foreach (var host in (string[])["h1", "h2"])
        {
            _world.AddHost(new ActorMigOptions
            {
                HostName = host, Mode = Mode.Auto, Manage = Manage.All, HoldRounds = 1, MemoryTotalBytes = 8 * GiB, MemoryReserveBytes = 0, RoundJitter = 0,
            });
        }

        _world.AddGuest("h1", "vm1", GiB).Bridge = "br-blue";
        _world.AddGuest("h2", "vm2", GiB);
        _world.Start();
        _world.Run(3 * 60_000);
    }

    [Fact]
    public void A_host_that_cannot_be_reached_is_said_to_be_before_anything_is_offered_and_asked_again_after_a_failure()
    {
        _world.Do(new LibvirtdKilled("h2"));
        var refused = Move();
        Assert.Equal(
            (false, "its libvirt at h2 cannot be asked from h1: unable to connect to server at 'h2': Connection refused; see that its daemon runs and listens, and that h1's root may connect (address, port, certificates or keys)"),
            (refused.IsAccepted, refused.Text));
        Assert.Contains(Story.Status(_world, H1).Barter.Refusals, r => r is { Refusal: Refusal.PreFlight, Count: 1 });
        Assert.Empty(H1.Journal.Replay("barter").OfType<BarterOffered>());

        // A daemon that hangs is not waited for without end, and nothing else of the agent waits for it.
        _world.Do(new LibvirtdRestarted("h2"));
        _world.Hosts["h2"].Hypervisor.HangDaemon();
        var beganAtMs = _world.Time.NowMs;
        Assert.Contains("nothing answered for 5.0 s", Move().Text, StringComparison.Ordinal);
        Assert.True(_world.Time.NowMs - beganAtMs < 10_000);
        _world.Hosts["h2"].Hypervisor.ContinueDaemon();
        _world.Run(2 * 60_000);
        Assert.True(Move().IsAccepted);
        _world.Run(2 * 60_000);
        Assert.Equal(["h2"], _world.WhereRuns("vm1"));
        Assert.Empty(_world.Violations);
    }

    [Fact]
    public void A_libvirt_that_hangs_while_an_offer_is_looked_at_is_not_taken_for_policies_that_do()
    {
        // There and back, so that the way is known.
        foreach (var (from, to) in new[] { ("h1", "h2"), ("h2", "h1") })
        {
            Assert.True(Move(from, to).IsAccepted);
            _world.Run(2 * 60_000);
        }

        _world.Hosts["h2"].Hypervisor.HangDaemon();
        Assert.True(Move().IsAccepted);
        _world.Run(10_000);
        Assert.Contains(H1.Journal.Replay("barter").OfType<BarterEnded>(), e =>
            (e.Refusal, e.Reason) == (Refusal.NoHypervisor, "h2 says no-hypervisor: h2's libvirt did not answer in 6.0 s"));
    }

    /// <summary>A device or a disk that holds it may stand in what was not read.</summary>
    [Fact]
    public void A_guest_whose_definition_cannot_be_read_stays_until_it_can()
    {
        _world.Guests["vm1"].TraitsError = "access denied";
        _world.Run(2 * 60_000);
        Assert.Contains("what it is made of cannot be read (access denied); look at it with `virsh dumpxml vm1`", Move().Text, StringComparison.Ordinal);
        Assert.Equal(["h1"], _world.WhereRuns("vm1"));
        _world.Guests["vm1"].TraitsError = null;
        _world.Run(2 * 60_000);
        Assert.True(Move().IsAccepted);
    }

    [Fact]
    public void A_bridge_that_goes_after_the_grant_is_missed_before_libvirt_is_called()
    {
        // Not granted while the bridge is missing; so it is taken away between the grant and the leg.
        var isGone = false;
        _world.Written = (host, e) =>
        {
            if (host == "h2" && e is BarterGranted && !isGone)
            {
                isGone = true;
                _world.Do(new BridgeRemoved("h2", "br-blue"));
            }
        };
        Assert.True(Move().IsAccepted);
        _world.Run(60_000);
        Assert.True(isGone);
        var settled = _world.Log.Single(l => l.Contains(": failed", StringComparison.Ordinal));
        Assert.Contains("migration h1-1-1.1", settled, StringComparison.Ordinal);
        Assert.Equal(["h1"], _world.WhereRuns("vm1"));
        Assert.DoesNotContain(H1.Journal.Replay("migration-h1-1-1.1"), e => e is Migrations.PreCopyBegan);
        Assert.Contains(H1.Journal.Replay("migration-h1-1-1.1").OfType<Migrations.MigrationSettled>(), s =>
            s.Refusal == Refusal.PreFlight && s.Reason == "h2 refused (pre-flight): h2 has no bridge br-blue, to which a NIC of it is connected; make it there");
        Assert.Empty(_world.Violations);
    }

    [Fact]
    public void A_doctor_asks_the_other_agent_what_only_it_can_see()
    {
        Assert.Equal(["Good post-copy can arrive here"], Ask(null)!);
        var vm1 = Story.Status(_world, H1).Barter.Vms.Single(v => v.Facts.Name == "vm1").Facts;
        Assert.Equal(["Good post-copy can arrive here"], Ask(vm1)!);
        _world.Do(new BridgeRemoved("h2", "br-blue"));
        _world.Do(new OwnerDefinedNamesake("vm1", "h2"));
        var h2 = _world.Hosts["h2"];
        h2.Reload(h2.Options with { MemoryTotalBytes = GiB, Mode = Mode.Observe });
        _world.Run(1_000);
        Assert.Equal(
            [
                "Good post-copy can arrive here",
                "Refusal h2 can promise 0 MiB and vm1 may have 1.00 GiB; move something away from there, or change actormig.host.memory there (reserve, overcommit)",
                "Refusal h2 has another domain named vm1 (namesake-of-vm1); rename or remove one of them",
                "Refusal h2 has no bridge br-blue, to which a NIC of it is connected; make it there",
                "Warning its agent only observes and declines all offers; set actormig.mode there to recommend or auto",
            ],
            Ask(vm1)!.Order(StringComparer.Ordinal));
        h2.Kill();
        Assert.Null(Ask(vm1));
        Assert.Empty(_world.Violations);
    }

    /// <summary>The check of the checks: an agent that forgets what it was shown is found out.</summary>
    [Fact]
    public void An_agent_that_offers_what_cannot_move_is_found_out()
    {
        var world = new SimWorld(seed: 1) { InterceptorOf = static host => new DeviceOverlooked() };
        var h1 = world.AddHost(new ActorMigOptions { HostName = "h1", Mode = Mode.Auto, Manage = Manage.All, MemoryTotalBytes = 8 * GiB, MemoryReserveBytes = 0 });
        world.AddHost(new ActorMigOptions { HostName = "h2", Mode = Mode.Auto, Manage = Manage.All, MemoryTotalBytes = 8 * GiB, MemoryReserveBytes = 0 });
        world.AddGuest("h1", "vm1", GiB).Device = "pci 0000:3b:00.0";
        WorldChecks.Of(world);
        world.Start();
        world.Run(3 * 60_000);
        h1.Tell(new MoveVm(VirtualActorSystem.Listen("asker", _ => { }), "vm1", "h2", "a person"));
        world.Run(60_000);
        Assert.Contains(world.Violations, v => v.StartsWith("pre-flight", StringComparison.Ordinal));
    }

    private SimHost H1 => _world.Hosts["h1"];

    private string[]? Ask(VmFacts? vm)
    {
        ReadinessHeard? heard = null;
        H1.Tell(new AskReadiness(VirtualActorSystem.Listen("asker", m => heard = (ReadinessHeard)m), "h2", vm));
        Until(() => heard is not null);
        return heard!.Findings?.Select(f => $"{f.Level} {f.Text}").ToArray();
    }

    private MoveAnswered Move(string from = "h1", string to = "h2")
    {
        MoveAnswered? answer = null;
        _world.Hosts[from].Tell(new MoveVm(VirtualActorSystem.Listen("asker", m => answer = (MoveAnswered)m), "vm1", to, "a person"));
        Until(() => answer is not null);
        return answer!;
    }

    private void Until(Func<bool> condition)
    {
        for (var i = 0; i < 1_000 && !condition(); i++)
        {
            _world.Run(100);
        }

        Assert.True(condition());
    }

    private sealed class DeviceOverlooked : VirtualInterceptor
    {
        public override object? Receive(ActorRef actor, object message) => message is ObserveVms observe
            ? observe with { Sample = observe.Sample with { Domains = [.. observe.Sample.Domains.Select(d => d with { Traits = null })] } }
            : message;
    }
}
