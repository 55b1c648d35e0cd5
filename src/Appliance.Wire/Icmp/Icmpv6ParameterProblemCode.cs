namespace Appliance.Wire.Icmp;

/// <summary>Codes of ICMPv6 parameter problem (RFC 4443 §3.4, RFC 7112 §5).</summary>
public enum Icmpv6ParameterProblemCode : byte
{
    ErroneousHeaderField = 0,
    UnrecognizedNextHeader = 1,
    UnrecognizedOption = 2,
    IncompleteHeaderChain = 3,
}
