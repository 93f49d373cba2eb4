using System.Text;

namespace LibvirtSharp.Tests;

/// <summary>A node of libvirt's test driver of its own, described by a file, with as many domains as are wanted.</summary>
internal sealed class TestNode : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("libvirtsharp-");

    public TestNode(int domains, string more = "")
    {
        var xml = new StringBuilder("<node>").Append(more);
        for (var i = 0; i < domains; i++)
        {
            xml.Append(Domain(i));
        }

        File.WriteAllText(Path.Combine(_folder.FullName, "node.xml"), xml.Append("</node>").ToString());
    }

    public string Uri => $"test://{_folder.FullName}/node.xml";

    public static string Uuid(int number) => $"00000000-0000-4000-8000-{number:000000000000}";

    public static string Domain(int number) =>
        $"<domain type='test'><name>d{number}</name><uuid>{Uuid(number)}</uuid><memory>8192</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>";

    public void Dispose() => _folder.Delete(recursive: true);
}
