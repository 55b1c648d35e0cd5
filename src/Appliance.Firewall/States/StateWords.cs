using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>What a state's ends are at, in pf's words.</summary>
public static class StateWords
{
    public static string Of(ref FlowRecord state)
    {
        switch (state.Wire.Protocol)
        {
            case IpProtocol.Tcp:
                return StateNames.Of(state.Tracker.As<TcpTrack>());
            case IpProtocol.Sctp:
                return StateNames.Of(state.Tracker.As<SctpTrack>());
            case IpProtocol.Icmp when !state.Wire.IsV6:
            case IpProtocol.Icmpv6 when state.Wire.IsV6:
                return StateNames.Icmp;
            default:
                return StateNames.Of(state.Pair);
        }
    }
}
