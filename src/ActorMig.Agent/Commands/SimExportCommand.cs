using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ActorMig.Agent.Control;
using ActorMig.Agent.Simulation;
using ActorMig.Hosts;
using ActorMig.Simulation.Imports;

namespace ActorMig.Agent.Commands;

/// <summary><c>actormig sim export</c>: writes a scenario that begins as the cluster is now.</summary>
internal static class SimExportCommand
{
    private const int StatusBytesMax = 64 << 20;

    public static Command Build()
    {
        var output = new Option<string>("--out") { Description = "The scenario's folder, which must not exist yet.", HelpName = "DIR", Required = true };
        var also = new Option<string[]>("--also")
        {
            Description = "Another host's agent: its socket, forwarded by ssh for instance, or a file with what `actormig status --json` says there. May be given again and again.",
            HelpName = "SOCKET|FILE",
        };
        var duration = new Option<string?>("--duration") { Description = $"How long the scenario is ({Words.Span(ImportOptions.StillDurationDefaultMs)}).", HelpName = "TIME" };
        var export = new Command("export", "Make a scenario that begins as the cluster is now: this host's VMs and loads, and what it knows of the other hosts.") { output, also, duration };
        export.SetAction((parsed, stop) => DraftOutput.GuardAsync(Console.Error, () => RunAsync(
            parsed.GetValue<string>("--socket")!, parsed.GetValue(also) ?? [], parsed.GetValue(output)!, parsed.GetValue(duration), parsed.GetValue<bool>("--json"), stop)));
        return export;
    }

    private static async Task<int> RunAsync(string socket, IReadOnlyList<string> also, string output, string? duration, bool isJson, CancellationToken stop)
    {
        var durationMs = DraftOutput.Duration("--duration", duration) ?? ImportOptions.StillDurationDefaultMs;
        ScenarioFolder.CheckIsFree(output);
        using var client = new ControlClient(socket);
        var told = new List<HostStatus> { await client.StatusAsync(stop).ConfigureAwait(false) };
        var cluster = await client.ClusterAsync(stop).ConfigureAwait(false);
        foreach (var path in also)
        {
            told.Add(await AskAsync(path, stop).ConfigureAwait(false));
        }

        // What a host has not measured yet is not nothing.
        if (told.FirstOrDefault(s => s.Round == 0 || s.Barter.Vms.Any(v => !v.IsMeasured)) is { } early)
        {
            throw new ControlException(
                early.HypervisorError is { } error
                    ? $"{early.Host} has no libvirt ({error.TrimEnd('.')}), and has never measured its VMs; see to that first."
                    : $"{early.Host} has not measured all its VMs yet; try again in {Words.Duration(early.RoundMs)}.",
                ExitCodes.Refused);
        }

        var draft = ScenarioExport.Of(told, cluster, durationMs);
        ScenarioFolder.Write(output, draft, "actormig sim export", stop);
        DraftOutput.Say(draft, output, isJson, Console.Out);
        return ExitCodes.Ok;
    }

    /// <summary>A socket has no length: what has one is a file.</summary>
    private static async Task<HostStatus> AskAsync(string path, CancellationToken stop)
    {
        if (new FileInfo(path) is { Exists: true, Length: > 0 })
        {
            return Read(path);
        }

        using var client = new ControlClient(path);
        return await client.StatusAsync(stop).ConfigureAwait(false);
    }

    /// <summary>What an agent has said of itself, kept in a file.</summary>
    /// <exception cref="ImportException">It is something else.</exception>
    internal static HostStatus Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > StatusBytesMax)
            {
                throw new ImportException($"{path} is larger than {Words.Memory(StatusBytesMax)}; `actormig status --json` says less.");
            }

            var status = JsonSerializer.Deserialize(file, ControlJson.Default.HostStatus);
            return IsWhole(status) ? status : throw new ImportException($"{path} is not what `actormig status --json` says: it names no host, or no VMs of it; let that command write the file.");
        }
        catch (JsonException e)
        {
            throw new ImportException(path, (int)(e.LineNumber ?? 0) + 1, $"this is not what `actormig status --json` says ({e.Message.Split(" Path: ")[0].TrimEnd('.')}); let that command write the file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException($"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>What JSON leaves out is null here, whatever the types say.</summary>
    private static bool IsWhole([NotNullWhen(true)] HostStatus? status) =>
        status is { Host.Length: > 0, RoundMs: > 0, Barter: { Vms: not null, OpenBarters: not null, CapacityBytes: <= ImportLimits.MemoryMaxBytes }, Migrations: not null }
        && IsRate(status.OverloadBitPerSecond)
        && status.Barter.Vms.All(v =>
            v?.Facts is { Name: not null, Uuid: not null, MemoryBytes: >= 0 and <= ImportLimits.MemoryMaxBytes } && IsRate(v.Facts.LoadBitPerSecond))
        && (status.Barter.Digests ?? []).All(d =>
            d is { Host.Length: > 0, FreeBytes: <= ImportLimits.MemoryMaxBytes } && IsRate(d.LoadBitPerSecond));

    private static bool IsRate(double bitPerSecond) => bitPerSecond is >= 0 and <= ImportLimits.RateMaxBitPerSecond;
}
