using System.Text.RegularExpressions;
using ActorMig.Cases;
using ActorMig.Migrations;

namespace ActorMig.Simulation;

/// <content>
/// The person who resolves what waits for one, and does by hand what an answer says is to be done first, or last: so that these words are tried, too. What
/// they do is no owner's wish: a guest that it ends is a breach.
/// </content>
internal sealed partial class CampaignRun
{
    private bool _hasFollowed;

    [GeneratedRegex(@"`virsh (?<verb>[a-z]+) (?<vm>[^` ]+)`(?: on (?<host>[A-Za-z0-9-]+))?")]
    private static partial Regex Advice { get; }

    /// <summary>What is refused the first time is said otherwise, or once more if something was to be done first.</summary>
    private bool ResolveAll()
    {
        const long EachMs = 150_000;
        const int TimesMax = 3;
        foreach (var say in (Func<MigrationPlan, string?>[])[p => p.To, p => p.From, _ => null])
        {
            var times = 0;
            do
            {
                _hasFollowed = false;

                // By VM, for both hosts of a migration are asked.
                var open = new SortedDictionary<string, string?>(StringComparer.Ordinal);
                foreach (var waiting in _checks.Books.Values.SelectMany(b => b.Cases.Values))
                {
                    open[waiting.Plan.Vm.Name] = say(waiting.Plan);
                }

                foreach (var (vm, runsOn) in open)
                {
                    _world.Do(new ResolveAsked(vm, runsOn));
                }

                if (!RunUntil(_world.Time.NowMs + EachMs))
                {
                    return false;
                }
            }
            while (_hasFollowed && ++times < TimesMax);
        }

        return true;
    }

    /// <summary>An answer that says what is to be done before the same is said again.</summary>
    private void Follow(CaseAnswered answer)
    {
        if (answer is { IsAccepted: false, Text: { } text } && text.EndsWith(", and then this again", StringComparison.Ordinal))
        {
            _hasFollowed |= DoAsSaid(text);
        }
    }

    /// <summary>What is left to a person when all else is done.</summary>
    private void FollowRest(CaseClosed closed) => _ = DoAsSaid(closed.Reason);

    private bool DoAsSaid(string text)
    {
        var said = Advice.Matches(text);
        var host = said.LastOrDefault(m => m.Groups["host"].Success)?.Groups["host"].Value;
        if (host is null || !_world.Hypervisors.TryGetValue(host, out var hypervisor) || !hypervisor.IsDaemonUp)
        {
            return false;
        }

        foreach (Match advice in said)
        {
            var uuid = _world.Guests[advice.Groups["vm"].Value].Uuid;
            _ = advice.Groups["verb"].Value switch
            {
                "destroy" => hypervisor.Destroy(uuid),
                "undefine" => hypervisor.Undefine(uuid),
                "resume" => hypervisor.Resume(uuid),
                "autostart" => hypervisor.SetAutostart(uuid, true),
                _ => null,
            };
        }

        return true;
    }
}
