using Appliance.Wire.Ip;

namespace Appliance.Wire.Groups;

/// <summary>One record of a report, without sources.</summary>
public readonly record struct GroupRecord(GroupRecordType Type, IpAddress Group);
