namespace ActorMig.Hocon.Tests;

/// <summary>What can be said without substitutions. The expected value is written as JSON.</summary>
public sealed class SyntaxTests
{
    [Theory]

    // Braces, separators, comments.
    [InlineData("", "{}")]
    [InlineData("{}", "{}")]
    [InlineData(" # nothing\n // at all\n", "{}")]
    [InlineData("[1, 2]", "[1,2]")]
    [InlineData("{ \"a\" : 1, \"b\" = 2 }", """{"a":1,"b":2}""")]
    [InlineData("a = 1 # one\nb = 2 // two", """{"a":1,"b":2}""")]
    [InlineData("a { b { c = 1 } }", """{"a":{"b":{"c":1}}}""")]
    [InlineData("a\n{ b = 1 }", """{"a":{"b":1}}""")]
    [InlineData("a =\n\n 1", """{"a":1}""")]
    [InlineData("a = [1,2,3,]\nb = [1\n2\n3]", """{"a":[1,2,3],"b":[1,2,3]}""")]
    [InlineData("a = 1,\n\nb = 2,", """{"a":1,"b":2}""")]
    [InlineData("a = 1\r\nb = two words\r\n", """{"a":1,"b":"two words"}""")]
    [InlineData("\ufeffa\u00a0=\u00a01", """{"a":1}""")]

    // Types.
    [InlineData("a=true,b=false,c=null,d=-1.5e+3,e=0", """{"a":true,"b":false,"c":null,"d":-1.5e+3,"e":0}""")]
    [InlineData("a=\"true\",b=truefoo,c=01,d=1.,e=-,f=10.0.0.1", """{"a":"true","b":"truefoo","c":"01","d":"1.","e":"-","f":"10.0.0.1"}""")]

    // Unquoted and quoted texts.
    [InlineData("a =  foo  bar \t baz  ", """{"a":"foo  bar \t baz"}""")]
    [InlineData("a = foo \"bar # x\" baz", """{"a":"foo bar # x baz"}""")]
    [InlineData("a = 400 Mbit/s\nb = /run/x.sock", """{"a":"400 Mbit/s","b":"/run/x.sock"}""")]
    [InlineData("a = x//y", """{"a":"x"}""")]
    [InlineData("""a = "\"\\\/\b\f\n\r\t\u00e9\u20AC" """, """{"a":"\"\\/\b\f\n\r\té€"}""")]
    [InlineData("a = \"\"", """{"a":""}""")]
    [InlineData("a = \"\"\"one\n \\u0041 \"two\" \"\"\"", """{"a":"one\n \\u0041 \"two\" "}""")]
    [InlineData("a = \"\"\"x\"\"\"\"\"", """{"a":"x\"\""}""")]
    [InlineData("a = include", """{"a":"include"}""")]

    // Keys and paths.
    [InlineData("a.b.c = 1, a.b.d = 2", """{"a":{"b":{"c":1,"d":2}}}""")]
    [InlineData("a b c = 1", """{"a b c":1}""")]
    [InlineData("\"a.b\".c = 1", """{"a.b":{"c":1}}""")]
    [InlineData("a.\"\".b = 1", """{"a":{"":{"b":1}}}""")]
    [InlineData("3.14 = 1, true = 2, 10.0foo = 3", """{"3":{"14":1},"true":2,"10":{"0foo":3}}""")]
    [InlineData("foo\"10.0\" = 1", """{"foo10.0":1}""")]
    [InlineData("\"include\" = 1, foo include = 2, includes = 3", """{"include":1,"foo include":2,"includes":3}""")]

    // Duplicate keys.
    [InlineData("a = 1, a = 2", """{"a":2}""")]
    [InlineData("a { x = 1, y = 1 }, a { x = 2, z = 2 }", """{"a":{"x":2,"y":1,"z":2}}""")]
    [InlineData("a { x = 1 }, a = null, a { y = 2 }", """{"a":{"y":2}}""")]
    [InlineData("a { x = 1 }, a = 3", """{"a":3}""")]

    // Concatenation.
    [InlineData("a = [1, 2] [3]", """{"a":[1,2,3]}""")]
    [InlineData("a = { b = 1 } { b = 2, c = 3 }", """{"a":{"b":2,"c":3}}""")]
    [InlineData("a = [ 1 2 3 ]\nb = [[1] [2]\n[3]]", """{"a":["1 2 3"],"b":[[1,2],[3]]}""")]
    [InlineData("a = [1] { 0 = x, 2 = y, k = z }", """{"a":[1,"x","y"]}""")]

    // Appending.
    [InlineData("a += 1\na += 2", """{"a":[1,2]}""")]
    [InlineData("a = [0], a += [1]", """{"a":[0,[1]]}""")]
    [InlineData("a { b = [0] }, a.b += 1", """{"a":{"b":[0,1]}}""")]
    [InlineData("a { 0 = x }, a += y", """{"a":["x","y"]}""")]
    [InlineData("a = [{ b += 1, b += 2 }]", """{"a":[{"b":[1,2]}]}""")]
    public void A_text_is_read(string text, string json) => Assert.Equal(json, Read.Json(text));

