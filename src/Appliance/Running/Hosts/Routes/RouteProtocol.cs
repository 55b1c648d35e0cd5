using System.Globalization;

namespace Appliance.Running;

/// <summary>Names of who put a route into the kernel's table (rt_protos of iproute2, and what FRR gives its daemons).</summary>
internal static class RouteProtocol
{
    public static string NameOf(byte protocol) => protocol switch
    {
        1 => "redirect",
        2 => "kernel",
        3 => "boot",
        4 or 196 => "static",
        8 => "gated",
        9 => "ra",
        11 => "zebra",
        12 => "bird",
        16 => "dhcp",
        18 => "keepalived",
        42 => "babel",
        84 => "openr",
        186 => "bgp",
        187 => "isis",
        188 => "ospf",
        189 => "rip",
        190 => "ripng",
        191 => "nhrp",
        192 => "eigrp",
        197 => "openfabric",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };
}
