using Akka.Configuration;
using Akka.Remote.Transport.DotNetty;

namespace ActorMig.Akka.Clustering;

/// <summary>A node's options in Akka's words.</summary>
internal static class ClusterSetup
{
    /// <summary>What stands around a message's JSON in a frame, generously.</summary>
    private const int AroundBytes = 64 << 10;

    public static Config Config(AkkaClusterOptions options)
    {
        var frame = options.MessageBytesMax + AroundBytes;
        return ConfigurationFactory.ParseString(FormattableString.Invariant($$"""
            akka.remote.dot-netty.tcp {
              hostname = "{{options.Listen.Address}}"
              port = {{options.Listen.Port}}
              maximum-frame-size = {{frame}}b
              send-buffer-size = {{2 * frame}}b
              receive-buffer-size = {{2 * frame}}b
              enable-ssl = {{(options.Certificate is null ? "off" : "on")}}
            }
            """)).WithFallback(AkkaActorSystem.OwnConfig("cluster.conf"));
    }

    /// <summary>Both sides show a certificate, and both look whether the other's counts.</summary>
    public static DotNettySslSetup Tls(AkkaClusterOptions options) => new(
        options.Certificate!, suppressValidation: false, requireMutualAuthentication: true, (certificate, _, _, _, _) => certificate is not null && options.IsTrusted(certificate));
}
