namespace Appliance.Wire.Groups;

/// <summary>What a record says of its group (RFC 9776 §4.2.12, RFC 9777 §5.2.12). Who names no sources wants all of them.</summary>
public enum GroupRecordType : byte
{
    /// <summary>Nothing of it is wanted, or only what these sources send.</summary>
    IsInclude = 1,

    /// <summary>All of it is wanted, but for what these sources send.</summary>
    IsExclude = 2,

    ToInclude = 3,
    ToExclude = 4,
}
