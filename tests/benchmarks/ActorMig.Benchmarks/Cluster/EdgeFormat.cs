using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMig.Actors;
using ActorMig.Edges;

namespace ActorMig.Benchmarks;

/// <summary>
/// What an agent and its hypervisor say to each other when each is in a process of its own: lines with the number of the actor to which it goes, the
/// message's name, and the message in JSON. Actors that a message names become numbers.
/// </summary>
/// <param name="numberOf">The number of an actor, for who writes.</param>
/// <param name="actorOf">The actor of a number, for who reads.</param>
internal sealed class EdgeFormat(Func<ActorRef, long> numberOf, Func<long, ActorRef> actorOf)
{
    /// <summary>The number under which the hypervisor itself is spoken to.</summary>
    public const long Hypervisor = 0;

    private static readonly Dictionary<string, Type> Types = new Type[]
    {
        // What is said to the hypervisor.
        typeof(SubscribeHypervisor), typeof(SubscribeDomain), typeof(UnsubscribeDomain), typeof(SampleDomains), typeof(LookAtDomain), typeof(CheckArrival), typeof(CheckWay),
        typeof(MigrateDomain), typeof(DoToDomain), typeof(FarActorEnded),

        // What it says.
        typeof(HypervisorConnected), typeof(HypervisorLost), typeof(HypervisorFailed), typeof(MigrationJobBegan), typeof(DomainHappened),
        typeof(DomainChanged), typeof(DomainIterated), typeof(DomainJobCompleted), typeof(DomainsSampled), typeof(DomainLooked), typeof(ArrivalChecked),
        typeof(WayChecked), typeof(MigrateReturned), typeof(DomainDone),
    }.ToDictionary(t => t.Name, StringComparer.Ordinal);

    private readonly JsonSerializerOptions _json = new() { Converters = { new References(numberOf, actorOf) } };

    /// <summary>A message as a line.</summary>
    /// <param name="to">To whom it goes.</param>
    /// <param name="message">The message.</param>
    public string Write(long to, object message) =>
        string.Create(CultureInfo.InvariantCulture, $"{to} {message.GetType().Name} {JsonSerializer.Serialize(message, message.GetType(), _json)}");

    /// <summary>A line as a message.</summary>
    /// <param name="line">The line.</param>
    public (long To, object Message) Read(string line)
    {
        var parts = line.Split(' ', 3);
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), JsonSerializer.Deserialize(parts[2], Types[parts[1]], _json)!);
    }

    private sealed class References(Func<ActorRef, long> numberOf, Func<long, ActorRef> actorOf) : JsonConverter<ActorRef>
    {
        public override ActorRef Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => actorOf(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, ActorRef value, JsonSerializerOptions options) => writer.WriteNumberValue(numberOf(value));
    }
}
