using System.Globalization;
using System.Net;
using ActorMig.Cluster;

namespace ActorMig.Agent.Tests.Fuzz;

/// <summary>A request to the peers' port, and what must come of it.</summary>
internal sealed record PeerInput
{
    public string Kind { get; init; } = "good";

    public string Method { get; init; } = "POST";

    public string Path { get; init; } = "/v1/messages";

    public byte[] Body { get; init; } = [];

    /// <summary>Null: not said.</summary>
    public string? From { get; init; }

    public string? Protocol { get; init; } = "2";

    public string? Incarnation { get; init; } = "1";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public string? ContentType { get; init; }

    /// <summary>The status of a request that is refused before its body is looked at; null: the body decides.</summary>
    public int? Refused { get; init; }

    /// <summary>True if the server ends the connection, and so may be gone before it has answered.</summary>
    public bool EndsConnection { get; init; }

    /// <summary>For whoever reads of a failure.</summary>
    public override string ToString()
    {
        const int BytesShown = 4_000;
        return FormattableString.Invariant(
            $"{Kind}: {Method} {Path[..Math.Min(200, Path.Length)]} from {From} protocol {Protocol} incarnation {Incarnation}, {Headers.Count} headers, {Body.Length} bytes: {Convert.ToHexString(Body.AsSpan(0, Math.Min(BytesShown, Body.Length)))}");
    }

    public HttpRequestMessage Request(string origin)
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), origin + Path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Body),
        };
        foreach (var (name, value) in ((string, string?)[])[("actormig-from", From), ("actormig-protocol", Protocol), ("actormig-incarnation", Incarnation), .. Headers.Select(h => (h.Name, (string?)h.Value))])
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (ContentType is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("content-type", ContentType);
        }

        return request;
    }
}

