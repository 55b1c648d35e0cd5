namespace Appliance.Wire.Groups;

/// <summary>Types of IGMP messages (RFC 9776 §4); those of MLD are ICMPv6's.</summary>
public enum IgmpType : byte
{
    MembershipQuery = 0x11,
    ReportVersion1 = 0x12,
    ReportVersion2 = 0x16,
    LeaveGroup = 0x17,
    ReportVersion3 = 0x22,
}
