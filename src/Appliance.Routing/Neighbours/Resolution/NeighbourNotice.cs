using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>Something that happened to a neighbour, or to an own address.</summary>
/// <param name="At">On the clock of who tends.</param>
/// <param name="Kind">What.</param>
/// <param name="Port">Logical.</param>
/// <param name="Address">Whose.</param>
/// <param name="Mac">Of the neighbour, or of who else uses the address; zero where nobody has said one.</param>
public readonly record struct NeighbourNotice(
    MonotonicTime At, NeighbourNoticeKind Kind, int Port, IpAddress Address, MacAddress Mac);
