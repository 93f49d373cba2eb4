using System.Text;
using System.Text.Json.Nodes;

namespace ActorMig.Tests.WireSamples;

/// <summary>
/// What earlier releases say to each other stays readable: of each registered message a sample lies in <c>v1</c>, as it was written then. A new message
/// gets one with <c>ACTORMIG_WRITE_SAMPLES=1</c>; one that is there is never changed, for hosts of an earlier release send it.
/// </summary>
public sealed class SampleTests
{
    private static readonly string Folder = Path.Combine(Repository.Folder, "tests", "ActorMig.Tests", "Wire", "v1");

    public static TheoryData<string> Names => [.. Wire.Messages().Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_as_it_was_written_is_read_and_says_the_same(string name)
    {
        var path = Path.Combine(Folder, name + ".json");
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("ACTORMIG_WRITE_SAMPLES") == "1")
        {
            File.WriteAllBytes(path, [.. Wire.Messages().Write(Sample.Of(Wire.Messages(), name)), (byte)'\n']);
        }

        Assert.True(File.Exists(path), $"There is no sample {path}; write one with ACTORMIG_WRITE_SAMPLES=1, look at it, and commit it.");
        var json = File.ReadAllBytes(path);
        var message = Wire.Messages().Read(name, json);
        Assert.Equal(name, Wire.Messages().NameOf(message));

        // All that it said is still said; more may be.
        var missing = new List<string>();
        Compare(JsonNode.Parse(json), JsonNode.Parse(Wire.Messages().Write(message)), name, missing);
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_sample_is_of_a_message_that_is_registered() =>
        Assert.Empty(Directory.GetFiles(Folder).Select(Path.GetFileNameWithoutExtension).Except(Wire.Messages().Names));

    /// <summary>More of it: ACTORMIG_FUZZ_INPUTS=100000000, and ACTORMIG_FUZZ_SEED for others.</summary>
    [Fact]
    public void A_message_that_was_changed_on_its_way_is_read_or_is_a_format_error()
    {
        var inputs = long.Parse(Environment.GetEnvironmentVariable("ACTORMIG_FUZZ_INPUTS") ?? "20000", System.Globalization.CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("ACTORMIG_FUZZ_SEED") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        var dice = new Random(seed);
        var registry = Wire.Messages();
        var samples = registry.Names.Select(n => (Name: n, Json: File.ReadAllBytes(Path.Combine(Folder, n + ".json")))).ToArray();
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
