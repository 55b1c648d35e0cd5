using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>Numbers and layouts of packet sockets (packet(7), linux/if_packet.h).</summary>
internal static unsafe class PacketCalls
{
    public const int Family = 17;                       // AF_PACKET
    public const int Level = 263;                       // SOL_PACKET
    public const ushort AllProtocols = 0x0003;          // ETH_P_ALL
    public const int AddMembership = 1, ReceiveRing = 5, Statistics = 6, CopyThreshold = 7, AuxiliaryData = 8, Version = 10;
    public const int VirtioHeaders = 15, Fanout = 18, IgnoreOutgoing = 23;
    public const int SecondVersion = 1;                 // TPACKET_V2
    public const ushort Promiscuous = 1;                // PACKET_MR_PROMISC
    public const int FanoutByHash = 0;
    public const int FanoutUniqueId = 0x2000, FanoutIgnoreOutgoing = 0x4000;

    public const uint StatusUser = 1, StatusCopy = 2, StatusVlan = 0x10, StatusVlanType = 0x40;

    /// <summary>struct sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LinkAddress
    {
        public ushort Family;
        public ushort Protocol;                         // network order
        public int Device;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }

    /// <summary>struct packet_mreq.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Membership
    {
        public int Device;
        public ushort Type;
        public ushort AddressLength;
        public ulong Address;
    }

    /// <summary>struct tpacket_req.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct RingRequest
    {
        public uint BlockBytes;
        public uint Blocks;
        public uint SlotBytes;
        public uint Slots;
    }

    /// <summary>struct tpacket_stats.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Counts
    {
        public uint Packets;                            // drops included
        public uint Drops;
    }

    /// <summary>struct tpacket2_hdr.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    public struct SlotHeader
    {
        public uint Status;
        public uint FrameLength;                        // on the wire
        public uint KeptLength;                         // in the slot
        public ushort FrameOffset;                      // in the slot
        public ushort NetworkOffset;
        public uint Seconds;
        public uint Nanoseconds;
        public ushort VlanTag;
        public ushort VlanType;
    }

    /// <summary>struct tpacket_auxdata.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Auxiliary
    {
        public uint Status;
        public uint FrameLength;
        public uint KeptLength;
        public ushort FrameOffset;
        public ushort NetworkOffset;
        public ushort VlanTag;
        public ushort VlanType;
    }

    /// <summary>Binds to all that a device receives. Before this a socket receives nothing.</summary>
    public static void Bind(Descriptor socket, int device, string subject)
    {
        var address = new LinkAddress { Family = Family, Protocol = unchecked((ushort)(AllProtocols << 8)), Device = device };
        SystemCallException.Check(Libc.Bind(socket.Number, &address, sizeof(LinkAddress)), "bind", subject);
    }

    /// <summary>Lets the device hand over frames to any address, for as long as the socket lives.</summary>
    public static void BecomePromiscuous(Descriptor socket, int device, string subject)
    {
        var membership = new Membership { Device = device, Type = Promiscuous };
        Sockets.Set(socket, Level, AddMembership, &membership, sizeof(Membership), "PACKET_ADD_MEMBERSHIP", subject);
    }

    /// <summary>What has been dropped since this was last asked; 0 when the socket does not answer.</summary>
    public static uint TakeDrops(int socket)
    {
        var counts = default(Counts);
        int length = sizeof(Counts);
        return Libc.GetOption(socket, Level, Statistics, &counts, &length) < 0 ? 0 : counts.Drops;
    }
}
