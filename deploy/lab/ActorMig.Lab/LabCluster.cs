using System.Security.Cryptography;

namespace ActorMig.Lab;

/// <summary>What makes the lab's hosts a cluster, as the README tells operators: an authority with a certificate for each host, and a key for serf or seed nodes for Akka.</summary>
internal static class LabCluster
{
    /// <summary>From now on the hosts' agents are configured to find each other by serf, or by Akka.Cluster, and to talk over mutual TLS.</summary>
    /// <param name="lab">The hosts.</param>
    /// <param name="agentProgram">What makes the certificates.</param>
    /// <param name="isAkka">By Akka.Cluster.</param>
    public static void Prepare(Lab lab, string agentProgram, bool isAkka)
    {
        const string Authority = LabNames.StateDir + "/tls/ca";
        Shell.Run(agentProgram, "tls", "init", "--dir", Authority);
        var key = LabNames.StateDir + "/serf.key";
        File.WriteAllText(key, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        // All of them: who comes up last joins those that came before.
        var join = string.Join(", ", lab.Hosts.Select(h => $"\"{h.Address}\""));
        foreach (var host in lab.Hosts)
        {
            var tls = $"{LabNames.StateDir}/tls/{host.Name}";
            Shell.Run(agentProgram, "tls", "issue", host.Name, "--dir", Authority, "--out", tls);
            if (isAkka)
            {
                host.Cluster = $$"""
                      tls { ca = {{tls}}/ca.crt, certificate = {{tls}}/host.crt, key = {{tls}}/host.key }
                      membership { kind = akka, serf.libvirt = "qemu+tcp://{{host.Address}}/system" }
                    """;
                host.Beside = $"akka.cluster.seed-nodes = [{string.Join(", ", lab.Hosts.Select(h => $"\"akka.ssl.tcp://actormig@{h.Address}:7601\""))}]";
                continue;
            }

            host.Cluster = $$"""
                  tls { ca = {{tls}}/ca.crt, certificate = {{tls}}/host.crt, key = {{tls}}/host.key }
                  membership {
                    kind = serf
                    serf {
                      path = "{{lab.CacheDir}}/serf"
                      join = [{{join}}]
                      join-interval = 3s
                      key-file = {{key}}
                      libvirt = "qemu+tcp://{{host.Address}}/system"
                    }
                  }
                """;
        }
    }
}
