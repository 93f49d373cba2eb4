using System.Text;
using ActorMig.Bartering;
using ActorMig.Cases;
using ActorMig.Edges;
using ActorMig.Migrations;
using ActorMig.Policies;

namespace ActorMig.Simulation;

/// <summary>What came of one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Violation">The first breach, as <c>rule: what and when</c>; null if all held.</param>
/// <param name="Hosts">How many hosts.</param>
/// <param name="Vms">How many VMs.</param>
/// <param name="Barters">How many offers were made.</param>
/// <param name="Moves">How many VMs were moved.</param>
/// <param name="Faults">How many faults began.</param>
/// <param name="Replays">How many replays were compared with what an actor was.</param>
/// <param name="VirtualMs">How much time passed in the world.</param>
/// <param name="Steps">How many steps the world took.</param>
/// <param name="Fingerprint">Of all that was decided: equal if and only if the runs were.</param>
/// <param name="Coverage">What met what.</param>
/// <param name="IsStopped">True if it was stopped before its end.</param>
public sealed record SeedResult(
    ulong Seed,
    string? Violation,
    int Hosts,
    int Vms,
    int Barters,
    int Moves,
    int Faults,
    long Replays,
    long VirtualMs,
    long Steps,
    string Fingerprint,
    CampaignCoverage Coverage,
    bool IsStopped = false)
{
    /// <summary>Which rule was broken.</summary>
    public string? Rule => Violation?.Split(':')[0];
}

/// <summary>Plays one plan in a world of its own.</summary>
internal sealed partial class CampaignRun
{
    private const long ConnectMaxMs = 300;
    private readonly CampaignPlan _plan;
    private readonly CancellationToken _stop;
    private readonly SimWorld _world;
    private readonly WorldChecks _checks;
    private readonly CampaignCoverage _coverage = new();
    private readonly FaultInjector _faults;
    private int _barters;
    private int _moves;
    private long _steps;

    private CampaignRun(CampaignPlan plan, Func<SimHost, VirtualInterceptor?>? interceptorOf, CancellationToken stop)
    {
        (_plan, _stop) = (plan, stop);
        _world = new SimWorld(plan.Seed) { InterceptorOf = interceptorOf, CountsTraffic = plan.HasTalks };
        foreach (var options in plan.Hosts)
        {
            var host = _world.AddHost(options);
            host.SnapshotEvery = plan.SnapshotEvery;
            host.PoliciesOf = changed => [.. plan.Policies.Select(p => p switch
            {
                AffinityPolicyActor.PolicyName => AffinityPolicyActor.Spec(changed),
                BalanceRules.Policy => BalancePolicyActor.Spec(changed),
                WeightedPolicyActor.PolicyName => WeightedPolicyActor.Spec(changed),
                _ => ThresholdPolicyActor.Spec(changed),
            })];
            host.Journal.LatencyMs = plan.DiskMs;
            host.Hypervisor.ConnectMaxMs = ConnectMaxMs;
        }

        foreach (var planned in plan.Guests)
        {
            var guest = _world.AddGuest(planned.Host, planned.Name, planned.MemoryBytes, planned.IsPersistent, planned is { IsPersistent: true, IsAutostart: true });
            (guest.BitPerSecond, guest.IsTagged, guest.DirtyBytePerSecond) = (planned.BitPerSecond, planned.IsTagged, planned.DirtyBytePerSecond);
            (guest.MigrationMode, guest.Bridge, guest.Wish) = (planned.Mode is { } mode ? Words.Of(mode) : null, planned.Bridge, planned.Wish);
        }

        _world.Do(plan.Network);
        _checks = WorldChecks.Of(_world);
        _checks.Landed += Count;
        _checks.Said += Count;
        _world.Answered = Follow;
        _faults = new FaultInjector(_world, _checks, plan, _coverage);
    }

    /// <summary>The world, for a closer look.</summary>
    public SimWorld World => _world;

    /// <summary>Plays a plan to its end or to the first breach.</summary>
    public static SeedResult Play(CampaignPlan plan, Func<SimHost, VirtualInterceptor?>? interceptorOf = null, CancellationToken stop = default) =>
        Play(plan, out _, interceptorOf, null, stop);

