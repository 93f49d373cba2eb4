using System.Text.RegularExpressions;

namespace ActorMig.Agent.Configuration;

/// <summary>What is never shown: values of keys that are called so, and passwords in addresses.</summary>
internal static partial class Secrets
{
    private const string Hidden = "(hidden)";

    public static string Masked(string key, string text) => text.Length > 0 && SecretName.IsMatch(key[(key.LastIndexOf('.') + 1)..])
        ? Hidden
        : PasswordInAddress.Replace(text, "$1" + Hidden + "@");

    [GeneratedRegex("password|passphrase|secret|token|credential|private-key$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName { get; }

    [GeneratedRegex("(://[^/@:?#]*:)[^/@]*@")]
    private static partial Regex PasswordInAddress { get; }
}
