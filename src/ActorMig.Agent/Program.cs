using System.CommandLine;
using ActorMig;
using ActorMig.Agent;
using ActorMig.Agent.Commands;
using ActorMig.Agent.Configuration;
using ActorMig.Agent.Policies;
using ActorMig.Agent.Control;
using ActorMig.Cluster.Tls;
using ActorMig.Hocon;

var socket = new Option<string>("--socket")
{
    Description = "The local agent's socket.",
    DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ACTORMIG_SOCKET") ?? "/run/actormig/actormig.sock",
    Recursive = true,
};
var json = new Option<bool>("--json") { Description = "Write JSON, one object a line.", Recursive = true };
var config = new Option<string>("--config") { Description = "The agent's configuration file (HOCON).", Required = true };

var agent = new Command("agent", "Run this host's agent until it is told to stop (SIGTERM, Ctrl-C). SIGHUP: read the configuration again.") { config };
agent.SetAction((parsed, stop) => GuardAsync(() => AgentProcess.RunAsync(parsed.GetValue(config)!, stop)));

var check = new Command("check", "Read a configuration file and say what is wrong with it.") { config };
check.SetAction((parsed, _) => GuardAsync(() =>
{
    var options = ConfigurationLoader.Load(parsed.GetValue(config)!);
    PolicyLibraries.Load(options);
    using var certificates = options.Tls.ForPeers is { } tls ? CertificateStore.Open(tls, options.Core.HostName, TimeProvider.System, Console.Error.WriteLine) : null;
    Console.WriteLine("The configuration is good.");
    return Task.FromResult(ExitCodes.Ok);
}));

var show = new Command("show", "Show every value that is in force with a configuration file, and where it comes from.") { config };
show.SetAction((parsed, _) => GuardAsync(() =>
{
    ConfigurationText.Write(ConfigurationLoader.Read(parsed.GetValue(config)!), parsed.GetValue(json), Console.Out);
    return Task.FromResult(ExitCodes.Ok);
}));

var status = new Command("status", "Show what the host, its barters and its migrations are doing.");
status.SetAction((parsed, stop) => GuardAsync(() => Client(parsed).StatusAsync(stop)));

var list = new Command("list", "List the host's VMs.");
list.SetAction((parsed, stop) => GuardAsync(() => Client(parsed).ListVmsAsync(stop)));

var sought = new Argument<string>("VM") { Description = "Its name, its UUID, or the address of one of its NICs." };
var where = new Command("where", "Find the host on which a VM of the cluster is.") { sought };
where.SetAction((parsed, stop) => GuardAsync(() => Client(parsed).WhereAsync(parsed.GetValue(sought)!, stop)));

var partners = PartnersCommand.Build((parsed, run) => GuardAsync(() => run(new PartnersCommand(parsed.GetValue(socket)!, parsed.GetValue(json), Console.Out))));

var vm = new Argument<string>("VM") { Description = "The VM's name or UUID." };
var to = new Option<string>("--to") { Description = "The host.", HelpName = "HOST", Required = true };
var mode = new Option<string?>("--mode")
{
    Description = "How: hybrid (a pass of pre-copy, then post-copy), direct (post-copy from the start) or pre-copy; else as the VM's metadata or actormig.migration.mode says.",
    HelpName = "MODE",
};
mode.AcceptOnlyFromAmong([.. Enum.GetValues<MigrationMode>().Select(Words.Of)]);
var watched = new Option<bool>("--watch") { Description = "Watch the move to its end; --watch=false ends the command as soon as the move has begun.", DefaultValueFactory = _ => true };
var force = new Option<bool>("--force") { Description = "Move it whatever the rules say; once it has rested, a rule that it breaks is mended." };
var migrate = new Command("migrate", "Move a VM to another host and watch it; Ctrl-C stops watching, not the move.") { vm, to, mode, force, watched };
migrate.SetAction((parsed, stop) => GuardAsync(() => Client(parsed).MigrateAsync(parsed.GetValue(vm)!, parsed.GetValue(to)!, parsed.GetValue(mode), parsed.GetValue(force), parsed.GetValue(watched), stop)));

var last = new Option<int>("--last", "-n") { Description = "Begin this many entries before the end.", DefaultValueFactory = _ => 20 };
var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what is written, until Ctrl-C." };
var tail = new Command("tail", "Show the journal: what was measured, decided and done, and why.") { last, follow };
tail.SetAction((parsed, stop) => GuardAsync(() => Client(parsed).TailJournalAsync(parsed.GetValue(last), parsed.GetValue(follow), stop)));

var acceptLoss = new Command(
    "accept-loss", "Accept that an earlier journal is lost, so that the host acts again. Look first where its VMs run: what the lost journal had begun is forgotten.");
acceptLoss.SetAction((parsed, stop) => GuardAsync(() => Client(parsed).AcceptJournalLossAsync(stop)));

var hierarchy = new Command("hierarchy", "Show the agent's actors as a tree: what waits for each, and what was dropped.");
hierarchy.SetAction((parsed, stop) => GuardAsync(() => Client(parsed).ShowActorsAsync(stop)));

var cluster = ClusterCommands.Build((parsed, run) => GuardAsync(() => run(new ClusterCommands(parsed.GetValue(socket)!, parsed.GetValue(json), Console.Out))));
foreach (var command in HoldCommands.OfCluster(HoldAsync))
{
    cluster.Subcommands.Add(command);
}

var root = new RootCommand("ActorMig: KVM hosts that barter their virtual machines.")
{
    agent,
    new Command("config", "Configuration files.") { check, show },
    status,
    new Command("vm", "Virtual machines.") { list, where, partners },
    migrate,
    MigrationCommands.Build((parsed, run) => GuardAsync(() => run(new MigrationCommands(parsed.GetValue(socket)!, parsed.GetValue(json), Console.Out)))),
    BarterCommands.Build((parsed, run) => GuardAsync(() => run(new BarterCommands(parsed.GetValue(socket)!, parsed.GetValue(json), Console.Out)))),
    cluster,
    HoldCommands.OfHost(HoldAsync),
    DoctorCommand.Build(socket, json, GuardAsync),
    TlsCommands.Build((parsed, run) => GuardAsync(() => Task.FromResult(run(new TlsCommands(parsed.GetValue(json), Console.Out, TimeProvider.System))))),
    new Command("journal", "The host's journal.") { tail, acceptLoss },
    new Command("actor", "The agent's inside.") { hierarchy },
    SimCommands.Build(),
};
root.Options.Add(socket);
root.Options.Add(json);
var invocation = root.Parse(args);
return await invocation.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });

ClientCommands Client(ParseResult parsed) => new(parsed.GetValue(socket)!, parsed.GetValue(json), Console.Out);

Task<int> HoldAsync(ParseResult parsed, Func<HoldCommands, Task<int>> run) =>
    GuardAsync(() => run(new HoldCommands(parsed.GetValue(socket)!, parsed.GetValue(json), Console.Out)));

static async Task<int> GuardAsync(Func<Task<int>> command)
{
    try
    {
        return await command();
    }
    catch (HoconException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return ExitCodes.BadInput;
    }
    catch (TlsException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return ExitCodes.BadInput;
    }
    catch (ControlException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return e.ExitCode;
    }
    catch (OperationCanceledException)
    {
        return ExitCodes.Ok;
    }
}
