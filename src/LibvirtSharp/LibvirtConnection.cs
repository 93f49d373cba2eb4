using LibvirtSharp.Interop;

namespace LibvirtSharp;

/// <summary>
/// A connection to a hypervisor (<c>virConnect</c>). Thread-safe: several threads may call at once. All calls block; a migration blocks for minutes
/// and one of the daemon's workers with it, so give it a connection and a thread of its own (a daemon serves five calls per connection at a time).
/// What fails throws <see cref="LibvirtException"/>; after <see cref="Dispose"/> all throw <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed unsafe partial class LibvirtConnection : IDisposable
{
    private readonly ConnectHandle _handle;
    private int _isDisposed;

    private LibvirtConnection(ConnectHandle handle, string? uri)
    {
        _handle = handle;
        Uri = uri;
    }

    /// <summary>
    /// The version of the library in this process, as major * 1,000,000 + minor * 1,000 + release (<c>virGetVersion</c>).
    /// <see cref="LibraryVersion"/> is the daemon's.
    /// </summary>
    public static long ClientVersion
    {
        get
        {
            nuint version;
            Native.Check(Libvirt.virGetVersion(&version, null, null), nameof(Libvirt.virGetVersion));
            return (long)version;
        }
    }

    /// <summary>The URI with which it was opened; null for libvirt's default.</summary>
    public string? Uri { get; }

    /// <summary>True while the socket to the daemon lives (<c>virConnectIsAlive</c>).</summary>
    public bool IsAlive => !_handle.IsClosed && Libvirt.virConnectIsAlive(_handle) == 1;

    /// <summary>True if what goes over it is encrypted (<c>virConnectIsEncrypted</c>).</summary>
    public bool IsEncrypted => Native.Check(Libvirt.virConnectIsEncrypted(_handle), nameof(Libvirt.virConnectIsEncrypted)) == 1;

    /// <summary>True if nobody else can hear what goes over it: it is encrypted or local (<c>virConnectIsSecure</c>).</summary>
    public bool IsSecure => Native.Check(Libvirt.virConnectIsSecure(_handle), nameof(Libvirt.virConnectIsSecure)) == 1;

    internal ConnectHandle Handle => _handle;

    /// <summary>Opens a connection (<c>virConnectOpenAuth</c>), without credentials.</summary>
    /// <param name="uri">Such as <c>qemu:///system</c>; null for libvirt's default.</param>
    /// <param name="isReadOnly">True to look only.</param>
    /// <exception cref="LibvirtException">It cannot be opened.</exception>
    public static LibvirtConnection Open(string? uri, bool isReadOnly = false) =>
        Open(uri, new ConnectOptions { Flags = isReadOnly ? ConnectFlags.ReadOnly : ConnectFlags.None });

    /// <summary>Opens a connection (<c>virConnectOpenAuth</c>).</summary>
    /// <param name="uri">
    /// Such as <c>qemu:///system</c>, <c>qemu+unix:///system?socket=PATH</c>, <c>qemu+tcp://HOST/system</c>, <c>qemu+tls://HOST/system</c> or
    /// <c>qemu+ssh://USER@HOST/system</c>; null for libvirt's default. Put no secret into it: it is shown in errors.
    /// </param>
    /// <param name="options">How.</param>
    /// <exception cref="LibvirtException">It cannot be opened; <see cref="LibvirtErrorCode.AuthenticationFailed"/> if the credentials were not believed.</exception>
    public static LibvirtConnection Open(string? uri, ConnectOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LibvirtEventLoop.Ensure();
        if (options.Credentials is null)
        {
            return new LibvirtConnection(
                Native.Check(Libvirt.virConnectOpenAuth(uri, null, (uint)options.Flags), nameof(Libvirt.virConnectOpenAuth)), uri);
        }

        var questions = new CredentialQuestions(options.Credentials);
        var id = Callbacks.Add(questions);
        try
        {
            fixed (int* types = options.CredentialTypes.Select(t => (int)t).ToArray())
            {
                var auth = new NativeAuth
                {
                    CredentialTypes = types,
                    CredentialTypeCount = (uint)options.CredentialTypes.Count,
                    Callback = Callbacks.Credentials,
                    CallbackData = id,
                };
                var handle = Libvirt.virConnectOpenAuth(uri, &auth, (uint)options.Flags);
                if (!handle.IsInvalid)
                {
                    return new LibvirtConnection(handle, uri);
                }

                var error = Native.LastError(nameof(Libvirt.virConnectOpenAuth));
                questions.Failure?.Throw();
                throw error;
            }
        }
        finally
        {
            Callbacks.Remove(id);
        }
    }

    /// <summary>Has both sides send signs of life (<c>virConnectSetKeepAlive</c>): the peer counts as dead after interval * (count + 1) seconds.</summary>
    /// <param name="intervalSeconds">The interval; 0 or less: none are sent.</param>
    /// <param name="count">How many may be missed.</param>
    /// <returns>False if the daemon has no keepalive.</returns>
    /// <exception cref="LibvirtException"><see cref="LibvirtErrorCode.NoSupport"/>: a driver without a daemon.</exception>
    public bool SetKeepAlive(int intervalSeconds, uint count) =>
        Native.Check(Libvirt.virConnectSetKeepAlive(_handle, intervalSeconds, count), nameof(Libvirt.virConnectSetKeepAlive)) == 0;

    /// <summary>
    /// Ends the event streams and gives the connection back (<c>virConnectClose</c>). Calls that are under way on other threads end first. Domains that are
    /// not disposed of keep the socket open.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            EndEvents();
            _handle.Dispose();
        }
    }
}
