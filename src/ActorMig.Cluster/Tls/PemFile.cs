using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ActorMig.Cluster.Tls;

/// <summary>PEM files: read with a limit, written whole or not at all.</summary>
internal static class PemFile
{
    private const int BytesMax = 1 << 20;
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <exception cref="TlsException">There is none, or it is too large to be one.</exception>
    public static string Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[Math.Min(stream.Length, BytesMax) + 1];
            var count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return count <= BytesMax
                ? Encoding.UTF8.GetString(buffer, 0, count)
                : throw new TlsException($"{path} has more than {BytesMax} bytes and is no PEM file; name another.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TlsException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>All certificates of a file, at least one.</summary>
    /// <exception cref="TlsException">It cannot be read, or has none.</exception>
    public static X509Certificate2Collection Certificates(string path)
    {
        var text = Read(path);
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw new TlsException($"{path} holds a certificate that cannot be read: {e.Message}", e);
        }

        return all.Count > 0 ? all : throw new TlsException($"{path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----).");
    }

    /// <summary>The first certificate of a file with its key, and those that follow it.</summary>
    /// <exception cref="TlsException">They cannot be read, or do not belong together.</exception>
    public static (X509Certificate2 Own, X509Certificate2Collection Between) WithKey(string path, string keyPath)
    {
        var all = Certificates(path);
        var key = Read(keyPath);
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new TlsException($"{keyPath} has a passphrase, and nobody is there to say it; write the key without one, readable for the agent only.");
        }

        try
        {
            var own = X509Certificate2.CreateFromPem(all[0].ExportCertificatePem(), key);
            all.RemoveAt(0);
            return (own, all);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new TlsException($"{keyPath} is not the key of {path}: {e.Message}", e);
        }
    }

    /// <summary>Writes a file beside and gives it its name; what has that name already stays.</summary>
    /// <exception cref="TlsException">There is one, or it cannot be written.</exception>
    public static void Create(string path, string pem, bool isSecret) => Write(path, pem, isSecret, isNew: true);

    /// <summary>Writes a file beside and puts it in the place of the old one: at any moment one of the two is there, whole.</summary>
    /// <exception cref="TlsException">It cannot be written.</exception>
    public static void Replace(string path, string pem) => Write(path, pem, isSecret: false, isNew: false);

    private static void Write(string path, string pem, bool isSecret, bool isNew)
    {
        var beside = path + ".new";
        try
        {
            if (isNew && File.Exists(path))
            {
                throw new TlsException($"There is {path} already, and it is not overwritten; name another folder, or move it away.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.Delete(beside);
            using (var stream = new FileStream(
                beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = isSecret ? Secret : Public }))
            {
                stream.Write(Encoding.ASCII.GetBytes(pem));
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: !isNew);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TlsException($"{path} cannot be written: {e.Message}", e);
        }
    }
}
