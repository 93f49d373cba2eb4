using ActorMig.Bartering;
using ActorMig.Migrations;
using ActorMig.Policies;
using ActorMig.Policies.Affinity;
using ActorMig.Rules;

namespace ActorMig.Simulation;

/// <summary>Draws a cluster, its loads and what goes wrong in it from a seed. The draw has its own stream: what a world does with its chance changes nothing here.</summary>
internal sealed class CampaignDraw
{
    private const long GiB = 1L << 30;
    private const ulong Stream = 0x43414D504149474E;
    private const ulong StreamOfLate = 0x4C4154454E455353;
    private const ulong StreamOfPreFlight = 0x5052454C464C5400;
    private const ulong StreamOfModes = 0x4D4F4445534F4655;
    private const ulong StreamOfLimits = 0x4C494D4954534F46;
    private const ulong StreamOfHolds = 0x484F4C4453204F46;
    private const ulong StreamOfTalks = 0x54414C4B53204F46;
    private const ulong StreamOfRules = 0x52554C4553204F46;
    private const ulong StreamOfBalance = 0x42414C414E434520;
    private const ulong StreamOfWeights = 0x5745494748545320;
    private static readonly string[] s_steps =
    [
        nameof(BarterOffered), nameof(BarterGranted), nameof(BarterConfirmed), nameof(LegBegan), nameof(MigrationPrepared), nameof(PreCopyBegan),
        nameof(ArrivalSeen), nameof(SwitchIntended), nameof(PostCopyBegan), nameof(ArrivalRan), nameof(MigrationBroke), nameof(ArrivalSettled), nameof(MigrationSettled),
    ];

    /// <summary>They are drawn by dice of their own: whoever added them has changed no other draw.</summary>
    private static readonly FaultKind[] s_late = [FaultKind.AgentStopped, FaultKind.LinkLate, FaultKind.LinkEchoing];

    private readonly ulong _seed;
    private readonly Dice _dice;

    /// <summary>Of their own, so that what was drawn before there were modes is drawn still.</summary>
    private readonly Dice _modes;
    private readonly List<ActorMigOptions> _hosts = [];
    private readonly List<PlannedGuest> _guests = [];
    private readonly List<Planned> _events = [];
    private readonly SortedSet<FaultKind> _off = [];

    private CampaignDraw(ulong seed) => (_seed, _dice, _modes) = (seed, new Dice(seed ^ Stream), new Dice(seed ^ StreamOfModes));

    /// <summary>The plan of a seed.</summary>
    public static CampaignPlan Of(ulong seed) => new CampaignDraw(seed).Draw();

    private CampaignPlan Draw()
    {
        var count = _dice.Below(100) switch
        {
            < 30 => 2,
            < 55 => 3,
            < 80 => (int)_dice.Between(4, 6),
            < 95 => (int)_dice.Between(7, 12),
            _ => (int)_dice.Between(13, 40),
        };
        DrawHosts(count);
        DrawLimits(new Dice(_seed ^ StreamOfLimits));
        DrawGuests();
        DrawLoads();
        DrawCommands();
        DrawFaults();
        DrawLateFaults(new Dice(_seed ^ StreamOfLate));
        DrawPreFlight(new Dice(_seed ^ StreamOfPreFlight));
        DrawHolds(new Dice(_seed ^ StreamOfHolds));
        DrawRules(new Dice(_seed ^ StreamOfRules));
        var policies = DrawWeights(new Dice(_seed ^ StreamOfWeights), DrawBalance(new Dice(_seed ^ StreamOfBalance), DrawTalks(new Dice(_seed ^ StreamOfTalks))));
        var numbered = _events.OrderBy(e => e.AtMs).Select((e, i) => e with { Number = i + 1 }).ToArray();
        return new CampaignPlan(
            _seed, _hosts, _guests, _dice.Of(1, 3, 10, 50, 1_000), new NetworkSet(_dice.Of(2, 5, 50, 400), 0, 0), _dice.Of(1, 1, 2, 10, 100), [.. _off], numbered) { Policies = policies };
    }

