using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace ActorMig.Lab.Experiment;

/// <summary>What a guest has counted.</summary>
/// <param name="AtMs">By its own clock.</param>
/// <param name="Pages">Pages written since it began.</param>
/// <param name="Work">What its workload counts.</param>
/// <param name="InUseBytes">Its memory in use.</param>
internal sealed record GuestCounts(long AtMs, long Pages, long Work, long InUseBytes)
{
    private const int PageBytes = 4096;

    /// <summary>What it wrote each second since an earlier look, and how much of its workload it did.</summary>
    public (double MiBPerSecond, double WorkPerSecond) Since(GuestCounts before)
    {
        var seconds = Math.Max(1, AtMs - before.AtMs) / 1000.0;
        return ((Pages - before.Pages) * PageBytes / seconds / (1 << 20), (Work - before.Work) / seconds);
    }
}

/// <summary>The guest of a cell: as big as the cell says, filled, and at its work.</summary>
internal sealed class CellGuest
{
    /// <summary>Behind the lab's usual guests: they may be up, too.</summary>
    private const int Number = 5;

    private static readonly TimeSpan BootLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan FillLimit = TimeSpan.FromSeconds(300);
    private readonly Lab _lab;
    private readonly Cell _cell;
    private DiskReport _disk = new(0, 0, 0);

    private CellGuest(Lab lab, Cell cell)
    {
        _lab = lab;
        _cell = cell;
        Guest = new LabGuest(Number, lab.CacheDir, lab.HasKvm, new GuestShape(cell.MemoryMiB, Workload.FileOffsetMiB + (Workload.FileBytes >> 20) + 2));
    }

    public LabGuest Guest { get; }

    /// <summary>Boots it on the first host, and waits until its memory is filled and it works.</summary>
    public static async Task<CellGuest> StartAsync(Lab lab, Cell cell, CancellationToken cancellation)
    {
        var guest = new CellGuest(lab, cell);
        guest.Guest.Boot(lab.Hosts[0]);
        guest.WriteFile();
        await Lab.WaitForGuestsAsync([guest.Guest], BootLimit, cancellation);
        await guest.Guest.TellAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"work {cell.FilledMiB} {cell.Workload.DirtyMiBPerSecond * 1024} {cell.Workload.SetMiBIn(cell.MemoryMiB)} {cell.Workload.Arguments}"));
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(500, cancellation))
        {
            var answer = await guest.Guest.AskAsync("stats", _ => true);
            if (answer.Length > 0)
            {
                _ = guest.Read(answer);
                return guest;
            }

            if (clock.Elapsed > FillLimit)
            {
                throw new InvalidOperationException($"{guest.Guest.Name} did not fill {cell.FilledMiB} MiB in {FillLimit.TotalSeconds:0} s.");
            }
        }
    }

    public async Task<GuestCounts> CountAsync() => Read(await Guest.AskAsync("stats", answer => answer.Length > 0));

    /// <summary>Ends it, wherever it is.</summary>
    public void End()
    {
        foreach (var host in _lab.Hosts)
        {
            host.TryVirsh("destroy", Guest.Name);
            host.TryVirsh("undefine", Guest.Name);
        }

        Shell.Try("losetup", "-d", Guest.Loop!);
        File.Delete(Guest.Disk);
    }

    /// <summary>Whether it runs on one host and no other, is the one that was booted, has written all its numbers, and beats; null if so, else what is wrong.</summary>
    /// <param name="expected">The host on which it should be.</param>
    public async Task<string?> LossAsync(string expected)
    {
        const int Looks = 50;
        string? wrong = null;
        for (var look = 0; look < Looks; look++)
        {
            // Libvirt may still be tidying up, and the counter counts once a second.
            wrong = Look(expected);
            if (wrong is null)
            {
                return null;
            }

            await Task.Delay(200);
        }

        return wrong;
    }

    private string? Look(string expected)
    {
        var where = _lab.Where(Guest);
        if (where is not [var only] || only.Host != expected || !only.State.StartsWith("running", StringComparison.Ordinal))
        {
            return $"it should run on {expected} alone and is {(where.Count == 0 ? "nowhere" : string.Join(" and ", where.Select(w => $"{w.State} on {w.Host}")))}";
        }

        var boots = File.ReadLines(Guest.Console).Count(l => l.StartsWith("UP ", StringComparison.Ordinal));
        if (boots != 1)
        {
            return $"it booted {boots} times";
        }

        var disk = DiskChecker.Check(Guest.Disk);
        if (disk.Missing > 0 || disk.Double > 0)
        {
            return $"its disk has {disk.Count} numbers, {disk.Missing} are missing and {disk.Double} double";
        }

        if (disk.Count <= _disk.Count)
        {
            return $"it has written no number since {_disk.Count}";
        }

        const int AliveMs = 2_000;
        if (_lab.Heartbeats!.LastMs(Guest) is not { } beat || Heartbeats.NowMs - beat > AliveMs)
        {
            return "its heart does not beat";
        }

        _disk = disk;
        return null;
    }

    private GuestCounts Read(string answer)
    {
        var parts = answer.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 4 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var atMs))
        {
            throw new InvalidOperationException($"{Guest.Name} at its work ({_cell.Workload.Name}) says: {answer}");
        }

        long Count(int part) => long.Parse(parts[part], CultureInfo.InvariantCulture);
        return new GuestCounts(atMs, Count(1), Count(2), Count(3) * 1024);
    }

    /// <summary>The file that is played: noise behind the counter.</summary>
    private void WriteFile()
    {
        using var disk = new FileStream(Guest.Disk, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        disk.Position = DiskChecker.CheckedBytes;
        var buffer = new byte[1 << 20];
        while (disk.Position < disk.Length)
        {
            RandomNumberGenerator.Fill(buffer);
            disk.Write(buffer, 0, (int)Math.Min(buffer.Length, disk.Length - disk.Position));
        }
    }
}
