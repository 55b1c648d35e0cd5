using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>Numbers and layouts of routing messages (rtnetlink(7)).</summary>
internal static class RoutingCalls
{
    public const ushort NewLink = 16, DeleteLink = 17, GetLink = 18, SetLink = 19;
    public const ushort NewAddress = 20, DeleteAddress = 21, GetAddress = 22;
    public const ushort NewRoute = 24, DeleteRoute = 25, GetRoute = 26;
    public const ushort NewNeighbour = 28, DeleteNeighbour = 29, GetNeighbour = 30;
    public const ushort NewNextHop = 104, DeleteNextHop = 105;

    public const byte Ipv4Family = 2, Ipv6Family = 10;  // AF_INET, AF_INET6

    public const int LinkAddress = 1, LinkName = 3, LinkMtu = 4, LinkMaster = 10, LinkInformation = 18, LinkCarrier = 33, LinkKind = 1;
    public const int Address = 1, LocalAddress = 2, AddressBroadcast = 4, AddressCache = 6, AddressFlags = 8;
    public const int RouteDestination = 1, RouteDevice = 4, RouteGateway = 5, RouteMetric = 6, RouteSource = 7, RouteWays = 9;
    public const int RouteTable = 15, RouteVia = 18, RouteNextHopNumber = 30, NextHopNumber = 1;
    public const int NeighbourAddress = 1, NeighbourMac = 2;

    public const uint LinkUp = 1;                       // IFF_UP

    /// <summary>struct ifinfomsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Link
    {
        public byte Family;
        public byte Padding;
        public ushort Type;
        public int Index;
        public uint Flags;
        public uint Change;
    }

    /// <summary>struct ifaddrmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AddressHeader
    {
        public byte Family;
        public byte Length;
        public byte Flags;
        public byte Scope;
        public int Index;
    }

    /// <summary>struct ifa_cacheinfo.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AddressLife
    {
        public uint PreferredSeconds;
        public uint ValidSeconds;
        public uint Created;
        public uint Updated;
    }

    /// <summary>struct rtmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Route
    {
        public byte Family;
        public byte DestinationLength;
        public byte SourceLength;
        public byte Tos;
        public byte Table;
        public byte Protocol;
        public byte Scope;
        public byte Type;
        public uint Flags;
    }

    /// <summary>struct rtnexthop, in front of the attributes of one way.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Way
    {
        public ushort Length;
        public byte Flags;
        public byte WeightLessOne;
        public int DeviceIndex;
    }

    /// <summary>struct nhmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct NextHop
    {
        public byte Family;
        public byte Scope;
        public byte Protocol;
        public byte Padding;
        public uint Flags;
    }

    /// <summary>struct ndmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Neighbour
    {
        public byte Family;
        public byte Padding;
        public ushort MorePadding;
        public int Index;
        public ushort State;
        public byte Flags;
        public byte Type;
    }
}
