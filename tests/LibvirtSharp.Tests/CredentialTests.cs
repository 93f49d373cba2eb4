using LibvirtSharp.Interop;

namespace LibvirtSharp.Tests;

/// <summary>Credentials, asked for by libvirt's test driver.</summary>
public sealed class CredentialTests : IDisposable
{
    private const string Secret = "s3cret-ÄÖ";
    private readonly TestNode _node = new(1, $"<auth><user password='{Secret}'>alice</user></auth>");
    private readonly List<CredentialRequest> _asked = [];

    public void Dispose() => _node.Dispose();

    [Fact]
    public void What_libvirt_asks_is_answered()
    {
        using var connection = LibvirtConnection.Open(_node.Uri, With(r => r.Type == CredentialType.Passphrase ? Secret : "alice"));
        using var domain = connection.FindByName("d0");
        Assert.NotNull(domain);
        Assert.Contains(_asked, r => r.Type is CredentialType.UserName or CredentialType.AuthName);
        Assert.Contains(_asked, r => r.Type == CredentialType.Passphrase && r.Prompt.Contains("alice", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrong_secret_is_refused_and_stands_nowhere()
    {
        var e = Assert.Throws<LibvirtException>(() => LibvirtConnection.Open(_node.Uri, With(r => r.Type == CredentialType.Passphrase ? "wr0ng" : "alice")));
        Assert.Equal(LibvirtErrorCode.AuthenticationFailed, e.Code);
        Assert.DoesNotContain("wr0ng", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", string.Concat(_asked), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_gives_no_answer_is_not_let_in()
    {
        var before = Callbacks.Count;
        Assert.Equal(
            LibvirtErrorCode.AuthenticationFailed,
            Assert.Throws<LibvirtException>(() => LibvirtConnection.Open(_node.Uri, With(r => r.Type == CredentialType.Passphrase ? null : "alice"))).Code);
        Assert.Equal(2, _asked.Count);
        Assert.Equal(before, Callbacks.Count);
    }

    [Fact]
    public void Who_cannot_be_asked_is_not_let_in() =>
        Assert.Equal(LibvirtErrorCode.InvalidArgument, Assert.Throws<LibvirtException>(() => LibvirtConnection.Open(_node.Uri)).Code);

    [Fact]
    public void What_the_callback_throws_opening_throws()
    {
        var e = Assert.Throws<TimeoutException>(() => LibvirtConnection.Open(_node.Uri, With(_ => throw new TimeoutException("nobody is there"))));
        Assert.Equal("nobody is there", e.Message);
    }

    private ConnectOptions With(Func<CredentialRequest, string?> answer) => new()
    {
        Credentials = request =>
        {
            _asked.Add(request);
            return answer(request);
        },
    };
}
