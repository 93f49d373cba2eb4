using Microsoft.Extensions.Configuration;

namespace ActorMig.Hocon.Tests;

/// <summary>HOCON files in Microsoft.Extensions.Configuration.</summary>
public sealed class ConfigurationSourceTests
{
    [Fact]
    public void Objects_become_sections_and_arrays_numbered_ones()
    {
        using var folder = new TestFolder();
        folder.Write("more.conf", "host { port = 2, name = ${host.title} }");
        var path = folder.Write("main.conf", """
            host { port = 1, title = a name, nothing = null }
            list = [x, { y = z }]
            none = [], empty {}
            include "more.conf"
            """);
        var configuration = new ConfigurationBuilder().AddHoconFile(path).Build();
        Assert.Equal("2", configuration["host:port"]);
        Assert.Equal("a name", configuration["Host:Name"]);
        Assert.Null(configuration["host:nothing"]);
        Assert.Equal("x", configuration["list:0"]);
        Assert.Equal("z", configuration["list:1:y"]);
        Assert.Equal("", configuration["none"]);
        Assert.Null(configuration["empty"]);
        Assert.Equal(["0", "1"], configuration.GetSection("list").GetChildren().Select(c => c.Key));
    }

    [Fact]
    public void A_later_source_wins_and_an_optional_one_may_be_missing()
    {
        using var folder = new TestFolder();
        var path = folder.Write("main.conf", "a = 1, b = 2");
        var configuration = new ConfigurationBuilder()
            .AddHoconFile(path, optional: false, reloadOnChange: false)
            .AddHoconFile(path + ".none", optional: true)
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("a", "3")])
            .Build();
        Assert.Equal("3", configuration["a"]);
        Assert.Equal("2", configuration["b"]);
        Assert.Throws<FileNotFoundException>(() => new ConfigurationBuilder().AddHoconFile(path + ".none").Build());
    }

    [Fact]
    public void What_is_wrong_is_said_as_it_is()
    {
        using var folder = new TestFolder();
        var path = folder.Write("main.conf", "a = 1\nb = ${c}");
        Assert.StartsWith($"{path}:2:5: ${{c}} is set nowhere", Assert.Throws<HoconException>(() => new ConfigurationBuilder().AddHoconFile(path).Build()).Message, StringComparison.Ordinal);
        folder.Write("main.conf", "a = 1\nA = 2");
        Assert.Contains("'A' is set twice, in letters of different case", Assert.Throws<HoconException>(() => new ConfigurationBuilder().AddHoconFile(path).Build()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_file_is_read_again_if_that_is_wanted()
    {
        using var folder = new TestFolder();
        var path = folder.Write("main.conf", "a = 1");
        var configuration = new ConfigurationBuilder().AddHoconFile(path, optional: false, reloadOnChange: true).Build();
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = configuration.GetReloadToken().RegisterChangeCallback(_ => changed.TrySetResult(), null);
        folder.Write("main.conf", "a = 2");
        await changed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal("2", configuration["a"]);
        (configuration as IDisposable)?.Dispose();
    }
}
