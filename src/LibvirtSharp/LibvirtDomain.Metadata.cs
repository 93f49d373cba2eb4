using LibvirtSharp.Interop;

namespace LibvirtSharp;

public sealed unsafe partial class LibvirtDomain
{
    /// <summary>An element of its metadata (<c>virDomainGetMetadata</c>).</summary>
    /// <param name="namespaceUri">The element's namespace.</param>
    /// <param name="of">Of what runs, or of the definition.</param>
    /// <returns>The element as XML, without its prefix; null if there is none.</returns>
    public string? GetMetadata(string namespaceUri, ModificationImpact of = ModificationImpact.Current)
    {
        ArgumentNullException.ThrowIfNull(namespaceUri);
        return Get(Constants.VIR_DOMAIN_METADATA_ELEMENT, namespaceUri, of);
    }

    /// <summary>Sets or removes an element of its metadata (<c>virDomainSetMetadata</c>).</summary>
    /// <param name="namespaceUri">The element's namespace; it has one element.</param>
    /// <param name="prefix">The prefix for the namespace in the domain's XML.</param>
    /// <param name="xml">The element, written without prefix and namespace; null to remove it.</param>
    /// <param name="of">
    /// Of what runs, of the definition, or both; what a migration carries along is what runs. <see cref="ModificationImpact.Current"/> is one of the two.
    /// </param>
    public void SetMetadata(string namespaceUri, string prefix, string? xml, ModificationImpact of = ModificationImpact.Current)
    {
        ArgumentNullException.ThrowIfNull(namespaceUri);
        ArgumentNullException.ThrowIfNull(prefix);
        Set(Constants.VIR_DOMAIN_METADATA_ELEMENT, xml, prefix, namespaceUri, of);
    }

    /// <summary>Its title (<c>virDomainGetMetadata</c>); null if it has none.</summary>
    /// <param name="of">Of what runs, or of the definition.</param>
    public string? GetTitle(ModificationImpact of = ModificationImpact.Current) => Get(Constants.VIR_DOMAIN_METADATA_TITLE, null, of);

    /// <summary>Sets its title (<c>virDomainSetMetadata</c>).</summary>
    /// <param name="title">One line; null to remove it.</param>
    /// <param name="of">Of what runs, of the definition, or both.</param>
    public void SetTitle(string? title, ModificationImpact of = ModificationImpact.Current) =>
        Set(Constants.VIR_DOMAIN_METADATA_TITLE, title, null, null, of);

    /// <summary>Its description (<c>virDomainGetMetadata</c>); null if it has none.</summary>
    /// <param name="of">Of what runs, or of the definition.</param>
    public string? GetDescription(ModificationImpact of = ModificationImpact.Current) => Get(Constants.VIR_DOMAIN_METADATA_DESCRIPTION, null, of);

    /// <summary>Sets its description (<c>virDomainSetMetadata</c>).</summary>
    /// <param name="description">Any text; null to remove it.</param>
    /// <param name="of">Of what runs, of the definition, or both.</param>
    public void SetDescription(string? description, ModificationImpact of = ModificationImpact.Current) =>
        Set(Constants.VIR_DOMAIN_METADATA_DESCRIPTION, description, null, null, of);

    private string? Get(int type, string? namespaceUri, ModificationImpact of)
    {
        var text = Libvirt.virDomainGetMetadata(_handle, type, namespaceUri, (uint)of);
        if (text != 0)
        {
            return Native.TakeString(text, nameof(Libvirt.virDomainGetMetadata));
        }

        var error = Native.LastError(nameof(Libvirt.virDomainGetMetadata));
        return error.Code == LibvirtErrorCode.NoDomainMetadata ? null : throw error;
    }

    private void Set(int type, string? text, string? prefix, string? namespaceUri, ModificationImpact of) =>
        Native.Check(Libvirt.virDomainSetMetadata(_handle, type, text, prefix, namespaceUri, (uint)of), nameof(Libvirt.virDomainSetMetadata));
}
