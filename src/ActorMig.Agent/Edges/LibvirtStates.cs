using System.Xml;
using System.Xml.Linq;
using ActorMig.Edges;
using ActorMig.Rules;
using LibvirtSharp;
using DomainState = ActorMig.Edges.DomainState;
using LibvirtState = LibvirtSharp.DomainState;

namespace ActorMig.Agent.Edges;

/// <summary>libvirt's states, reasons and figures in the core's words.</summary>
internal static class LibvirtStates
{
    /// <summary>The element in a domain's metadata that asks for it to be managed.</summary>
    public const string MetadataNamespace = "https://actormig.org/domain/1";

    /// <summary>What a domain's metadata says of where and when it runs; null for nothing.</summary>
    public static VmWish? Wish(string? metadata)
    {
        var element = Element(metadata);
        var wish = new VmWish
        {
            Tags = Text("tags"), Together = Text("together"), Apart = Text("apart"), Pin = Text("pin"), NeverOn = Text("never-on"), Priority = Text("priority"), NotDuring = Text("not-during"),
        };
        return wish == new VmWish() ? null : wish;

        string? Text(string name) => (string?)element?.Attribute(name);
    }

    /// <summary>How a domain's metadata wants it migrated, as it stands there; null if it says nothing of it.</summary>
    public static string? MigrationMode(string? metadata) => (string?)Element(metadata)?.Attribute("migration");

    private static XElement? Element(string? metadata)
    {
        try
        {
            return metadata is null ? null : XElement.Parse(metadata);
        }
        catch (XmlException)
        {
            // libvirt keeps only what is well-formed.
            return null;
        }
    }

    public static (DomainState State, StateReason Reason) Translate(LibvirtState state, int reason) => state switch
    {
        LibvirtState.Running or LibvirtState.Blocked => (DomainState.Running, (RunningReason)reason switch
        {
            RunningReason.Migrated => StateReason.Migrated,
            RunningReason.Postcopy => StateReason.PostCopy,
            RunningReason.PostcopyFailed => StateReason.PostCopyFailed,
            _ => StateReason.None,
        }),
        LibvirtState.Paused => (DomainState.Paused, (PausedReason)reason switch
        {
            PausedReason.User => StateReason.User,
            PausedReason.Migration or PausedReason.StartingUp => StateReason.Migration,
            PausedReason.Postcopy => StateReason.PostCopy,
            PausedReason.PostcopyFailed => StateReason.PostCopyFailed,
            _ => StateReason.None,
        }),
        LibvirtState.Shutoff => (DomainState.Shutoff, (ShutoffReason)reason switch
        {
            ShutoffReason.Migrated => StateReason.Migrated,
            ShutoffReason.Shutdown or ShutoffReason.Destroyed => StateReason.Ended,
            _ => StateReason.None,
        }),
        _ => (DomainState.Other, StateReason.None),
    };

    public static DomainJob Translate(JobType type, TypedParameters figures) => type switch
    {
        JobType.None or JobType.Completed or JobType.Failed or JobType.Cancelled => DomainJob.None,
        _ => (JobOperation)(figures.GetLong("operation") ?? 0) switch
        {
            JobOperation.MigrationOut => DomainJob.Outgoing,
            JobOperation.MigrationIn => DomainJob.Incoming,
            _ => DomainJob.Other,
        },
    };

    /// <summary>The job of which an error tells, with which libvirt answers the question for it; null if it tells of none.</summary>
    /// <param name="code">The error's.</param>
    /// <param name="isSample">
    /// True if a domain that cannot be asked counts as busy with something. A migration's look is no such: it must not take a busy monitor for its end.
    /// </param>
    public static DomainJob? JobByError(LibvirtErrorCode code, bool isSample) => code switch
    {
        // libvirt tells nothing of a job on the destination but that there is one.
        LibvirtErrorCode.OperationUnsupported => DomainJob.Incoming,

        // A driver without migration has no such jobs.
        LibvirtErrorCode.NoSupport => DomainJob.None,

        // Something holds the domain's monitor, or its QEMU hangs.
        LibvirtErrorCode.OperationTimeout when isSample => DomainJob.Other,
        _ => null,
    };

    public static JobFigures Figures(TypedParameters p) => new(
        p.GetLong("time_elapsed"),
        p.GetLong("downtime"),
        p.GetLong("memory_processed"),
        p.GetLong("memory_remaining"),
        p.GetLong("memory_total"),
        p.GetLong("memory_bps"),
        p.GetLong("memory_iteration"),
        p.GetLong("memory_postcopy_requests"));
}
