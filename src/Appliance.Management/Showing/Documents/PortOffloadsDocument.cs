namespace Appliance.Management;

/// <summary>
/// What a port may do (<c>on</c>, <c>off</c>, as configured), and what of it the device does; the rest is done here.
/// </summary>
public sealed record PortOffloadsDocument(
    string Name, string RxChecksum, string TxChecksum, string Lro, string Tso, string Rps, string[] ByDevice);
