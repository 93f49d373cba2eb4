using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ActorMig.Agent.Control;

namespace ActorMig.Agent.Tests;

/// <summary>Requests to the agent that are not what they should be: refused with a sentence, and no actor hears of them.</summary>
public sealed class ControlRequestTests
{
    [Fact]
    public async Task A_request_that_lacks_something_or_cannot_be_meant_is_refused_with_a_sentence()
    {
        using var folder = new TestFolder();
        var agent = new AgentUnderTest(folder);
        await agent.RunAsync(async client =>
        {
            using var http = Http(agent.Socket);
            foreach (var (path, body, status, sentence) in new[]
            {
                ("/v1/brake", "{}", 400, "The request is not what it should be: "),
                ("/v1/brake", """{"isFrozen":true,"forMs":null,"why":null}""", 400, "The request is not what it should be: "),
                ("/v1/brake", """{"isFrozen":true,"forMs":9223372036854775807,"why":"x"}""", 400, "A duration is of 106751991167 d 7 h; 365 d is the most."),
                ("/v1/brake", """{"isFrozen":true,"forMs":0,"why":"x"}""", 400, "A duration of no time or less makes no sense"),
                ("/v1/drain", """{"host":null,"deadlineMs":null,"why":"x"}""", 400, "The request is not what it should be: "),
                ("/v1/moves", """{"vm":"vm1"}""", 400, "The request is not what it should be: "),
                ("/v1/moves", "null", 400, "The request is not what it should be: it is null"),
                ("/v1/cluster/join", """{"addresses":null}""", 400, "The request is not what it should be: "),
                ("/v1/cluster/join", """{"addresses":[null]}""", 400, "The request is not what it should be: an address is empty"),
                ("/v1/cluster/forget", "[]", 400, "The request is not what it should be: "),
                ("/v1/migrations/h1-1-1.1/resolve", "{", 400, "The request is not what it should be: "),
                ("/v1/moves", new string(' ', 70_000), 413, "The request is not what it should be: "),
            })
            {
                using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
                using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
                Assert.Equal((path, body, status), (path, body, (int)response.StatusCode));
                var error = JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), ControlJson.Default.ErrorReply)!;
                Assert.StartsWith(sentence, error.Error, StringComparison.Ordinal);
            }

            Assert.Null((await client.StatusAsync(TestContext.Current.CancellationToken)).Brake?.Frozen);
            Assert.All(
                (await client.ActorsAsync(TestContext.Current.CancellationToken)).Actors.Where(a => a.Path.StartsWith("/host", StringComparison.Ordinal)),
                a => Assert.Equal((a.Path, 0L), (a.Path, a.Restarts)));
            return 0;
        });
    }

    private static HttpClient Http(string path) => new(new SocketsHttpHandler
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
