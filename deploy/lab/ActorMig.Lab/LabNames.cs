namespace ActorMig.Lab;

/// <summary>Names and addresses. They are fixed, so that what an earlier run left behind is found again.</summary>
internal static class LabNames
{
    public const string Prefix = "amlab-";
    public const string Control = Prefix + "ctl";
    public const string Switch = Prefix + "switch";
    public const string ControlAddress = "10.77.0.250";
    public const string StateDir = "/var/tmp/actormig-lab";
    public const string MadeFolders = StateDir + "/made-folders";
    public const string LockFile = "/var/tmp/actormig-lab.lock";
    public const int GuestMemoryMiB = 96;

    public static string Namespace(string host) => Prefix + host;

    public static string HostAddress(int number) => FormattableString.Invariant($"10.77.0.{number}");

    public static string GuestAddress(int number) => FormattableString.Invariant($"10.77.0.{10 + number}");
}