/// <summary>One peer that sends good and bad, and knows what the other side must have made of it. Not thread-safe.</summary>
/// <param name="name">Its name.</param>
/// <param name="limits">What the other side takes.</param>
internal sealed class PeerInputs(string name, BatchLimits limits)
{
    private const int DiceMax = 1_000;
    private static readonly ActorMig.Actors.MessageRegistry Registry = Wire.Messages();
    private static readonly string[] Actors = ["barter", "brake", "directory", "readiness", "case", "migration/h1-1-1.1", "arrival/h2-1-1.1", "nobody", "a"];
    private static readonly string[] Methods = ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "BREW"];

    /// <summary>As the other side remembers it.</summary>
    private const int RunsMax = 8;
    private readonly List<(long Run, long Sequence)> _heard = [];
    private long _run = 1;
    private long _sequence;
    private byte[] _last = [];

    public PeerInput Draw(Random dice)
    {
        if (_heard.Any(h => h.Run == _run && h.Sequence > _sequence))
        {
            // A number was changed to a higher one: all that follows in this run is old.
            (_run, _sequence, _last) = (_run + 1, 0, []);
        }

        var input = new PeerInput { From = name };
        var (sample, other) = (Sample(dice), Sample(dice));
        switch (dice.Next(DiceMax))
        {
            case < 200:
                return input with { Body = _last = Good(dice) };
            case < 250 when _last.Length > 0:
                return input with { Kind = "replayed", Body = _last };
            case < 280 when _sequence > 1:
                return input with { Kind = "of an old number", Body = BatchFormat.Write(_run, 1 + dice.NextInt64(_sequence - 1), Frames(dice)) };
            case < 500:
                return input with { Kind = "changed batch", Body = Mutations.Change(dice, Good(dice), Good(dice)) };
            case < 700:
                return input with { Kind = "changed message", Body = Batch([Frame(dice, sample.Name, Mutations.Change(dice, sample.Json, other.Json)), .. Frames(dice)]) };
            case < 750:
                return input with { Kind = "wild message", Body = Batch([.. Frames(dice), Frame(dice, sample.Name, Mutations.Wild(dice, sample.Json))]) };
            case < 800:
                return input with { Kind = "noise", Body = Noise(dice, dice.Next(2) == 0 ? 64 : 4_096) };
            case < 805:
                return input with { Kind = "too large", Body = Noise(dice, limits.BytesMax, limits.BytesMax + 1), Refused = 413 };
            case < 860:
                return input with
                {
                    Kind = "no incarnation", Body = Good(dice), Refused = 400,
                    Incarnation = dice.Next(6) switch { 0 => null, 1 => "", 2 => "-1", 3 => "99999999999999999999", 4 => "1 2", _ => "x" + Mutations.Word(dice, 100) },
                };
            case < 900:
                return input with { Kind = "no such method", Body = Good(dice), Method = Methods[dice.Next(Methods.Length)], Refused = 405 };
            case < 930:
                return input with { Kind = "no such path", Body = Good(dice), Path = "/" + Uri.EscapeDataString(Mutations.Word(dice, dice.Next(2) == 0 ? 10 : 1_500)), Refused = 404 };
            case < 985:
                return input with
                {
                    Kind = "odd", Body = Good(dice), Path = "/v1/messages?" + Uri.EscapeDataString(Mutations.Word(dice, 100)), ContentType = dice.Next(2) == 0 ? "application/json" : Mutations.Word(dice, 20),
                    Headers = [.. Enumerable.Range(0, dice.Next(10)).Select(i => (string.Create(CultureInfo.InvariantCulture, $"x-odd-{i}"), Mutations.Word(dice, 100)))],
                };
            case < 994:
                return input with { Kind = "good", Body = _last = Good(dice), Incarnation = long.MaxValue.ToString(CultureInfo.InvariantCulture) };
            case < 999:
                return Nobodys(dice, input);
            default:
                return dice.Next(2) == 0
                    ? input with { Kind = "many headers", Body = Good(dice), Headers = [.. Enumerable.Range(0, 100).Select(i => (string.Create(CultureInfo.InvariantCulture, $"x-many-{i}"), "1"))], Refused = 431, EndsConnection = true }
                    : input with { Kind = "long header", Body = Good(dice), Headers = [("x-long", new string('x', 20_000))], Refused = 431, EndsConnection = true };
        }
    }

    /// <summary>What must come of it: the status, and how many of its messages reach an actor.</summary>
    public (int Status, int Delivered) Judge(PeerInput input)
    {
        if (input.Refused is { } refused)
        {
            return (refused, 0);
        }

        ReceivedBatch batch;
        try
        {
            batch = BatchFormat.Read(input.Body, limits);
        }
        catch (FormatException)
        {
            return (input.Body.Length > limits.BytesMax ? 413 : 400, 0);
        }

        var known = _heard.FindIndex(h => h.Run == batch.Run);
        if (known >= 0 && batch.Sequence <= _heard[known].Sequence)
        {
            return (202, 0);
        }

        if (known >= 0 || _heard.Count == RunsMax)
        {
            _heard.RemoveAt(Math.Max(0, known));
        }

        _heard.Add((batch.Run, batch.Sequence));
        var readable = batch.Frames.Count(f => CanRead(f, input.Body));
        return (readable == batch.Frames.Count ? 202 : 422, readable);
    }

    /// <summary>From somebody else, or of another protocol: these end the connection.</summary>
    private PeerInput Nobodys(Random dice, PeerInput input)
    {
        var bad = input with { Kind = "of nobody", Body = Good(dice), Refused = 403, EndsConnection = true };
        return dice.Next(6) switch
        {
            0 => bad with { From = null },
            1 => bad with { From = "two" },
            2 => bad with { From = Mutations.Word(dice, 1_000) + "," },
            3 => bad with { Protocol = null, Refused = 400 },
            4 => bad with { Protocol = "1", Refused = 400 },
            _ => bad with { Protocol = Mutations.Word(dice, 100) + "x", Refused = 400 },
        };
    }

    private byte[] Good(Random dice) => Batch(Frames(dice));

    private byte[] Batch(IReadOnlyList<OutgoingFrame> frames) => BatchFormat.Write(_run, ++_sequence, frames);

    private static OutgoingFrame[] Frames(Random dice) => [.. Enumerable.Range(0, 1 + dice.Next(3)).Select(_ => Sample(dice)).Select(s => Frame(dice, s.Name, s.Json))];

    private static OutgoingFrame Frame(Random dice, string name, byte[] json) => new(Actors[dice.Next(Actors.Length)], name, json);

    private static (string Name, byte[] Json) Sample(Random dice) => Mutations.Samples[dice.Next(Mutations.Samples.Count)];

    private static byte[] Noise(Random dice, int lengthMax, int lengthMin = 0)
    {
        var noise = new byte[lengthMin + dice.Next(lengthMax)];
        dice.NextBytes(noise);
        return noise;
    }

    private static bool CanRead(ReceivedFrame frame, byte[] body)
    {
        try
        {
            Registry.Read(frame.Name(body), frame.Json(body));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
