using ActorMig.Actors;

namespace ActorMig.Simulation.Scenarios;

/// <summary>Plays scenarios. The same scenario with the same seed gives the same result, to the byte.</summary>
public static class ScenarioRunner
{
    private static readonly MessageRegistry Events = Wire.Events();

    /// <summary>The names by which scenarios call events of the journal, sorted.</summary>
    public static IReadOnlyList<string> EventNames { get; } = [.. Events.Names.Select(n => n[..n.LastIndexOf('.')]).Where(n => !n.EndsWith("-snapshot", StringComparison.Ordinal))];

    /// <summary>Plays a scenario, and then once more with hosts that only observe: what bartering is worth.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="seed">The seed of all chance.</param>
    /// <param name="progress">Told how much of all virtual time has passed: 0 to 1.</param>
    /// <param name="cancellation">Stops it; the result is what is known so far.</param>
    public static ScenarioResult Run(Scenario scenario, ulong seed, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var result = Play(scenario, seed, p => progress?.Invoke(p / 2), cancellation);
        if (!result.IsComplete)
        {
            return result;
        }

        var observed = Play(Observing(scenario), seed, p => progress?.Invoke(0.5 + (p / 2)), cancellation);
        return observed.IsComplete ? result with { WithoutBartering = observed.Hosts, BetweenHostsWithoutBartering = observed.BetweenHosts } : result;
    }

    /// <summary>Plays a scenario once.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="seed">The seed of all chance.</param>
    /// <param name="progress">Told how much of its virtual time has passed: 0 to 1.</param>
    /// <param name="cancellation">Stops it; the result is what is known so far.</param>
    public static ScenarioResult Play(Scenario scenario, ulong seed, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var world = WorldOf(scenario, seed);
        var recorder = new ScenarioRecorder(world);
        Plan(scenario, seed, world, recorder);
        world.Start();
        var meters = scenario.Hosts.Select(h => new TrafficMeter(h)).ToArray();
        var talks = new TalkMeter();
        while (world.Time.NowMs < scenario.DurationMs && world.Violations.Count == 0 && !cancellation.IsCancellationRequested)
        {
            foreach (var meter in meters)
            {
                meter.Read(world);
            }

            talks.Read(world);
            world.Run(Math.Min(TrafficMeter.SampleMs, scenario.DurationMs - world.Time.NowMs));
            progress?.Invoke(world.Time.NowMs / (double)scenario.DurationMs);
        }

        talks.Read(world);
        var between = talks.Traffic();
        recorder.End(between);
        return new ScenarioResult(
            scenario.Name,
            scenario.Title,
            seed,
            world.Time.NowMs,
            world.Time.NowMs >= scenario.DurationMs,
            [.. meters.Select(m => m.Traffic())],
            [],
            recorder.Rounds,
            recorder.Barters,
            recorder.Migrations,
            recorder.Refusals,
            recorder.Events,
            recorder.Log.Lines,
            [.. world.Violations])
        {
            BetweenHosts = between,
        };
    }

    /// <summary>The name by which a scenario calls an event of the journal: its registered one, without a version.</summary>
    /// <param name="event">The event.</param>
    public static string NameOf(object @event)
    {
        var registered = Events.NameOf(@event);
        return registered[..registered.LastIndexOf('.')];
    }

    private static SimWorld WorldOf(Scenario scenario, ulong seed)
    {
        var world = new SimWorld(seed) { CountsTraffic = scenario.Talks.Count > 0 || scenario.Events.Any(e => e.Happens.Any(h => h is TalkSet)) };
        foreach (var host in scenario.Hosts)
        {
            var added = world.AddHost(host.Options);
            added.PoliciesOf = host.Policies ?? added.PoliciesOf;
            var hypervisor = added.Hypervisor;
            hypervisor.Cpus = host.Cpus;
            hypervisor.CannotReceivePostCopy = host.CannotReceivePostCopy;
            hypervisor.BandwidthBytePerSecond = host.BandwidthBytePerSecond ?? hypervisor.BandwidthBytePerSecond;
        }

        foreach (var vm in scenario.Vms)
        {
            var guest = world.AddGuest(vm.Host, vm.Name, vm.MemoryBytes, vm.IsPersistent, vm.IsAutostart);
            (guest.IsTagged, guest.MigrationMode, guest.Bridge) = (vm.IsTagged, vm.Migration is { } mode ? Words.Of(mode) : null, vm.Bridge);
            guest.Wish = vm.Wish;
            (guest.Cpus, guest.UsedMemoryBytes) = (vm.Cpus, vm.UsedMemoryBytes ?? vm.MemoryBytes);
            if (vm.DirtyBytePerSecond > 0)
            {
                world.Do(new DirtyRateSet(vm.Name, vm.DirtyBytePerSecond));
            }
        }

        return world;
    }

    /// <summary>Puts all that happens from outside on the agenda.</summary>
    private static void Plan(Scenario scenario, ulong seed, SimWorld world, ScenarioRecorder recorder)
    {
        foreach (var (atMs, set) in LoadPlan.Of(scenario, seed))
        {
            if (atMs == 0)
            {
                world.Do(set);
            }
            else
            {
                world.Time.After(atMs, () => world.Do(set));
            }
        }

        foreach (var talk in scenario.Talks)
        {
            world.Do(talk);
        }

        void Fire(ScenarioEvent e)
        {
            foreach (var happens in e.Happens)
            {
                recorder.Happens(happens);
                world.Do(happens);
            }
        }

        var waiting = new List<(ScenarioEvent Event, ScenarioTrigger Trigger, int Seen)>();
        foreach (var e in scenario.Events)
        {
            if (e.When is { } trigger)
            {
                waiting.Add((e, trigger, 0));
            }
            else
            {
                world.Time.After(e.AtMs, () => Fire(e));
            }
        }

        recorder.Written = (host, written) =>
        {
            var name = waiting.Count > 0 ? NameOf(written) : "";
            for (var i = 0; i < waiting.Count; i++)
            {
                var (e, trigger, seen) = waiting[i];
                if (trigger.Host == host && trigger.Event == name && world.Time.NowMs >= e.AtMs)
                {
                    waiting[i] = (e, trigger, seen + 1);
                    if (seen + 1 == trigger.Count)
                    {
                        world.Time.After(trigger.AfterMs, () => Fire(e));
                    }
                }
            }
        };
    }

    private static Scenario Observing(Scenario scenario) => scenario with
    {
        Hosts = [.. scenario.Hosts.Select(h => h with { Options = h.Options with { Mode = Mode.Observe } })],
        Events =
        [
            .. scenario.Events.Select(e => e with
            {
                Happens = [.. e.Happens.Select(h => h is OptionsSet set ? set with { Options = set.Options with { Mode = Mode.Observe } } : h)],
            }),
        ],
    };
}
