using System.Reflection;
using System.Runtime.Loader;
using ActorMig.Agent.Configuration;
using ActorMig.Hocon;
using ActorMig.Policies;

namespace ActorMig.Agent.Policies;

/// <summary>
/// The policies of a host: those that are built in, and those of libraries of the operator's own. A library runs in the agent, with all its rights: so one
/// whose file its group or others may write is refused there. What it needs besides is looked for beside it; what it shares with the agent is the agent's.
/// </summary>
internal sealed class PolicyLibraries
{
    private const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private readonly (Func<ActorMigOptions, PolicySpec> Of, PolicySpec Last)[] _policies;

    /// <summary>Those that need no library, by their names.</summary>
    public static IReadOnlyList<(string Name, Func<ActorMigOptions, PolicySpec> Of)> BuiltIn { get; } =
        [
            (ThresholdPolicyActor.PolicyName, ThresholdPolicyActor.Spec),
            (AffinityPolicyActor.PolicyName, AffinityPolicyActor.Spec),
            (LoadKind.Cpu.Policy, LoadPolicyActor.Cpu),
            (LoadKind.Memory.Policy, LoadPolicyActor.Memory),
            (WeightedPolicyActor.PolicyName, WeightedPolicyActor.Spec),
            (BalanceRules.Policy, BalancePolicyActor.Spec),
        ];

    private PolicyLibraries((Func<ActorMigOptions, PolicySpec> Of, PolicySpec Last)[] policies) => _policies = policies;

    /// <summary>Loads what the configuration names, and has each policy made once.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="isForAgent">False in the simulator, which has nobody's rights but those of who plays it.</param>
    /// <exception cref="HoconException">Something is wrong with one of them.</exception>
    public static PolicyLibraries Load(AgentOptions options, bool isForAgent = true)
    {
        var policies = options.Policies.Select(
            name => options.PolicyLibraries.FirstOrDefault(l => l.Name == name) is { } choice ? Of(choice, isForAgent) : BuiltIn.First(b => b.Name == name).Of);
        return new PolicyLibraries([.. policies.Select(of => (of, of(options.Core)))]);
    }

    /// <summary>How they are made with the numbers that count now; one that cannot be made with these goes on with those before, and that is said.</summary>
    public IReadOnlyList<PolicySpec> Specs(ActorMigOptions options, Action<string> note)
    {
        for (var i = 0; i < _policies.Length; i++)
        {
            try
            {
                _policies[i].Last = _policies[i].Of(options);
            }
            catch (HoconException e)
            {
                note($"{e.Message} It goes on as it was.");
            }
        }

        return [.. _policies.Select(p => p.Last)];
    }

    private static Func<ActorMigOptions, PolicySpec> Of(PolicyChoice choice, bool isForAgent)
    {
        var factory = Factory(choice, isForAgent);
        return options =>
        {
            try
            {
                return new PolicySpec(choice.Name, factory.Create(choice.Name, choice.Settings, options));
            }
#pragma warning disable CA1031 // It is somebody else's, and may throw anything.
            catch (Exception e)
#pragma warning restore CA1031
            {
                throw new HoconException($"{choice.Where}: the policy '{choice.Name}' cannot be made: {e.Message}");
            }
        };
    }

    private static IPolicyFactory Factory(PolicyChoice choice, bool isForAgent)
    {
        var path = choice.Library;
        string Sentence(string why) => $"{choice.Where}: the policy '{choice.Name}' cannot be loaded from {path}: {why}";
        if (!File.Exists(path))
        {
            throw new HoconException(Sentence("there is no such file; set its library to one."));
        }

        if (isForAgent && (File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new HoconException(Sentence($"others than its owner may write it, and it runs with the agent's rights; say `chmod go-w {path}`."));
        }

        try
        {
            var type = new Context(path).LoadFromAssemblyPath(path).GetType(choice.Type)
                ?? throw new HoconException(Sentence($"it has no type {choice.Type}; set its type to the full name of a class that is an IPolicyFactory."));
            return typeof(IPolicyFactory).IsAssignableFrom(type) && type.GetConstructor(Type.EmptyTypes) is not null
                ? (IPolicyFactory)Activator.CreateInstance(type)!
                : throw new HoconException(Sentence($"{choice.Type} is no IPolicyFactory with a public constructor without parameters."));
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException or TypeLoadException or TargetInvocationException or MissingMethodException)
        {
            throw new HoconException(Sentence((e.InnerException ?? e).Message));
        }
    }

    /// <summary>One for each library: what it brings along does not meet what another one does.</summary>
    private sealed class Context(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        private readonly AssemblyDependencyResolver _beside = new(path);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name!.StartsWith("ActorMig", StringComparison.Ordinal) && Default.Assemblies.Any(a => a.GetName().Name == assemblyName.Name) ? null
            : _beside.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found)
            : null;
    }
}
