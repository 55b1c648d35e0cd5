namespace Appliance.Firewall.Language;

/// <summary>Words for the DS field (RFC 2474, 2597, 3246, 5865) and for the TOS and precedence it was before (RFC 791, 1349).</summary>
public static class TosNames
{
    private static readonly Dictionary<string, byte> Values = new(StringComparer.OrdinalIgnoreCase)
    {
        ["af11"] = 0x28, ["af12"] = 0x30, ["af13"] = 0x38, ["af21"] = 0x48, ["af22"] = 0x50, ["af23"] = 0x58, ["af31"] = 0x68,
        ["af32"] = 0x70, ["af33"] = 0x78, ["af41"] = 0x88, ["af42"] = 0x90, ["af43"] = 0x98, ["critical"] = 0xa0, ["cs0"] = 0,
        ["cs1"] = 0x20, ["cs2"] = 0x40, ["cs3"] = 0x60, ["cs4"] = 0x80, ["cs5"] = 0xa0, ["cs6"] = 0xc0, ["cs7"] = 0xe0, ["ef"] = 0xb8,
        ["inetcontrol"] = 0xc0, ["lowdelay"] = 0x10, ["netcontrol"] = 0xe0, ["reliability"] = 0x04, ["throughput"] = 0x08, ["va"] = 0xb0,
    };

    public static bool TryGetValue(string name, out byte value) => Values.TryGetValue(name, out value);
}
