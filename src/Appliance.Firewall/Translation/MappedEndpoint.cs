using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>An end of a UDP flow on one side of its translation.</summary>
/// <param name="Address">IPv4 addresses are the low 32 bits.</param>
/// <param name="Port">Its source port.</param>
/// <param name="IsV6">The family.</param>
internal readonly record struct MappedEndpoint(UInt128 Address, ushort Port, bool IsV6)
{
    /// <summary>As a flow's answers would come to it, but from nobody.</summary>
    public FlowKey KeyTowardsNobody => new(IsV6, IpProtocol.Udp, outside: 0, outsidePort: 0, Address, Port);

    /// <summary>Of a state that is translated: the source of its first packet before that.</summary>
    public static MappedEndpoint Before(in FlowRecord state) =>
        state.Direction == FlowDirection.In ? OutsideOf(state.Wire) : InsideOf(state.Stack);

    /// <summary>And behind it.</summary>
    public static MappedEndpoint Behind(in FlowRecord state) =>
        state.Direction == FlowDirection.In ? OutsideOf(state.Stack) : InsideOf(state.Wire);

    private static MappedEndpoint OutsideOf(in FlowKey key) => new(key.Outside, key.OutsidePort, key.IsV6);

    private static MappedEndpoint InsideOf(in FlowKey key) => new(key.Inside, key.InsidePort, key.IsV6);
}
