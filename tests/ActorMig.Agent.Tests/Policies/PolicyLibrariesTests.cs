using ActorMig.Agent.Configuration;
using ActorMig.Agent.Policies;
using ActorMig.Agent.Simulation;
using ActorMig.Hocon;
using ActorMig.Simulation.Scenarios;
using ActorMig.Tests;

namespace ActorMig.Agent.Tests.Policies;

/// <summary>Policies of libraries: the example that stands in the documentation, and whatever may be wrong with one.</summary>
public sealed class PolicyLibrariesTests
{
    private static readonly string Example = Path.Combine(Repository.Folder, "deploy/examples/MemoryPolicy");
    private static readonly string Library = Path.Combine(Repository.Folder, "artifacts/bin/MemoryPolicy/debug/MemoryPolicy.dll");

    [Fact]
    public void The_example_moves_what_it_says_and_what_is_decided_is_what_its_log_says()
    {
        var source = ScenarioSource.Find(Path.Combine(Example, "scenario"));
        var scenario = ScenarioReader.Read(source);
        var result = ScenarioRunner.Run(scenario, scenario.Seed);
        Assert.Equal(source.Text(ScenarioSource.DecisionsFile)!.TrimEnd().Split('\n'), result.Decisions);
        Assert.Contains(result.Decisions, d => d.Contains("vm2 to h2", StringComparison.Ordinal));
    }

    [Fact]
    public void The_example_is_at_most_60_lines() => Assert.InRange(File.ReadAllLines(Path.Combine(Example, "MemoryPolicy.cs")).Length, 1, 60);

    [Theory]
    [InlineData("list = [thresold]", "actormig.policies.list has 'thresold', which is no policy; there is threshold")]
    [InlineData("list = [threshold, threshold]", "is not listed once only")]
    [InlineData("libraries.drain { library = a, type = b }", "'drain' cannot be the name of a library's policy")]
    [InlineData("libraries.rules { library = a, type = b }", "'rules' cannot be the name of a library's policy")]
    [InlineData("libraries.mine { type = b }", "the policy 'mine' has no 'library'")]
    [InlineData("libraries.mine { library = a, type = b, seting = 1 }", "'actormig.policies.libraries.mine.seting' is no key")]
    [InlineData("list = [mine], libraries.mine { library = /nowhere/a.dll, type = b }", "/nowhere/a.dll: there is no such file")]
    [InlineData("list = [mine], libraries.mine { library = LIBRARY, type = My.Type }", "it has no type My.Type")]
    [InlineData("list = [mine], libraries.mine { library = LIBRARY, type = ActorMig.Examples.MemoryPolicy }", "ActorMig.Examples.MemoryPolicy is no IPolicyFactory")]
    [InlineData("list = [mine], libraries.mine { library = agent.conf, type = b }", "agent.conf: ")]
    [InlineData("list = [mine], libraries.mine { library = LIBRARY, type = ActorMig.Examples.MemoryPolicyFactory }", "the policy 'mine' cannot be made: its setting 'floor' is not a number of GiB")]
    public void What_is_wrong_is_said_in_one_sentence(string policies, string expected)
    {
        using var folder = new TestFolder();
        var error = Assert.Throws<HoconException>(() => Load(folder, policies.Replace("LIBRARY", Library, StringComparison.Ordinal)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("agent.conf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_others_may_write_is_refused()
    {
        using var folder = new TestFolder();
        var copy = folder.File("Mine.dll");
        File.Copy(Library, copy);
        File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        var error = Assert.Throws<HoconException>(() => Load(folder, "list = [mine], libraries.mine { library = Mine.dll, type = ActorMig.Examples.MemoryPolicyFactory, settings.floor = 1 }"));
        Assert.Contains($"chmod go-w {copy}", error.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(["mine"], Load(folder, "list = [mine], libraries.mine { library = Mine.dll, type = ActorMig.Examples.MemoryPolicyFactory, settings.floor = 1 }").Select(p => p.Name));
    }

    private static IReadOnlyList<ActorMig.Policies.PolicySpec> Load(TestFolder folder, string policies)
    {
        var path = folder.File("agent.conf");
        File.WriteAllText(path, $"actormig {{ host-name = h1, listen.address = 127.0.0.1, policies {{ {policies} }} }}");
        var options = ConfigurationLoader.Load(path);
        return PolicyLibraries.Load(options).Specs(options.Core, Assert.Fail);
    }
}
