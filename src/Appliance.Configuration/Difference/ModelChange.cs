namespace Appliance.Configuration;

public enum ModelChange
{
    Remove,
    Add,
    Change,
}
