namespace Appliance.Node;

/// <summary>Why a table was not edited.</summary>
public enum TableFault
{
    None,
    NoSuchTable,
    IsConstant,                 // only another ruleset changes it
    IsFull,                     // set limit table-entries
}
