using ActorMig.Actors;

namespace ActorMig.Directories;

/// <summary>A VM that runs somewhere, as its host says.</summary>
/// <param name="Uuid">The domain's UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="Macs">The addresses of its NICs, in lower case.</param>
public sealed record VmClaim(string Uuid, string Name, IReadOnlyList<string> Macs);

/// <summary>Between hosts, to those who keep the keys of these VMs: they run on the sender, and those do not any more.</summary>
/// <param name="Claims">What runs there.</param>
/// <param name="Gone">The UUIDs of what does not any more.</param>
public sealed record ClaimVms(IReadOnlyList<VmClaim> Claims, IReadOnlyList<string> Gone);

/// <summary>Between hosts: who has claimed this VM?</summary>
/// <param name="Question">Comes back with the answer.</param>
/// <param name="Key">Its UUID, its name, or the address of one of its NICs, as <see cref="VmKey"/> writes it.</param>
public sealed record FindVm(long Question, string Key);

/// <summary>Between hosts: these have claimed it.</summary>
/// <param name="Question">The question's.</param>
/// <param name="Where">The claims that live, the youngest first.</param>
public sealed record VmFound(long Question, IReadOnlyList<VmSighting> Where);

/// <summary>Between hosts: does it run on you?</summary>
/// <param name="Question">Comes back with the answer.</param>
/// <param name="Uuid">The domain's UUID.</param>
public sealed record AskVm(long Question, string Uuid);

/// <summary>Between hosts: it does, or does not.</summary>
/// <param name="Question">The question's.</param>
/// <param name="Uuid">The domain's UUID.</param>
/// <param name="IsHere">Whether it does.</param>
public sealed record VmHere(long Question, string Uuid, bool IsHere);

/// <summary>Where a VM was said to be.</summary>
/// <param name="Uuid">The domain's UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="Host">The host that has claimed it.</param>
/// <param name="AgeMs">How long ago.</param>
/// <param name="IsConfirmed">True if that host has just said so itself.</param>
public sealed record VmSighting(string Uuid, string Name, string Host, long AgeMs, bool IsConfirmed = false);

/// <summary>Asks where a VM is.</summary>
/// <param name="ReplyTo">Gets <see cref="VmLocated"/>.</param>
/// <param name="Key">Its UUID, its name, or the address of one of its NICs.</param>
public sealed record WhereIsVm(ActorRef ReplyTo, string Key);

/// <summary>Where it is.</summary>
/// <param name="Key">As it was asked for.</param>
/// <param name="Where">The hosts that say so; claims that their host did not confirm in time stand behind. Empty: nobody knows of it.</param>
public sealed record VmLocated(string Key, IReadOnlyList<VmSighting> Where);

/// <summary>From the HostActor: what its libvirt shows as running.</summary>
/// <param name="Vms">The VMs, sorted by UUID.</param>
internal sealed record VmsSeen(IReadOnlyList<VmClaim> Vms);

/// <summary>How keys are written, so that all hosts write them alike.</summary>
public static class VmKey
{
    /// <summary>The keys of a VM.</summary>
    /// <param name="vm">The VM.</param>
    public static IEnumerable<string> Of(VmClaim vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return vm.Macs.Select(m => Of(m)).Prepend(Of(vm.Name)).Prepend(Of(vm.Uuid)).Distinct(StringComparer.Ordinal);
    }

    /// <summary>A key as a person types it.</summary>
    /// <param name="text">A UUID, a name or an address.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isHex = text.All(c => char.IsAsciiHexDigit(c) || c is '-' or ':');
        return isHex && text.Length is 17 or 36 ? text.ToLowerInvariant() : text;
    }
}
