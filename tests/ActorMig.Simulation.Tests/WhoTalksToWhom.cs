using ActorMig.Actors;
using ActorMig.Directories;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Vms;

namespace ActorMig.Simulation.Tests;

/// <summary>A host's actors with an edge that counts traffic: what a person sees of who talks to whom, and what other hosts are asked for it.</summary>
public sealed class WhoTalksToWhom : IActorObserver
{
    private const string Mac1 = "52:54:00:00:00:01";
    private const string Mac2 = "52:54:00:00:00:02";
    private const string Far = "52:54:00:00:00:03";
    private const string Gateway = "02:00:00:00:00:fe";
    private const long RoundMs = 60_000;
    private static readonly ActorMigOptions Options = new() { HostName = "h1", RoundMs = RoundMs, RoundJitter = 0, Smoothing = 1 };
    private readonly VirtualTime _time = new(1);
    private readonly VirtualActorSystem _system;
    private readonly List<string> _notes = [];
    private readonly List<WatchTraffic> _watches = [];
    private readonly List<string> _sought = [];
    private ActorRef _host = null!;
    private Func<long, IReadOnlyList<SenderCount>> _senders = _ => [];
    private Func<IReadOnlyList<DomainSample>> _domains = () => [];
    private string? _unseen;
    private long _readAgeMs;

    public WhoTalksToWhom() => _system = new VirtualActorSystem(_time, new VirtualJournal(_time), this);

    [Fact]
    public void Partners_here_and_elsewhere_are_known_with_their_names_and_a_gateway_is_none()
    {
        _domains = () => [Domain(1, Mac1, "vnet0"), Domain(2, Mac2, "vnet1"), Domain(4, "52:54:00:00:00:04", "vnet2") with { State = DomainState.Paused, Job = DomainJob.Incoming }];
        _senders = s =>
        [
            new SenderCount(Mac1, [new(Gateway, s * 125), new(Mac2, s * 1_250), new(Far, s * 2_500)], s * 25, 0),
            new SenderCount(Mac2, [new(Mac1, s * 500)], 0, s * 50),
        ];
        Start();
        _time.Run(4 * RoundMs);

        // Who comes does not send from here yet.
        Assert.Equal([new NicSample(Mac1, "vnet0"), new NicSample(Mac2, "vnet1")], _watches[^1].Nics);
        var status = Status();
        Assert.Null(status.TrafficUnseen);
        var vm1 = Traffic(status, 1)!;
        Assert.Equal([new Partner("u3", "vm3", "h2", 20_000, null, 20_000), new Partner("u2", "vm2", "h1", 10_000, 4_000, 10_000, 4_000)], vm1.Partners);
        Assert.Equal((0, 1_000, 200, false), (vm1.OthersBitPerSecond, vm1.RoutedBitPerSecond, vm1.GroupBitPerSecond, vm1.IsUnseen));
        var vm2 = Traffic(status, 2)!;
        Assert.Equal((new Partner("u1", "vm1", "h1", 4_000, 10_000, 4_000, 10_000), 400), (Assert.Single(vm2.Partners), vm2.OthersBitPerSecond));

        // Who was found is asked for again only after some rounds; who was not, once more soon, and then as seldom.
        Assert.Single(_sought, Far);
        Assert.InRange(_sought.Count(m => m == Gateway), 1, 2);
        _time.Run(10 * RoundMs);
        Assert.Equal(2, _sought.Count(m => m == Far));
        Assert.InRange(_sought.Count(m => m == Gateway), 2, 3);
        Assert.Empty(_notes);
    }

    [Fact]
    public void Few_strangers_are_asked_for_in_a_round_those_that_get_most_first()
    {
        _domains = () => [Domain(1, Mac1, "vnet0")];
        _senders = s => [new SenderCount(Mac1, [.. Enumerable.Range(10, 30).Select(n => new PairCount($"02:00:00:00:00:{n}", s * n))], 0, 0)];
        Start();
        _time.RunUntil(() => _sought.Count > 0, 10 * RoundMs);
        _time.Run(RoundMs / 2);
        Assert.Equal(Enumerable.Range(32, 8).Select(n => $"02:00:00:00:00:{n}"), _sought.Order(StringComparer.Ordinal));
        _time.Run(5 * RoundMs);

        // Whom nobody has been asked for yet goes before those that nobody knew.
        Assert.Equal(30, _sought.Take(30).Distinct().Count());
        Assert.InRange(_sought.Count, 30, 6 * 8);
    }

