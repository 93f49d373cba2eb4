using ActorMig.HypervisorRows;

namespace ActorMig.Simulation.Tests;

/// <summary>A migration that simulated libvirt was asked for.</summary>
internal sealed class SimCall : ICall
{
    public bool IsOver { get; private set; }

    public LibvirtError? Error { get; private set; }

    public void Return(LibvirtError? error) => (IsOver, Error) = (true, error);
}
