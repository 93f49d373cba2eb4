namespace ActorMig.Rules;

/// <summary>Patterns in which <c>*</c> is any text and <c>?</c> any character.</summary>
internal static class Glob
{
    /// <summary>True if a text is of this pattern; in time that grows with the product of both lengths at most.</summary>
    public static bool IsMatch(string pattern, string text)
    {
        var (p, t, star, from) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, from) = (p++, t);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                (p, t) = (star + 1, ++from);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].All(c => c == '*');
    }
}
