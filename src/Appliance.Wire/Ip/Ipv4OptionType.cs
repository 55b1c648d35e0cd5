namespace Appliance.Wire.Ip;

/// <summary>IPv4 option types (IANA IP Option Numbers): copied flag, class and number in one octet.</summary>
public enum Ipv4OptionType : byte
{
    EndOfList = 0,
    NoOperation = 1,
    RecordRoute = 7,
    Timestamp = 68,
    Security = 130,
    LooseSourceRoute = 131,
    StreamIdentifier = 136,
    StrictSourceRoute = 137,
    RouterAlert = 148,          // RFC 2113
}
