using System.Text;
using System.Text.Json.Nodes;

namespace ActorMig.Tests.WireSamples;

/// <summary>
/// What earlier releases say to each other stays readable: of each registered message a sample lies in <c>v1</c>, as it was written then, and another one
/// each time that it says more (<c>NAME+2</c>, ...). A new one is written with <c>ACTORMIG_WRITE_SAMPLES=1</c>; one that is there is never changed, for
/// hosts of an earlier release send it.
/// </summary>
public sealed class SampleTests
{
    private static readonly string Folder = Path.Combine(Repository.Folder, "tests", "ActorMig.Tests", "Wire", "v1");

    public static TheoryData<string> Names => [.. Wire.Messages().Names];

    public static TheoryData<string> Samples => [.. Directory.GetFiles(Folder).Select(f => Path.GetFileNameWithoutExtension(f)!)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_message_as_it_was_written_is_read_and_says_the_same(string sample)
    {
        var name = sample.Split('+')[0];
        Assert.Contains(name, Wire.Messages().Names);
        var json = File.ReadAllBytes(Path.Combine(Folder, sample + ".json"));
        var message = Wire.Messages().Read(name, json);
        Assert.Equal(name, Wire.Messages().NameOf(message));

        // All that it said is still said; more may be.
        var missing = new List<string>();
        Compare(JsonNode.Parse(json), JsonNode.Parse(Wire.Messages().Write(message)), sample, missing);
        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_all_that_a_message_may_say_there_is_a_sample(string name)
    {
        var written = Wire.Messages().Write(Sample.Of(Wire.Messages(), name));
        var said = Directory.GetFiles(Folder, name + "*.json").SelectMany(f => Paths(JsonNode.Parse(File.ReadAllBytes(f)), "")).ToHashSet();
        if (!Paths(JsonNode.Parse(written), "").All(said.Contains) && Environment.GetEnvironmentVariable("ACTORMIG_WRITE_SAMPLES") == "1")
        {
            var number = Directory.GetFiles(Folder, name + "*.json").Length + 1;
            File.WriteAllBytes(Path.Combine(Folder, number == 1 ? name + ".json" : FormattableString.Invariant($"{name}+{number}.json")), [.. written, (byte)'\n']);
            return;
        }

        var unsaid = Paths(JsonNode.Parse(written), "").Where(p => !said.Contains(p)).ToArray();
        Assert.True(unsaid.Length == 0, $"No sample of {name} says {string.Join(", ", unsaid)}; write one with ACTORMIG_WRITE_SAMPLES=1, look at it, and commit it.");
    }

    private static IEnumerable<string> Paths(JsonNode? node, string path) => node switch
    {
        JsonObject o => o.SelectMany(f => Paths(f.Value, $"{path}.{f.Key}")),
        JsonArray array => array.SelectMany(i => Paths(i, path + "[]")),
        _ => [path],
    };

    /// <summary>More of it: ACTORMIG_FUZZ_INPUTS=100000000, and ACTORMIG_FUZZ_SEED for others.</summary>
    [Fact]
    public void A_message_that_was_changed_on_its_way_is_read_or_is_a_format_error()
    {
        var inputs = long.Parse(Environment.GetEnvironmentVariable("ACTORMIG_FUZZ_INPUTS") ?? "20000", System.Globalization.CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("ACTORMIG_FUZZ_SEED") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        var dice = new Random(seed);
        var registry = Wire.Messages();
        var samples = Directory.GetFiles(Folder).Order(StringComparer.Ordinal).Select(f => (Name: Path.GetFileNameWithoutExtension(f).Split('+')[0], Json: File.ReadAllBytes(f))).ToArray();
        var (read, refused) = (0L, 0L);
        for (var i = 0L; i < inputs; i++)
        {
            var (name, sample) = samples[dice.Next(samples.Length)];
            var json = Change(dice, sample, samples[dice.Next(samples.Length)].Json);
            try
            {
                registry.Read(name, json);
                read++;
            }
            catch (FormatException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}, input {i}, {name}, {Encoding.UTF8.GetString(json)}: {e}");
            }
        }

        Assert.True(read > inputs / 100 && refused > inputs / 10, $"{read} were read and {refused} refused: one of them is too few to find anything.");
    }

    private static byte[] Change(Random dice, byte[] sample, byte[] other)
    {
        byte[] json = [.. sample];
        for (var changes = 1 + dice.Next(3); changes > 0; changes--)
        {
            var at = dice.Next(json.Length);
            json = dice.Next(6) switch
            {
                0 => json[..at],
                1 => [.. json[..at], .. json[dice.Next(at, json.Length)..]],
                2 => [.. json[..at], .. other[dice.Next(other.Length)..]],
                3 => [.. json[..at], .. Tokens[dice.Next(Tokens.Length)], .. json[at..]],
                _ => [.. json[..at], (byte)dice.Next(256), .. json[(at + 1)..]],
            };
            if (json.Length == 0)
            {
                break;
            }
        }

        return json;
    }

    private static readonly byte[][] Tokens =
        [.. new[] { "null", "0", "-1", "1e999", "99999999999999999999", "[]", "{}", "\"\"", "\\u0000", "\\ud800", ",", ":", "[[[[[[[[[[" }.Select(t => Encoding.UTF8.GetBytes(t))];

    private static void Compare(JsonNode? was, JsonNode? now, string path, List<string> missing)
    {
        switch (was)
        {
            case JsonObject o when now is JsonObject other:
                foreach (var (key, value) in o)
                {
                    Compare(value, other[key], $"{path}.{key}", missing);
                }

                break;
            case JsonArray array when now is JsonArray others && others.Count == array.Count:
                for (var i = 0; i < array.Count; i++)
                {
                    Compare(array[i], others[i], $"{path}[{i}]", missing);
                }

                break;
            default:
                if (!JsonNode.DeepEquals(was, now))
                {
                    missing.Add($"{path} was {was?.ToJsonString() ?? "null"} and is {now?.ToJsonString() ?? "null"}");
                }

                break;
        }
    }
}
