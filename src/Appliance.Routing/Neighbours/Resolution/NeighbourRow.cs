using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>One neighbour, to be shown.</summary>
/// <param name="Port">Logical.</param>
/// <param name="Address">Its address.</param>
/// <param name="State">What is known of it.</param>
/// <param name="Mac">Null: nobody has said one.</param>
/// <param name="IsFixed">Configured: then it has no state but REACHABLE, and no age.</param>
/// <param name="IsRouter">It says so.</param>
/// <param name="ConfirmedAt">When it last showed that it is there; null: never.</param>
/// <param name="Since">Since when it is in its state.</param>
public sealed record NeighbourRow(
    int Port, IpAddress Address, NeighbourState State, MacAddress? Mac, bool IsFixed, bool IsRouter, MonotonicTime? ConfirmedAt,
    MonotonicTime Since);
