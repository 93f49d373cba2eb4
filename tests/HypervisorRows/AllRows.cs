using Xunit;

namespace ActorMig.HypervisorRows;

/// <summary>All rows.</summary>
public static class AllRows
{
    private static IEnumerable<Row> List => [.. SuccessRows.All, .. AbortRows.All, .. ResumeRows.All, .. CrashRows.All, .. StateRows.All, .. MoreRows.All];

    public static Row Find(string id) => List.Single(r => r.Id == id);

    /// <summary>The ids of those rows that fit.</summary>
    public static TheoryData<string> Ids(Func<Row, bool> which) => [.. List.Where(which).Select(r => r.Id)];
}
