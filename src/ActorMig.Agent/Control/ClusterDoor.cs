using ActorMig.Agent.Configuration;
using ActorMig.Agent.Edges;
using ActorMig.Cluster;
using ActorMig.Cluster.Serf;
using ActorMig.Edges;

namespace ActorMig.Agent.Control;

/// <summary>What a person sees of the cluster, and does with this host's place in it.</summary>
/// <param name="running">The configuration.</param>
/// <param name="watch">What watches the others; null if the configuration lists the members.</param>
internal sealed class ClusterDoor(RunningConfiguration running, IMembership? watch)
{
    /// <summary>The other hosts now.</summary>
    public IReadOnlyList<ClusterHost> Others => watch is null ? ClusterHost.Configured(running.Options) : ClusterHost.Others(watch.Members, running.Options.Core.HostName);

    /// <summary>False if the configuration alone says who the members are: then every wish is refused.</summary>
    public bool CanChange => watch is not null;

    /// <summary>The hosts, this one among them.</summary>
    public ClusterReply Show()
    {
        var options = running.Options;
        var self = options.Core.HostName;
        var own = watch?.Members.FirstOrDefault(m => m.Name == self) is { } member ? ClusterHost.Of(member) : null;
        var hosts = Others.Select(h => Info(h, false)).Append(own is not null
            ? Info(own, true)
            : new ClusterHostInfo(self, true, watch is null ? MemberState.Alive : watch.HasLeft ? MemberState.Left : null, options.Listen.ToString(), ClusterHost.OwnVersion, null, null, null, null));
        return new ClusterReply(
            Words.Of(options.Membership.Kind), watch?.HasLeft ?? false, [.. hosts.OrderBy(h => h.Host, StringComparer.Ordinal)]);
    }

    /// <summary>Joins.</summary>
    public Task<ClusterAnswer> JoinAsync(JoinRequest request, CancellationToken cancellation) => TryAsync(async () =>
    {
        var count = await watch!.JoinAsync(request.Addresses, cancellation).ConfigureAwait(false);
        var answered = running.Options.Membership.Kind != MembershipKind.Akka ? FormattableString.Invariant($" ({count} answered)")
            : count == 0 ? ", and is weakly up until all hosts can be reached or those that cannot are forgotten"
            : "";
        return $"{running.Options.Core.HostName} has joined{answered}; `actormig cluster show` lists the hosts";
    });

    /// <summary>Leaves.</summary>
    /// <param name="busy">What this host still has to do with the others; null: nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ClusterAnswer> LeaveAsync(string? busy, CancellationToken cancellation) => busy is not null && watch is not null
        ? Task.FromResult(new ClusterAnswer(false, busy))
        : TryAsync(async () =>
        {
            await watch!.LeaveAsync(cancellation).ConfigureAwait(false);
            return running.Options.Membership.Kind == MembershipKind.Akka
                ? $"{running.Options.Core.HostName} has left, and stays alone; it joins again when its agent is restarted, if akka.cluster.seed-nodes names other hosts; else say `actormig cluster join` again then"
                : $"{running.Options.Core.HostName} has left, and stays alone, also over restarts, until `actormig cluster join`";
        });

    /// <summary>Forgets a host that has failed.</summary>
    public Task<ClusterAnswer> ForgetAsync(ForgetRequest request, CancellationToken cancellation) => TryAsync(async () =>
    {
        await watch!.ForgetAsync(request.Host, cancellation).ConfigureAwait(false);
        return $"{request.Host} is forgotten; it may join again when it is back";
    });

    private static ClusterHostInfo Info(ClusterHost host, bool isSelf) => new(
        host.Member.Host,
        isSelf,
        host.Version is null ? null : host.Member.State,
        host.Address.ToString(),
        host.Version,
        host.Member.DistanceMs,
        host.MemoryBytes,
        host.Member.LibvirtUri,
        host.Member.DataUri,
        host.Member.IsStopped);

    private async Task<ClusterAnswer> TryAsync(Func<Task<string>> act)
    {
        if (watch is null)
        {
            return new ClusterAnswer(
                false, "the members of this cluster stand in the configuration (actormig.membership.kind = static); change actormig.members there and send the agent SIGHUP, or set the kind to serf");
        }

        try
        {
            return new ClusterAnswer(true, await act().ConfigureAwait(false));
        }
        catch (Exception e) when (e is SerfException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return new ClusterAnswer(false, e.Message.TrimEnd('.'));
        }
    }
}
