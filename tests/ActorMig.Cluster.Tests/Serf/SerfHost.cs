using System.Collections.Concurrent;
using System.Net;
using ActorMig.Cluster.Serf;
using ActorMig.Tests;

namespace ActorMig.Cluster.Tests.Serf;

/// <summary>A host with a real serf at an address of its own on loopback.</summary>
internal sealed class SerfHost : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private SerfMembership? _membership;

    public SerfHost(SerfFolder folder, string name, int lastByte, string keyFile = "")
    {
        var address = $"127.0.72.{lastByte}";
        Options = new SerfOptions
        {
            NodeName = name,
            Folder = folder.File(name),
            RpcAddress = new IPEndPoint(IPAddress.Loopback, FreePorts.Next("127.0.0.1")),
            Bind = new IPEndPoint(IPAddress.Parse(address), FreePorts.Next(address)),
            Tags = new Dictionary<string, string> { ["test"] = name },
            KeyFile = keyFile,
            Profile = "local",
            RefreshInterval = TimeSpan.FromMilliseconds(200),
            JoinInterval = TimeSpan.FromMilliseconds(500),
            StartTimeout = TimeSpan.FromSeconds(30),
            AnswerTimeout = TimeSpan.FromSeconds(20),
            RestartWait = TimeSpan.FromMilliseconds(50),
            RestartWaitMax = TimeSpan.FromMilliseconds(500),
        };
    }

    public SerfOptions Options { get; set; }

    public ConcurrentQueue<string> Notes { get; } = new();

    public SerfMembership Membership => _membership ?? throw new InvalidOperationException($"{Options.NodeName} does not run.");

    public string Address => Options.Bind.ToString();

    /// <summary>What was told last.</summary>
    public IReadOnlyList<SerfMember> Told { get; private set; } = [];

    public SerfFiles Files => new(Options);

    public async Task<SerfHost> StartAsync()
    {
        _membership = await SerfMembership.StartAsync(Options, all => Told = all, Notes.Enqueue, TimeProvider.System, TestContext.Current.CancellationToken);
        return this;
    }

    public SerfMember? Sees(SerfHost other) => Told.FirstOrDefault(m => m.Name == other.Options.NodeName);

    public Task UntilSeesAsync(SerfHost other, SerfMemberState? state) =>
        UntilAsync(() => Sees(other)?.State == state, $"{Options.NodeName} sees {other.Options.NodeName} as {state?.ToString() ?? "no member"}");

    public async Task UntilAsync(Func<bool> holds, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!holds())
        {
            Assert.False(limit.IsCancellationRequested, $"{what}: it never came to that. It sees {string.Join(", ", Told)} and has said:\n{string.Join('\n', Notes)}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_membership is { } membership)
        {
            _membership = null;
            await membership.DisposeAsync();
        }
    }
}
