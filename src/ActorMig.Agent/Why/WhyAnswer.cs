using ActorMig.Hosts;
using ActorMig.Migrations;

namespace ActorMig.Agent.Why;

/// <summary>Puts together what a host shows of a VM and what its journal tells.</summary>
internal static class WhyAnswer
{
    /// <summary>The answer; null if this host knows no such VM.</summary>
    /// <param name="status">What the host shows.</param>
    /// <param name="vm">The VM's name or UUID.</param>
    /// <param name="told">What was written, oldest first.</param>
    /// <param name="figures">Finds the figures of a migration; null if they are not known.</param>
    /// <param name="nowWallMs">Now: milliseconds since 1970.</param>
    /// <param name="back">Of what there is more than was looked at; null for nothing.</param>
    public static WhyReply? Of(
        HostStatus status, string vm, IReadOnlyList<(long WallMs, object What)> told, Func<string, MigrationFigures?> figures, long nowWallMs,
        IReadOnlyList<LookedBack>? back = null)
    {
        var view = status.Barter.Vms.FirstOrDefault(v => v.Facts.Name == vm || v.Facts.Uuid == vm);
        if ((view is null ? VmHistoryReader.Find(vm, told) : (view.Facts.Uuid, view.Facts.Name)) is not var (uuid, name))
        {
            return null;
        }

        // What the journal knows by an old name may be here under a new one.
        view ??= status.Barter.Vms.FirstOrDefault(v => v.Facts.Uuid == uuid);
        var history = VmHistoryReader.Read(status.Host, uuid, name, told, figures);
        var forbids = view is null ? [] : WhyNots.Of(status, view);
        return new WhyReply(
            status.Host,
            nowWallMs,
            view?.Facts.Name ?? name,
            uuid,
            view,
            status.Round,
            forbids,
            status.Barter.Decision,
            status.Barter.Decided,
            history,
            [],
            view is null ? [] : WhyNots.Changes(name, forbids, status.Barter.Decided, history.Barters.Count > 0 ? history.Barters[0] : null),
            back is { Count: > 0 } ? back : null);
    }
}
