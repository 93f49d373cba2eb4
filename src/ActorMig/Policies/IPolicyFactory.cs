using ActorMig.Actors;

namespace ActorMig.Policies;

/// <summary>What a library of policies has: the configuration names a type that is this, with a public constructor without parameters.</summary>
public interface IPolicyFactory
{
    /// <summary>How the policy's actor is made: at the start, and anew when the configuration is read again or the actor has failed.</summary>
    /// <param name="name">The policy's name in configuration and journal.</param>
    /// <param name="settings">What its block says under <c>settings</c>, by key; texts as they stand there.</param>
    /// <param name="options">The agent's own numbers.</param>
    /// <returns>The recipe of an actor that answers <see cref="Propose"/> and <see cref="Judge"/>; a <see cref="PolicyActor"/> does.</returns>
    /// <exception cref="ArgumentException">A setting is wrong: the message is shown to the operator, and the agent does not start.</exception>
    Props Create(string name, IReadOnlyDictionary<string, string> settings, ActorMigOptions options);
}
