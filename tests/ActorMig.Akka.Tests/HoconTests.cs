using ActorMig.Hocon;
using ActorMig.Tests;
using Akka.Configuration;

namespace ActorMig.Akka.Tests;

/// <summary>The files in <c>hocon/</c> load with Akka's own reader, too, and say the same there.</summary>
public sealed class HoconTests
{
    private static readonly string Folder = Path.Combine(Repository.Folder, "hocon");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.conf").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Both_readers_find_the_same_values(string file)
    {
        var text = File.ReadAllText(Path.Combine(Folder, file));
        var theirs = ConfigurationFactory.ParseString(text);
        var ours = HoconParser.Parse(text, file).AsObject();
        Assert.NotEmpty(ours.Flatten());
        foreach (var (key, value) in ours.Flatten())
        {
            switch (value)
            {
                case HoconArray array:
                    Assert.Equal(array.Items.Select(i => i.Text), theirs.GetStringList(key));
                    break;
                case HoconObject:
                    Assert.True(theirs.GetConfig(key) is null or { IsEmpty: true }, $"{file}: {key} is not empty.");
                    break;
                default:
                    Assert.Equal(value.Text, theirs.GetString(key));
                    break;
            }
        }

        // And nothing that ours has not.
        var known = ours.Flatten().Keys.ToHashSet(StringComparer.Ordinal);
        Assert.Subset(known, Leaves(theirs.Root, "").ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void Akkas_settings_come_through_the_agents_reader_as_they_were_written()
    {
        const string Text = """
            akka {
              loglevel = DEBUG
              cluster { seed-nodes = ["akka.tcp://actormig@10.0.0.1:7601"], roles = [], failure-detector.threshold = 12.5 }
              actor.serialization-bindings { "My.Type, My.Library" = mine }
              remote.dot-netty.tcp { maximum-frame-size = 256000b, enable-ssl = off }
            }
            """;
        var through = ConfigurationFactory.ParseString($"akka {HoconParser.Parse(Text, "x.conf").AsObject().Find("akka")}");
        var straight = ConfigurationFactory.ParseString(Text);
        Assert.Equal(Leaves(straight.Root, "").Order(StringComparer.Ordinal), Leaves(through.Root, "").Order(StringComparer.Ordinal));
        Assert.Equal(straight.GetStringList("akka.cluster.seed-nodes"), through.GetStringList("akka.cluster.seed-nodes"));
        Assert.Equal(256_000, through.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size"));
        Assert.Equal("mine", through.GetConfig("akka.actor.serialization-bindings").Root.GetObject().GetKey("My.Type, My.Library").GetString());
        Assert.False(through.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl"));
        Assert.Equal(12.5, through.GetDouble("akka.cluster.failure-detector.threshold"));
    }

    private static IEnumerable<string> Leaves(global::Akka.Configuration.Hocon.HoconValue value, string path) => value.IsObject()
        ? value.GetObject().Items.SelectMany(i => Leaves(i.Value, path.Length == 0 ? i.Key : $"{path}.{i.Key}"))
        : [path];
}
