using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>What the control side keeps of one neighbour beside its cell.</summary>
internal sealed class NeighbourEntry
{
    public NeighbourEntry(int cell) => (Cell, Node) = (cell, new LinkedListNode<NeighbourEntry>(this));

    public int Cell { get; }

    /// <summary>In the list of its port and kind.</summary>
    public LinkedListNode<NeighbourEntry> Node { get; }

    public NeighbourKey Key { get; set; }
    public NeighbourState State { get; set; }
    public MacAddress Mac { get; set; }

    /// <summary>It says that it is a router (RFC 4861 §7.2.5).</summary>
    public bool IsRouter { get; set; }

    /// <summary>A worker has used it: it may be remembered there.</summary>
    public bool WasUsed { get; set; }

    /// <summary>Somebody wanted it while it was FAILED.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Questions sent in this state.</summary>
    public int Asked { get; set; }

    /// <summary>When it came to its state.</summary>
    public MonotonicTime Since { get; set; }

    /// <summary>When it last showed that it is there; meaningless before it did.</summary>
    public MonotonicTime ConfirmedAt { get; set; }

    public bool WasConfirmed { get; set; }
    public bool WasKnown { get; set; }

    /// <summary>What is known of it the peer of a pair has told; nothing has been heard on the wire since.</summary>
    public bool IsTold { get; set; }

    /// <summary>What the observer knows of it (<see cref="INeighbourObserver"/>); null: nothing.</summary>
    public MacAddress? Shown { get; set; }

    /// <summary>Its MAC address, if frames went to it and its own wire has told that; else null.</summary>
    public MacAddress? OwnMac =>
        WasUsed && WasKnown && !IsTold && State != NeighbourState.Vacant && !NeighbourCache.IsUnknown(State) ? Mac : null;

    /// <summary>Workers that wait for it, a bit each.</summary>
    public ulong AskedBy { get; set; }
}
