using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

#pragma warning disable CA5359 // It is there to look at no certificate.

namespace ActorMig.Cluster.Tests;

/// <summary>TLS by itself: a caller, or one who answers, that looks at no certificate.</summary>
internal sealed class RawTls : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private long _bytesRead;

    /// <summary>Answers with a certificate, until it is disposed of.</summary>
    public RawTls(X509Certificate2 certificate)
    {
        _certificate = certificate;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What came after the handshake.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Connects, says what HTTP/2 begins with, and reads until the other side ends the connection.</summary>
    /// <returns>How many bytes of the other's program came.</returns>
    public static async Task<int> CallAsync(int port, X509Certificate2? certificate)
    {
        using var limit = new CancellationTokenSource(Limit);
        var count = 0;
        try
        {
            using var secure = await ConnectAsync(port, certificate, limit.Token);

            // The preface, and empty settings.
            await secure.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x4\0\0\0\0\0"u8.ToArray(), limit.Token);
            var buffer = new byte[4_096];
            while (await secure.ReadAsync(buffer, limit.Token) is > 0 and var read)
            {
                count += read;
            }
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // It is refused, or the connection was ended without a word.
        }

        return count;
    }

    /// <summary>The fingerprint of what the other side answers with.</summary>
    public static async Task<string> ShowsAsync(int port, X509Certificate2 certificate)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var secure = await ConnectAsync(port, certificate, limit.Token);
        return secure.RemoteCertificate!.GetCertHashString(HashAlgorithmName.SHA256);
    }

    public void Dispose() => _listener.Dispose();

    private static async Task<SslStream> ConnectAsync(int port, X509Certificate2? certificate, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
        var secure = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "two",
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
            cancellation);
        return secure;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        try
        {
            using var secure = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, null, offline: true),
                ClientCertificateRequired = true,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            });
            var buffer = new byte[4_096];
            while (await secure.ReadAsync(buffer) is > 0 and var read)
            {
                Interlocked.Add(ref _bytesRead, read);
            }
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // It was refused.
        }
    }
}
