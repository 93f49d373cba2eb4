using ActorMig.Actors;

namespace ActorMig.Journal;

/// <summary>
/// A file that holds some of the disk, and is given up when the disk is full, so that what has begun can be journaled to its end. Thread-safe.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="bytes">Its size; 0: there is none.</param>
internal sealed class Ballast(string path, long bytes)
{
    private const int ChunkBytes = 1 << 20;
    private readonly Lock _lock = new();

    /// <summary>The ballast of a journal.</summary>
    public static Ballast Of(JournalOptions options) => new(Path.Combine(options.Folder, "ballast"), options.BallastBytes);

    /// <summary>True if the file should be there and is not.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>Makes the file if it is missing or has another size. Without the room for it, it stays given up.</summary>
    /// <returns>True if it is there.</returns>
    public bool TryHold()
    {
        lock (_lock)
        {
            var file = new FileInfo(path);
            try
            {
                if (bytes == 0)
                {
                    file.Delete();
                }
                else if (!file.Exists || file.Length != bytes)
                {
                    Fill();
                }

                IsGivenUp = false;
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What was filled is more use to the journal.
                TryDelete();
                IsGivenUp = bytes > 0;
                return false;
            }
        }
    }

    /// <summary>Deletes the file.</summary>
    /// <returns>True if that made room.</returns>
    public bool TryGiveUp()
    {
        lock (_lock)
        {
            IsGivenUp = bytes > 0;
            return bytes > 0 && File.Exists(path) && TryDelete();
        }
    }

    private bool TryDelete()
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that has become read-only: then there is no room to be made.
            return false;
        }
    }

    /// <summary>Real blocks with contents that no file system stores in less.</summary>
    private void Fill()
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var random = new SplitMix64((ulong)bytes);
        var chunk = new byte[ChunkBytes];
        for (var rest = bytes; rest > 0; rest -= ChunkBytes)
        {
            for (var i = 0; i < ChunkBytes; i += sizeof(ulong))
            {
                BitConverter.TryWriteBytes(chunk.AsSpan(i), random.Next());
            }

            stream.Write(chunk, 0, (int)Math.Min(rest, ChunkBytes));
        }

        stream.Flush(flushToDisk: true);
    }
}
