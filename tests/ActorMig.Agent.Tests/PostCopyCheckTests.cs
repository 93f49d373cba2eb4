using ActorMig.Agent.Edges;

namespace ActorMig.Agent.Tests;

public sealed class PostCopyCheckTests : IDisposable
{
    private const string AsUser = "<secmodel><model>dac</model><doi>0</doi><baselabel type='kvm'>+64055:+64055</baselabel></secmodel>";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_answer_follows_the_sysctl()
    {
        var sysctl = _folder.File("unprivileged_userfaultfd");
        File.WriteAllText(sysctl, "0\n");
        Assert.Equal(
            "QEMU runs as user 64055 and may not use userfaultfd, which post-copy needs; set vm.unprivileged_userfaultfd = 1 with sysctl on this host",
            PostCopyCheck.WhyNot(AsUser, sysctl));
        Assert.Null(PostCopyCheck.WhyNot(AsUser, sysctl, hasDevice: true));
        File.WriteAllText(sysctl, "1\n");
        Assert.Null(PostCopyCheck.WhyNot(AsUser, sysctl));
    }

    [Fact]
    public void Root_may_always_and_a_kernel_without_it_never()
    {
        var sysctl = _folder.File("unprivileged_userfaultfd");
        Assert.Contains("this kernel has no userfaultfd", PostCopyCheck.WhyNot("", sysctl), StringComparison.Ordinal);
        File.WriteAllText(sysctl, "0\n");
        Assert.Null(PostCopyCheck.WhyNot(AsUser.Replace("64055", "0", StringComparison.Ordinal), sysctl));
    }
}
