using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ActorMig.Actors;

namespace ActorMig.Simulation.Tests;

/// <summary>A digest of everything that happens in a world: each message between hosts, each event, each record, with its time.</summary>
internal sealed class WorldDigest
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SimWorld _world;

    public WorldDigest(SimWorld world)
    {
        _world = world;
        var (messages, events, records) = (Wire.Messages(), Wire.Events(), Wire.Records());
        world.Network.Tap = (from, send) => Add($"{from} to {send.Host} {send.Actor} {send.Incarnation}", messages, send.Message);
        world.Written = (host, e) => Add(host, events, e);
        world.Recorded = (host, r) => Add(host, records, r);
    }

    /// <summary>How much was digested.</summary>
    public long Count { get; private set; }

    public string End()
    {
        Add(_world.Time.Random.Next().ToString(CultureInfo.InvariantCulture));
        Add(_world.Time.Steps.ToString(CultureInfo.InvariantCulture));
        foreach (var line in _world.Log.Concat(_world.Notes))
        {
            Add(line);
        }

        foreach (var guest in _world.Guests.Keys)
        {
            Add(guest + string.Join(',', _world.WhereRuns(guest)));
        }

        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    private void Add(string what, MessageRegistry registry, object message)
    {
        Count++;
        Add(string.Create(CultureInfo.InvariantCulture, $"{_world.Time.NowMs} {what} {registry.NameOf(message)}"));
        _hash.AppendData(registry.Write(message));
    }

    private void Add(string text) => _hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
}