    private void DrawHosts(int count)
    {
        var common = new ActorMigOptions
        {
            HostName = "",
            Mode = Mode.Auto,
            Manage = _dice.Percent(80) ? Manage.All : Manage.Tagged,
            RoundMs = count > 6 ? 120_000 : _dice.Of(60_000, 75_000, 90_000),
            HoldRounds = _dice.Of(1, 1, 2),
            Margin = _dice.Of(0.05, 0.1, 0.2),
            CoolDownRounds = _dice.Of(1, 2, 4),
            CoolDownMaxMs = _dice.Of(10, 20, 40) * 60_000L,
            LeaseMs = _dice.Of(30_000, 40_000, 60_000, 120_000),
            AnswerMs = _dice.Of(1_500, 3_000, 5_000),
            AnswerTries = _dice.Of(3, 3, 8),
            DigestPeers = _dice.Of(1, 2, 3),
            MemoryTotalBytes = _dice.Of(8, 12, 16) * GiB,
            MemoryReserveBytes = _dice.Of(0, 1) * GiB,
            MemoryOvercommit = _dice.Of(1.0, 1.0, 1.25, 1.5),
            Migration = new MigrationOptions { PollMs = _dice.Of(500, 1_000), UnclearMs = _dice.Of(10_000, 30_000) },
        };
        for (var i = 1; i <= count; i++)
        {
            var mode = _dice.Below(100) switch { < 6 => Mode.Observe, < 12 => Mode.Recommend, _ => Mode.Auto };
            _hosts.Add(common with { HostName = $"h{i:00}", Mode = i <= 2 ? Mode.Auto : mode });
        }
    }

    /// <summary>Somebody's migration by hand, or one that has outlived its barter, is often enough all that a host may have.</summary>
    private void DrawLimits(Dice dice)
    {
        for (var i = 0; i < _hosts.Count; i++)
        {
            _hosts[i] = _hosts[i] with
            {
                MovesPerHour = dice.Of(0, 3, 30, 30),
                Migration = _hosts[i].Migration with { OutgoingMax = dice.Of(1, 2, 2), IncomingMax = dice.Of(1, 2, 2), PerHostMax = dice.Of(1, 2, 3) },
            };
        }
    }

    private void DrawGuests()
    {
        foreach (var host in _hosts)
        {
            var room = (long)((host.MemoryTotalBytes - host.MemoryReserveBytes) * host.MemoryOvercommit);
            var full = _dice.Of(40, 60, 80, 100);
            var left = room / 100 * full;
            var most = _hosts.Count > 12 ? 3 : 5;
            for (var i = 0; i < most && left >= GiB / 2; i++)
            {
                var memory = Math.Min(left, _dice.Of(1, 2, 2, 4, 6) * (GiB / 2));
                left -= memory;
                _guests.Add(new PlannedGuest(
                    $"vm{_guests.Count + 1:00}", host.HostName, memory, _dice.Between(1, 120) * 1e6, _dice.Of(0, 5, 30, 100, 400) * 1e6,
                    _dice.Percent(75), _dice.Percent(30), _dice.Percent(70),
                    _modes.Below(10) switch { 0 or 1 => MigrationMode.Direct, 2 or 3 => MigrationMode.PreCopy, _ => null }));
            }
        }
    }

    /// <summary>Every few minutes another few guests are busy, so that some hosts are overloaded and others could help.</summary>
    private void DrawLoads()
    {
        for (var at = _dice.Between(30, 240) * 1_000; at < CampaignPlan.FaultsMs; at += _dice.Between(5, 16) * 60_000)
        {
            var busy = _guests.Count / _dice.Of(3, 4, 6);
            var events = new List<WorldEvent>();
            foreach (var guest in _guests)
            {
                if (_dice.Percent(60))
                {
                    var isBusy = _dice.Below(_guests.Count) < busy;
                    events.Add(new LoadSet(guest.Name, _dice.Between(isBusy ? 120 : 1, isBusy ? 320 : 60) * 1e6));
                }
            }

            _events.Add(new PlannedEvents(0, at, string.Join(", ", events.Cast<LoadSet>().Select(l => $"{l.Vm} {Words.Rate(l.BitPerSecond)}")), events));
        }
    }

