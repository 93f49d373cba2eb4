namespace ActorMig.Actors;

internal static class ActorNames
{
    private const int LengthMax = 200;

    public static string Check(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > LengthMax)
        {
            throw new InvalidOperationException($"An actor's name has at most {LengthMax} characters; '{name[..20]}...' has {name.Length}.");
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                throw new InvalidOperationException($"An actor's name has letters, digits, '-', '_' and '.'; '{name}' has '{c}'.");
            }
        }

        return name;
    }

    public static InvalidOperationException Taken(ActorRef parent, string name) =>
        new($"{parent} has a living child '{name}'; the name is free again when Terminated says so.");
}
