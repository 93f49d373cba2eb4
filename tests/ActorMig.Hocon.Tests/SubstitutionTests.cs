namespace ActorMig.Hocon.Tests;

/// <summary>Substitutions; most cases are the specification's own.</summary>
public sealed class SubstitutionTests
{
    [Theory]
    [InlineData("a = ${b}, b = 1", """{"a":1,"b":1}""")]
    [InlineData("a = ${b.c}, b { c = [1] }", """{"a":[1],"b":{"c":[1]}}""")]
    [InlineData("a = ${\"x.y\".z}, \"x.y\".z = true", """{"a":true,"x.y":{"z":true}}""")]
    [InlineData("a = ${b} is here, b = it", """{"a":"it is here","b":"it"}""")]
    [InlineData("a = ${b}\" is here\", b = 1e5", """{"a":"1e5 is here","b":1e5}""")]
    [InlineData("a = \"${b}\"", """{"a":"${b}"}""")]
    [InlineData("a = ${b} ${c}, b = [1], c = [2]", """{"a":[1,2],"b":[1],"c":[2]}""")]
    [InlineData("a = ${b} ${c}, b = x, c = y", """{"a":"x y","b":"x","c":"y"}""")]
    [InlineData("base = { size = 6 }, east = ${base} { name = east }", """{"base":{"size":6},"east":{"size":6,"name":"east"}}""")]
    [InlineData("base = { size = 6 }, east = ${base}, east { size = 7 }", """{"base":{"size":6},"east":{"size":7}}""")]
    [InlineData("a = 1, b = ${a}, a = 2", """{"a":2,"b":2}""")]

    // Undefined ones.
    [InlineData("a = ${?no}", "{}")]
    [InlineData("a = 1, a = ${?no}", """{"a":1}""")]
    [InlineData("a = [1, ${?no}, 2]", """{"a":[1,2]}""")]
    [InlineData("a = ${?no}x", """{"a":"x"}""")]
    [InlineData("a = ${?no} [1]\nb = ${?no} { c = 1 }", """{"a":[1],"b":{"c":1}}""")]
    [InlineData("a = ${?no}${?neither}", "{}")]
    [InlineData("a = ${does-not-exist}, a = 42", """{"a":42}""")]
    [InlineData("a = ${a}, a = 42", """{"a":42}""")]

    // Looking back.
    [InlineData("a = 1, a = ${a}2", """{"a":"12"}""")]
    [InlineData("path = \"a:b\", path = ${path}\":c\", path = ${path}\":d\"", """{"path":"a:b:c:d"}""")]
    [InlineData("path = [ /bin ], path = ${path} [ /usr/bin ]", """{"path":["/bin","/usr/bin"]}""")]
    [InlineData("a = ${?a}foo", """{"a":"foo"}""")]
    [InlineData("foo : ${?foo}", "{}")]
    [InlineData("foo : { a : 1 }, foo : ${foo}", """{"foo":{"a":1}}""")]
    [InlineData("foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }", """{"foo":{"a":2,"c":1}}""")]
    [InlineData("a = [1], a += ${a}", """{"a":[1,[1]]}""")]
    [InlineData("base.a = [1], foo = ${base}, foo.a += 2", """{"base":{"a":[1]},"foo":{"a":[1,2]}}""")]
    [InlineData("a.b = 1, a.b = ${a.b}2", """{"a":{"b":"12"}}""")]

