using System.Xml;
using ActorMig.PreFlight;
using LibvirtSharp;

namespace ActorMig.Agent.Edges;

/// <summary>What libvirt and the machine tell of domains before they move. A domain whose XML stays the same is not read again; those that are gone are forgotten.</summary>
internal sealed class DomainTraits
{
    private const string QemuConf = "/etc/libvirt/qemu.conf";
    private readonly Dictionary<string, (string Xml, string Mounts, VmTraits Traits)> _known = new(StringComparer.Ordinal);
    private bool _hasLockManager;
    private Mounts _mounts = new("");
    private string _table = "";

    /// <summary>Begins to look at all domains anew: what an operator can change on the machine is read again.</summary>
    /// <param name="present">The domains that there are.</param>
    public void Begin(IReadOnlyCollection<string> present)
    {
        foreach (var gone in _known.Keys.Except(present, StringComparer.Ordinal).ToArray())
        {
            _known.Remove(gone);
        }

        _table = ReadOrEmpty("/proc/self/mounts");
        _mounts = new Mounts(_table);
        _hasLockManager = ReadOrEmpty(QemuConf).Split('\n').Any(l => l.TrimStart().StartsWith("lock_manager", StringComparison.Ordinal));
    }

    /// <summary>Looks at a domain.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="host">The host that it is on.</param>
    /// <param name="error">Why it cannot be read; else null.</param>
    /// <returns>Null if it cannot be read.</returns>
    public VmTraits? Of(LibvirtDomain domain, HostDescription host, out string? error)
    {
        error = null;
        try
        {
            var xml = domain.GetXml();
            if (!_known.TryGetValue(domain.Uuid, out var known) || known.Xml != xml || known.Mounts != _table)
            {
                known = (xml, _table, DomainXml.Read(xml, host, _mounts.TypeOf, _hasLockManager));
                _known[domain.Uuid] = known;
            }

            return known.Traits with
            {
                SnapshotCount = OrNone(() => domain.SnapshotCount),
                CheckpointCount = OrNone(() => domain.CheckpointCount),
                HasManagedSave = OrNone(() => domain.HasManagedSave),
            };
        }
        catch (Exception e) when (e is XmlException or LibvirtException { IsConnectionFailure: false, Code: not LibvirtErrorCode.NoDomain })
        {
            error = e.Message;
            return null;
        }
    }

    /// <summary>A driver that has no such thing has none of it.</summary>
    private static T OrNone<T>(Func<T> read)
        where T : struct
    {
        try
        {
            return read();
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoSupport)
        {
            return default;
        }
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
