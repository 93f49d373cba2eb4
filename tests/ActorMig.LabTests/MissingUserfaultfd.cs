using ActorMig.Bartering;

namespace ActorMig.LabTests;

/// <summary>A destination whose QEMU may not use userfaultfd.</summary>
public sealed class MissingUserfaultfd(LabFixture fixture)
{
    [Fact]
    public async Task It_is_refused_with_a_remedy_before_anything_moves()
    {
        Assert.SkipWhen(
            File.ReadAllText("/proc/sys/vm/unprivileged_userfaultfd").Trim() == "1", "this machine lets every user use userfaultfd (vm.unprivileged_userfaultfd = 1)");
        fixture.Lab.Hosts[1].KillLibvirtd();
        await fixture.Lab.Hosts[1].RestartLibvirtdAsync("libvirt-qemu");
        try
        {
            await using var one = await LabCase.StartAsync(fixture.Lab);
            var barter = await one.BeginMoveAsync(one.H1, "vm1", "h2");
            await one.UntilAsync(() => one.Log.Of<BarterEnded>().Any(e => e.Message.Barter == barter && e.Host == "h1"), "the barter ends");
            var leg = one.Log.Of<LegEnded>().First(e => e.Host == "h1").Message;
            Assert.Equal(LegOutcome.Failed, leg.Outcome);
            Assert.Contains("no-post-copy", leg.Reason, StringComparison.Ordinal);
            Assert.Contains("set vm.unprivileged_userfaultfd = 1", leg.Reason, StringComparison.Ordinal);
            await one.CheckAtRestAsync();
        }
        finally
        {
            fixture.Lab.Hosts[1].KillLibvirtd();
            await fixture.Lab.Hosts[1].RestartLibvirtdAsync("root");
        }
    }
}
