namespace ActorMig.Hocon;

internal enum HoconTokenKind
{
    End,
    Newline,
    Comma,
    Colon,
    Equals,
    PlusEquals,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Unquoted,
    Quoted,
    Substitution,
}

/// <summary>A word of a text.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Text">What it says; of quoted ones without quotes and escapes.</param>
/// <param name="Space">The whitespace before it on its line.</param>
/// <param name="Position">Where it begins.</param>
internal sealed record HoconToken(HoconTokenKind Kind, string Text, string Space, HoconPosition Position)
{
    /// <summary>Of a substitution: what stands in it.</summary>
    public IReadOnlyList<HoconToken> Inner { get; init; } = [];

    /// <summary>Of a substitution: true for <c>${?...}</c>.</summary>
    public bool IsOptional { get; init; }

    public bool IsText => Kind is HoconTokenKind.Unquoted or HoconTokenKind.Quoted;

    public bool IsValue => IsText || Kind is HoconTokenKind.Substitution or HoconTokenKind.OpenBrace or HoconTokenKind.OpenBracket;

    /// <summary>As error messages name it.</summary>
    public string Shown => Kind switch
    {
        HoconTokenKind.End => "the end of the file",
        HoconTokenKind.Newline => "the end of the line",
        HoconTokenKind.Quoted => $"\"{Text}\"",
        _ => $"'{Text}'",
    };
}
