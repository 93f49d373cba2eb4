namespace ActorMig.Actors.Tests;

public sealed class InProcessConformance : Conformance
{
    protected override EngineUnderTest Create() => new InProcessEngine(WritesTimeOutSoon ? 200 : InProcessEngine.LongMs);

    public sealed class InProcessEngine : EngineUnderTest
    {
        public const long LongMs = 60_000;

        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
        private readonly MemoryJournal _journal = new();
        private readonly IActorSystem _system;
        private readonly ManualResetEventSlim _something = new();

        /// <summary>The engine of one process, or another in real time.</summary>
        public InProcessEngine(long writeTimeoutMs, Func<ActorSystemOptions, IActorObserver, IJournal, IActorSystem>? create = null)
        {
            WriteTimeoutMs = writeTimeoutMs;
            var options = new ActorSystemOptions { WriteTimeoutMs = WriteTimeoutMs, SnapshotEvery = SnapshotEvery };
            _system = create is null ? new ActorSystem(options, this, _journal) : create(options, this, _journal);
            Logged += _something.Set;
            _journal.Changed += _something.Set;
        }

        public override long WriteTimeoutMs { get; }

        public override ActorRef Spawn(Props props, string name) => _system.Spawn(props, name);

        public override void Tell(ActorRef target, object message) => _system.Tell(target, message);

        public override void Until(Func<bool> condition)
        {
            var deadline = DateTime.UtcNow + Limit;
            while (!condition())
            {
                Assert.True(DateTime.UtcNow < deadline, "It did not come to pass; the log: " + string.Join(" | ", Log));
                _something.Wait(20);
                _something.Reset();
            }
        }

        // Real time passes by itself: whoever calls this waits for a consequence next.
        public override void Pass(long ms)
        {
        }

        public override void RefuseNextWrite(string persistenceId) => _journal.RefuseNext(persistenceId);

        public override void HangNextWrite(string persistenceId) => _journal.HangNext(persistenceId);

        public override void ReleaseWrites(string persistenceId, bool lands)
        {
            // What an actor says in a turn is heard before the turn's write begins: one that was released too early would hang for ever.
            Until(() => !_journal.WaitsToHang(persistenceId));
            _journal.Release(persistenceId, lands);
        }

        public override void RefuseSnapshots(string persistenceId) => _journal.RefuseSnapshots(persistenceId);

        public override IReadOnlyList<long> Snapshots(string persistenceId) => _journal.Snapshots(persistenceId);

        public override IReadOnlyList<object> Durable(string persistenceId) => _journal.Durable(persistenceId);

        public override async ValueTask DisposeAsync()
        {
            await _system.DisposeAsync();
            _something.Dispose();
        }
    }
}
