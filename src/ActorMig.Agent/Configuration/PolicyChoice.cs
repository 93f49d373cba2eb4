namespace ActorMig.Agent.Configuration;

/// <summary>A policy of a library, as the configuration names it.</summary>
/// <param name="Name">Its name in <c>policies.list</c> and in the journal.</param>
/// <param name="Library">The library's file: its whole path; what is said of it counts from the configuration's folder.</param>
/// <param name="Type">The full name of its type.</param>
/// <param name="Settings">What its block says under <c>settings</c>.</param>
/// <param name="Where">Where that stands.</param>
internal sealed record PolicyChoice(string Name, string Library, string Type, IReadOnlyDictionary<string, string> Settings, string Where);
