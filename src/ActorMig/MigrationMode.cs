namespace ActorMig;

/// <summary>When a guest changes hosts in a migration, and when its memory does.</summary>
public enum MigrationMode
{
    /// <summary>
    /// One pass of pre-copy while the guest runs on the source, then post-copy: only what was written meanwhile is missing where it goes on. The default.
    /// </summary>
    Hybrid,

    /// <summary>
    /// The guest changes hosts once nearly all of its memory is there. What it writes in the meantime is sent again; a guest that writes faster than the link
    /// carries never arrives. For guests that post-copy cannot move.
    /// </summary>
    PreCopy,

    /// <summary>Post-copy from the start, as paper A recommends: the guest changes hosts at once, and all of its memory follows.</summary>
    Direct,
}

/// <summary>What follows from a mode, and how it is read.</summary>
public static class MigrationModes
{
    /// <summary>True if post-copy must be able to arrive where the VM goes.</summary>
    /// <param name="mode">The mode.</param>
    public static bool NeedsPostCopy(this MigrationMode mode) => mode != MigrationMode.PreCopy;

    /// <summary>The mode of a word, as metadata and the documentation write it; null if it is none.</summary>
    /// <param name="word">The word.</param>
    public static MigrationMode? Read(string? word) => word switch
    {
        "hybrid" => MigrationMode.Hybrid,
        "pre-copy" => MigrationMode.PreCopy,
        "direct" => MigrationMode.Direct,
        _ => null,
    };
}
