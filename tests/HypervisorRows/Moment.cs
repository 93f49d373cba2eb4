namespace ActorMig.HypervisorRows;

/// <summary>A moment of a migration that lasts no time, unless something holds it open: then <see cref="Fault.ContinueDaemon"/> lets it pass.</summary>
public enum Moment
{
    /// <summary>The source is paused in post-copy, and the destination's daemon has not been able to read that it shall let the guest run.</summary>
    SwitchedNotAsked,

    /// <summary>The guest is paused on the source as it converged, and the destination's daemon has not been able to read that it shall let it run.</summary>
    ConvergedNotAsked,

    /// <summary>It converged, and the destination's daemon has begun to let it run and not yet done so.</summary>
    ConvergedNotRunning,

    /// <summary>It converged and runs on the destination, whose daemon has not said so yet.</summary>
    ConvergedRunning,

    /// <summary>All is well and the source's daemon is about to end its process.</summary>
    Confirming,
}
