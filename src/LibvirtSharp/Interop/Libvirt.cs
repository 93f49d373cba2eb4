namespace LibvirtSharp.Interop;

/// <summary>
/// The functions of <c>libvirt.so.0</c>, one to one and by libvirt's names. No logic here; errors are read by the caller, on the same thread, in the
/// same method. A test compares every signature with libvirt's API description.
/// </summary>
internal static partial class Libvirt
{
    /// <summary>The name under which the loader knows it; the one without a number exists only for compilers.</summary>
    private const string Library = "libvirt.so.0";
}
