namespace Appliance.Engine;

public enum LinkState
{
    Down,
    Up,
}
