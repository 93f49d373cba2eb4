using ActorMig.Actors.Tests;
using ActorMig.Lab.Experiment;

namespace ActorMig.LabTests.Experiment;

/// <summary>The experiment as <c>deploy/lab/experiment --small</c> makes it, of one cell, those in question and one more mode at a time.</summary>
public sealed class SmallExperimentTests(LabFixture fixture)
{
    public static TheoryData<string, string> Cells
    {
        get
        {
            var data = new TheoryData<string, string>();
            (string, string)[] all = [("busy", "direct"), ("stream", "virsh-pre-copy"), ("busy", "virsh-timeout"), ("stream", "virsh-auto-converge")];
            foreach (var (workload, mode) in Shard.Of(all))
            {
                data.Add(workload, mode);
            }

            return data;
        }
    }

    [Theory]
    [Trait("kind", "matrix")]
    [MemberData(nameof(Cells))]
    public async Task Of_guests_at_work_none_is_lost_and_every_migration_has_its_figures(string workload, string mode)
    {
        foreach (var host in fixture.Lab.Hosts)
        {
            host.KillAgent();
            if (Directory.Exists(host.Dir + "/data"))
            {
                Directory.Delete(host.Dir + "/data", recursive: true);
            }
        }

        var directory = Directory.CreateTempSubdirectory("actormig-experiment").FullName;
        try
        {
            var options = new ExperimentOptions(
                true, [Cell.Small.First(c => c.Workload.Name == workload)], [.. Competitor.All.Where(m => m.IsInQuestion || m.Name == mode)], 2, 2, 1, TimeSpan.FromMinutes(10));
            var said = new List<string>();
            var code = await ExperimentCommand.RunAsync(fixture.Lab, directory, options, said.Add, CancellationToken.None);
            Assert.True(code == 0, string.Join('\n', said));
            var trials = File.ReadLines(Path.Combine(directory, "trials.jsonl")).Select(Line.Parse).OfType<Trial>().ToArray();
            Assert.Equal(8, trials.Length);
            Assert.All(trials, t => Assert.True(
                t is { Problem: null, IsLost: false, TotalMs: > 0, DowntimeMs: not null, Bytes: > 0, GapMs: > 0, CalmGapMs: > 0, PassDoneMs: > 0, StoppedMs: > 0, ResumedMs: > 0 }, t.ToString()));
            Assert.True(File.Exists(Path.Combine(directory, "report.html")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
