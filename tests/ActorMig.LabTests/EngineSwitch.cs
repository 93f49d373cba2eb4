using ActorMig.Lab;
using Microsoft.Data.Sqlite;

namespace ActorMig.LabTests;

/// <summary>
/// An agent dies on one engine with a migration open, and is started on the other one with the same journal, on real libvirt. Its peer runs on the engine
/// on which it is not. Built with Akka.NET only.
/// </summary>
public sealed class EngineSwitch(LabFixture fixture)
{
    private const string Own = "own";
    private const string Akka = "akka";

    /// <summary>Akka.NET with Akka.Persistence.Sql on the same tables.</summary>
    private const string AkkaSql = "akka-sql";

    [Theory]
    [InlineData("h1", "switch-intended", Own, Akka)]
    [InlineData("h1", "switch-intended", Akka, Own)]
    [InlineData("h1", "pre-copy-began", Own, Akka)]
    [InlineData("h1", "migration-settled", Akka, Own)]
    [InlineData("h2", "arrival-ran", Own, Akka)]
    [InlineData("h2", "arrival-ran", Akka, Own)]
    [InlineData("h2", "arrival-seen", Akka, Own)]
    [InlineData("h1", "switch-intended", Own, AkkaSql)]
    [InlineData("h2", "arrival-ran", AkkaSql, Own)]
    public async Task A_migration_that_one_engine_began_the_other_one_ends(string host, string dieAfter, string first, string then)
    {
        var (dies, peer) = host == "h1" ? (fixture.Lab.Hosts[0], fixture.Lab.Hosts[1]) : (fixture.Lab.Hosts[1], fixture.Lab.Hosts[0]);
        await AsSaidAsync(async () =>
        {
            Use(dies, first);
            Use(peer, then);
            await using var one = await LabCase.StartAsync(fixture.Lab, testing: (host, "die-after-event = " + dieAfter));
            var barter = await one.BeginMoveAsync(one.H1, "vm1", "h2");
            await one.UntilAsync(() => !dies.IsAgentUp, $"the agent of {host} kills itself");
            Use(dies, then);
            await one.RestartAsync(dies);
            await one.CheckAtRestAsync();
            Assert.Contains(one.Log.Migrations(), m => m.Plan.Migration.StartsWith(barter + ".", StringComparison.Ordinal) && m.Settled is not null);
            Assert.Contains(then != Own ? "on Akka.NET" : "on its own engine", File.ReadLines(dies.AgentLog).Last(l => l.Contains("[900]", StringComparison.Ordinal)), StringComparison.Ordinal);
            CheckWriters(dies, first, then);
        });
    }

    [Theory]
    [InlineData("h2", "barter-granted", Own, Akka)]
    [InlineData("h1", "leg-ended", Akka, Own)]
    [InlineData("h1", "leg-ended", AkkaSql, Akka)]
    public async Task A_swap_that_one_engine_began_the_other_one_ends(string host, string dieAfter, string first, string then)
    {
        var (dies, peer) = host == "h1" ? (fixture.Lab.Hosts[0], fixture.Lab.Hosts[1]) : (fixture.Lab.Hosts[1], fixture.Lab.Hosts[0]);
        await AsSaidAsync(async () =>
        {
            Use(dies, first);
            Use(peer, then);
            await using var one = await LabCase.StartAsync(fixture.Lab, testing: (host, "die-after-event = " + dieAfter));
            await one.LoadForSwapAsync();
            await one.UntilAsync(() => !dies.IsAgentUp, $"the agent of {host} kills itself");
            Use(dies, then);
            await one.RestartAsync(dies);
            await one.CheckAtRestAsync();
            CheckWriters(dies, first, then);
        });
    }

    /// <summary>Akka.Persistence.Sql, and nobody else, marks what it writes with an identity without dashes.</summary>
    private static void CheckWriters(LabHost host, string first, string then)
    {
        using var connection = new SqliteConnection($"Data Source={host.Dir}/data/journal.db;Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM journal WHERE length(writer_uuid) = 32";
        Assert.Equal(first == AkkaSql || then == AkkaSql, (long)command.ExecuteScalar()! > 0);
    }

    private static void Use(LabHost host, string engine)
    {
        host.Engine = engine == AkkaSql ? Akka : engine;
        host.Beside = engine == AkkaSql ? """akka.persistence.journal.plugin = "akka.persistence.journal.sql" """ : "";
    }

    /// <summary>Other cases run on what the variable says.</summary>
    private async Task AsSaidAsync(Func<Task> use)
    {
        var engines = fixture.Lab.Hosts.Select(h => h.Engine).ToArray();
        try
        {
            await use();
        }
        finally
        {
            foreach (var (host, engine) in fixture.Lab.Hosts.Zip(engines))
            {
                (host.Engine, host.Beside) = (engine, "");
            }
        }
    }
}
