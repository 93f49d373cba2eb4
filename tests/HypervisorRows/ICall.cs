using ActorMig.Simulation;

namespace ActorMig.HypervisorRows;

/// <summary>A call that migrates: it lasts as long as the migration.</summary>
public interface ICall
{
    /// <summary>True once it has returned.</summary>
    bool IsOver { get; }

    /// <summary>How it failed; null if it did not, or has not returned.</summary>
    LibvirtError? Error { get; }
}
