using System.CommandLine;
using ActorMig.Lab;
using ActorMig.Lab.Experiment;

var seed = new Option<ulong>("--seed") { Description = "Seeds what the agents draw, and stands in the report; 0: from the clock.", DefaultValueFactory = _ => 1 };
var output = new Option<string>("--out") { Description = "Where report.json and report.html go.", DefaultValueFactory = _ => "" };
var keep = new Option<bool>("--keep") { Description = "Leave hosts, guests and agents running at the end, to play with." };
var repository = new Option<string>("--repository") { Description = "The repository's folder.", Required = true };

var hosts = new Option<int>("--hosts") { Description = "More hosts than the paper's two: then they find each other by serf, talk over mutual TLS, and what an operator does with a cluster is played." };
var guests = new Option<int>("--guests") { Description = "How many guests those hosts have; two each, unless it is said." };
var earlier = new Option<string>("--earlier-agent") { Description = "The agent's program of an earlier release: the cluster begins with it and is upgraded host by host.", DefaultValueFactory = _ => "" };
var which = new Option<string>("--story") { Description = "affinity: three hosts, two groups of guests that talk among themselves, scattered; the agents bring them together.", DefaultValueFactory = _ => "" };
var story = new Command("story", "Play paper B's story on two hosts with four guests; with --hosts, what an operator does with a cluster; with --story, another one.") { which, seed, output, keep, hosts, guests, earlier, repository };
story.SetAction((parsed, stop) => parsed.GetValue(hosts) == 0 && parsed.GetValue(guests) == 0 && parsed.GetValue(earlier) is "" && parsed.GetValue(which) is ""
    ? StoryCommand.RunAsync(parsed.GetValue(repository)!, parsed.GetValue(output)!, parsed.GetValue(seed), parsed.GetValue(keep), stop)
    : ClusterCommand.RunAsync(parsed.GetValue(repository)!, parsed.GetValue(hosts), parsed.GetValue(guests), parsed.GetValue(seed), parsed.GetValue(keep), parsed.GetValue(earlier)!, parsed.GetValue(which)!, stop));
var down = new Command("down", "Remove what a lab has left: processes in its namespaces, namespaces, loop devices, files.");
down.SetAction(_ =>
{
    Lab.Down();
    return 0;
});
try
{
    return await new RootCommand("ActorMig's lab.") { story, ExperimentCommand.Create(repository), down }.Parse(args).InvokeAsync(
        new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20), EnableDefaultExceptionHandler = false });
}
catch (InvalidOperationException e)
{
    await Console.Error.WriteLineAsync("lab: " + e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    Console.WriteLine("lab: stopped, and cleaned up.");
    return 130;
}
