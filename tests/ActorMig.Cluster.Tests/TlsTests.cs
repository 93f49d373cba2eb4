using System.Collections.Concurrent;
using ActorMig.Cluster.Tls;
using ActorMig.Tests;

namespace ActorMig.Cluster.Tests;

/// <summary>Two hosts over mutual TLS, with real sockets and certificates.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly TestCertificates _certificates = new();
    private readonly int _a = FreePorts.Next("127.0.0.1");
    private readonly int _b = FreePorts.Next("127.0.0.1");
    private readonly BlockingCollection<PeerMessage> _received = [];
    private readonly BlockingCollection<string> _unreachable = [];
    private readonly BlockingCollection<string> _notes = [];

    public void Dispose()
    {
        _certificates.Dispose();
        _received.Dispose();
        _unreachable.Dispose();
        _notes.Dispose();
    }

    [Fact]
    public async Task Messages_arrive_over_mutual_TLS()
    {
        using var ofOne = _certificates.Open("one");
        using var ofTwo = _certificates.Open("two");
        await using var two = await StartAsync("two", _b, ofTwo, ("one", _a));
        await using var one = await StartAsync("one", _a, ofOne, ("two", _b));
        one.Send("two", 7, "barter", new Hello("hi", 1));
        Assert.True(_received.TryTake(out var said, Limit), string.Join('\n', _unreachable));
        Assert.Equal(new PeerMessage("one", 7, "barter", new Hello("hi", 1)), said);
        await UntilAsync(() => one.Counters().Peers[0] is { Sent: 1, Batches: 1, Failed: 0 });
        Assert.Empty(two.Counters().Refused);
        Assert.Empty(_notes);
    }

    [Theory]
    [InlineData(BadCertificate.None, RefusalReason.NoCertificate, "it shows no certificate")]
    [InlineData(BadCertificate.Expired, RefusalReason.Expired, "it expired at ")]
    [InlineData(BadCertificate.NotYetValid, RefusalReason.NotYetValid, "it is not valid before ")]
    [InlineData(BadCertificate.Foreign, RefusalReason.ForeignAuthority, "it is not of the cluster's authority, but of 'CN=ActorMig authority ")]
    [InlineData(BadCertificate.WrongUse, RefusalReason.WrongUse, "it is not for TLS client authentication")]
    public async Task Who_calls_with_a_certificate_that_does_not_count_is_not_answered_and_said_once(BadCertificate kind, RefusalReason reason, string sentence)
    {
        using var ofTwo = _certificates.Open("two");
        await using var two = await StartAsync("two", _b, ofTwo, ("one", _a));
        using var bad = _certificates.Bad(kind, "one", CertificateUse.Server);
        const int Attempts = 3;
        for (var i = 0; i < Attempts; i++)
        {
            Assert.Equal(0, await RawTls.CallAsync(_b, bad));
        }

        await UntilAsync(() => two.Counters().Refused is [{ Count: Attempts }]);
        Assert.Equal((reason, kind == BadCertificate.None ? "127.0.0.1" : "one"), (two.Counters().Refused[0].Reason, two.Counters().Refused[0].Who));
        Assert.Contains(sentence, Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Empty(_received);

        // Whoever has a good one is heard all the same.
        using var ofOne = _certificates.Open("one");
        await using var one = await StartAsync("one", _a, ofOne, ("two", _b));
        one.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(_received.TryTake(out _, Limit), string.Join('\n', _unreachable));
    }

    [Theory]
    [InlineData(BadCertificate.Expired, RefusalReason.Expired, "its certificate is refused: it expired at ")]
    [InlineData(BadCertificate.NotYetValid, RefusalReason.NotYetValid, "its certificate is refused: it is not valid before ")]
    [InlineData(BadCertificate.Foreign, RefusalReason.ForeignAuthority, "its certificate is refused: it is not of the cluster's authority")]
    [InlineData(BadCertificate.WrongUse, RefusalReason.WrongUse, "its certificate is refused: it is not for TLS server authentication")]
    public async Task Who_answers_with_a_certificate_that_does_not_count_gets_nothing(BadCertificate kind, RefusalReason reason, string sentence)
    {
        using var ofOne = _certificates.Open("one");
        using var bad = _certificates.Bad(kind, "two", CertificateUse.Client);
        using var answering = new RawTls(bad!);
        await using var one = await StartAsync("one", _a, ofOne, ("two", answering.Port));
        for (var i = 0; i < 2; i++)
        {
            one.Send("two", 1, "barter", new Hello("secret", i));
            Assert.True(_unreachable.TryTake(out var why, Limit));
            Assert.StartsWith(sentence, why, StringComparison.Ordinal);
        }

        Assert.Equal(0, answering.BytesRead);
        Assert.Equal((reason, "two", 2L), (one.Counters().Refused[0].Reason, one.Counters().Refused[0].Who, one.Counters().Refused[0].Count));
        Assert.Single(_notes);
    }

    [Fact]
    public async Task Who_says_another_name_than_its_certificate_is_refused()
    {
        using var ofThree = _certificates.Open("three");
        using var ofTwo = _certificates.Open("two");
        await using var two = await StartAsync("two", _b, ofTwo, ("one", _a), ("three", FreePorts.Next("127.0.0.1")));
        await using var liar = await StartAsync("one", _a, ofThree, ("two", _b));
        liar.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(_unreachable.TryTake(out var why, Limit));
        Assert.Equal(
            "answered 403: it says that it is 'one', and its certificate is that of three; give it a certificate of its own name, or another actormig.host-name.", why);
        liar.Send("two", 1, "barter", new Hello("hi", 2));
        Assert.True(_unreachable.TryTake(out _, Limit));
        Assert.True(two.Counters().Refused is [{ Who: "three", Reason: RefusalReason.WrongName, Count: >= 2 }]);
        Assert.StartsWith("three is refused: it says that it is 'one'", Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Empty(_received);
    }

    [Fact]
    public async Task A_host_that_answers_with_another_hosts_certificate_gets_nothing()
    {
        using var ofOne = _certificates.Open("one");
        using var ofThree = _certificates.Open("three");
        await using var three = await StartAsync("three", _b, ofThree, ("one", _a));
        await using var one = await StartAsync("one", _a, ofOne, ("two", _b));
        one.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(_unreachable.TryTake(out var why, Limit));
        Assert.Equal("its certificate is refused: it is the certificate of three, and not of two", why);
        Assert.Equal(RefusalReason.WrongName, Assert.Single(one.Counters().Refused).Reason);
        Assert.Empty(_received);
    }

    [Fact]
    public async Task A_host_of_the_authority_that_is_no_member_is_refused()
    {
        using var ofStranger = _certificates.Open("stranger");
        using var ofTwo = _certificates.Open("two");
        await using var two = await StartAsync("two", _b, ofTwo, ("one", _a));
        await using var stranger = await StartAsync("stranger", _a, ofStranger, ("two", _b));
        stranger.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(_unreachable.TryTake(out var why, Limit));
        Assert.Equal("answered 403: 'stranger' is not a member that two knows; add it to actormig.members there, or let it join by serf.", why);
        Assert.Equal(new RefusalCounter("stranger", RefusalReason.UnknownMember, 1), Assert.Single(two.Counters().Refused));
        Assert.StartsWith("stranger is refused: 'stranger' is not a member that two knows", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_without_certificates_and_one_with_do_not_hear_each_other_and_say_why()
    {
        using var ofTwo = _certificates.Open("two");
        await using var two = await StartAsync("two", _b, ofTwo, ("one", _a));
        await using var plain = await StartAsync("one", _a, null, ("two", _b));
        plain.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(_unreachable.TryTake(out _, Limit));
        Assert.True(_notes.TryTake(out var note, Limit));
        Assert.StartsWith("127.0.0.1 is refused: it speaks no TLS, which this host demands", note, StringComparison.Ordinal);
        two.Send("one", 1, "barter", new Hello("hi", 1));
        Assert.True(_unreachable.TryTake(out var why, Limit));
        Assert.Contains("speaks no TLS", why, StringComparison.Ordinal);
        Assert.Empty(_received);
    }

    [Fact]
    public async Task A_renewed_certificate_is_taken_by_itself_and_nothing_is_lost()
    {
        using var ofOne = _certificates.Open("one", _notes.Add);
        using var ofTwo = _certificates.Open("two", _notes.Add);
        await using var two = await StartAsync("two", _b, ofTwo, ("one", _a));
        await using var one = await StartAsync("one", _a, ofOne, ("two", _b));
        await SayAsync(1);
        var before = await AnswersWithAsync();
        _certificates.Renew("two");
        var after = before;
        await UntilAsync(async () => (after = await AnswersWithAsync()) != before);
        Assert.Equal(CertificateInfo.Read(Path.Combine(_certificates.Folder("two"), "host.crt"), default)[0].Fingerprint, after);
        await SayAsync(2);
        Assert.Contains($"was taken anew: SHA-256 {after}, until ", Assert.Single(_notes), StringComparison.Ordinal);

        // The caller's own: over a new connection, at once.
        _certificates.Renew("one");
        ofOne.Look();
        await SayAsync(3);
        Assert.Empty(_unreachable);

        async Task SayAsync(int number)
        {
            one.Send("two", 1, "barter", new Hello("hi", number));
            Assert.True(_received.TryTake(out var said, Limit), string.Join('\n', _unreachable));
            Assert.Equal(number, ((Hello)said.Message).Number);
            await UntilAsync(() => one.Counters().Peers[0].Sent == number);
        }

        async Task<string> AnswersWithAsync()
        {
            using var own = _certificates.Certificate("one");
            return await RawTls.ShowsAsync(_b, own);
        }
    }

    [Fact]
    public async Task A_broken_new_file_is_refused_with_a_sentence_and_the_old_one_stays()
    {
        using var ofOne = _certificates.Open("one");
        using var ofTwo = _certificates.Open("two", _notes.Add);
        await using var two = await StartAsync("two", _b, ofTwo, ("one", _a));
        var file = Path.Combine(_certificates.Folder("two"), "host.crt");
        var good = await File.ReadAllTextAsync(file);
        var foreign = _certificates.Folder("foreign-two");
        TestCertificates.IssueForeign("two", foreign);
        foreach (var (bad, sentence) in new[]
        {
            (good[..100], "holds a"), ("", "holds no certificate in PEM"), (await File.ReadAllTextAsync(Path.Combine(foreign, "host.crt")), "is not the key of"),
        })
        {
            await File.WriteAllTextAsync(file, bad + "\n");
            ofTwo.Look();
            Assert.True(_notes.TryTake(out var note, Limit), bad);
            Assert.StartsWith("The changed certificates are refused, and those before stay in use: ", note, StringComparison.Ordinal);
            Assert.True(note.Contains(sentence, StringComparison.Ordinal) || note.Contains("holds no", StringComparison.Ordinal), note);
            ofTwo.Look();
        }

        await using var one = await StartAsync("one", _a, ofOne, ("two", _b));
        one.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(_received.TryTake(out _, Limit), string.Join('\n', _unreachable));
        Assert.Empty(_notes);
    }

    [Fact]
    public async Task While_one_authority_takes_the_others_place_both_count()
    {
        using var ofTwo = _certificates.Open("two");
        var foreign = _certificates.Folder("foreign");
        TestCertificates.IssueForeign("one", foreign);
        await using var two = await StartAsync("two", _b, ofTwo, ("one", _a));
        await File.AppendAllTextAsync(Path.Combine(_certificates.Folder("two"), "ca.crt"), await File.ReadAllTextAsync(Path.Combine(foreign, "ca.crt")));
        ofTwo.Look();
        await File.AppendAllTextAsync(Path.Combine(foreign, "ca.crt"), await File.ReadAllTextAsync(Path.Combine(_certificates.Authority, "ca.crt")));
        using var ofOne = CertificateStore.Open(new PeerTlsOptions { Files = TestCertificates.Files(foreign) }, "one", TimeProvider.System, _ => { });
        await using var one = await StartAsync("one", _a, ofOne, ("two", _b));
        one.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(_received.TryTake(out _, Limit), string.Join('\n', _unreachable));
    }

    [Fact]
    public async Task A_connection_ends_when_it_is_too_old()
    {
        _certificates.Issue("two");
        using var ofTwo = CertificateStore.Open(
            new PeerTlsOptions { Files = TestCertificates.Files(_certificates.Folder("two")), ConnectionAgeMax = TimeSpan.FromSeconds(1) }, "two", TimeProvider.System, _ => { });
        await using var two = await StartAsync("two", _b, ofTwo, ("one", _a));
        _certificates.Issue("one");
        using var own = _certificates.Certificate("one");
        Assert.True(await RawTls.CallAsync(_b, own) > 0, "The server says how it speaks, and then ends the connection.");
    }

    [Fact]
    public async Task A_certificate_that_expires_while_its_connection_stands_counts_no_more()
    {
        _certificates.Issue("one", days: 10);
        var time = new ShiftedTime();
        using var ofOne = _certificates.Open("one");
        using var ofTwo = _certificates.Open("two", time: time);
        await using var two = await StartAsync("two", _b, ofTwo, ("one", _a));
        await using var one = await StartAsync("one", _a, ofOne, ("two", _b));
        one.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(_received.TryTake(out _, Limit), string.Join('\n', _unreachable));
        time.Shift = TimeSpan.FromDays(20);
        one.Send("two", 1, "barter", new Hello("hi", 2));
        Assert.True(_unreachable.TryTake(out var why, Limit));
        Assert.StartsWith("answered 403: its certificate expired at ", why, StringComparison.Ordinal);
        Assert.Empty(_received);
        Assert.Contains(two.Counters().Refused, r => r is { Who: "one", Reason: RefusalReason.Expired });
    }

    [Fact]
    public void A_key_that_everybody_can_read_is_said()
    {
        _certificates.Issue("one");
        var key = TestCertificates.Files(_certificates.Folder("one")).Key;
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        using var open = _certificates.Open("one", _notes.Add);
        Assert.Equal($"The key {key} can be read by everybody on this host, who can be this host then; say `chmod 600 {key}`.", Assert.Single(_notes));
    }

    [Fact]
    public void Certificates_that_are_not_the_hosts_or_not_there_are_said_at_the_start()
    {
        _certificates.Issue("one");
        var files = TestCertificates.Files(_certificates.Folder("one"));
        Assert.Contains("is the certificate of one, and this host is two; name its own", Refused(files), StringComparison.Ordinal);
        Assert.Contains("/none cannot be read", Refused(files with { Key = "/none" }), StringComparison.Ordinal);
        Assert.Contains("holds no certificate in PEM", Refused(files with { Authority = files.Key }), StringComparison.Ordinal);
        TestCertificates.IssueForeign("two", _certificates.Folder("foreign"));
        Assert.Contains("it is not of the cluster's authority", Refused(TestCertificates.Files(_certificates.Folder("foreign")) with { Authority = files.Authority }), StringComparison.Ordinal);

        static string Refused(TlsFiles files) =>
            Assert.Throws<TlsException>(() => CertificateStore.Open(new PeerTlsOptions { Files = files }, "two", TimeProvider.System, _ => { })).Message;
    }

    [Fact]
    public void A_certificate_that_ends_soon_or_has_ended_is_spoken_of()
    {
        _certificates.Issue("one", days: 10);
        using (_certificates.Open("one", _notes.Add))
        {
            Assert.Contains("A certificate of one ends in 10 days, at ", _notes.Take(), StringComparison.Ordinal);
        }

        _certificates.Issue("two", DateTimeOffset.UtcNow.AddDays(-20), days: 10);
        using (_certificates.Open("two", _notes.Add))
        {
            Assert.Contains("A certificate of two expired at ", _notes.Take(), StringComparison.Ordinal);
        }
    }

    /// <summary>libvirt's own certificates have no SAN of DNS in old set-ups, RSA keys, and one for each direction.</summary>
    [Fact]
    public async Task Certificates_of_another_tool_with_one_for_each_direction_and_only_a_common_name_can_be_used()
    {
        using var ofOne = CertificateStore.Open(new PeerTlsOptions { Files = _certificates.LikeLibvirt("one") }, "one", TimeProvider.System, _ => { });
        using var ofTwo = CertificateStore.Open(new PeerTlsOptions { Files = _certificates.LikeLibvirt("two") }, "two", TimeProvider.System, _ => { });
        await using var two = await StartAsync("two", _b, ofTwo, ("one", _a));
        await using var one = await StartAsync("one", _a, ofOne, ("two", _b));
        one.Send("two", 1, "barter", new Hello("hi", 1));
        Assert.True(_received.TryTake(out _, Limit), string.Join('\n', _unreachable));
    }

    private Task<PeerTransport> StartAsync(string host, int port, CertificateStore? certificates, params (string Host, int Port)[] peers) =>
        PeerTransport.StartAsync(
            PeerTransportTests.Options(host, port, peers) with { Certificates = certificates, Note = _notes.Add },
            PeerTransportTests.Registry(),
            _received.Add,
            (_, why) => _unreachable.Add(why));

    private static Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await isSo())
        {
            Assert.False(limit.IsCancellationRequested, "It does not come about.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A clock that can be put forward.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
