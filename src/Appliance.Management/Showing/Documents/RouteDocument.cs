namespace Appliance.Management;

/// <summary>A row of <c>show routes</c>.</summary>
/// <param name="Kind"><c>connected</c>, <c>static</c>, <c>learned</c>, or what becomes of a datagram otherwise: <c>blackhole</c>,
/// <c>unreachable</c>, <c>prohibit</c>.</param>
/// <param name="Origin"><c>connected</c>, <c>configured</c>, or who put it into the host's table: <c>ospf</c>, <c>bgp</c>, <c>dhcp</c>
/// …</param>
/// <param name="Via">Equal ways. Of two rows for one prefix the first counts.</param>
public sealed record RouteDocument(string To, string Kind, string Origin, WayDocument[] Via);
