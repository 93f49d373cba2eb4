using ActorMig.Vms;

namespace ActorMig.PreFlight;

/// <summary>Whether a host can take a VM: the destination's half of the pre-flight. Pure; the doctor, a grant and an arrival ask the same.</summary>
public static class ArrivalChecks
{
    /// <summary>What speaks against a VM's coming.</summary>
    /// <param name="about">What the findings are about.</param>
    /// <param name="vm">The VM, with what it needs.</param>
    /// <param name="from">Its host.</param>
    /// <param name="to">The host that was looked at.</param>
    /// <param name="there">What was seen there.</param>
    public static IEnumerable<Finding> Of(string about, VmFacts vm, string from, string to, ArrivalTraits there)
    {
        ArgumentNullException.ThrowIfNull(vm);
        ArgumentNullException.ThrowIfNull(there);
        var needs = vm.Needs ?? new VmNeeds();
        if (vm.Mode.NeedsPostCopy())
        {
            foreach (var (host, libvirt, qemu) in ((string, long, long)[])[(from, needs.LibvirtVersion, needs.HypervisorVersion), (to, there.LibvirtVersion, there.HypervisorVersion)])
            {
                if (libvirt > 0 && HostChecks.Release(host, libvirt, qemu) is { Level: FindingLevel.Refusal } old)
                {
                    yield return Refuse($"{host}: {old.Text}");
                }
            }
        }

        if (!there.KnowsMachine)
        {
            yield return Refuse($"{to}'s QEMU does not know the machine type {needs.Machine}; bring it to the release of {from}'s");
        }

        if (needs.HostCpu is { } cpu && cpu != there.CpuModel)
        {
            yield return Refuse($"its CPU is that of its host (host-passthrough), {from} has {cpu} and {to} {there.CpuModel ?? "an unknown one"}; give it a CPU model that both have");
        }

        if (there.IsCpuFit == false)
        {
            yield return Refuse($"{to}'s CPU cannot give it the CPU that it has on {from}; give it a CPU model that both have (`virsh hypervisor-cpu-baseline` names one)");
        }

        foreach (var nic in there.MissingNics)
        {
            yield return Refuse(nic.Kind == "network"
                ? $"{to} has no active network {nic.Name}, to which a NIC of it is connected; define and start it there with `virsh net-start {nic.Name}`"
                : $"{to} has no {(nic.Kind == "bridge" ? "bridge" : "device")} {nic.Name}, to which a NIC of it is connected; make it there");
        }

        foreach (var file in there.MissingFiles)
        {
            yield return Refuse($"{to} does not see {file}, from which it runs; put it on storage that both hosts have, and mount that at the same place");
        }

        foreach (var size in needs.HugePagesBytes)
        {
            var freeBytes = there.HugePages.Where(p => p.SizeBytes == size).Sum(p => p.FreeBytes);
            if (freeBytes < vm.MemoryBytes)
            {
                yield return Refuse($"it needs {Words.Memory(vm.MemoryBytes)} in huge pages of {Words.Memory(size)}, and {to} has {Words.Memory(freeBytes)} of them free; reserve more there (vm.nr_hugepages)");
            }
        }

        if (there.FreeMemoryBytes is { } free && needs.HugePagesBytes.Count == 0 && vm.MemoryBytes > free)
        {
            yield return Warn($"it may have {Words.Memory(vm.MemoryBytes)}, and {Words.Memory(free)} are free on {to} now; free some there, or see that it may swap");
        }

        if (there.LibvirtVersion > 0 && (needs.LibvirtVersion > there.LibvirtVersion || needs.HypervisorVersion > there.HypervisorVersion))
        {
            yield return Warn($"{to} has an older libvirt or QEMU than {from}; migrations to an older release are not promised to work, so bring it to {from}'s");
        }

        Finding Refuse(string text) => new(about, FindingLevel.Refusal, text);

        Finding Warn(string text) => new(about, FindingLevel.Warning, text);
    }

    /// <summary>The destination cannot promise the VM's memory beside all it has: what it has, less its reserve, and what is promised already.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="to">The destination.</param>
    /// <param name="freeBytes">What it can promise.</param>
    public static string NoRoom(VmFacts vm, string to, long freeBytes)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return $"{to} can promise {Words.Memory(Math.Max(0, freeBytes))} and {vm.Name} may have {Words.Memory(vm.MemoryBytes)}; move something away from there, or change actormig.host.memory there (reserve, overcommit)";
    }

    /// <summary>The destination has another domain of the VM's name.</summary>
    /// <param name="vm">The VM's name.</param>
    /// <param name="to">The destination.</param>
    /// <param name="uuid">The other domain's UUID.</param>
    public static string NameTaken(string vm, string to, string uuid) => $"{to} has another domain named {vm} ({uuid}); rename or remove one of them";

    /// <summary>The destination shows the VM as active.</summary>
    /// <param name="vm">The VM's name.</param>
    /// <param name="to">The destination.</param>
    /// <param name="state">Its state there, in libvirt's words.</param>
    public static string ActiveThere(string vm, string to, string state) =>
        $"{vm} is active on {to} already ({state}); look with `virsh domstate {vm} --reason` on both hosts";
}