    /// <summary>Plays a plan, and shows the world as it was at the end, and meanwhile each event when it is durable and each message to a peer.</summary>
    public static SeedResult Play(
        CampaignPlan plan,
        out SimWorld world,
        Func<SimHost, VirtualInterceptor?>? interceptorOf = null,
        Action<SimWorld, string, object>? happened = null,
        CancellationToken stop = default)
    {
        var run = new CampaignRun(plan, interceptorOf, stop);
        var made = world = run._world;
        if (happened is not null)
        {
            made.Written = (host, @event) => happened(made, host, @event);
            made.Network.Tap += (host, send) => happened(made, host, send);
        }

        return run.Play();
    }

    private SeedResult Play()
    {
        _world.Start();
        try
        {
            PlayPhases();
        }
        catch (InvalidOperationException e)
        {
            _world.Violations.Add($"crash: at {_world.Time.NowMs / 1000} s: {e.Message}");
        }

        var violation = _world.Violations.Count > 0 ? _world.Violations[0] : null;
        return new SeedResult(
            _plan.Seed, violation, _plan.Hosts.Count, _plan.Guests.Count, _barters, _moves, _faults.Faults, _checks.Replays, _world.Time.NowMs, _steps,
            Fingerprint(), _coverage, _stop.IsCancellationRequested && violation is null);
    }

    private void PlayPhases()
    {
        if (!RunUntil(CampaignPlan.FaultsMs))
        {
            return;
        }

        _faults.Heal();
        const long SmoothingMs = 12 * 60_000;
        var steadyUntilMs = CampaignPlan.FaultsMs + CampaignPlan.SteadyMs;
        if (!RunUntil(CampaignPlan.FaultsMs + SmoothingMs))
        {
            return;
        }

        _checks.LoadsAreSteady();
        if (!RunUntil(steadyUntilMs))
        {
            return;
        }

        _checks.LoadsChange();
        foreach (var guest in _world.Guests.Keys)
        {
            _faults.Do(new LoadSet(guest, 2e6));
        }

        // What is free again may move, and somebody may be needed once more.
        if (ResolveAll() && RunUntil(steadyUntilMs + CampaignPlan.SmallMs) && ResolveAll() && NothingMoreBegins())
        {
            _checks.AtTheEnd(steadyUntilMs + SmoothingMs);
        }
    }

    /// <summary>Guests go on talking, hosts are made more alike, their memory is as full as it was, and a host whose budget of an hour is free again may exchange some just when all is looked at: what has begun ends first.</summary>
    private bool NothingMoreBegins()
    {
        const long EndMs = 5 * 60_000;
        if (!_plan.HasTalks && !_plan.Policies.Any(p => p is BalanceRules.Policy or WeightedPolicyActor.PolicyName))
        {
            return true;
        }

        foreach (var (name, host) in _world.Hosts)
        {
            _faults.Do(new OptionsSet(name, host.Options with { Mode = Mode.Observe }));
        }

        return RunUntil(_world.Time.NowMs + EndMs);
    }

    private bool RunUntil(long untilMs)
    {
        var time = _world.Time;
        while (_world.Violations.Count == 0)
        {
            if (!time.Step(untilMs))
            {
                time.Run(untilMs - time.NowMs);
                return true;
            }

            _checks.AfterStep();
            if ((++_steps & 0xFFF) == 0 && _stop.IsCancellationRequested)
            {
                return false;
            }
        }

        return false;
    }

    private void Count(HostBook book, object message)
    {
        switch (message)
        {
            case BarterOffered:
                _barters++;
                break;
            case BarterEnded { Refusal: { } refusal }:
                _coverage.Count(refusal);
                break;
            case MigrationSettled { Outcome: LegOutcome.Completed }:
                _moves++;
                break;
            case CaseClosed closed:
                FollowRest(closed);
                break;
            case OfferDeclined declined when declined.By == book.Name:
                _coverage.Count(declined.Refusal);
                break;
            case MoveRefused refused:
                _coverage.Count(refused.Refusal);
                break;
            case RoundDecided decided when Enum.TryParse<Refusal>(decided.Answer.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var refusal):
                _coverage.Count(refusal);
                break;
            case SendToPeer { Message: ArrivalRefused refused }:
                _coverage.Count(refused.Refusal);
                break;
        }
    }

    /// <summary>FNV-1a over every line that tells what was decided.</summary>
    private string Fingerprint()
    {
        var hash = 14695981039346656037UL;
        foreach (var line in _world.Log.Concat(_world.Notes).Concat(_world.Violations))
        {
            foreach (var b in Encoding.UTF8.GetBytes(line))
            {
                hash = (hash ^ b) * 1099511628211UL;
            }
        }

        return hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }
}
