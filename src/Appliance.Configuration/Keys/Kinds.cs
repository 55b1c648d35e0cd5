using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Configuration.Keys;

/// <summary>The kinds that several keys share.</summary>
internal static class Kinds
{
    public static readonly SwitchKind Switch = new();
    public static readonly TextKind<string> PortName = new("a name of 1 to 64 letters, digits, '_', '.' or '-'", TextForms.Name);
    public static readonly TextKind<string> PortReference = new("the name of a port", TextForms.Name);
    public static readonly TextKind<string> GroupName = new("a name of 1 to 64 letters, digits, '_', '.' or '-'", TextForms.Name);
    public static readonly TextKind<string> Device = new("a device by name, mac:, pci: or slot:", TextForms.NonEmpty);
    public static readonly TextKind<string> HostPath =
        new("on, off, or the name of the host's interface, of 1 to 15 letters, digits, '_', '.' or '-'", TextForms.HostPath, "on", "off");

    public static readonly TextKind<string> File = new("the path of a file, relative to the configuration", TextForms.NonEmpty);
    public static readonly TextKind<IpAddress> Address =
        new("an IPv4 or IPv6 address, such as 192.0.2.1 or 2001:db8::1", TextForms.Address);

    public static readonly TextKind<MacAddress> Mac = new("six pairs of hexadecimal digits, such as 02:00:00:00:00:01", TextForms.Mac);
    public static readonly TextKind<IpPrefix> AddressWithLength =
        new("an address with its prefix length, such as 192.0.2.1/24 or 2001:db8::1/64", TextForms.AddressWithLength);

    public static readonly TextKind<PortAddress> PortAddress = new(
        "an address with its prefix length, such as 192.0.2.1/24, or dhcp, slaac or host", TextForms.PortAddress, "dhcp", "slaac", "host");

    public static readonly TextKind<IpPrefix> Destination =
        new("a network such as 10.0.0.0/8 or ::/0", TextForms.Destination);

    public static readonly TextKind<NextHopText> NextHop =
        new("the address of a next hop, such as 192.0.2.1, or fe80::1%wan on the port wan", TextForms.NextHop);
}
