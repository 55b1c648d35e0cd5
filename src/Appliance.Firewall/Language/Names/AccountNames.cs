namespace Appliance.Firewall.Language;

/// <summary>The users and groups that FreeBSD sets up.</summary>
public static class AccountNames
{
    private static readonly Dictionary<string, uint> Users = new(StringComparer.Ordinal)
    {
        ["root"] = 0, ["toor"] = 0, ["daemon"] = 1, ["operator"] = 2, ["bin"] = 3, ["tty"] = 4, ["kmem"] = 5, ["games"] = 7, ["news"] = 8,
        ["man"] = 9, ["sshd"] = 22, ["smmsp"] = 25, ["mailnull"] = 26, ["bind"] = 53, ["unbound"] = 59, ["proxy"] = 62, ["_pflogd"] = 64,
        ["_dhcp"] = 65, ["uucp"] = 66, ["pop"] = 68, ["auditdistd"] = 78, ["www"] = 80, ["ntpd"] = 123, ["_ypldap"] = 160, ["hast"] = 845,
        ["tests"] = 977, ["nobody"] = 65534,
    };

    private static readonly Dictionary<string, uint> Groups = new(StringComparer.Ordinal)
    {
        ["wheel"] = 0, ["daemon"] = 1, ["kmem"] = 2, ["sys"] = 3, ["tty"] = 4, ["operator"] = 5, ["mail"] = 6, ["bin"] = 7, ["news"] = 8,
        ["man"] = 9, ["games"] = 13, ["ftp"] = 14, ["staff"] = 20, ["sshd"] = 22, ["smmsp"] = 25, ["mailnull"] = 26, ["guest"] = 31,
        ["video"] = 44, ["realtime"] = 47, ["idletime"] = 48, ["bind"] = 53, ["unbound"] = 59, ["proxy"] = 62, ["authpf"] = 63,
        ["_pflogd"] = 64, ["_dhcp"] = 65, ["uucp"] = 66, ["dialer"] = 68, ["network"] = 69, ["audit"] = 77, ["www"] = 80, ["u2f"] = 116,
        ["ntpd"] = 123, ["_ypldap"] = 160, ["hast"] = 845, ["tests"] = 977, ["nogroup"] = 65533, ["nobody"] = 65534,
    };

    public static bool TryGetUser(string name, out uint number) => Users.TryGetValue(name, out number);

    public static bool TryGetGroup(string name, out uint number) => Groups.TryGetValue(name, out number);
}