    private void DrawCommands()
    {
        for (var i = _dice.Between(4, 14); i > 0; i--)
        {
            var move = new MoveAsked(_guests[_dice.Below(_guests.Count)].Name, _hosts[_dice.Below(_hosts.Count)].HostName);
            _events.Add(new PlannedEvents(0, _dice.Between(120_000, CampaignPlan.FaultsMs), $"a person wants {move.Vm} on {move.To}", [move]));
        }

        // Two people who do not know of each other: offers that cross.
        for (var i = _dice.Between(0, 3); i > 0; i--)
        {
            var (one, other) = (_guests[_dice.Below(_guests.Count)], _guests[_dice.Below(_guests.Count)]);
            var (there, back) = (new MoveAsked(one.Name, other.Host), new MoveAsked(other.Name, one.Host));
            _events.Add(new PlannedEvents(
                0, _dice.Between(120_000, CampaignPlan.FaultsMs), $"at a time {there.Vm} is wanted on {there.To} and {back.Vm} on {back.To}", [there, back]));
        }
    }

    private void DrawFaults()
    {
        var kinds = Enum.GetValues<FaultKind>().Except(s_late).ToList();
        foreach (var kind in kinds)
        {
            if (_dice.Percent(30))
            {
                _off.Add(kind);
            }
        }

        var on = kinds.Where(k => !_off.Contains(k)).ToArray();
        var count = _dice.Percent(5) || on.Length == 0 ? 0 : _dice.Between(10, 30);
        for (var i = 0; i < count; i++)
        {
            var isAimed = _dice.Percent(80);
            var kind = on[_dice.Below(on.Length)];
            _events.Add(new PlannedFault(
                0,
                _dice.Between(60_000, CampaignPlan.FaultsMs - (20 * 60_000)),
                kind,
                isAimed ? s_steps[_dice.Below(s_steps.Length)] : null,
                _dice.Percent(50),
                _dice.Of(0, 0, 1, 10, 100, 700, 2_000, 6_000),
                _hosts[_dice.Below(_hosts.Count)].HostName,
                _hosts[_dice.Below(_hosts.Count)].HostName,
                _guests[_dice.Below(_guests.Count)].Name,
                DurationMs(kind),
                _dice.Between(0, 999)));
        }
    }

    /// <summary>What is old when it comes: in half of the seeds.</summary>
    private void DrawLateFaults(Dice dice)
    {
        var count = dice.Percent(50) ? dice.Between(3, 9) : 0;
        for (var i = 0; i < count; i++)
        {
            _events.Add(new PlannedFault(
                0,
                dice.Between(60_000, CampaignPlan.FaultsMs - (20 * 60_000)),
                dice.Of(s_late),
                dice.Percent(90) ? s_steps[dice.Below(s_steps.Length)] : null,
                dice.Percent(50),
                dice.Of(0, 0, 1, 2, 5, 20, 200, 3_000),
                _hosts[dice.Below(_hosts.Count)].HostName,
                _hosts[dice.Below(_hosts.Count)].HostName,
                _guests[dice.Below(_guests.Count)].Name,
                dice.Of(3_000, 12_000, 25_000, 45_000, 70_000, 130_000, 400_000),
                dice.Between(0, 999)));
        }
    }

    /// <summary>Devices that are passed through, and bridges that hosts do not have, for a while: in a fifth of the seeds.</summary>
    private void DrawPreFlight(Dice dice)
    {
        const long LastMs = 60 * 60_000;
        if (!dice.Percent(20))
        {
            return;
        }

        for (var i = 0; i < _guests.Count; i++)
        {
            _guests[i] = dice.Percent(40) ? _guests[i] with { Bridge = "br-blue" } : _guests[i];
        }

        for (var i = dice.Between(2, 6); i > 0; i--)
        {
            var (vm, host) = (_guests[dice.Below(_guests.Count)].Name, _hosts[dice.Below(_hosts.Count)].HostName);
            var (atMs, healedMs) = (dice.Between(0, CampaignPlan.FaultsMs - LastMs - 60_000), dice.Between(60_000, LastMs));
            Add(atMs, new DeviceAttached(vm, "pci 0000:3b:00.0"));
            Add(atMs + healedMs, new DeviceDetached(vm));
            Add(atMs, new BridgeRemoved(host, "br-blue"));
            Add(atMs + healedMs, new BridgeAdded(host, "br-blue"));
        }

        void Add(long atMs, WorldEvent @event) => _events.Add(new PlannedEvents(0, atMs, WorldEventText.Of(@event), [@event]));
    }

