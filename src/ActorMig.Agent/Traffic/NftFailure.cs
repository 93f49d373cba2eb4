namespace ActorMig.Agent.Traffic;

/// <summary>What nft complains of, as a sentence that says what to do.</summary>
internal static class NftFailure
{
    /// <summary>Says it.</summary>
    /// <param name="table">The table, with its family.</param>
    /// <param name="result">How nft ended.</param>
    public static string Sentence(string table, NftResult result)
    {
        var error = result.Error;
        return Has("Operation not permitted") || Has("must be root")
            ? "nft may not count here (Operation not permitted): the agent needs CAP_NET_ADMIN and no more (in its unit, AmbientCapabilities=CAP_NET_ADMIN)"
            : Has("Protocol not supported") || Has("Address family not supported") || Has("Operation not supported") || Has("cache initialization failed")
                ? $"the kernel does not know tables like {table} ({First(error)}): it needs nf_tables with that family"
                : Has("syntax error")
                    ? $"nft does not understand how the table {table} is made ({First(error)}): it must be nftables 1.0.5 or later"
                    : $"nft failed with the table {table}: {First(error)}";

        bool Has(string words) => error.Contains(words, StringComparison.OrdinalIgnoreCase);
    }

    private static string First(string error)
    {
        var line = error.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "it said nothing";
        return line.Length > 200 ? line[..200] : line;
    }
}
