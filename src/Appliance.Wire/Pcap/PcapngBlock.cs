namespace Appliance.Wire.Pcap;

/// <summary>
/// The numbers of a pcapng block (draft-ietf-opsawg-pcapng §3.1): type(4) total length(4) body, padded to 4 bytes, total length(4).
/// </summary>
internal static class PcapngBlock
{
    public const uint SectionHeader = 0x0a0d0d0a;
    public const uint InterfaceDescription = 1;
    public const uint Packet = 2;                                     // obsolete
    public const uint SimplePacket = 3;
    public const uint InterfaceStatistics = 5;
    public const uint EnhancedPacket = 6;
    public const uint ByteOrderMagic = 0x1a2b3c4d;

    public const int HeaderLength = 8;                                // bytes, and TrailerLength more at the end
    public const int TrailerLength = 4;
    public const int Shortest = HeaderLength + TrailerLength;

    public const ushort CommentOption = 1;
    public const ushort FlagsOption = 2;                              // of both packet blocks that have options
    public const ushort InterfaceNameOption = 2;
    public const ushort ApplicationOption = 4;
    public const ushort ReceivedOption = 4;                           // of interface statistics
    public const ushort DroppedOption = 5;
    public const ushort TimestampResolutionOption = 9;
    public const ushort FcsLengthOption = 13;
    public const ushort TimestampOffsetOption = 14;

    public static int Padded(int length) => (length + 3) & ~3;
}