    /// <summary>A person freezes the cluster for a while, or wants a host empty: in a third of the seeds each. Who thaws it may be somebody else, on another host.</summary>
    private void DrawHolds(Dice dice)
    {
        const long LastMs = 40 * 60_000;
        for (var i = dice.Percent(33) ? dice.Between(1, 3) : 0; i > 0; i--)
        {
            var (atMs, forMs) = (dice.Between(120_000, CampaignPlan.FaultsMs - LastMs), dice.Of(60_000, 300_000, 1_800_000));
            Add(atMs, new FreezeAsked(Host(), dice.Percent(50) ? forMs : null));
            Add(atMs + forMs, new ThawAsked(Host()));
        }

        for (var i = dice.Percent(33) ? dice.Between(1, 2) : 0; i > 0; i--)
        {
            var (host, atMs) = (Host(), dice.Between(120_000, CampaignPlan.FaultsMs - LastMs));
            Add(atMs, new DrainAsked(host, dice.Percent(30) ? 600_000 : null));
            if (dice.Percent(60))
            {
                Add(atMs + dice.Of(60_000, 600_000, 2_000_000), new DrainEndAsked(host));
            }
        }

        string Host() => _hosts[dice.Below(_hosts.Count)].HostName;

        void Add(long atMs, WorldEvent @event) => _events.Add(new PlannedEvents(0, atMs, WorldEventText.Of(@event), [@event]));
    }

    /// <summary>Groups of guests that talk among themselves, who changes with time; and the policy that brings them together, alone or beside another: in two fifths of the seeds.</summary>
    private IReadOnlyList<string> DrawTalks(Dice dice)
    {
        // What has been measured until then is forgotten when faults are over.
        const long LastMs = 40 * 60_000;
        if (!dice.Percent(40))
        {
            return [ThresholdPolicyActor.PolicyName];
        }

        for (var i = 0; i < _hosts.Count; i++)
        {
            _hosts[i] = _hosts[i] with { Affinity = new AffinityOptions { Exchange = new ExchangeOptions { PaybackMs = 0, GainMinBitPerSecond = 200e3 } } };
        }

        var group = dice.Of(2, 3, 4, 6);
        var groups = Math.Max(1, _guests.Count / group);
        var of = _guests.Select(_ => dice.Below(groups)).ToArray();
        for (var at = 0L; at < CampaignPlan.FaultsMs - LastMs; at += dice.Between(25, 60) * 60_000)
        {
            var events = new List<WorldEvent>();
            for (var i = 0; i < _guests.Count; i++)
            {
                of[i] = dice.Percent(20) ? dice.Below(groups) : of[i];
            }

            for (var i = 0; i < _guests.Count; i++)
            {
                for (var j = 0; j < _guests.Count; j++)
                {
                    var rate = i != j && of[i] == of[j] && dice.Percent(60) ? dice.Between(1, 50) * 1e5 : 0;
                    if (rate > 0 || at > 0)
                    {
                        events.Add(new TalkSet(_guests[i].Name, _guests[j].Name, rate));
                    }
                }
            }

            _events.Add(new PlannedEvents(0, at, $"others talk: {string.Join(" | ", Enumerable.Range(0, groups).Select(g => string.Join(" ", _guests.Where((_, i) => of[i] == g).Select(v => v.Name))))}", events));
        }

        return dice.Percent(50) ? [AffinityPolicyActor.PolicyName] : [AffinityPolicyActor.PolicyName, ThresholdPolicyActor.PolicyName];
    }

