using ActorMig.Actors;
using ActorMig.Actors.Tests;

namespace ActorMig.Simulation.Tests;

public sealed class VirtualConformance : Conformance
{
    protected override EngineUnderTest Create() => new VirtualEngine();

    internal sealed class VirtualEngine : EngineUnderTest
    {
        private readonly VirtualTime _time = new(1);
        private readonly VirtualJournal _journal;
        private readonly VirtualActorSystem _system;
        private readonly SortedDictionary<string, WriteFate> _fates = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _refusedSnapshots = new(StringComparer.Ordinal);

        public VirtualEngine()
        {
            _journal = new VirtualJournal(_time)
            {
                Fate = (id, _) => _fates.Remove(id, out var fate) ? fate : WriteFate.Lands,
                SnapshotFate = id => _refusedSnapshots.Contains(id) ? WriteFate.Refused : WriteFate.Lands,
            };
            _system = new VirtualActorSystem(_time, _journal, this) { WriteTimeoutMs = WriteTimeoutMs, SnapshotEvery = SnapshotEvery };
        }

        public override long WriteTimeoutMs => 200;

        public override ActorRef Spawn(Props props, string name) => _system.Spawn(props, name);

        public override void Tell(ActorRef target, object message) => _system.Tell(target, message);

        public override void Until(Func<bool> condition) => Assert.True(
            _time.RunUntil(condition, 1_000_000), "It did not come to pass; the log: " + string.Join(" | ", Log));

        public override void Pass(long ms) => _time.Run(ms);

        public override void RefuseNextWrite(string persistenceId) => _fates[persistenceId] = WriteFate.Refused;

        public override void HangNextWrite(string persistenceId) => _fates[persistenceId] = WriteFate.Hangs;

        public override void ReleaseWrites(string persistenceId, bool lands) => _journal.Release(persistenceId, lands);

        public override void RefuseSnapshots(string persistenceId) => _refusedSnapshots.Add(persistenceId);

        public override IReadOnlyList<long> Snapshots(string persistenceId) => _journal.Snapshots(persistenceId);

        public override IReadOnlyList<object> Durable(string persistenceId) => _journal.Replay(persistenceId);

        public override ValueTask DisposeAsync() => default;
    }
}
