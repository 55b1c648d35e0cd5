namespace Appliance.Routing;

/// <summary>What is worth a line in a log.</summary>
public enum NeighbourNoticeKind
{
    Learned,            // the first MAC address of a neighbour
    Moved,              // another MAC address
    Unreachable,        // it does not answer
    Refused,            // there is no room for one more
    Duplicate,          // an own address is somebody else's: it is not used
    Conflict,           // somebody else uses an own address that is in use
    Owned,              // an own address has been found free, or was announced
}
