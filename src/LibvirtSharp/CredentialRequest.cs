namespace LibvirtSharp;

/// <summary>What libvirt asks for while a connection is opened (<c>virConnectCredential</c>).</summary>
/// <param name="Type">The kind of answer that is wanted.</param>
/// <param name="Prompt">What to ask a person.</param>
/// <param name="Challenge">What the answer answers; null if nothing.</param>
/// <param name="DefaultResult">What an empty answer means; null if nothing.</param>
public sealed record CredentialRequest(CredentialType Type, string Prompt, string? Challenge, string? DefaultResult);
