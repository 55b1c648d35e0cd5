namespace Appliance.Management;

/// <summary>How a change of the configuration ended.</summary>
public enum ChangeResult
{
    Done,
    Refused,                // what was asked for is wrong; nothing has changed
    Failed,                 // it was right and did not work; nothing has changed
}
