using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using LibvirtSharp;

namespace ActorMig.Agent.Doctor;

/// <summary>Asks libvirt here and there, with the agent's own rights, and hands what it says to the checks. Blocks; for any thread.</summary>
/// <param name="options">The agent's configuration.</param>
internal sealed class DoctorRun(AgentOptions options)
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
            found.AddRange(Try(Self, options.LibvirtUri, c => [.. HostChecks.Of(Describe(Self, c)), HostChecks.PostCopy(Self, PostCopyCheck.WhyNot(c.GetCapabilities()))]));
        }

        foreach (var member in options.Members.Where(m => only is null || m.Host == only))
        {
            found.AddRange(Try(member.Host, member.Libvirt, c => HostChecks.Of(Describe(member.Host, c))));
            if (HostChecks.Stream(member.Host, member.Data) is { } clear)
            {
                found.Add(clear);
            }
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

        return [.. Hosts(Self), .. Hosts(to), .. Try(Self, options.LibvirtUri, here => Try(to, member.Libvirt, there => Move(vm, here, to, there)))];
    }

    private IEnumerable<Finding> Move(string vm, LibvirtConnection here, string to, LibvirtConnection there)
    {
        using var domain = Guid.TryParse(vm, out _) ? here.FindByUuid(vm) : here.FindByName(vm);
        if (domain is null)
        {
            return [new Finding($"{vm} to {to}", FindingLevel.Refusal, $"{Self} has no VM '{vm}'")];
        }

        using var named = there.FindByName(domain.Name);
        using var same = there.FindByUuid(domain.Uuid);
        var mode = LibvirtStates.MigrationMode(domain.GetMetadata(LibvirtStates.MetadataNamespace));
        return DomainChecks.Of(
            DomainDescription.Parse(domain.GetXml()),
            new DomainFacts(domain.IsActive, domain.SnapshotCount, domain.CheckpointCount, domain.HasManagedSave),
            Enum.GetValues<MigrationMode>().Cast<MigrationMode?>().FirstOrDefault(m => Words.Of(m!.Value) == mode) ?? options.Core.Migration.Mode,
            Describe(Self, here),
            Describe(to, there),
            named is not null && named.Uuid != domain.Uuid ? named.Uuid : null,
            same is { IsActive: true },
            FilesystemOf);
    }

    private string Members() => options.Members.Count == 0 ? "none" : string.Join(", ", options.Members.Select(m => m.Host));

    private static HostDescription Describe(string host, LibvirtConnection connection) =>
        new(host, connection.LibraryVersion, connection.HypervisorVersion, connection.GetFreeMemoryBytes(), connection.GetCapabilities());

    private IEnumerable<Finding> Try(string host, string uri, Func<LibvirtConnection, IEnumerable<Finding>> look)
    {
        try
        {
            using var connection = LibvirtConnection.Open(uri);
            return [.. look(connection)];
        }
        catch (LibvirtException e)
        {
            return [new Finding(host, FindingLevel.Refusal, $"its libvirt at {uri} cannot be asked from {Self}: {e.Message.TrimEnd('.')}; see that its daemon runs and listens, and that {Self}'s root may connect (address, port, certificates or keys)")];
        }
    }

    /// <summary>The type of the file system with the longest mount point above a file.</summary>
    private static string? FilesystemOf(string file)
    {
        try
        {
            return DriveInfo.GetDrives()
                .Where(d => d.Name == "/" || file == d.Name || file.StartsWith(d.Name.TrimEnd('/') + "/", StringComparison.Ordinal))
                .MaxBy(d => d.Name.Length)?.DriveFormat;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
