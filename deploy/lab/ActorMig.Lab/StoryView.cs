using System.Globalization;
using ActorMig.Agent.Control;
using ActorMig.Bartering;
using ActorMig.Edges;
using ActorMig.Hosts;
using ActorMig.Migrations;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorMig.Lab;

/// <summary>What a person sees while the story plays: bandwidth against the threshold, where each VM is, the negotiation in words, migrations' progress.</summary>
internal sealed class StoryView(Lab lab, LabLog log)
{
    private const int BarWidth = 46;
    private const int WordsShown = 9;
    private readonly Dictionary<string, HostStatus> _statuses = new(StringComparer.Ordinal);

    public string Phase { get; set; } = "starting";

    public string Expects { get; set; } = "";

    /// <summary>Asks both agents how they are.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        foreach (var host in lab.Hosts)
        {
            try
            {
                using var client = new ControlClient(host.Socket);
                _statuses[host.Name] = await client.StatusAsync(cancellation);
            }
            catch (Exception e) when (e is ControlException or HttpRequestException)
            {
                // Shown as it was.
            }
        }
    }

    public IRenderable Render()
    {
        var elapsed = TimeSpan.FromMilliseconds(Heartbeats.NowMs - log.StartMs);
        var title = string.Create(CultureInfo.InvariantCulture, $" ActorMig lab  {elapsed:mm\\:ss}  [bold]{Markup.Escape(Phase)}[/] ");
        var rows = new List<IRenderable> { new Markup($"[grey]{Markup.Escape(Expects)}[/]"), Text.Empty };
        rows.AddRange(lab.Hosts.SelectMany(Host));
        rows.Add(new Rule("[grey]migrations[/]") { Justification = Justify.Left, Style = Style.Parse("grey") });
        rows.AddRange(Migrations());
        rows.Add(new Rule("[grey]in words[/]") { Justification = Justify.Left, Style = Style.Parse("grey") });
        rows.AddRange(InWords());
        return new Panel(new Rows(rows)) { Header = new PanelHeader(title), Border = BoxBorder.Rounded, Expand = true };
    }

    /// <summary>A line of the journals that people want to read; null for the rest.</summary>
    public static string? Line(Followed line) => line.Message switch
    {
        BarterOffered o => $"offers {o.What()} to {o.Peer} ({Words.Of(o.Kind)}): {o.Reason}",
        BarterGranted g => $"grants: {string.Join(", then ", g.Legs.Select(l => $"{l.Vm.Name} to {l.To}"))}: {g.Reason}",
        BarterEnded e => $"barter {e.Barter} {Words.Of(e.Outcome)}: {e.Reason}",
        OfferDeclined d when d.By == line.Host => $"declines {d.Barter} ({Words.Of(d.Refusal)}): {d.Reason}",
        MigrationSettled m => $"migration {m.Migration} {Words.Of(m.Outcome)}: {m.Reason}",
        _ => null,
    };

    private IEnumerable<IRenderable> Host(LabHost host)
    {
        if (!_statuses.TryGetValue(host.Name, out var status))
        {
            yield return new Markup($"[bold]{host.Name}[/]  [grey]no answer yet[/]");
            yield break;
        }

        var share = status.LoadBitPerSecond / status.OverloadBitPerSecond;
        var threshold = BarWidth * 2 / 3;
        var filled = (int)Math.Clamp(share * threshold, 0, BarWidth);
        var color = share > 1 ? "red" : share > 0.75 ? "yellow" : "green";
        var bar = string.Concat(Enumerable.Range(0, BarWidth).Select(i =>
            i == threshold ? "[red]┃[/]" : i < filled ? $"[{color}]█[/]" : "[grey35]░[/]"));
        yield return new Markup(string.Create(CultureInfo.InvariantCulture, $"[bold]{host.Name}[/]  {bar}  [{color}]{status.LoadBitPerSecond / 1e6,5:0.0}[/] of {status.OverloadBitPerSecond / 1e6:0} Mbit/s"));
        var vms = status.Barter.Vms.Select(v => string.Create(
            CultureInfo.InvariantCulture, $"[cyan]{v.Facts.Name}[/] {v.Facts.LoadBitPerSecond / 1e6:0.0} [grey]{Words.Of(v.Status)}[/]"));
        yield return new Markup("    " + string.Join("   ", vms));
        yield return new Markup("    [grey]" + Markup.Escape(Cut(status.Barter.Decision)) + "[/]");
        yield return Text.Empty;
    }

    private IEnumerable<IRenderable> Migrations()
    {
        var live = _statuses.Values.SelectMany(s => s.Migrations).Where(m => m.Phase != MigrationPhase.Ended).ToArray();
        foreach (var m in live)
        {
            var done = m.Figures is { TotalBytes: > 0 and var total } f ? 1 - ((double)(f.RemainingBytes ?? 0) / total) : 0;
            var bar = new string('▰', (int)(done * 20)).PadRight(20, '▱');
            yield return new Markup(string.Create(
                CultureInfo.InvariantCulture,
                $"[mediumpurple1]{m.Plan.Migration}[/]  {m.Plan.Vm.Name} {m.Plan.From} → {m.Plan.To}  {bar} {done,4:0 %}  {Words.Of(m.Phase)}  {(m.Figures?.BytePerSecond ?? 0) / 1048576.0:0} MiB/s"));
        }

        foreach (var m in log.Migrations().Where(m => m.Settled is not null).TakeLast(3))
        {
            var figures = m.Settled!.Figures;
            yield return new Markup(
                $"[grey]{m.Plan.Migration}  {m.Plan.Vm.Name} {m.Plan.From} → {m.Plan.To}  {Words.Of(m.Settled.Outcome)}{(figures?.TotalMs is { } t ? $", total {Words.Duration(t)}" : "")}{(figures?.DowntimeMs is { } d ? $", downtime {Words.Duration(d)}" : "")}[/]");
        }

        if (live.Length == 0 && log.Migrations().Count == 0)
        {
            yield return new Markup("[grey]none yet[/]");
        }
    }

    private IEnumerable<IRenderable> InWords() => log.All
        .Select(f => (f, Text: Line(f)))
        .Where(l => l.Text is not null)
        .TakeLast(WordsShown)
        .Select(l => new Markup($"[grey]{Time(l.f.WallMs)}[/] [bold]{l.f.Host}[/] {Markup.Escape(Cut(l.Text!))}"));

    private string Time(long wallMs) => ((wallMs - log.StartMs) / 1000.0).ToString("0.0", CultureInfo.InvariantCulture).PadLeft(6);

    private static string Cut(string text)
    {
        var width = Math.Max(60, AnsiConsole.Profile.Width - 18);
        return text.Length <= width ? text : text[..(width - 1)] + "…";
    }
}
