using Appliance.Wire.Ip;

namespace Appliance.Configuration.Keys;

internal static class CarpKeys
{
    public static readonly ScalarKey<int> Vhid = new("vhid", new NumberKind(1, 255)) { IsRequired = true };
    public static readonly ScalarKey<string> Port = new("port", Kinds.PortReference) { IsRequired = true };

    public static readonly ListKey<IpPrefix> Addresses =
        new("addresses", Kinds.AddressWithLength, Limits.AddressesPerCarpGroup) { IsRequired = true, IsNonEmpty = true };

    public static readonly ScalarKey<SecretText> Password = new("password", new TextKind<SecretText>(
        $"a text of 1 to {TextForms.MaximumPasswordBytes} bytes", TextForms.Password));

    public static readonly ScalarKey<string> PasswordFile = new("password-file", Kinds.File);
    public static readonly ScalarKey<int> Advbase = new("advbase", new NumberKind(1, 255));
    public static readonly ScalarKey<int> Advskew = new("advskew", new NumberKind(0, 254));
    public static readonly ScalarKey<IpAddress> Peer = new("peer", Kinds.Address);
    public static readonly ScalarKey<IpAddress> Peer6 = new("peer6", Kinds.Address);

    public static readonly ScalarKey<CarpLinkAddress> Mac =
        new("mac", new WordKind<CarpLinkAddress>(("virtual", CarpLinkAddress.Virtual), ("port", CarpLinkAddress.Port)));

    public static readonly ScalarKey<CarpDialect> Dialect = new("dialect", new WordKind<CarpDialect>(
        ("freebsd", CarpDialect.FreeBsd), ("openbsd", CarpDialect.OpenBsd), ("ucarp", CarpDialect.Ucarp)));

    public static readonly Section Section = new(
        "a carp group", Vhid, Port, Addresses, Password, PasswordFile, Advbase, Advskew, Peer, Peer6, Mac, Dialect);
}
