namespace Appliance.Routing;

/// <summary>What is known of a neighbour (RFC 4861 §7.3.2). ARP has the same states here: RFC 1122 §2.3.2.1 asks for no less.</summary>
public enum NeighbourState : byte
{
    Vacant,             // nothing: there is no entry
    Incomplete,         // asked for, not answered yet
    Reachable,          // answered a short time ago
    Stale,              // answered, or was heard of, at some time
    Delay,              // used while stale: it has a moment to show that it is there
    Probe,              // asked directly whether it is still there
    Failed,             // did not answer: for a moment nobody asks again
}
