using ActorMig.Edges;
using ActorMig.Vms;

namespace ActorMig.Tests;

/// <summary>What a VM is doing, by what libvirt shows.</summary>
public sealed class VmStatusTests
{
    [Theory]
    [InlineData(DomainState.Running, StateReason.None, DomainJob.None, VmStatus.Idle)]
    [InlineData(DomainState.Running, StateReason.Migrated, DomainJob.None, VmStatus.Idle)]
    [InlineData(DomainState.Running, StateReason.None, DomainJob.Outgoing, VmStatus.Foreign)]
    [InlineData(DomainState.Running, StateReason.None, DomainJob.Other, VmStatus.Foreign)]
    [InlineData(DomainState.Paused, StateReason.Migration, DomainJob.Incoming, VmStatus.Arriving)]
    [InlineData(DomainState.Running, StateReason.PostCopy, DomainJob.Incoming, VmStatus.Arriving)]
    [InlineData(DomainState.Running, StateReason.PostCopy, DomainJob.Other, VmStatus.Arriving)]
    [InlineData(DomainState.Running, StateReason.PostCopyFailed, DomainJob.None, VmStatus.Arriving)]

    // What libvirt 9.0 shows of a guest whose daemon was killed while it switched, and that runs on where it was.
    [InlineData(DomainState.Running, StateReason.PostCopy, DomainJob.None, VmStatus.Idle)]
    [InlineData(DomainState.Paused, StateReason.User, DomainJob.None, VmStatus.Paused)]
    public void It_is_told_from_state_reason_and_job(DomainState state, StateReason reason, DomainJob job, VmStatus expected) =>
        Assert.Equal(expected, VmActor.StatusOf(new DomainSample("u", "vm1", state, reason, job, 1, 1, 0, 0, true, true, false)));
}
