using System.Buffers;
using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ActorMig.Cluster.Serf;

/// <summary>The files of this host's serf. Secrets stand in files that only their owner can read, never in arguments.</summary>
internal sealed class SerfFiles
{
    /// <summary>
    /// Nobody is thrown out for being silent: a host that has failed stays one that has failed, and is tried again, until a person says otherwise.
    /// Only one that has left is forgotten by itself.
    /// </summary>
    private const string ReconnectTimeout = "87600h";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly JsonWriterOptions Written = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly SerfOptions _options;
    private readonly string _folder;

    public SerfFiles(SerfOptions options)
    {
        _options = options;
        _folder = Path.GetFullPath(options.Folder);
    }

    /// <summary>What serf is told at its start, but for its tags: if this is the same, a serf that runs already will do.</summary>
    public string Config => Path.Combine(_folder, "serf.json");

    public string Tags => Path.Combine(_folder, "tags.json");

    public string Log => Path.Combine(_folder, "serf.log");

    public string Known => Path.Combine(_folder, "known.json");

    private string Keyring => Path.Combine(_folder, "keyring.json");

    private string RpcAuth => Path.Combine(_folder, "rpc-auth");

    private string Left => Path.Combine(_folder, "left");

    /// <summary>A person has let this host leave, which holds until a person lets it join again: also over restarts of the agent.</summary>
    public bool HasLeft
    {
        get => File.Exists(Left);
        set
        {
            if (value)
            {
                Replace(Left, []);
            }
            else
            {
                File.Delete(Left);
            }
        }
    }

    /// <summary>Makes the folder.</summary>
    public void MakeFolder() => Directory.CreateDirectory(_folder, OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>The key that serf's RPC asks for.</summary>
    /// <exception cref="SerfException">Its file cannot be read.</exception>
    public string ReadRpcKey()
    {
        if (_options.UsesRunning)
        {
            return _options.RpcAuthFile.Length == 0 ? "" : ReadSecret(_options.RpcAuthFile, "rpc-auth-file").Trim();
        }

        // Whoever may use this machine reaches a loopback port; whoever reads this file may be asked by serf.
        if (!File.Exists(RpcAuth))
        {
            Replace(RpcAuth, System.Text.Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(32, lowercase: true)));
        }

        return File.ReadAllText(RpcAuth);
    }

    /// <summary>Writes what serf reads at its start.</summary>
    /// <returns>True if a serf that was started before has read the same, but for its tags.</returns>
    /// <exception cref="SerfException">The keys cannot be read or are none.</exception>
    public bool Write()
    {
        var isSame = true;
        if (_options.KeyFile.Length > 0)
        {
            var keys = ReadKeys();
            isSame = ReadKeyring() is { } before && before.SequenceEqual(keys);
            Replace(Keyring, Json(json => Texts(json, keys)));
        }

        var config = Json(WriteConfig);
        isSame &= File.Exists(Config) && File.ReadAllBytes(Config).AsSpan().SequenceEqual(config);
        Replace(Config, config);
        Replace(Tags, Json(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("tags");
            foreach (var (name, value) in _options.Tags)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }));
        return isSame;
    }

    /// <summary>Empties the file for what serf says.</summary>
    public void ClearLog() =>
        new FileStream(Log, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }).Dispose();

    /// <summary>Puts a file, which only its owner can read, in the place of the old one. One that says the same already stays, also on a full disk.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
        {
            return;
        }

        var beside = path + ".new";
        File.Delete(beside);
        using (var stream = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    private void WriteConfig(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("node_name", _options.NodeName);
        json.WriteString("bind", _options.Bind.ToString());
        if (_options.Advertise is { } advertise)
        {
            json.WriteString("advertise", advertise.ToString());
        }

        json.WriteString("rpc_addr", _options.RpcAddress.ToString());
        json.WriteString("rpc_auth", ReadRpcKey());
        json.WriteString("profile", _options.Profile);
        json.WriteString("log_level", "WARN");
        json.WriteString("snapshot_path", Path.Combine(_folder, "snapshot"));
        if (_options.KeyFile.Length > 0)
        {
            json.WriteString("keyring_file", Keyring);
        }

        if (_options.MdnsName.Length > 0)
        {
            json.WriteString("discover", _options.MdnsName);

            // Else it asks where the default route leads.
            if (Interface(_options.Bind.Address) is { } name)
            {
                json.WriteString("interface", name);
            }
        }

        // The end of an agent, and Ctrl-C in its terminal, is a restart or maintenance: the others are to see a host that has failed and will be
        // back, not one that has left. To leave is a person's command.
        json.WriteBoolean("leave_on_terminate", false);
        json.WriteBoolean("skip_leave_on_interrupt", true);
        json.WriteString("reconnect_timeout", ReconnectTimeout);
        json.WriteEndObject();
    }

    private static string? Interface(IPAddress address) => NetworkInterface.GetAllNetworkInterfaces()
        .FirstOrDefault(i => i.GetIPProperties().UnicastAddresses.Any(a => a.Address.Equals(address)))?.Name;

    private List<string> ReadKeys()
    {
        List<string> keys = [.. ReadSecret(_options.KeyFile, "key-file").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && !l.StartsWith('#'))];
        var bytes = new byte[64];
        var wrong = keys.FindIndex(k => !Convert.TryFromBase64String(k, bytes, out var length) || length is not (16 or 24 or 32));
        return keys.Count == 0
            ? throw new SerfException($"The file {_options.KeyFile} (membership.serf.key-file) has no key; write one into it with `serf keygen`, the same on all hosts.")
            : wrong >= 0
                ? throw new SerfException($"Key {wrong + 1} in the file {_options.KeyFile} (membership.serf.key-file) is not 16, 24 or 32 bytes in base64; `serf keygen` makes one.")
                : keys;
    }

    private static string ReadSecret(string path, string key)
    {
        try
        {
            return (File.GetUnixFileMode(path) & UnixFileMode.OtherRead) == 0
                ? File.ReadAllText(path)
                : throw new SerfException($"The file {path} (membership.serf.{key}) can be read by everybody on this host; take that away with `chmod 600 {path}`.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SerfException($"The file {path} (membership.serf.{key}) cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The keys that serf was given last; it may have changed them itself since.</summary>
    private List<string>? ReadKeyring()
    {
        try
        {
            using var keys = JsonDocument.Parse(File.ReadAllBytes(Keyring));
            return [.. keys.RootElement.EnumerateArray().Select(k => k.GetString() ?? "")];
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Texts(Utf8JsonWriter json, IEnumerable<string> texts)
    {
        json.WriteStartArray();
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Written))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
