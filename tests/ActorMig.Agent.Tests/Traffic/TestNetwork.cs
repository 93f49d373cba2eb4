using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorMig.Edges;
using ActorMig.Lab;

namespace ActorMig.Agent.Tests.Traffic;

/// <summary>
/// A host in a network namespace of its own, with a bridge, and guests that are namespaces, too: each has one device on the host, as a VM has its tap. All
/// names are drawn, and all goes with the test. Nothing speaks there unless it is told to.
/// </summary>
internal sealed class TestNetwork : IDisposable
{
    private const int Port = 9;
    private readonly string _prefix = $"amt{Guid.NewGuid().ToString("n")[..8]}";
    private readonly TestFolder _folder = new();
    private readonly List<int> _guests = [];
    private readonly List<Socket> _sinks = [];

    public TestNetwork()
    {
        Run("ip", "netns", "add", Host);
        Quiet(Host);
        Ip(Host, "link", "add", "br0", "type", "bridge", "stp_state", "0", "forward_delay", "0");
        Ip(Host, "link", "set", "br0", "up");
    }

    /// <summary>The host's namespace.</summary>
    public string Host => _prefix + "h";

    public static string Mac(int guest) => FormattableString.Invariant($"02:00:00:00:00:{guest:x2}");

    /// <summary>A guest's NIC, as libvirt tells of it.</summary>
    public static NicSample Nic(int guest, bool isOnOpenVswitch = false) => new(Mac(guest), Device(guest), isOnOpenVswitch);

    /// <summary>A guest, which knows the addresses of all others.</summary>
    public void AddGuest(int guest, bool isOnBridge = true)
    {
        var ns = Guest(guest);
        Run("ip", "netns", "add", ns);
        Quiet(ns);
        Ip(Host, "link", "add", Device(guest), "type", "veth", "peer", "name", "eth0", "netns", ns);
        Ip(ns, "link", "set", "eth0", "address", Mac(guest));
        if (isOnBridge)
        {
            Ip(Host, "link", "set", Device(guest), "master", "br0");
        }

        Ip(Host, "link", "set", Device(guest), "up");
        Ip(ns, "link", "set", "eth0", "up");
        Ip(ns, "addr", "add", $"{Address(guest)}/24", "broadcast", "10.79.0.255", "dev", "eth0");
        foreach (var other in _guests)
        {
            Know(guest, other);
            Know(other, guest);
        }

        // Whoever listens sends no complaint back.
        _sinks.Add(NetworkNamespace.Run(ns, () =>
        {
            var sink = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            sink.Bind(new IPEndPoint(IPAddress.Any, Port));
            return sink;
        }));
        _guests.Add(guest);
    }

    /// <summary>Takes away a guest's device.</summary>
    public void Unplug(int guest) => Ip(Host, "link", "del", Device(guest));

    /// <summary>A guest believes that another one, which there need not be, has an address.</summary>
    public void Know(int guest, int other) => Ip(Guest(guest), "neigh", "replace", Address(other), "lladdr", Mac(other), "dev", "eth0", "nud", "permanent");

    /// <summary>Sends datagrams; each is one frame of so many bytes and 42.</summary>
    public void Send(int from, int to, int count, int bytes) => Send(from, Address(to), count, bytes);

    public void Broadcast(int from, int count, int bytes) => Send(from, "10.79.0.255", count, bytes);

    /// <summary>nft, inside of the host.</summary>
    public string Nft(params string[] arguments) => Run("ip", ["netns", "exec", Host, "nft", .. arguments]);

    /// <summary>A program that is nft inside of the host.</summary>
    /// <param name="wrapper">What runs it.</param>
    public string NftProgram(string wrapper = "")
    {
        var path = _folder.File("nft");
        File.WriteAllText(path, $"#!/bin/sh\nexec ip netns exec {Host} {wrapper} nft \"$@\"\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    public void Dispose()
    {
        _sinks.ForEach(s => s.Dispose());
        foreach (var guest in _guests)
        {
            Run("ip", "netns", "del", Guest(guest));
        }

        Run("ip", "netns", "del", Host);
        _folder.Dispose();
    }

    private static string Device(int guest) => FormattableString.Invariant($"vnet{guest}");

    private static string Address(int guest) => FormattableString.Invariant($"10.79.0.{guest}");

    private string Guest(int guest) => FormattableString.Invariant($"{_prefix}g{guest}");

    private void Send(int from, string to, int count, int bytes) => NetworkNamespace.Run(Guest(from), () =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
        var target = new IPEndPoint(IPAddress.Parse(to), Port);
        for (var i = 0; i < count; i++)
        {
            socket.SendTo(new byte[bytes], target);
        }

        return 0;
    });

    private static void Quiet(string ns) =>
        Run("ip", "netns", "exec", ns, "sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");

    private static void Ip(string ns, params string[] arguments) => Run("ip", ["-n", ns, .. arguments]);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error.GetAwaiter().GetResult()}"));
        return output;
    }
}
