using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.PreFlight;
using ActorMig.Vms;
using LibvirtSharp;

namespace ActorMig.Agent.Doctor;

/// <summary>
/// Asks libvirt here and there, with the agent's own rights, and hands what it says to the checks of the pre-flight. Who hangs is said to hang, and the others
/// are looked at all the same.
/// </summary>
/// <param name="options">The agent's configuration.</param>
/// <param name="looks">Goes to a libvirt, and comes back in time.</param>
/// <param name="askAgent">Asks a member's agent what only it can see, of itself or of a VM that would come; null if it does not answer.</param>
internal sealed class DoctorRun(AgentOptions options, AwayLooks looks, Func<string, VmFacts?, Task<IReadOnlyList<Finding>?>>? askAgent = null)
{
    /// <summary>The most doctors at a time, each of which may look at the same host.</summary>
    public const int AtOnceMax = 4;

    /// <summary>So many members are looked at side by side.</summary>
    private const int SideBySide = 8;

    private string Self => options.Core.HostName;

    /// <summary>This host, and the way to each member, or to one.</summary>
    /// <param name="only">The one; null: all.</param>
    /// <param name="cancellation">Nobody wants to know any more.</param>
    public async Task<IReadOnlyList<Finding>> HostsAsync(string? only, CancellationToken cancellation)
    {
        if (only is not null && only != Self && options.Members.All(m => m.Host != only))
        {
            return [new Finding(only, FindingLevel.Refusal, $"it is no member; members are {Members()}")];
        }

        var found = new List<Finding>();
        if (only is null || only == Self)
        {
            found.AddRange((await AskAsync(Self, options.LibvirtUri, LookHere).ConfigureAwait(false)).Found);
            found.AddRange(CertificateLook.At(options, TimeProvider.System.GetUtcNow()));
        }

        using var turns = new SemaphoreSlim(SideBySide);
        var members = options.Members.Where(m => only is null || m.Host == only).Select(m => LookAtAsync(m, turns, cancellation)).ToArray();
        return [.. found, .. (await Task.WhenAll(members).ConfigureAwait(false)).SelectMany(f => f)];
    }

    /// <summary>Whether a VM of this host can go to a member.</summary>
    /// <param name="vm">Name or UUID.</param>
    /// <param name="to">The member.</param>
    /// <param name="cancellation">Nobody wants to know any more.</param>
    public async Task<IReadOnlyList<Finding>> MoveAsync(string vm, string to, CancellationToken cancellation)
    {
        if (options.Members.FirstOrDefault(m => m.Host == to) is not { } member)
        {
            return [new Finding($"{vm} to {to}", FindingLevel.Refusal, $"{to} is no member; members are {Members()}")];
        }

        var here = await looks.LookAsync(
            Self, AtOnceMax, () => At(options.LibvirtUri, c => See(c, vm)), error => new Seen([HostChecks.Way(Self, Self, options.LibvirtUri, error)], vm)).ConfigureAwait(false);
        if (here is { Vm: null, WhyNot: null })
        {
            return here.OfHost;
        }

        cancellation.ThrowIfCancellationRequested();
        var there = await AskAsync(to, member.Libvirt, c => LookThere(member, HostDescription.Of(c))).ConfigureAwait(false);
        if (!there.IsAsked)
        {
            return [.. here.OfHost, .. there.Found];
        }

        var about = $"{here.Name} to {to}";
        if (here.Vm is not var (facts, traits))
        {
            return [.. here.OfHost, .. there.Found, new Finding(about, FindingLevel.Refusal, here.WhyNot!)];
        }

        cancellation.ThrowIfCancellationRequested();
        var ofVm = new List<Finding>(DepartureChecks.Of(about, facts.Name, Self, traits, facts.Mode));
        var byAgent = askAgent is null ? null : await askAgent(to, facts).ConfigureAwait(false);
        var (found, isAsked) = byAgent is null
            ? await AskAsync(to, member.Libvirt, c => LookFrom(about, facts, to, c, HostDescription.Of(c))).ConfigureAwait(false)
            : (byAgent, true);
        ofVm.AddRange(found);
        if (facts.IsAutostart)
        {
            ofVm.Add(new Finding(about, FindingLevel.Good, $"it starts with {Self}; that is held while it moves, and it starts with {to} from then on"));
        }

        if (isAsked && ofVm.All(f => f.About != about || f.Level == FindingLevel.Good))
        {
            ofVm.Add(new Finding(about, FindingLevel.Good, $"nothing speaks against it in mode {Words.Of(facts.Mode)}"));
        }

        return [.. here.OfHost, .. there.Found, .. ofVm.Where(f => f.About != about), .. ofVm.Where(f => f.About == about)];
    }

