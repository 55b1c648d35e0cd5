namespace Appliance.Engine;

/// <summary>
/// Which of a translation's source ports an appliance of a pair may give to new flows. While neither knows what the other does, each keeps
/// to its half, so that none gives what the other has given.
/// </summary>
public enum PortHalf : byte
{
    Whole,
    Lower,
    Upper,
}
