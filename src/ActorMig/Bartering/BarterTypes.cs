using ActorMig.Vms;

namespace ActorMig.Bartering;

/// <summary>Which kind of barter.</summary>
public enum BarterKind
{
    /// <summary>One VM for nothing, to relieve a host.</summary>
    Migrate,

    /// <summary>One VM for another.</summary>
    Swap,

    /// <summary>A VM goes back to its origin.</summary>
    Remigrate,

    /// <summary>A person said so.</summary>
    Command,

    /// <summary>A person wants the host empty.</summary>
    Drain,

    /// <summary>A rule is broken, and a VM goes to where it holds.</summary>
    Mend,

    /// <summary>Some VMs for some others, or for nothing.</summary>
    Exchange,
}

/// <summary>What follows from a kind.</summary>
public static class BarterKinds
{
    /// <summary>True if a person wants it: it needs no cause that holds, and is not counted among the moves that make a VM rest longer.</summary>
    /// <param name="kind">The kind.</param>
    public static bool IsPersons(this BarterKind kind) => kind is BarterKind.Command or BarterKind.Drain;
}

/// <summary>How a barter ended.</summary>
public enum BarterOutcome
{
    /// <summary>Every leg completed.</summary>
    Settled,

    /// <summary>No VM was moved.</summary>
    Aborted,

    /// <summary>Some legs completed, others did not; both sides judge anew.</summary>
    Half,

    /// <summary>The peer declined.</summary>
    Declined,

    /// <summary>The offerer took it back, or the peer did not answer, or the lease ran out.</summary>
    Withdrawn,
}

/// <summary>How a leg, which is a migration, ended: L1's ends.</summary>
public enum LegOutcome
{
    /// <summary>The VM runs on the destination.</summary>
    Completed,

    /// <summary>The VM is on the source.</summary>
    Failed,

    /// <summary>Its owner ended it.</summary>
    Gone,

    /// <summary>It was lost with a host.</summary>
    Lost,

    /// <summary>A person must decide.</summary>
    NeedsOperator,
}

/// <summary>One VM of a barter on its way.</summary>
/// <param name="Number">From 1, in the order in which they are carried out.</param>
/// <param name="Vm">The VM.</param>
/// <param name="From">The host that sends it.</param>
/// <param name="To">The host that receives it.</param>
public sealed record Leg(int Number, VmFacts Vm, string From, string To);

/// <summary>Names of barters and migrations; never used again.</summary>
public static class BarterIds
{
    /// <summary>A barter: <c>host-incarnation-n</c>.</summary>
    /// <param name="host">The offerer.</param>
    /// <param name="incarnation">Its incarnation.</param>
    /// <param name="number">A number that counts within the incarnation.</param>
    public static string Barter(string host, long incarnation, long number) => FormattableString.Invariant($"{host}-{incarnation}-{number}");

    /// <summary>A leg's migration: the barter's name and the leg's number.</summary>
    /// <param name="barterId">The barter.</param>
    /// <param name="leg">The leg.</param>
    public static string Migration(string barterId, int leg) => FormattableString.Invariant($"{barterId}.{leg}");

    /// <summary>True if this is a name that a host gives to a barter that it offers.</summary>
    /// <param name="barterId">The barter.</param>
    /// <param name="host">The offerer.</param>
    public static bool IsOf(string barterId, string host)
    {
        ArgumentNullException.ThrowIfNull(barterId);
        ArgumentNullException.ThrowIfNull(host);
        return barterId.Length > host.Length && barterId[host.Length] == '-' && barterId.StartsWith(host, StringComparison.Ordinal)
            && barterId[(host.Length + 1)..].Split('-') is [var incarnation, var number] && IsNumber(incarnation) && IsNumber(number);

        static bool IsNumber(string text) => long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _);
    }

    /// <summary>The barter of which a migration is a leg; empty if it is none.</summary>
    /// <param name="migration">The migration.</param>
    public static string BarterOf(string migration)
    {
        ArgumentNullException.ThrowIfNull(migration);
        return migration[..Math.Max(0, migration.LastIndexOf('.'))];
    }
}
