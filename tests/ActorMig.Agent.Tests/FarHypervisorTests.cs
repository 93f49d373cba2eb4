using System.Net.Sockets;
using System.Threading.Channels;
using ActorMig.Actors;
using ActorMig.Benchmarks;
using ActorMig.Edges;
using ActorMig.Simulation;

namespace ActorMig.Agent.Tests;

/// <summary>What the benchmark of a whole cluster stands on: the edges of agents to hypervisors that are simulated in another process, in real time.</summary>
public sealed class FarHypervisorTests
{
    private const long GiB = 1L << 30;
    private const string H2 = "qemu+tls://h2/system";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_guest_is_seen_and_moved_by_the_edges_of_two_agents()
    {
        using var folder = new TestFolder();
        var world = new SimWorld(1);
        foreach (var host in (string[])["h1", "h2"])
        {
            world.AddHost(new ActorMigOptions { HostName = host, MemoryTotalBytes = 4 * GiB, MemoryReserveBytes = 0 });
        }

        var guest = world.AddGuest("h1", "vm1", 64 << 20);
        guest.DirtyBytePerSecond = 0;
        await using var real = new RealTimeWorld(world, folder.File("world"), TimeProvider.System);
        await using var h1 = await Edge.OpenAsync(folder.File("world"), "h1");
        await using var h2 = await Edge.OpenAsync(folder.File("world"), "h2");

        h1.Say(p => new SubscribeHypervisor(p));
        Assert.Equal(4 * GiB, (await h1.HearAsync<HypervisorConnected>()).MemoryBytes);
        h1.Say(p => new SampleDomains(p, "s"));
        var sample = Assert.Single((await h1.HearAsync<DomainsSampled>()).Domains);
        Assert.Equal(("vm1", DomainState.Running, 64L << 20), (sample.Name, sample.State, sample.MemoryBytes));
        h1.Say(p => new CheckWay(p, "w", new Member("h2", H2, "tcp://h2") { DistanceMs = 0.5 }));
        Assert.Null((await h1.HearAsync<WayChecked>()).Error);

        // The clocks of the two processes are not the same: what counts is how much time is left.
        h1.Say(p => new SubscribeDomain(p, guest.Uuid));
        h1.Say(p => Migrate(p, "late", -1));
        Assert.Equal(new MigrateReturned("late", MigrateDomain.TooLate), await h1.HearAsync<MigrateReturned>());
        h1.Say(p => Migrate(p, "m", long.MaxValue));
        Assert.True((await h1.HearAsync<DomainJobCompleted>()).Figures.ProcessedBytes > 0);
        Assert.Equal(new MigrateReturned("m", null), await h1.HearAsync<MigrateReturned>());
        h2.Say(p => new LookAtDomain(p, "l", guest.Uuid, "vm1"));
        var look = (await h2.HearAsync<DomainLooked>()).Look;
        Assert.Equal((DomainState.Running, StateReason.Migrated, true), (look.State, look.Reason, look.IsPersistent));
        Assert.Equal(["h2"], await real.AskAsync(w => w.WhereRuns("vm1")));
        Assert.Empty(await real.AskAsync(w => w.Violations.ToArray()));

        MigrateDomain Migrate(ActorRef probe, string token, long latestMs) =>
            new(probe, token, guest.Uuid, H2, "tcp://h2", IsPersistent: true, new MigrationOptions(), latestMs, MigrationMode.PreCopy);
    }

    /// <summary>An agent's edge, and who speaks to it.</summary>
    private sealed class Edge : IAsyncDisposable
    {
        private readonly Channel<object> _coming = Channel.CreateUnbounded<object>();
        private readonly List<object> _heard = [];
        private readonly ActorSystem _system = new(new ActorSystemOptions(), new Notes());
        private readonly WorldLine _line;
        private readonly Task _hearing;
        private readonly ActorRef _edge;
        private readonly ActorRef _probe;

        private Edge(Socket socket, string host)
        {
            _line = new WorldLine(socket);
            var far = new FarWorld(_line, host);
            _hearing = far.RunAsync();
            _edge = _system.Spawn(Props.Of(() => new FarHypervisorActor(far)), "hypervisor");
            _probe = _system.Spawn(Props.Of(() => new Probe(_coming.Writer)), "probe");
        }

        public static async Task<Edge> OpenAsync(string path, string host)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            return new Edge(socket, host);
        }

        public void Say(Func<ActorRef, object> message) => _system.Tell(_edge, message(_probe));

        /// <summary>The first of a kind that has not been taken yet.</summary>
        public async Task<T> HearAsync<T>()
            where T : class
        {
            while (true)
            {
                if (_heard.OfType<T>().FirstOrDefault() is { } message)
                {
                    _heard.Remove(message);
                    return message;
                }

                _heard.Add(await _coming.Reader.ReadAsync().AsTask().WaitAsync(Limit));
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _system.DisposeAsync();
            await _line.DisposeAsync();
            await _hearing;
        }
    }

    private sealed class Probe(ChannelWriter<object> heard) : EphemeralActor
    {
        protected override void Handle(object message) => heard.TryWrite(message);
    }

    private sealed class Notes : IActorObserver
    {
        public void Noted(ActorRef actor, int id, string text)
        {
        }

        public void Restarted(ActorRef actor, Exception cause, object message)
        {
        }

        public void Failed(ActorRef actor, Exception cause)
        {
        }

        public void DeadLetter(ActorRef target, object message)
        {
        }
    }
}