    private async Task<IReadOnlyList<Finding>> LookAtAsync(MemberOptions member, SemaphoreSlim turns, CancellationToken cancellation)
    {
        await turns.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var found = (await AskAsync(member.Host, member.Libvirt, c => LookThere(member, HostDescription.Of(c))).ConfigureAwait(false)).Found;
            cancellation.ThrowIfCancellationRequested();
            return [.. found, .. await AskAgentAsync(member.Host).ConfigureAwait(false)];
        }
        finally
        {
            turns.Release();
        }
    }

    private IEnumerable<Finding> LookThere(MemberOptions member, HostDescription host)
    {
        yield return HostChecks.Release(member.Host, host.LibvirtVersion, host.HypervisorVersion);
        if (WayLook.WhyNoData(member.Data) is { } closed)
        {
            yield return HostChecks.DataWay(member.Host, Self, member.Data, closed);
        }

        if (HostChecks.Stream(member.Host, member.Data) is { } clear)
        {
            yield return clear;
        }
    }

    private IEnumerable<Finding> LookHere(LibvirtConnection connection)
    {
        var host = HostDescription.Of(connection);
        return [HostChecks.Release(Self, host.LibvirtVersion, host.HypervisorVersion), HostChecks.PostCopy(Self, PostCopyCheck.WhyNot(host))];
    }

    /// <summary>This host, and the VM on it.</summary>
    private Seen See(LibvirtConnection here, string vm)
    {
        Finding[] host = [.. LookHere(here)];
        using var domain = Guid.TryParse(vm, out _) ? here.FindByUuid(vm) : here.FindByName(vm);
        if (domain is null)
        {
            return new Seen(host, vm, $"{Self} has no VM '{vm}'");
        }

        if (!domain.IsActive)
        {
            return new Seen(host, domain.Name, $"{domain.Name} does not run on {Self}; start it, for only what runs is migrated");
        }

        var traits = new DomainTraits();
        traits.Begin([domain.Uuid]);
        if (traits.Of(domain, HostDescription.Of(here), out var unread) is not { } seen)
        {
            return new Seen(host, domain.Name, $"what {domain.Name} is made of cannot be read ({unread}); look at it with `virsh dumpxml {domain.Name}`");
        }

        var mode = MigrationModes.Read(LibvirtStates.MigrationMode(domain.GetMetadata(LibvirtStates.MetadataNamespace))) ?? options.Core.Migration.Mode;
        return new Seen(host, domain.Name)
        {
            Vm = (new VmFacts(
                domain.Uuid, domain.Name, domain.GetInfo().MaxMemoryBytes, 0, 0, domain.IsPersistent, domain.IsPersistent && domain.IsAutostart, Mode: mode, Needs: seen.Needs), seen),
        };
    }

    /// <summary>What can be seen of the destination from here, without its agent.</summary>
    private IEnumerable<Finding> LookFrom(string here, VmFacts vm, string to, LibvirtConnection there, HostDescription host)
    {
        yield return new Finding(to, FindingLevel.Warning, $"its agent does not answer {Self}, so what only it can see was not looked at (userfaultfd, bridges, files, huge pages, room); start it, or see that {Self} reaches its address");
        using var same = there.FindByUuid(vm.Uuid);
        if (same is { IsActive: true })
        {
            yield return new Finding(here, FindingLevel.Refusal, ArrivalChecks.ActiveThere(vm.Name, to, "as libvirt there says"));
        }

        using var named = there.FindByName(vm.Name);
        if (named is not null && named.Uuid != vm.Uuid)
        {
            yield return new Finding(here, FindingLevel.Refusal, ArrivalChecks.NameTaken(vm.Name, to, named.Uuid));
        }

        foreach (var finding in ArrivalChecks.Of(here, vm, Self, to, ArrivalLook.At(there, host, vm.Needs!, isHere: false)))
        {
            yield return finding;
        }
    }

    /// <summary>What that host's agent says of itself.</summary>
    private async Task<IReadOnlyList<Finding>> AskAgentAsync(string host) => askAgent is null ? [] : await askAgent(host, null).ConfigureAwait(false)
        ?? [new Finding(host, FindingLevel.Warning, $"its agent does not answer {Self}; start it, or see that {Self} reaches its address")];

    private string Members() => options.Members.Count == 0 ? "none" : string.Join(", ", options.Members.Select(m => m.Host));

    private Task<(IReadOnlyList<Finding> Found, bool IsAsked)> AskAsync(string host, string uri, Func<LibvirtConnection, IEnumerable<Finding>> look) => looks.LookAsync<(IReadOnlyList<Finding>, bool)>(
        host, AtOnceMax, () => (At(uri, c => look(c).ToArray()), true), error => ([HostChecks.Way(host, Self, uri, error)], false));

    private static T At<T>(string uri, Func<LibvirtConnection, T> look)
    {
        using var connection = LibvirtConnection.Open(uri);
        return look(connection);
    }

    /// <summary>What was seen here.</summary>
    /// <param name="OfHost">Of this host.</param>
    /// <param name="Name">The VM's name, or what it was called in the question.</param>
    /// <param name="WhyNot">Why it cannot be moved at all.</param>
    private sealed record Seen(IReadOnlyList<Finding> OfHost, string Name, string? WhyNot = null)
    {
        /// <summary>The VM; null if there is none that could be moved, or if this host's libvirt was not asked.</summary>
        public (VmFacts Facts, VmTraits Traits)? Vm { get; init; }
    }
}