    /// <summary>Where guests may run, and when they may be moved; of a configuration that all hosts have, or of a guest's metadata: in a third of the seeds.</summary>
    private void DrawRules(Dice dice)
    {
        if (!dice.Percent(33))
        {
            return;
        }

        var rules = new List<Rule>();
        for (var i = dice.Below(3); i > 0; i--)
        {
            Group($"together-{i}", (int)dice.Between(2, 3), r => r with { IsTogether = true }, (w, name) => w with { Together = name });
        }

        for (var i = dice.Below(3); i > 0; i--)
        {
            Group($"apart-{i}", (int)dice.Between(2, Math.Min(4, _hosts.Count)), r => r with { IsApart = true }, (w, name) => w with { Apart = name });
        }

        for (var i = dice.Below(3); i > 0; i--)
        {
            var hosts = Some(_hosts.Count, dice.Below(_hosts.Count) == 0 ? 1 : 2).Select(h => _hosts[h].HostName).ToArray();
            Group($"pin-{i}", 1, r => r with { Pin = hosts }, (w, _) => w with { Pin = string.Join(' ', hosts) });
        }

        for (var i = dice.Below(3); i > 0; i--)
        {
            var host = _hosts[dice.Below(_hosts.Count)].HostName;
            Group($"never-{i}", 1, r => r with { NeverOn = [host] }, (w, _) => w with { NeverOn = host });
        }

        if (dice.Percent(30))
        {
            var priority = dice.Of(-5, 5, 50);
            Group("spared", 3, r => r with { Priority = priority }, (w, _) => w with { Priority = FormattableString.Invariant($"{priority}") });
        }

        if (dice.Percent(50))
        {
            // A world begins at midnight.
            var from = dice.Between(0, 5);
            var hours = FormattableString.Invariant($"{from:00}:00-{from + dice.Between(1, 3):00}:30");
            Group("hours", 3, r => r with { NotDuring = [hours] }, (w, _) => w with { NotDuring = hours });
        }

        for (var i = 0; i < _hosts.Count; i++)
        {
            _hosts[i] = _hosts[i] with { Rules = new RuleSet([.. rules.OrderBy(r => r.Name, StringComparer.Ordinal)]) };
        }

        void Group(string name, int size, Func<Rule, Rule> rule, Func<VmWish, string, VmWish> wish)
        {
            var members = Some(_guests.Count, size);
            if (dice.Percent(60))
            {
                rules.Add(rule(new Rule { Name = name, Vms = [.. members.Select(m => _guests[m].Name)] }));
                return;
            }

            foreach (var m in members)
            {
                _guests[m] = _guests[m] with { Wish = wish(_guests[m].Wish ?? new VmWish(), name) };
            }
        }

        int[] Some(int of, int howMany)
        {
            var some = new SortedSet<int>();
            while (some.Count < Math.Min(of, howMany))
            {
                some.Add(dice.Below(of));
            }

            return [.. some];
        }
    }

    /// <summary>In some seeds hosts are made alike, too, and are not asked to be sure of what they measure: alone where nobody talks, else beside what there is.</summary>
    private IReadOnlyList<string> DrawBalance(Dice dice, IReadOnlyList<string> policies)
    {
        if (!dice.Percent(25))
        {
            return policies;
        }

        for (var i = 0; i < _hosts.Count; i++)
        {
            _hosts[i] = _hosts[i] with { Balance = new BalanceOptions { SpreadRounds = 3, Doubt = dice.Of(0, 1, 2), PaybackMs = dice.Of(0, 3_600_000, 86_400_000) } };
        }

        return policies is [ThresholdPolicyActor.PolicyName] && dice.Percent(70) ? [BalanceRules.Policy] : [.. policies, BalanceRules.Policy];
    }

    /// <summary>In a fifth of those seeds in which hosts look for an overload of traffic they weigh it against memory, and against who talks to whom.</summary>
    private IReadOnlyList<string> DrawWeights(Dice dice, IReadOnlyList<string> policies)
    {
        if (!policies.Contains(ThresholdPolicyActor.PolicyName) || !dice.Percent(20))
        {
            return policies;
        }

        var weights = new LoadWeights { Threshold = dice.Of(1.0, 1.0, 3.0), Cpu = dice.Of(0.0, 1.0), Memory = dice.Of(0.0, 0.5, 1.0, 3.0), Affinity = dice.Of(0.0, 1.0, 3.0) };
        for (var i = 0; i < _hosts.Count; i++)
        {
            _hosts[i] = _hosts[i] with { Weights = weights };
        }

        return [.. policies.Select(p => p == ThresholdPolicyActor.PolicyName ? WeightedPolicyActor.PolicyName : p)];
    }

    private long DurationMs(FaultKind kind) => kind switch
    {
        FaultKind.OptionsChanged => _dice.Between(60_000, 1_200_000),
        FaultKind.PowerLost => _dice.Of(20_000, 120_000, 900_000),
        _ => _dice.Of(100, 2_000, 8_000, 25_000, 70_000, 200_000, 500_000),
    };
}
