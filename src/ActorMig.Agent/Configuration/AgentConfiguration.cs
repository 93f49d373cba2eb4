using ActorMig.Hocon;

namespace ActorMig.Agent.Configuration;

/// <summary>A configuration: what the agent is told, and the values by their keys from which that is made.</summary>
/// <param name="Options">What the agent is told.</param>
/// <param name="Values">Each value and where it stands; members have a key for each of their values.</param>
internal sealed record AgentConfiguration(AgentOptions Options, IReadOnlyDictionary<string, HoconValue> Values);

/// <summary>To the edges: from now on these options count.</summary>
internal sealed record ConfigurationReloaded(AgentOptions Options);
