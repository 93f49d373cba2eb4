using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LibvirtSharp.Interop;

namespace LibvirtSharp.Tests;

/// <summary>Sizes and offsets of all structures, against what a C compiler makes of libvirt's headers.</summary>
public sealed class LayoutTests
{
    /// <summary>Each structure's name in C, and its fields' there, in order.</summary>
    private static readonly (Type Type, string Name, string[] Fields)[] Structures =
    [
        (typeof(NativeError), "virError",
            ["code", "domain", "message", "level", "conn", "dom", "str1", "str2", "str3", "int1", "int2", "net"]),
        (typeof(TypedParameter), "virTypedParameter", ["field", "type", "value"]),
        (typeof(StatsRecord), "virDomainStatsRecord", ["dom", "params", "nparams"]),
        (typeof(NativeNodeInfo), "virNodeInfo", ["model", "memory", "cpus", "mhz", "nodes", "sockets", "cores", "threads"]),
        (typeof(NodeCpuStats), "virNodeCPUStats", ["field", "value"]),
        (typeof(NativeDomainInfo), "virDomainInfo", ["state", "maxMem", "memory", "nrVirtCpu", "cpuTime"]),
        (typeof(NativeAuth), "virConnectAuth", ["credtype", "ncredtype", "cb", "cbdata"]),
        (typeof(NativeCredential), "virConnectCredential", ["type", "prompt", "challenge", "defresult", "result", "resultlen"]),
    ];

    [Fact]
    public void Every_structure_is_listed() => Assert.Equal(
        typeof(Libvirt).Assembly.GetTypes()
            .Where(t => t is { IsValueType: true, IsEnum: false, IsNested: false } && t.Namespace == typeof(Libvirt).Namespace)
            .Select(t => t.Name).Order(),
        Structures.Select(s => s.Type.Name).Order());

    [Fact]
    public void Structures_have_the_layout_of_the_headers()
    {
        var include = Path.Combine(ApiDescription.Folder, "include");
        Assert.SkipUnless(Directory.Exists(include), "libvirt's headers are not there: run tests/run once, which takes them out of the package libvirt-dev.");
        Assert.Equal(Ours().Split('\n'), Theirs(include).Split('\n'));
    }

    private static string Ours()
    {
        var text = new StringBuilder();
        foreach (var (type, name, names) in Structures)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} {Marshal.SizeOf(type)}\n");
            var fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public);
            Assert.Equal(names.Length, fields.Length);
            foreach (var (field, their) in fields.Zip(names))
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}.{their} {Marshal.OffsetOf(type, field.Name)} {Size(field)}\n");
            }
        }

        return text.ToString().TrimEnd();
    }

    private static int Size(FieldInfo field) => field.GetCustomAttribute<FixedBufferAttribute>() is { } buffer
        ? Marshal.SizeOf(buffer.ElementType) * buffer.Length
        : field.FieldType.IsPointer || field.FieldType.IsFunctionPointer ? nint.Size : Marshal.SizeOf(field.FieldType);

    private static string Theirs(string include)
    {
        var program = new StringBuilder("#include <stddef.h>\n#include <stdio.h>\n#include <libvirt/libvirt.h>\n#include <libvirt/virterror.h>\nint main(void) {\n");
        foreach (var (_, name, names) in Structures)
        {
            program.Append(CultureInfo.InvariantCulture, $"  printf(\"{name} %zu\\n\", sizeof({name}));\n");
            foreach (var field in names)
            {
                program.Append(
                    CultureInfo.InvariantCulture,
                    $"  printf(\"{name}.{field} %zu %zu\\n\", offsetof({name}, {field}), sizeof((({name} *)0)->{field}));\n");
            }
        }

        var folder = Directory.CreateTempSubdirectory("libvirtsharp-");
        try
        {
            var source = Path.Combine(folder.FullName, "layout.c");
            File.WriteAllText(source, program.Append("  return 0;\n}\n").ToString());
            var compiled = Path.Combine(folder.FullName, "layout");
            Run("gcc", "-Wall", "-Werror", "-Wno-deprecated-declarations", "-I", include, "-o", compiled, source);
            return Run(compiled).TrimEnd();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {errors.Result}");
        return output;
    }
}
