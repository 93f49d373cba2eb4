using System.Text.Json.Serialization;

namespace ActorMig.Agent.Control;

/// <summary>
/// Requests to the agent: read strictly, so that what is missing or null where it must not be is refused at the door and reaches no actor. Answers are read
/// leniently, for a command may be older than its agent. For the same reason what a later release adds to a request needs a default.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(KebabCase<MigrationMode>)])]
[JsonSerializable(typeof(MoveRequest))]
[JsonSerializable(typeof(ResolveRequest))]
[JsonSerializable(typeof(BrakeRequest))]
[JsonSerializable(typeof(DrainRequest))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(ForgetRequest))]
internal sealed partial class ControlRequestJson : JsonSerializerContext;
