using ActorMig.Bartering;
using ActorMig.Edges;

namespace ActorMig.LabTests;

/// <summary>A destination whose QEMU may not use userfaultfd.</summary>
public sealed class MissingUserfaultfd(LabFixture fixture)
{
    [Fact]
    public Task A_command_is_refused_with_a_remedy_before_anything_moves() => OnHostWithoutAsync(async one =>
    {
        var barter = await one.BeginMoveAsync(one.H1, "vm1", "h2");
        await one.UntilAsync(() => one.Log.Of<BarterEnded>().Any(e => e.Message.Barter == barter && e.Host == "h1"), "the barter ends");
        var ended = one.Log.Of<BarterEnded>().First(e => e.Message.Barter == barter && e.Host == "h1").Message;
        Assert.Equal(Refusal.NoPostCopy, ended.Refusal);
        Assert.Contains("set vm.unprivileged_userfaultfd = 1", ended.Reason, StringComparison.Ordinal);
    });

    /// <summary>One leg could be carried out and the other could not: then neither is begun.</summary>
    [Fact]
    [Trait("kind", "matrix")]
    public Task A_swap_of_which_one_leg_cannot_arrive_is_declined_as_a_whole() => OnHostWithoutAsync(async one =>
    {
        await one.LoadForSwapAsync();
        await one.UntilAsync(
            () => one.Log.Of<OfferDeclined>().Any(d => d.Message.Refusal == Refusal.NoPostCopy)
                || one.Log.Decisions.Any(d => d.Decided.Answer == Words.Of(Refusal.NoPostCopy)),
            "no-post-copy is said");
        await one.CalmAsync();
    });

    /// <summary>Plays a case in which h2 cannot receive post-copy, and sees that nothing was granted or moved.</summary>
    private async Task OnHostWithoutAsync(Func<LabCase, Task> play)
    {
        Assert.SkipWhen(
            File.ReadAllText("/proc/sys/vm/unprivileged_userfaultfd").Trim() == "1", "this machine lets every user use userfaultfd (vm.unprivileged_userfaultfd = 1)");
        fixture.Lab.Hosts[1].KillLibvirtd();
        await fixture.Lab.Hosts[1].RestartLibvirtdAsync("libvirt-qemu");
        try
        {
            await using var one = await LabCase.StartAsync(fixture.Lab);
            await play(one);
            await one.CheckAtRestAsync();
            Assert.Empty(one.Log.Of<BarterGranted>());
            Assert.Empty(one.Log.Migrations());
        }
        finally
        {
            fixture.Lab.Hosts[1].KillLibvirtd();
            await fixture.Lab.Hosts[1].RestartLibvirtdAsync("root");
        }
    }
}
