using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.PreFlight;
using ActorMig.Vms;
using LibvirtSharp;

namespace ActorMig.Agent.Doctor;

/// <summary>Asks libvirt here and there, with the agent's own rights, and hands what it says to the checks of the pre-flight. Blocks; for any thread.</summary>
/// <param name="options">The agent's configuration.</param>
/// <param name="askAgent">Asks a member's agent what only it can see, of itself or of a VM that would come; null if it does not answer.</param>
internal sealed class DoctorRun(AgentOptions options, Func<string, VmFacts?, IReadOnlyList<Finding>?>? askAgent = null)
{
    private string Self => options.Core.HostName;

    /// <summary>This host, and the way to each member, or to one.</summary>
    /// <param name="only">The one; null: all.</param>
    public IReadOnlyList<Finding> Hosts(string? only)
    {
        if (only is not null && only != Self && options.Members.All(m => m.Host != only))
        {
            return [new Finding(only, FindingLevel.Refusal, $"it is no member; members are {Members()}")];
        }

        var found = new List<Finding>();
        if (only is null || only == Self)
        {
            found.AddRange(Ask(Self, options.LibvirtUri, LookHere));
            found.AddRange(CertificateLook.At(options, TimeProvider.System.GetUtcNow()));
        }

        foreach (var member in options.Members.Where(m => only is null || m.Host == only))
        {
            found.AddRange(Ask(member.Host, member.Libvirt, c => LookThere(member, HostDescription.Of(c))));
            found.AddRange(AskAgent(member.Host, null) ?? []);
        }

        return found;
    }

    /// <summary>Whether a VM of this host can go to a member.</summary>
    /// <param name="vm">Name or UUID.</param>
    /// <param name="to">The member.</param>
    public IReadOnlyList<Finding> Move(string vm, string to)
    {
        if (options.Members.FirstOrDefault(m => m.Host == to) is not { } member)
        {
            return [new Finding($"{vm} to {to}", FindingLevel.Refusal, $"{to} is no member; members are {Members()}")];
        }

        return
        [
            .. Ask(Self, options.LibvirtUri, here => [.. LookHere(here), .. Ask(to, member.Libvirt, there => Move(vm, here, member, there))]),
        ];
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

    private IEnumerable<Finding> Move(string vm, LibvirtConnection here, MemberOptions member, LibvirtConnection there)
    {
        var to = member.Host;
        var about = $"{vm} to {to}";
        var host = HostDescription.Of(there);
        var found = new List<Finding>(LookThere(member, host));
        using var domain = Guid.TryParse(vm, out _) ? here.FindByUuid(vm) : here.FindByName(vm);
        if (domain is null)
        {
            return [.. found, Refuse($"{Self} has no VM '{vm}'")];
        }

        about = $"{domain.Name} to {to}";
        if (!domain.IsActive)
        {
            return [.. found, Refuse($"{domain.Name} does not run on {Self}; start it, for only what runs is migrated")];
        }

        var traits = new DomainTraits();
        traits.Begin([domain.Uuid]);
        if (traits.Of(domain, HostDescription.Of(here), out var unread) is not { } seen)
        {
            return [.. found, Refuse($"what {domain.Name} is made of cannot be read ({unread}); look at it with `virsh dumpxml {domain.Name}`")];
        }

        var mode = MigrationModes.Read(LibvirtStates.MigrationMode(domain.GetMetadata(LibvirtStates.MetadataNamespace))) ?? options.Core.Migration.Mode;
        var facts = new VmFacts(
            domain.Uuid, domain.Name, domain.GetInfo().MaxMemoryBytes, 0, 0, domain.IsPersistent, domain.IsPersistent && domain.IsAutostart, Mode: mode, Needs: seen.Needs);
        var ofVm = new List<Finding>(DepartureChecks.Of(about, domain.Name, Self, seen, mode));
        ofVm.AddRange(AskAgent(to, facts) ?? LookFrom(here: about, facts, to, there, host));
        if (facts.IsAutostart)
        {
            ofVm.Add(new Finding(about, FindingLevel.Good, $"it starts with {Self}; that is held while it moves, and it starts with {to} from then on"));
        }

        if (ofVm.All(f => f.About != about || f.Level == FindingLevel.Good))
        {
            ofVm.Add(new Finding(about, FindingLevel.Good, $"nothing speaks against it in mode {Words.Of(mode)}"));
        }

        return [.. found, .. ofVm.Where(f => f.About != about), .. ofVm.Where(f => f.About == about)];

        Finding Refuse(string text) => new(about, FindingLevel.Refusal, text);
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

    /// <summary>What that host's agent says; null if it says nothing.</summary>
    private IReadOnlyList<Finding>? AskAgent(string host, VmFacts? vm)
    {
        var found = askAgent?.Invoke(host, vm);
        return found is not null || vm is not null || askAgent is null
            ? found
            : [new Finding(host, FindingLevel.Warning, $"its agent does not answer {Self}; start it, or see that {Self} reaches its address")];
    }

    private string Members() => options.Members.Count == 0 ? "none" : string.Join(", ", options.Members.Select(m => m.Host));

    private IEnumerable<Finding> Ask(string host, string uri, Func<LibvirtConnection, IEnumerable<Finding>> look)
    {
        try
        {
            using var connection = LibvirtConnection.Open(uri);
            return [.. look(connection)];
        }
        catch (LibvirtException e)
        {
            return [HostChecks.Way(host, Self, uri, e.Message)];
        }
    }
}
