using ActorMig.Edges;
using ActorMig.Simulation;

namespace ActorMig.HypervisorRows;

/// <summary>Two hosts with libvirt, and one persistent guest that runs on the first: real, or simulated. The same script plays on both.</summary>
public interface IHypervisorPair
{
    /// <summary>What libvirt shows of the guest, with the job on it; a dead daemon shows nothing.</summary>
    /// <param name="side">Where.</param>
    DomainLook Look(Side side);

    /// <summary>State and reason only: real libvirt tells these also while something holds the guest.</summary>
    /// <param name="side">Where.</param>
    string State(Side side);

    /// <summary>True if the definition there starts with the host.</summary>
    /// <param name="side">Where.</param>
    bool IsAutostart(Side side);

    /// <summary>The lifecycle events that libvirt has told, in its words; what happens while its daemon is dead or starts is told to nobody.</summary>
    /// <param name="side">Where.</param>
    IReadOnlyList<string> Events(Side side);

    /// <summary>The passes that the source has told.</summary>
    IReadOnlyList<int> Iterations { get; }

    /// <summary>How often the source has told that a job is completed.</summary>
    int CompletedJobs { get; }

    /// <summary>Begins to migrate the guest from the source to the destination, peer to peer.</summary>
    /// <param name="options">How.</param>
    ICall Migrate(MigrateOptions options);

    /// <summary>As <see cref="Migrate"/>, asked for by a program that is then killed.</summary>
    /// <param name="options">How.</param>
    Task MigrateAndKillCallerAsync(MigrateOptions options);

    /// <summary>Has the guest write to memory that stays as it is afterwards.</summary>
    Task WriteAsync();

    /// <summary>
    /// Waits until the guest has been running on the destination for a while. A post-copy that is stopped right after the switch can hang the
    /// destination's QEMU (seen with 7.2): it waits for a page that does not come, and answers no command.
    /// </summary>
    Task BeatsThereAsync();

    /// <summary>Asks libvirt for something, and waits for its answer.</summary>
    /// <param name="side">Where.</param>
    /// <param name="verb">What.</param>
    /// <returns>Its refusal, or null.</returns>
    Task<LibvirtError?> AskAsync(Side side, Verb verb);

    /// <summary>Breaks something, or mends it.</summary>
    /// <param name="side">Where.</param>
    /// <param name="fault">What.</param>
    Task DoAsync(Side side, Fault fault);

    /// <summary>Takes a migration that runs to a moment, and holds it there.</summary>
    /// <param name="moment">Which.</param>
    Task HoldAtAsync(Moment moment);

    /// <summary>Lets time pass until something has come to be.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="what">In words.</param>
    Task UntilAsync(Func<bool> condition, string what);

    /// <summary>Lets the link's keepalive run out.</summary>
    Task LinkTimeoutAsync();
}
