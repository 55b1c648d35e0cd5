using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>
/// pf's words for the types and codes of ICMP (RFC 792 and after) and ICMPv6 (RFC 4443, 4861); the first of a number is printed.
/// </summary>
public static class IcmpNames
{
    /// <summary>Destination unreachable, whose codes a block rule answers with.</summary>
    public const byte Unreachable = 3;
    public const byte Unreachable6 = 1;

    private static readonly ImmutableArray<IcmpName> Types4 =
    [
        new("echoreq", 8), new("echorep", 0), new("unreach", 3), new("squench", 4), new("redir", 5), new("althost", 6),
        new("routeradv", 9), new("routersol", 10), new("timex", 11), new("paramprob", 12), new("timereq", 13), new("timerep", 14),
        new("inforeq", 15), new("inforep", 16), new("maskreq", 17), new("maskrep", 18), new("trace", 30), new("dataconv", 31),
        new("mobredir", 32), new("ipv6-where", 33), new("ipv6-here", 34), new("mobregreq", 35), new("mobregrep", 36), new("skip", 39),
        new("photuris", 40),
    ];

    private static readonly ImmutableArray<IcmpName> Types6 =
    [
        new("unreach", 1), new("toobig", 2), new("timex", 3), new("paramprob", 4), new("echoreq", 128), new("echorep", 129),
        new("groupqry", 130), new("listqry", 130), new("grouprep", 131), new("listenrep", 131), new("groupterm", 132),
        new("listendone", 132), new("routersol", 133), new("routeradv", 134), new("neighbrsol", 135), new("neighbradv", 136),
        new("redir", 137), new("routrrenum", 138), new("wrureq", 139), new("wrurep", 140), new("fqdnreq", 139), new("fqdnrep", 140),
        new("niqry", 139), new("nirep", 140), new("mtraceresp", 200), new("mtrace", 201),
    ];

    private static readonly ImmutableArray<IcmpName> Codes4 =
    [
        new("net-unr", 3, 0), new("host-unr", 3, 1), new("proto-unr", 3, 2), new("port-unr", 3, 3), new("needfrag", 3, 4),
        new("srcfail", 3, 5), new("net-unk", 3, 6), new("host-unk", 3, 7), new("isolate", 3, 8), new("net-prohib", 3, 9),
        new("host-prohib", 3, 10), new("net-tos", 3, 11), new("host-tos", 3, 12), new("filter-prohib", 3, 13), new("host-preced", 3, 14),
        new("cutoff-preced", 3, 15), new("redir-net", 5, 0), new("redir-host", 5, 1), new("redir-tos-net", 5, 2),
        new("redir-tos-host", 5, 3), new("normal-adv", 9, 0), new("common-adv", 9, 16), new("transit", 11, 0), new("reassemb", 11, 1),
        new("badhead", 12, 0), new("optmiss", 12, 1), new("badlen", 12, 2), new("unknown-ind", 40, 1), new("auth-fail", 40, 2),
        new("decrypt-fail", 40, 3),
    ];

    private static readonly ImmutableArray<IcmpName> Codes6 =
    [
        new("admin-unr", 1, 1), new("noroute-unr", 1, 0), new("notnbr-unr", 1, 2), new("beyond-unr", 1, 2), new("addr-unr", 1, 3),
        new("port-unr", 1, 4), new("transit", 3, 0), new("reassemb", 3, 1), new("badhead", 4, 0), new("nxthdr", 4, 1),
        new("redironlink", 137, 0), new("redirrouter", 137, 1),
    ];

    public static bool TryGetType(string name, bool isV6, out byte type)
    {
        IcmpName? found = First(isV6 ? Types6 : Types4, entry => entry.Name == name);
        type = found?.Type ?? 0;
        return found is not null;
    }

    public static bool TryGetCode(string name, byte type, bool isV6, out byte code)
    {
        IcmpName? found = First(isV6 ? Codes6 : Codes4, entry => entry.Type == type && entry.Name == name);
        code = found?.Code ?? 0;
        return found is not null;
    }

    /// <summary>Null where the number has no word.</summary>
    public static string? TypeName(byte type, bool isV6) => First(isV6 ? Types6 : Types4, entry => entry.Type == type)?.Name;

    public static string? CodeName(byte type, byte code, bool isV6) =>
        First(isV6 ? Codes6 : Codes4, entry => entry.Type == type && entry.Code == code)?.Name;

    private static IcmpName? First(ImmutableArray<IcmpName> names, Func<IcmpName, bool> fits)
    {
        foreach (IcmpName name in names)
        {
            if (fits(name)) return name;
        }

        return null;
    }
}