    [Fact]
    public void What_a_VM_sends_past_the_bridge_is_said_once()
    {
        // By libvirt's counters both send; of neither anything is seen, and one has no device at all.
        _domains = () => [Domain(1, Mac1, "macvtap0") with { TxBytes = _time.NowMs * 10 }, Domain(2, Mac2, null)];
        _senders = _ => [new SenderCount(Mac1, [], 0, 0), new SenderCount(Mac2, [], 0, 0)];
        Start();
        _time.Run(6 * RoundMs);
        var status = Status();
        Assert.True(Traffic(status, 1)!.IsUnseen);
        Assert.True(Traffic(status, 2)!.IsUnseen);
        Assert.Equal(["104 Nothing of what vm1 sends is seen", "104 Nothing of what vm2 sends is seen"], _notes.Select(n => n[..n.IndexOf(':', StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(55)]
    public void Who_sends_in_bursts_between_the_looks_is_not_called_unseen(int secondOfRound)
    {
        // A burst in each fourth round, of which libvirt's counter and the edge's tell in rounds that may differ.
        long Sent(long seconds) => (seconds + 240 - secondOfRound) / 240 * 1_000_000;
        _readAgeMs = 8_000;
        _domains = () => [Domain(1, Mac1, "vnet0") with { TxBytes = Sent(_time.NowMs / 1_000) }];
        _senders = s => [new SenderCount(Mac1, [new(Gateway, Sent(s))], 0, 0)];
        Start();
        _time.Run(40 * RoundMs);
        Assert.False(Traffic(Status(), 1)!.IsUnseen);
        Assert.Empty(_notes);
    }

    [Fact]
    public void A_silent_VM_is_not_called_unseen()
    {
        _domains = () => [Domain(1, Mac1, "vnet0")];
        _senders = _ => [new SenderCount(Mac1, [], 0, 0)];
        Start();
        _time.Run(6 * RoundMs);
        Assert.Equal(new VmTraffic([], 0, 0, 0), Traffic(Status(), 1)! with { Partners = [] });
        Assert.Empty(_notes);
    }

    [Fact]
    public void When_nothing_can_be_seen_any_more_nothing_is_said_to_be_known()
    {
        _domains = () => [Domain(1, Mac1, "vnet0"), Domain(2, Mac2, "vnet1")];
        _senders = s => [new SenderCount(Mac1, [new(Mac2, s * 1_250)], 0, 0), new SenderCount(Mac2, [], 0, 0)];
        Start();
        _time.Run(4 * RoundMs);
        Assert.NotNull(Traffic(Status(), 1));
        _unseen = "there is no program";
        _time.Run(2 * RoundMs);
        Assert.Equal(("there is no program", null), (Status().TrafficUnseen, Traffic(Status(), 1)));
        _unseen = null;
        _time.Run(3 * RoundMs);
        Assert.Equal((null, 10_000), (Status().TrafficUnseen, Traffic(Status(), 1)!.Partners[0].SentBitPerSecond));
    }

    [Fact]
    public void Without_an_edge_that_is_said()
    {
        _domains = () => [Domain(1, Mac1, "vnet0")];
        Start(hasTraffic: false);
        _time.Run(3 * RoundMs);
        Assert.Equal("it is not counted (actormig.traffic.source)", Status().TrafficUnseen);
        Assert.Null(Traffic(Status(), 1));
    }

    void IActorObserver.Noted(ActorRef actor, int id, string text) => _notes.Add(FormattableString.Invariant($"{id} {text}"));

    void IActorObserver.Restarted(ActorRef actor, Exception cause, object message) => _notes.Add(cause.ToString());

    void IActorObserver.Failed(ActorRef actor, Exception cause) => _notes.Add(cause.ToString());

    void IActorObserver.DeadLetter(ActorRef target, object message)
    {
    }

    private static DomainSample Domain(int n, string mac, string? device) => new(
        $"u{n}", $"vm{n}", DomainState.Running, StateReason.None, DomainJob.None, 1 << 20, 1, 0, 0, false, true, false, Macs: [mac], Nics: [new NicSample(mac, device)]);

    private static VmTraffic? Traffic(HostStatus status, int n) => status.Barter.Vms.Single(v => v.Facts.Uuid == $"u{n}").Traffic;

    private HostStatus Status()
    {
        HostStatus? status = null;
        _system.Tell(_host, new GetHostStatus(VirtualActorSystem.Listen("person", m => status = (HostStatus)m)));
        Assert.True(_time.RunUntil(() => status is not null, 1_000));
        return status!;
    }

    private void Start(bool hasTraffic = true)
    {
        var hypervisor = VirtualActorSystem.Listen("hypervisor", message =>
        {
            switch (message)
            {
                case SubscribeHypervisor subscribe:
                    _system.Tell(subscribe.Subscriber, new HypervisorConnected(1, 8L << 30, null));
                    break;
                case SampleDomains sample:
                    _time.After(20, () => _system.Tell(sample.ReplyTo, new DomainsSampled(sample.Token, 1, _domains(), _time.NowMs)));
                    break;
            }
        });
        var membership = VirtualActorSystem.Listen("membership", message =>
        {
            switch (message)
            {
                case SubscribeMembers subscribe:
                    _system.Tell(subscribe.Subscriber, new MembersChanged([new Member("h2", "l", "d")]));
                    break;
                case SendToPeer { Message: FindVm find }:
                    _sought.Add(find.Key);
                    Say(new VmFound(find.Question, find.Key == Far ? [new VmSighting("u3", "vm3", "h2", 0)] : []));
                    break;
                case SendToPeer { Message: AskVm ask }:
                    Say(new VmHere(ask.Question, ask.Uuid, true));
                    break;
            }
        });
        var traffic = VirtualActorSystem.Listen("traffic", message =>
        {
            switch (message)
            {
                case WatchTraffic watch:
                    _watches.Add(watch);
                    break;
                case GetTraffic get:
                    var atMs = _time.NowMs - _readAgeMs;
                    _system.Tell(get.ReplyTo, new TrafficCounted(1, atMs, _watches.Count == 0 ? [] : _senders(atMs / 1_000), _unseen));
                    break;
            }
        });
        var edges = new HostEdges(hypervisor, membership, VirtualActorSystem.Listen("records", _ => { }), hasTraffic ? traffic : null);
        _host = _system.Spawn(Props.Of(() => new HostActor(Options, [], edges, "start")), "host");
    }

    private void Say(object message) => _time.After(1, () => _system.Tell(_host, new PeerSaid("h2", 1, DirectoryName, message)));

    private const string DirectoryName = "directory";
}