    // Looking forward.
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }", """{"bar":{"foo":42,"baz":42}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }, bar : { foo : 43 }", """{"bar":{"foo":43,"baz":43}}""")]
    [InlineData("bar : { a : ${foo.d}, b : 1 }, bar.b = 3, foo : { c : ${bar.b}, d : 2 }, foo.d = 4", """{"bar":{"a":4,"b":3},"foo":{"c":3,"d":4}}""")]
    [InlineData("base = { x = 1 }, foo = ${base}, foo = { y = ${foo.x} }", """{"base":{"x":1},"foo":{"x":1,"y":1}}""")]
    [InlineData("base = { x = 1 }, foo = ${base} { y = ${foo.x} }", """{"base":{"x":1},"foo":{"x":1,"y":1}}""")]
    [InlineData("actual = ${base}, base { size = 1, name = ${actual.size} }", null)]

    // Circles that an optional substitution breaks.
    [InlineData("bar : ${?foo}, foo : ${?bar}", "{}")]
    [InlineData("a : { b : ${?a} }", """{"a":{}}""")]
    [InlineData("x = ${?a.b}, a : { b : ${?a} }", """{"a":{}}""")]
    [InlineData("a : 1, b : 2, a : ${b}, b : ${a}", """{"a":1,"b":1}""")]
    public void Substitutions_are_resolved(string text, string? json)
    {
        if (json is null)
        {
            // Where the field itself is a substitution it looks back, and there is nothing: an error, and no endless search.
            Assert.Contains("there is no earlier one", Read.Error(text), StringComparison.Ordinal);
            return;
        }

        Assert.Equal(Read.Value(json), Read.Value(text));
    }

    [Theory]
    [InlineData("a = 1\nb = ${c.d}", "x.conf:2:5: ${c.d} is set nowhere, and there is no such environment variable; set it, or write ${?c.d} if it may be missing.")]
    [InlineData("a = ${a}", "x.conf:1:5: ${a} leads back to the value of which it is a part, and there is no earlier one;")]
    [InlineData("foo : ${foo}, foo : { a : 1 }", "x.conf:1:7: ${foo} leads back")]
    [InlineData("bar : ${foo}, foo : ${bar}", "leads back to the value of which it is a part")]
    [InlineData("a : ${b}, b : ${c}, c : ${a}", "leads back to the value of which it is a part")]
    [InlineData("a : { b : ${a} }", "x.conf:1:11: ${a} leads back to the value of which it is a part")]
    [InlineData("a : [${a}]", "x.conf:1:6: ${a} leads back to the value of which it is a part")]
    [InlineData("a : [${b}], b : [${a}]", "leads back to the value of which it is a part")]
    [InlineData("a = ${b} x, b = [1]", "x.conf:1:5: values of different types stand side by side")]
    [InlineData("a = ${b}\" \"${b}, b = [1]", "values of different types stand side by side")]
    public void What_cannot_be_resolved_is_said(string text, string expected) => Assert.Contains(expected, Read.Error(text), StringComparison.Ordinal);

    [Fact]
    public void The_environment_is_asked_last_and_null_keeps_it_out()
    {
        var options = new HoconOptions { Environment = name => name switch { "HOME" => "/root", "EMPTY" => "", _ => null } };
        var root = Read.Value("a = ${HOME}, b = ${EMPTY}, c = ${HOME}/x, d { HOME = 1 }, e = ${?NO}", options).AsObject();
        Assert.Equal("""{"a":"/root","b":"","c":"/root/x","d":{"HOME":1}}""", root.ToString());
        Assert.Equal("HOME", root.Find("a")!.Position.EnvironmentVariable);
        Assert.Equal("HOME", root.Find("c")!.Position.EnvironmentVariable);
        Assert.Equal("""{"HOME":null,"a":null}""", Read.Json("HOME = null, a = ${HOME}", options));
    }

    [Fact]
    public void A_fallback_lies_below_and_can_be_referred_to()
    {
        var fallback = Read.Value("a { b = 1, c = [1] }, d = 5").AsObject();
        var root = Read.Json("a { b = ${d}, c += 2 }, e = ${a.b}", new HoconOptions { Fallback = fallback, Environment = _ => null });
        Assert.Equal("""{"a":{"b":5,"c":[1,2]},"d":5,"e":5}""", root);
    }

    [Fact]
    public void Includes_are_merged_where_they_stand()
    {
        using var folder = new TestFolder();
        folder.Write("sub/inner.conf", "x = 10, y = ${x}, z = ${outside}, w = ${?x}${x}");
        folder.Write("sub/bare.json", """{ "bare" : true }""");
        folder.Write("sub/twice.conf", "include \"inner.conf\", include required( file( \"bare\" ) )");
        var path = folder.Write("main.conf", """
            a { x = 1, include "sub/inner.conf" }
            a { x = 42 }
            b { include required("sub/twice.conf") }
            include "missing.conf"
            outside = out
            """);
        Assert.Equal(
            """{"a":{"x":42,"y":42,"z":"out","w":"4242"},"b":{"x":10,"y":10,"z":"out","w":"1010","bare":true},"outside":"out"}""",
            HoconParser.ParseFile(path).ToString());
    }

    [Fact]
    public void Wrong_includes_are_said()
    {
        using var folder = new TestFolder();
        var itself = folder.Write("itself.conf", "include \"other.conf\"");
        folder.Write("other.conf", "a = 1\n include \"itself.conf\"");
        folder.Write("array.conf", "[1]");
        folder.Write("wrong.conf", "a =\n]");
        Assert.Matches("other.conf:2:2: .*itself.conf includes itself", Assert.Throws<HoconException>(() => HoconParser.ParseFile(itself)).Message);
        var array = folder.Write("main.conf", "include \"array.conf\"");
        Assert.Contains("array.conf:1:1: an included file holds an object", Assert.Throws<HoconException>(() => HoconParser.ParseFile(array)).Message, StringComparison.Ordinal);
        var wrong = folder.Write("main.conf", "include \"wrong.conf\"");
        Assert.Contains("wrong.conf:2:1: the value of 'a' is missing", Assert.Throws<HoconException>(() => HoconParser.ParseFile(wrong)).Message, StringComparison.Ordinal);
        for (var i = 0; i < 12; i++)
        {
            folder.Write($"deep{i}.conf", $"include \"deep{i + 1}.conf\"");
        }

        var deep = folder.Write("main.conf", "include \"deep0.conf\"");
        Assert.Contains("deeper than 10", Assert.Throws<HoconException>(() => HoconParser.ParseFile(deep)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_said()
    {
        using var folder = new TestFolder();
        var path = folder.Write("main.conf", "");
        File.WriteAllBytes(path, [.. "a = 1\nb = "u8, 0xff, .. "\n"u8]);
        Assert.Contains("main.conf:2:5: the file is not UTF-8 here; save it as UTF-8.", Assert.Throws<HoconException>(() => HoconParser.ParseFile(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_grows_without_bound_is_ended()
    {
        var doubling = "a0 = xxxxxxxxxxxxxxxxxxxx\n" + string.Join('\n', Enumerable.Range(1, 60).Select(i => $"a{i} = ${{a{i - 1}}}${{a{i - 1}}}"));
        Assert.Contains("what the substitutions make is larger", Read.Error(doubling), StringComparison.Ordinal);
        var arrays = "a0 = [x]\n" + string.Join('\n', Enumerable.Range(1, 60).Select(i => $"a{i} = [${{a{i - 1}}}, ${{a{i - 1}}}]"));
        Assert.Contains("what the substitutions make is larger", Read.Error(arrays), StringComparison.Ordinal);
        var chain = string.Join('\n', Enumerable.Range(0, 10_000).Select(i => $"a{i} = ${{a{i + 1}}}")) + "\na10000 = 1";
        Assert.Contains("in a chain longer than 300", Read.Error(chain), StringComparison.Ordinal);
        var many = string.Concat(Enumerable.Repeat("a += 1\n", 100_000));
        Assert.Equal(100_000, Read.Value(many).AsObject().Find("a")!.Array().Count);
    }
}