    [Theory]
    [InlineData("a { b = 1", "x.conf:1:3: the '}' that ends what begins here is missing; add it.")]
    [InlineData("a = [1, 2", "x.conf:1:5: the ']' that ends what begins here is missing; add it.")]
    [InlineData("a = 1 }", "x.conf:1:7: '}' ends nothing that has begun; remove it.")]
    [InlineData("{ a = 1 } b", "x.conf:1:11: after the bracket that ends the document stands 'b'; remove it, or move it inside.")]
    [InlineData("a = \"open", "x.conf:1:5: the closing quote is missing; add it, or use three quotes for a text of several lines.")]
    [InlineData("a = \"\"\"open", "x.conf:1:5: the closing three quotes are missing; add them.")]
    [InlineData("a = \"x\ty\"", "x.conf:1:7: a quoted text has no control characters; write \\u0009 or use three quotes.")]
    [InlineData("a = \"\\x\"", "x.conf:1:6: '\\x' is no escape;")]
    [InlineData("a = \"\\u12\"", "x.conf:1:6: \\u is followed by four hexadecimal digits, such as \\u00e9.")]
    [InlineData("a\n b = 1", "x.conf:2:2: after the key 'a' comes '=', ':', '+=' or '{', not 'b'.")]
    [InlineData("a = ", "x.conf:1:5: the value of 'a' is missing before the end of the file; add it, or \"\" for an empty text.")]
    [InlineData("a = , b = 1", "x.conf:1:5: the value of 'a' is missing before ','")]
    [InlineData("= 1", "x.conf:1:1: a key is missing before '='; add it, or \"\" for an empty one.")]
    [InlineData("a..b = 1", "x.conf:1:1: the path 'a..b' has an empty element; write \"\" for it, or remove the dot.")]
    [InlineData("${a} = 1", "x.conf:1:1: the substitution ${a} cannot stand in a key; write the name itself.")]
    [InlineData("uri = qemu:///system", "x.conf:1:11: ':' cannot stand inside of an unquoted text; put the text into quotes, or begin a new line.")]
    [InlineData("a = x?y", "x.conf:1:6: the character '?' has no meaning outside of quotes; put the text into quotes.")]
    [InlineData("a = $b", "x.conf:1:5: '$' begins a substitution such as ${a.b}; put the text into quotes if it is none.")]
    [InlineData("a = ${b", "x.conf:1:5: the '}' that ends the substitution is missing; add it.")]
    [InlineData("a = ${b${c}}", "x.conf:1:8: a substitution cannot stand inside of another; write the path itself.")]
    [InlineData("a = ${}", "x.conf:1:5: the path '${}' has an empty element")]
    [InlineData("a = ${ ?b}", "x.conf:1:8: the character '?' has no meaning outside of quotes")]
    [InlineData("a = [1,,2]", "x.conf:1:8: two commas stand between elements; remove one.")]
    [InlineData("a = [,1]", "x.conf:1:6: a comma stands before the first of the elements; remove it.")]
    [InlineData("a = 1,,b = 2", "x.conf:1:7: two commas stand between fields; remove one.")]
    [InlineData("a = [1] x", "x.conf:1:5: values of different types stand side by side: a text from x.conf:1:9 cannot be joined to the others;")]
    [InlineData("a = [1] {b = 1}", "an object from x.conf:1:9 cannot be joined")]
    [InlineData("a = 1, a += 2", "x.conf:1:13: '+=' appends to an array, and what is there is a text from x.conf:1:5; write '=', or make that an array.")]
    [InlineData("include = 1", "x.conf:1:1: include is followed by a file's name in quotes")]
    [InlineData("include x", "not by the end of the file; a key of this name is written \"include\".")]
    [InlineData("include url(\"http://x/y\")", "x.conf:1:1: 'http://x/y' is no file; only files can be included: copy it to one.")]
    [InlineData("include \"http://x/y\"", "is no file")]
    [InlineData("include required(\"x\"", "must stand ')'")]
    [InlineData("include required(\"nothing.conf\")", "nothing.conf does not exist; make it, or correct the name.")]
    public void What_is_wrong_is_said_with_file_line_column_and_remedy(string text, string expected) =>
        Assert.Contains(expected, Read.Error(text), StringComparison.Ordinal);

    [Fact]
    public void Values_know_where_they_stand()
    {
        var root = Read.Value("a = 1\nb {\n  c = \"\"\"x\n\"\"\", d = 2 }").AsObject();
        Assert.Equal("x.conf:1:5", root.Find("a")!.Where);
        Assert.Equal("x.conf:3:7", root.Find("b.c")!.Where);
        Assert.Equal("x.conf:4:10", root.Find("b.d")!.Where);
    }

    [Fact]
    public void The_values_of_a_tree_are_listed_by_their_paths()
    {
        var root = Read.Value("b.\"x.y\" = [1], a { c = 1, d {} }").AsObject();
        Assert.Equal(["a.c=1", "a.d={}", "b.\"x.y\"=[1]"], root.Flatten().Select(f => $"{f.Key}={f.Value}"));
        Assert.Equal("[1]", root.Find("b.\"x.y\"")!.ToString());
        Assert.Null(root.Find("a.c.e"));
    }

    [Fact]
    public void Limits_end_what_is_too_deep_or_too_large()
    {
        Assert.Contains("x.conf:1:", Read.Error(new string('[', 100_000)), StringComparison.Ordinal);
        Assert.Contains("nested deeper than 50", Read.Error(new string('[', 51)), StringComparison.Ordinal);
        Assert.Contains("nested deeper than 50", Read.Error(string.Join('.', Enumerable.Repeat("a", 51)) + " = 1"), StringComparison.Ordinal);
        Assert.Contains("larger than 10 bytes", Read.Error("a = 12345678", new HoconOptions { TextBytesMax = 10 }), StringComparison.Ordinal);
    }
}
