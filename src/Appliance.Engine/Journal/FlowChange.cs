namespace Appliance.Engine;

/// <summary>What has become of a flow that the peer is told of. The numbers are on the wire.</summary>
public enum FlowChange : byte
{
    /// <summary>It is new; the record says all of it.</summary>
    Made = 1,

    /// <summary>It lives on. The record may leave out what has not changed.</summary>
    Changed = 2,

    /// <summary>It is no more; the record says which.</summary>
    Ended = 3,
}
