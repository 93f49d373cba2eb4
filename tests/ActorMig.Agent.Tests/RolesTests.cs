using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ActorMig.Agent.Commands;
using ActorMig.Agent.Control;
using ActorMig.Cluster;
using ActorMig.Tests;

namespace ActorMig.Agent.Tests;

/// <summary>Who may do what: an operator all, an observer look, and a peer neither.</summary>
public sealed class RolesTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly AgentUnderTest _agent;

    public RolesTests() => _agent = new AgentUnderTest(_folder) { More = $"actormig.observer-socket = \"{_folder.File("look/o")}\"" };

    private string ObserverSocket => _folder.File("look/o");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_observer_is_answered_every_question_and_refused_every_change()
    {
        await _agent.RunAsync(async client =>
        {
            var before = await CountAsync(client);
            using var observer = Connect(ObserverSocket);
            foreach (var route in ControlServer.Routes)
            {
                var (status, body) = await AskAsync(observer, route);
                if (route.Access == ControlAccess.Reads)
                {
                    Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{route.Method} {route.Path}: {status}: {body}");
                }
                else
                {
                    Assert.Equal(HttpStatusCode.Forbidden, status);
                    Assert.Equal(
                        $"`{route.Command}` is not for observers, and {ObserverSocket} is their socket: say it with --socket {_agent.Socket}, as root or a member of that file's group.",
                        Error(body));
                }
            }

            Assert.Equal(before, await CountAsync(client));
            return 0;
        });
        Assert.False(File.Exists(ObserverSocket));

        // Whatever else the agent writes, it is no word of a person's.
        static async Task<int> CountAsync(ControlClient client)
        {
            var count = 0;
            await foreach (var entry in client.JournalAsync(1_000, follow: false, TestContext.Current.CancellationToken))
            {
                count += entry.Json.Contains("\"user ", StringComparison.Ordinal) ? 1 : 0;
            }

            return count;
        }
    }

    [Fact]
    public async Task An_operator_is_refused_nothing_for_being_no_operator() => await _agent.RunAsync(async _ =>
    {
        using var operators = Connect(_agent.Socket);
        foreach (var route in ControlServer.Routes)
        {
            var (status, body) = await AskAsync(operators, route);
            Assert.True(
                status is HttpStatusCode.OK or HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.BadRequest,
                $"{route.Method} {route.Path}: {status}: {body}");
        }

        return 0;
    });

    [Fact]
    public async Task The_commands_work_at_the_observers_socket_and_say_why_where_they_do_not() => await _agent.RunAsync(async _ =>
    {
        await using var output = new StringWriter();
        Assert.Equal(ExitCodes.Ok, await new ClientCommands(ObserverSocket, isJson: false, output).StatusAsync(TestContext.Current.CancellationToken));
        Assert.Contains("h1  mode auto", output.ToString(), StringComparison.Ordinal);
        using var observer = new ControlClient(ObserverSocket);
        var refused = await Assert.ThrowsAsync<ControlException>(() => observer.DrainAsync(new DrainRequest("h1", null, ""), TestContext.Current.CancellationToken));
        Assert.Equal(ExitCodes.Refused, refused.ExitCode);
        Assert.StartsWith("`actormig host drain` is not for observers", refused.Message, StringComparison.Ordinal);
        Assert.Null((await observer.ShowDrainAsync("h1", TestContext.Current.CancellationToken)).Drain);
        return 0;
    });

    [Fact]
    public async Task Both_sockets_are_for_the_owner_and_the_group_of_their_files() => await _agent.RunAsync(async client =>
    {
        // An answer says that the start is over.
        await client.StatusAsync(TestContext.Current.CancellationToken);
        const UnixFileMode Both = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (File.GetUnixFileMode(_agent.Socket) != Both || File.GetUnixFileMode(ObserverSocket) != Both)
        {
            Assert.False(limit.IsCancellationRequested, $"They have the modes {File.GetUnixFileMode(_agent.Socket)} and {File.GetUnixFileMode(ObserverSocket)}.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return 0;
    });

    /// <summary>What is at the observers' socket's path is not touched unless it is a socket that nobody answers.</summary>
    [Fact]
    public async Task An_observers_socket_that_is_something_else_ends_the_start()
    {
        Directory.CreateDirectory(_folder.File("look"));
        await File.WriteAllTextAsync(ObserverSocket, "mine", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.BadInput, await AgentProcess.RunAsync(_agent.Configuration(), TestContext.Current.CancellationToken));
        Assert.Equal("mine", await File.ReadAllTextAsync(ObserverSocket, TestContext.Current.CancellationToken));
    }

    /// <summary>Neither a stranger nor a member can command anything at the port of the peers: whatever the path, it takes messages alone.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("h2")]
    public async Task The_peers_port_has_none_of_it(string? peer)
    {
        var here = IPAddress.Parse("127.0.0.72");
        _agent.More += $$"""

            actormig {
              members.h2 { address = "{{here}}:{{FreePorts.Next("127.0.0.72")}}", libvirt = "test:///default", data = "tcp://127.0.0.72" }
              peers.strangers-per-second = 1000
            }
            """;
        await _agent.RunAsync(async client =>
        {
            foreach (var route in ControlServer.Routes)
            {
                // Who is refused is not heard again on the same connection.
                using var http = new HttpClient(new SocketsHttpHandler
                {
                    ConnectCallback = async (_, cancellation) =>
                    {
                        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                        socket.Bind(new IPEndPoint(peer is null ? IPAddress.Parse("127.0.0.73") : here, 0));
                        await socket.ConnectAsync(IPEndPoint.Parse(_agent.Listen), cancellation);
                        return new NetworkStream(socket, ownsSocket: true);
                    },
                })
                {
                    BaseAddress = new Uri($"http://{_agent.Listen}"),
                };
                using var request = Request(route);
                (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
                if (peer is not null)
                {
                    request.Headers.Add("actormig-protocol", PeerTransport.ProtocolVersion.ToString(CultureInfo.InvariantCulture));
                    request.Headers.Add("actormig-from", peer);
                    request.Headers.Add("actormig-incarnation", "1");
                }

                using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
                var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.True((int)response.StatusCode is >= 400 and < 500 && !body.StartsWith('{'), $"{route.Method} {route.Path}: {response.StatusCode}: {body}");
            }

            Assert.Null((await client.StatusAsync(TestContext.Current.CancellationToken)).Drain);
            return 0;
        });
    }

    /// <summary>The table of the README is the truth about every route.</summary>
    [Fact]
    public void The_table_in_the_README_says_of_every_command_who_may()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Folder, "README.md"));
        var rows = lines.SkipWhile(l => l != "### Who may do what").Skip(1).TakeWhile(l => !l.StartsWith('#')).Where(l => l.StartsWith('|'))
            .Select(l => l.Split('|').Select(c => c.Trim()).ToArray()).ToArray();
        Assert.Equal(["", "may", "a peer", "an operator", "an observer", ""], rows[0]);
        foreach (var route in ControlServer.Routes)
        {
            var command = $"`{route.Command["actormig ".Length..]}`";
            var row = Assert.Single(rows, r => r[1].Contains(command, StringComparison.Ordinal));
            Assert.Equal((command, "yes", route.Access == ControlAccess.Reads ? "yes" : ""), (command, row[3], row[4]));
            Assert.NotEqual("yes", row[2]);
        }
    }

    private static HttpRequestMessage Request(ControlRoute route)
    {
        var request = new HttpRequestMessage(new HttpMethod(route.Method), new Uri(route.Path.Replace("{barter}", "b", StringComparison.Ordinal).Replace("{migration}", "m", StringComparison.Ordinal), UriKind.Relative));
        if (route.Method == "POST")
        {
            request.Content = new StringContent("null", Encoding.UTF8, "application/json");
        }

        return request;
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(HttpClient http, ControlRoute route)
    {
        using var request = Request(route);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static string? Error(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("error").GetString();
    }

    private static HttpClient Connect(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://agent"),
    };
}
