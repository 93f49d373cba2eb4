using ActorMig.Edges;
using ActorMig.Simulation;
using Xunit;

namespace ActorMig.HypervisorRows;

/// <summary>What the scripts are made of.</summary>
internal static class Scripts
{
    /// <summary>Pre-copy for much longer than any script.</summary>
    public static MigrateOptions Slow { get; } = new() { BandwidthMiBPerSecond = 1, PostCopyBandwidthMiBPerSecond = 1 };

    /// <summary>Pre-copy for some seconds, then post-copy for as long as a script needs.</summary>
    public static MigrateOptions Open { get; } = new() { BandwidthMiBPerSecond = 15, PostCopyBandwidthMiBPerSecond = 1 };

    /// <summary>As <see cref="Open"/>, and the guest's definition goes with it.</summary>
    public static MigrateOptions Managed { get; } = Open with { PersistsDestination = true, UndefinesSource = true };

    /// <summary>Begins a migration, and waits for its first pass.</summary>
    public static async Task<ICall> BeginAsync(this IHypervisorPair pair, MigrateOptions? options = null)
    {
        var call = pair.Migrate(options ?? Slow);
        await pair.UntilAsync(() => pair.Iterations.Count > 0 || call.IsOver, "pre-copy has begun");
        Assert.False(call.IsOver, $"{call.Error}");
        return call;
    }

    /// <summary>
    /// Begins a migration and takes it into post-copy, which then lasts. What is written during the first pass and never again is left for it, and
    /// nothing on the destination waits for it: a QEMU that waits for a page answers no command.
    /// </summary>
    public static async Task<ICall> BeginPostCopyAsync(this IHypervisorPair pair, MigrateOptions? options = null)
    {
        await pair.WriteAsync();
        var call = await pair.BeginAsync(options ?? Open);
        await pair.SwitchAsync();
        await pair.ShowsAsync(Side.Destination, "running (post-copy)");
        await pair.ShowsAsync(Side.Source, "paused (post-copy)");
        return call;
    }

    /// <summary>Has pages to send again, and switches; libvirt refuses that for a moment after the start.</summary>
    public static async Task SwitchAsync(this IHypervisorPair pair)
    {
        await pair.WriteAsync();
        LibvirtError? refusal = null;
        for (var attempt = 0; attempt < 50; attempt++)
        {
            refusal = await pair.AskAsync(Side.Source, Verb.StartPostCopy);
            if (refusal is null)
            {
                return;
            }
        }

        Assert.Fail($"The switch is refused: {refusal}");
    }

    /// <summary>Takes limits away and waits for the end.</summary>
    public static async Task EndAsync(this IHypervisorPair pair, ICall call)
    {
        await pair.ObeysAsync(Side.Source, Verb.Unlimit);
        await pair.ReturnsAsync(call);
    }

    public static Task ShowsAsync(this IHypervisorPair pair, Side side, string state) =>
        pair.UntilAsync(() => pair.State(side) == state, $"the {Name(side)} shows the guest as {state}");

    /// <summary>What both show at once, with the jobs on it.</summary>
    public static void Show(this IHypervisorPair pair, string source, string destination)
    {
        Assert.Equal(source, InWords(pair.Look(Side.Source)));
        Assert.Equal(destination, InWords(pair.Look(Side.Destination)));
    }

    /// <summary>These events, all of them and in this order; where two of libvirt's threads race to tell it, <c>one or other</c>.</summary>
    public static async Task ToldAsync(this IHypervisorPair pair, Side side, params string[] events)
    {
        await pair.UntilAsync(() => pair.Events(side).Count >= events.Length, $"the {Name(side)} has told {string.Join(", ", events)}");
        var told = pair.Events(side);
        Assert.Equal(events.Length, told.Count);
        Assert.All(told.Zip(events), t => Assert.Contains(t.First, t.Second.Split(" or ")));
    }

    /// <summary>A migration returns well.</summary>
    public static async Task ReturnsAsync(this IHypervisorPair pair, ICall call)
    {
        await pair.UntilAsync(() => call.IsOver, "the migration returns");
        Assert.Null(call.Error);
    }

    /// <summary>A migration fails.</summary>
    public static async Task FailsAsync(this IHypervisorPair pair, ICall call, LibvirtErrorKind kind, string text = "")
    {
        await pair.UntilAsync(() => call.IsOver, "the migration returns");
        Refused(call.Error, kind, text);
    }

    /// <summary>A migration fails, and who notices first decides what it says: one of the daemons, or the QEMU that was left.</summary>
    public static async Task FailsAsProcessDiedAsync(this IHypervisorPair pair, ICall call)
    {
        await pair.UntilAsync(() => call.IsOver, "the migration returns");
        Assert.NotNull(call.Error);
        Assert.Contains(call.Error.Kind, (LibvirtErrorKind[])[LibvirtErrorKind.OperationFailed, LibvirtErrorKind.InternalError]);
    }

    public static async Task RefusesAsync(this IHypervisorPair pair, Side side, Verb verb, LibvirtErrorKind kind, string text = "") =>
        Refused(await pair.AskAsync(side, verb), kind, text);

    public static async Task ObeysAsync(this IHypervisorPair pair, Side side, Verb verb) => Assert.Null(await pair.AskAsync(side, verb));

    private static void Refused(LibvirtError? error, LibvirtErrorKind kind, string text)
    {
        Assert.NotNull(error);
        Assert.True(error.Kind == kind, $"{kind} expected: {error}");
        Assert.Contains(text, error.Text, StringComparison.Ordinal);
    }

    private static string Name(Side side) => side == Side.Source ? "source" : "destination";

    private static string InWords(DomainLook look) => look.Job == DomainJob.None ? look.InWords() : $"{look.InWords()}, {(look.Job == DomainJob.Outgoing ? "leaving" : "arriving")}";
}
